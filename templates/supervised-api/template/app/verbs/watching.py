"""Verbs that watch a running service."""

import argparse
import sys

from app.service.errors import UserError
from app.verbs.parsing import Verbs


def _monitor(arguments: argparse.Namespace) -> None:
    from app.project import read_project
    from app.service import logs
    from app.settings import read_settings
    from app.watching.monitor import describe, look_once, monitor

    settings = read_settings()
    project = read_project(settings.project_file)
    if not arguments.once:
        logs.configure(settings.log_level)
        monitor(settings, project, lambda line: print(line, file=sys.stderr, flush=True))
        return
    look = look_once(settings, project)
    print("\n".join(describe(look)))
    if look.alarms:
        raise UserError("; ".join(look.alarms) + ".", f"Open {settings.monitor_report}.")


def _replay(arguments: argparse.Namespace) -> None:
    from app.project import read_project
    from app.replay import Replay, replay
    from app.settings import read_settings

    settings = read_settings()
    address = arguments.url or f"http://127.0.0.1:{settings.port}"
    order = Replay(arguments.rows, arguments.drift, arguments.labels, arguments.seed)
    replay(address, settings, read_project(settings.project_file), order, print)


def _readout(arguments: argparse.Namespace) -> None:
    from pydantic import TypeAdapter

    from app.prediction_log import PredictionLog, read_window
    from app.project import read_project
    from app.registry import CHALLENGER, CHAMPION, holder
    from app.service.store import open_store
    from app.settings import read_settings
    from app.watching.readout import Readout, describe, read_out

    settings = read_settings()
    names = (CHAMPION, CHALLENGER)
    champion, challenger = (holder(settings.models_dir, role) for role in names)
    if not champion or not challenger:
        raise UserError(
            "There is no challenger to compare with the champion.",
            "`uv run app train --challenger`, or `uv run app promote VERSION --challenger`.",
        )
    store = open_store(settings.database_url)
    try:
        PredictionLog(store)
        window = read_window(store, since=0)
    finally:
        store.close()
    project = read_project(settings.project_file)
    found = read_out(window, project, (champion, challenger), settings.challenger_share)
    # What does not exist yet, such as the mean of no label, becomes null.
    text = TypeAdapter(Readout).dump_json(found, indent=2).decode("utf-8")
    print(text if arguments.json else "\n".join(describe(found)))


def _count(text: str) -> int:
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
    verb = verbs.add_parser(
        "monitor",
        help="watch drift and live quality",
        description="Every MONITOR_SECONDS reads the last MONITOR_HOURS from the store and "
        "models/champion; shows gauges on MONITOR_PORT, writes MONITOR_REPORT, deletes records "
        "older than RETENTION_DAYS. Stops on SIGTERM.",
    )
    verb.add_argument(
        "--once",
        action="store_true",
        help="look once, print a table, no port; ends with 1 when something drifted or got worse",
    )
    verb.set_defaults(run=_monitor)

    verb = verbs.add_parser(
        "replay",
        help="send real rows as traffic to a running service",
        description="Reads project.toml and the data; draws test rows and sends them to "
        "/predict/batch. Writes nothing here; the service stores them.",
    )
    verb.add_argument("url", nargs="?", help="address of the service (default: this machine)")
    verb.add_argument(
        "--drift",
        nargs="?",
        const="",
        metavar="COLUMN=VALUE[,VALUE]",
        help="only rows of these values; without any, of the slice that differs most",
    )
    verb.add_argument("--rows", type=_count, default=1000, help="how many (default: 1000)")
    verb.add_argument("--labels", action="store_true", help="tell what came true, by /feedback")
    verb.add_argument("--seed", type=int, default=7, help="of the draw (default: 7)")
    verb.set_defaults(run=_replay)

    verb = verbs.add_parser(
        "readout",
        help="champion against challenger on live outcomes",
        description="Reads the store, models/champion and models/challenger; prints the "
        "difference with its interval, sample sizes and what they can show. Writes nothing.",
    )
    verb.add_argument("--json", action="store_true", help="print it as JSON")
    verb.set_defaults(run=_readout)
