"""Verbs for what the service has kept: look at it, delete it."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.service.errors import UserError
from app.verbs.parsing import Verbs

if TYPE_CHECKING:
    from app.prediction_log import PredictionLog


@contextmanager
def _log() -> Iterator["tuple[PredictionLog, str]"]:
    from app.prediction_log import PredictionLog
    from app.service.store import open_store
    from app.settings import read_settings

    store = open_store(read_settings().database_url)
    try:
        yield PredictionLog(store), store.place
    finally:
        store.close()


def _reset(arguments: argparse.Namespace) -> None:
    with _log() as (log, place):
        if not arguments.yes:
            if not sys.stdin.isatty():
                raise UserError("Nothing was deleted.", "Run `app reset --yes` to mean it.")
            question = f"Delete every prediction and all feedback in {place}? Type yes: "
            if input(question).strip() != "yes":
                print("nothing was deleted")
                return
        print(f"{log.reset()} predictions and their feedback deleted in {place}")


def _printable(text: str) -> str:
    """Returns text of strangers without what would steer the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def _feedback(arguments: argparse.Namespace) -> None:
    from dataclasses import asdict
    from datetime import UTC, datetime

    with _log() as (log, _):
        newest = log.newest_feedback(arguments.limit)
    if arguments.json:
        print(json.dumps([asdict(item) for item in newest], indent=2, ensure_ascii=False))
        return
    for item in newest:
        at = datetime.fromtimestamp(item.at, UTC).strftime("%Y-%m-%d %H:%M")
        actual = "" if item.actual is None else f"actual {item.actual:g}"
        parts = (item.thumb, actual, _printable(item.comment or ""))
        said = "  ".join(filter(None, parts))
        print(f"{at}  {item.prediction_id}  answered {item.output:.3g}  {said}")
    if not newest:
        print("no feedback yet")


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
    verb = verbs.add_parser(
        "feedback",
        help="what people said about answers, newest first",
        description="Reads the store that DATABASE_URL names; times are UTC. Writes nothing.",
    )
    verb.add_argument("--limit", type=int, default=20, help="how many at most (default: 20)")
    verb.add_argument("--json", action="store_true", help="print JSON, for programs")
    verb.set_defaults(run=_feedback)

    verb = verbs.add_parser(
        "reset",
        help="delete every stored prediction and all feedback",
        description="Empties the store that DATABASE_URL names, also while a server runs; asks "
        "first. Models and reports stay.",
    )
    verb.add_argument("--yes", action="store_true", help="don't ask")
    verb.set_defaults(run=_reset)
