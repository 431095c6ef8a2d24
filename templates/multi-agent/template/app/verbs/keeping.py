"""Verbs for what is kept: look at it, delete it."""

import argparse
import sys

from app.service.errors import UserError
from app.verbs.parsing import Verbs


def _reset(arguments: argparse.Namespace) -> None:
    from app.feedback import FeedbackLog
    from app.runs.forgetting import reset
    from app.service.store import open_store
    from app.settings import read_settings
    from app.verbs.running import with_runner

    if not arguments.yes:
        if not sys.stdin.isatty():
            raise UserError("Nothing was deleted.", "Run `app reset --yes` to mean it.")
        what = "every run, with its checkpoints, calls, memo, exceptions and feedback"
        if input(f"Delete {what}? Type yes: ").strip() != "yes":
            print("nothing was deleted")
            return

    count = with_runner(reset, loud=False)
    store = open_store(read_settings().database_url)
    FeedbackLog(store).forget()
    store.close()
    print(f"{count} runs deleted, with all that belongs to them.")


def _feedback(arguments: argparse.Namespace) -> None:
    import json
    from dataclasses import asdict
    from datetime import UTC, datetime

    from app.feedback import FeedbackLog
    from app.runs.run_log import RunLog
    from app.runs.wording import printable
    from app.service.store import open_store
    from app.settings import read_settings

    store = open_store(read_settings().database_url)
    RunLog(store)  # makes the table of runs where there is none yet
    newest = FeedbackLog(store).newest(arguments.limit)
    store.close()
    if arguments.json:
        print(json.dumps([asdict(one) for one in newest], indent=2, ensure_ascii=False))
        return
    for one in newest:
        at = datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%d %H:%M")
        print(f"{at}  {one.thumb or '-':4}  {one.outcome:9}  {printable(one.question)}")
        if one.comment:
            print(f"{'':26}{printable(one.comment)}")
    if not newest:
        print("no feedback yet")


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
    verb = verbs.add_parser(
        "feedback",
        help="what people said about runs, newest first",
        description="Reads the store that DATABASE_URL names; times are UTC. Writes nothing.",
    )
    verb.add_argument("--limit", type=int, default=20, help="how many at most (default: 20)")
    verb.add_argument("--json", action="store_true", help="print JSON, for programs")
    verb.set_defaults(run=_feedback)

    verb = verbs.add_parser(
        "reset",
        help="delete every run, and the memos and exceptions that they left",
        description="Empties the store that DATABASE_URL names; asks first. Tables, documents and "
        "reports stay, and what was spent today is not forgotten.",
    )
    verb.add_argument("--yes", action="store_true", help="don't ask")
    verb.set_defaults(run=_reset)
