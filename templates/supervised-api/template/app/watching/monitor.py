"""A process that looks at the stored traffic again and again, and shows what it found."""

import logging
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from threading import Event

from prometheus_client import CollectorRegistry, Counter, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from app.prediction_log import PredictionLog
from app.project import Project
from app.service.errors import UserError
from app.service.store import open_store
from app.settings import Settings
from app.watching.look import Look, take_look
from app.watching.report import render_report

logger = logging.getLogger("app.monitor")


def _gauge(
    name: str, says: str, label: str, values: Mapping[str, float | None]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=[label])
    for key, value in values.items():
        if value is not None:
            family.add_metric([key], value)
    return family


class Gauges(Collector):
    """The last look, for Prometheus: all of it or that of the one before, never a mixture.

    Where too little is known to judge, the limit is not there, and no alert can compare with it.

    Attributes:
        look: The last one; None before the first.
    """

    def __init__(self) -> None:
        self.look: Look | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Gives the gauges of the last look; prometheus_client calls this at each scrape."""
        look = self.look
        yield GaugeMetricFamily(
            "monitor_last_success_timestamp_seconds",
            "When the last look ended well, in seconds since 1970; 0 before the first.",
            value=look.at if look else 0,
        )
        if look is None:
            return
        rows = int((look.window.role != "shadow").sum())
        yield GaugeMetricFamily("drift_window_rows", "Cases that the look took in.", value=rows)
        shifts, models = look.shifts.items(), look.qualities.items()
        for name, says, label, values in (
            ("drift_psi", "Change since the model was tested; 0 is none.", "column",
             {key: shift.psi for key, shift in shifts}),
            ("drift_psi_limit", "Drift above it; not there below the least number of rows.",
             "column", {key: shift.limit for key, shift in shifts}),
            ("live_loss", "Mean loss of labelled cases.", "model_version",
             {key: quality.loss for key, quality in models}),
            ("live_loss_low", "Lower end of the 95 % interval of live_loss.", "model_version",
             {key: quality.low for key, quality in models}),
            ("live_loss_limit", "Worse where live_loss_low is above; not there with few labels.",
             "model_version", {key: quality.limit for key, quality in models}),
            ("live_labels", "Cases whose outcome is known.", "model_version",
             {key: quality.labels for key, quality in models}),
            ("live_waiting", "Cases whose outcome is not known.", "model_version",
             {key: quality.waiting for key, quality in models}),
        ):  # fmt: skip
            yield _gauge(name, says, label, values)


def look_once(settings: Settings, project: Project) -> Look:
    """Looks, writes the page, and deletes what is older than it may be kept.

    Raises:
        UserError: The store can't be reached.
    """
    store = open_store(settings.database_url)
    try:
        log = PredictionLog(store)
        look = take_look(store, settings, project.drift, time.time())
        page = settings.monitor_report
        page.parent.mkdir(parents=True, exist_ok=True)
        new = page.with_name(f".{page.name}.new")
        new.write_text(render_report(look, project), encoding="utf-8")
        new.replace(page)
        log.purge(settings.retention_days)
    finally:
        store.close()
    return look


def describe(look: Look) -> list[str]:
    """Returns the look as the lines of a small table."""
    lines = [f"{int((look.window.role != 'shadow').sum())} cases in {look.hours:g} hours"]
    if look.champion is None:
        lines.append("no trained model yet: nothing to compare with")
    width = max(map(len, look.shifts), default=0)
    for name, shift in sorted(look.shifts.items(), key=lambda item: -item[1].psi):
        limit, verdict = "-", "too few cases"
        if shift.limit is not None:
            limit, verdict = f"{shift.limit:.3f}", "drifted" if shift.drifted else "no drift shown"
        lines.append(f"  {name:{width}}  PSI {shift.psi:6.3f}  limit {limit:>6}  {verdict}")
    for version, quality in look.qualities.items():
        lines.append(f"model {version}: {quality.labels} labelled, {quality.waiting} waiting")
        if quality.loss is not None:
            verdict = "too few labels"
            if quality.limit is not None:
                verdict = "worse" if quality.worse else "not shown to be worse"
            lines.append(
                f"  loss {quality.loss:.4f} (95 % {quality.low:.4f} to {quality.high:.4f}), "
                f"when tested {quality.expected:.4f}: {verdict}"
            )
    return lines


def monitor(settings: Settings, project: Project, say: Callable[[str], None]) -> None:
    """Looks every `MONITOR_SECONDS` until SIGTERM; a look that fails is counted, and that is all.

    Raises:
        UserError: The port is taken.
    """
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    registry, gauges = CollectorRegistry(), Gauges()
    registry.register(gauges)
    failures = Counter("monitor_failures", "Looks that failed.", registry=registry)
    try:
        server, thread = start_http_server(settings.monitor_port, settings.host, registry)
    except OSError as error:
        raise UserError(
            f"Port {settings.monitor_port} can't be used: {error.strerror}.",
            "Choose another with MONITOR_PORT.",
        ) from error
    say(f"http://{settings.host}:{server.server_port}/metrics  page: {settings.monitor_report}")
    while not stop.is_set():
        try:
            gauges.look = look_once(settings, project)
        except Exception:  # whatever it is, the next look may work; nobody restarts a monitor
            logger.exception("the look failed")
            failures.inc()
        else:
            logger.info("looked", extra={"alarms": gauges.look.alarms})
        stop.wait(settings.monitor_seconds)
    server.shutdown()
    thread.join()
