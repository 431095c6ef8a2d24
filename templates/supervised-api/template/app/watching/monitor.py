"""A process that looks at the stored traffic again and again, and shows what it found."""

import logging
import signal
import time
from collections.abc import Callable, Iterator
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

# Name of a gauge to the attribute of `Shift` or `Quality` that it shows, and its line of help.
# Where too little is known to judge, the limit is not there, and no alert can compare with it.
OF_COLUMNS = {
    "drift_psi": ("psi", "Change since the model was tested; 0 is none."),
    "drift_psi_limit": ("limit", "Drift above it; not there below the least number of rows."),
}
OF_MODELS = {
    "live_loss": ("loss", "Mean loss of labelled cases."),
    "live_loss_low": ("low", "Lower end of the 95 % interval of live_loss."),
    "live_loss_limit": ("limit", "Worse where live_loss_low is above; not there with few labels."),
    "live_labels": ("labels", "Cases whose outcome is known."),
    "live_waiting": ("waiting", "Cases whose outcome is not known."),
}

logger = logging.getLogger("app.monitor")


class Gauges(Collector):
    """The last look, for Prometheus: all of it or that of the one before, never a mixture.

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
            "When a look last worked, in seconds since 1970; 0 before the first.",
            value=look.at if look else 0,
        )
        if look is None:
            return
        yield GaugeMetricFamily("drift_window_rows", "Cases of the window.", value=look.rows)
        for label, found, gauges in (
            ("column", look.shifts, OF_COLUMNS),
            ("model_version", look.qualities, OF_MODELS),
        ):
            for name, (attribute, says) in gauges.items():
                family = GaugeMetricFamily(name, says, labels=[label])
                for key, one in found.items():
                    if (value := getattr(one, attribute)) is not None:
                        family.add_metric([key], value)
                yield family


def look_once(settings: Settings, project: Project) -> Look:
    """Deletes what is older than it may be kept, looks, and writes the page.

    Raises:
        UserError: The store can't be reached.
    """
    store = open_store(settings.database_url)
    try:
        # First: what fails afterwards must not keep records longer than was promised.
        PredictionLog(store).purge(settings.retention_days)
        look = take_look(store, settings, project.drift, time.time())
        page = settings.monitor_report
        page.parent.mkdir(parents=True, exist_ok=True)
        new = page.with_name(f".{page.name}.new")
        new.write_text(render_report(look, project), encoding="utf-8")
        new.replace(page)
    finally:
        store.close()
    return look


def describe(look: Look) -> list[str]:
    """Returns the look as the lines of a small table."""
    lines = [f"{look.rows} cases in {look.hours:g} hours"]
    if look.champion is None:
        lines.append("no trained model yet: nothing to compare with")
    for name, shift in look.shifts.items():
        lines.append(f"  {name:24} PSI {shift.psi:6.3f}  {shift.verdict}")
    for version, quality in look.qualities.items():
        lines.append(f"  {version:24} {quality.labels} labels, {quality.waiting} without")
        if quality.loss is not None:
            lines.append(
                f"    loss {quality.loss:.4g} (95 % {quality.low:.4g} to {quality.high:.4g}), "
                f"when tested {quality.expected:.4g}: {quality.verdict}"
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
