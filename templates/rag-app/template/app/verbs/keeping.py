"""Verbs for what the service has kept: look at it, learn from it, delete it."""

import argparse
import json
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from app.service.errors import UserError
from app.verbs.parsing import Verbs

if TYPE_CHECKING:
    from app.answer_log import AnswerLog
    from app.records import Feedback

NEWEST_FOR_GOLDEN = 10_000


def _log() -> "AnswerLog":
    from app.answer_log import AnswerLog
    from app.service.store import open_store
    from app.settings import read_settings

    return AnswerLog(open_store(read_settings().database_url))


def _printable(text: str) -> str:
    """Returns text of strangers without what would steer the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def _print(newest: "list[Feedback]") -> None:
    from datetime import UTC, datetime

    for one in newest:
        at = datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%d %H:%M")
        print(f"{at}  {one.thumb or '-':4}  {one.kind:7}  {_printable(one.question)}")
        if one.comment:
            print(f"{'':24}{_printable(one.comment)}")
    if not newest:
        print("no feedback yet")


def _to_golden() -> None:
    from app.project import read_project
    from app.proving.golden import read_golden
    from app.proving.reported import append, questions_of
    from app.settings import read_settings

    file = read_project(read_settings().project_file).evaluation.golden
    known = [one.question for one in read_golden(file)] if file.exists() else []
    with closing(_log()) as log:
        found = questions_of(log.newest_feedback(NEWEST_FOR_GOLDEN), known)
    if not found:
        print("no feedback about a question that is not golden already")
        return
    append(file, found)
    for one in found:
        print(f"  {_printable(one.question)}\n    {_printable(one.relevant[0].source)}")
    print(
        f"{len(found)} drafts are added to {file}, with the sections that the answer cited. Read "
        "each line:\nare these the sections that answer it, and all of them? Then change "
        '"kind" from "draft".'
    )


def _feedback(arguments: argparse.Namespace) -> None:
    from dataclasses import asdict

    if arguments.golden:
        _to_golden()
        return
    with closing(_log()) as log:
        newest = log.newest_feedback(arguments.limit)
    if arguments.json:
        print(json.dumps([asdict(one) for one in newest], indent=2, ensure_ascii=False))
    else:
        _print(newest)


def _reset(arguments: argparse.Namespace) -> None:
    from app.index.opening import open_index
    from app.settings import read_settings

    with closing(open_index(read_settings().database_url)) as index, closing(_log()) as log:
        if not arguments.yes:
            if not sys.stdin.isatty():
                raise UserError("Nothing was deleted.", "Run `app reset --yes` to mean it.")
            what = f"the index, every answer and all feedback in {index.place}"
            if input(f"Delete {what}? Type yes: ").strip() != "yes":
                print("nothing was deleted")
                return
        print(f"{index.clear()} passages deleted in {index.place}")
        print(f"{log.reset()} answers and their feedback deleted in {log.place}")


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
    verb = verbs.add_parser(
        "feedback",
        help="what people said about answers, newest first",
        description="Reads the store that DATABASE_URL names; times are UTC. Writes nothing, but "
        "with --golden: then each question that somebody said something about becomes the draft of "
        "a golden question.",
    )
    verb.add_argument("--limit", type=int, default=20, help="how many at most (default: 20)")
    form = verb.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON, for programs")
    form.add_argument(
        "--golden", action="store_true", help="add drafts to the golden questions of project.toml"
    )
    verb.set_defaults(run=_feedback)

    verb = verbs.add_parser(
        "reset",
        help="delete the index, every stored answer and all feedback",
        description="Empties the store that DATABASE_URL names, also while others search; asks "
        "first. Documents and reports stay, and what was spent today is not forgotten; "
        "`app ingest` makes the index again.",
    )
    verb.add_argument("--yes", action="store_true", help="don't ask")
    verb.set_defaults(run=_reset)
