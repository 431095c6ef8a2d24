"""Verbs that start runs, go on with them and decide about them."""

import argparse
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from app.runs.wording import printable
from app.service.errors import UserError
from app.verbs.parsing import Verbs

if TYPE_CHECKING:
    from app.runs.run_log import Run
    from app.runs.runner import Runner

T = TypeVar("T")
CHOICES = {"a": "approve", "r": "reject", "l": "later"}


def with_runner(work: Callable[["Runner"], Awaitable[T]], *, loud: bool) -> T:
    """Opens everything that runs need, and does some work with it.

    Args:
        work: What to do.
        loud: Whether each call is told as it begins.
    """
    from app.agents import telling
    from app.project import read_project
    from app.runs.loops import run_to_end
    from app.runs.opening import open_runner
    from app.settings import read_settings

    settings = read_settings()
    project = read_project(settings.project_file)

    async def inside() -> T:
        async with open_runner(settings, project) as runner:
            if loud:
                runner.observer = telling.Steps(print)
            return await work(runner)

    return run_to_end(inside())


def _print(run: "Run", *, as_json: bool) -> None:
    from app.agents import telling

    if as_json:
        print(json.dumps(asdict(run), ensure_ascii=False, indent=2))
        return
    print()
    for lines in (telling.memo(run.memo) if run.memo else (), telling.ending(run)):
        for line in lines:
            print(printable(line))


def _decision() -> dict[str, Any] | None:
    """Asks the person at the terminal; None: later."""
    while True:
        said = input("\n[a]pprove, [r]eject, or [l]ater? ").strip().lower()[:1]
        if said in CHOICES:
            break
    if said == "l":
        return None
    reason = input("Why? ").strip() if said == "r" else ""
    return {"type": CHOICES[said], "reason": reason}


def _settle(run: "Run", arguments: argparse.Namespace, decided: dict[str, Any] | None) -> "Run":
    """Lets a person decide about a run that waits, where there is one."""
    asks = sys.stdin.isatty() and sys.stdout.isatty() and not arguments.json
    if run.status != "waiting" or (decided is None and not asks):
        return run
    if decided is None:
        _print(run, as_json=False)
        decided = _decision()
    if decided is None:
        return run
    given = decided
    return with_runner(lambda runner: runner.decide(run.run_id, given), loud=False)


def _end(run: "Run", *, as_json: bool) -> None:
    _print(run, as_json=as_json)
    if run.status == "waiting" and not as_json:
        print(f"\nApprove it:  uv run app resume {run.run_id} --approve")
        print(f'Reject it:   uv run app resume {run.run_id} --reject "why"')
        print(f"Look closer: uv run app show {run.run_id}")


def _ask(arguments: argparse.Namespace) -> None:
    run = with_runner(lambda runner: runner.start(arguments.question), loud=not arguments.json)
    decided = {"type": "approve"} if arguments.approve else None
    _end(_settle(run, arguments, decided), as_json=arguments.json)


def _resume(arguments: argparse.Namespace) -> None:
    run = with_runner(lambda runner: runner.resume(arguments.run_id), loud=not arguments.json)
    decided = _given(arguments)
    if decided is not None and run.status != "waiting":
        raise UserError(
            f"The run {run.run_id} waits for no decision: it is {run.outcome or run.status}.",
            f"`uv run app show {run.run_id}` tells more.",
        )
    _end(_settle(run, arguments, decided), as_json=arguments.json)


def _given(arguments: argparse.Namespace) -> dict[str, Any] | None:
    if arguments.approve:
        return {"type": "approve"}
    if arguments.reject is not None:
        return {"type": "reject", "reason": arguments.reject}
    if arguments.edit is None:
        return None
    try:
        return {"type": "edit", "memo": json.loads(arguments.edit.read_text(encoding="utf-8"))}
    except ValueError as error:
        raise UserError(
            f"{arguments.edit} is no JSON: {error}.",
            "Begin with the field `memo` of `app show RUN --json`.",
        ) from error


def _show(arguments: argparse.Namespace) -> None:
    from app.agents import telling

    run, calls = with_runner(lambda runner: runner.look(arguments.run_id), loud=False)
    if arguments.json:
        print(json.dumps(asdict(run) | {"calls": [asdict(one) for one in calls]}, indent=2))
        return
    print(printable(f"> {run.question}"))
    _print(run, as_json=False)
    print("\nEvidence:")
    for line in telling.evidence(run.evidence):
        print(printable(line))
    print("\nCalls:")
    for line in telling.calls(calls):
        print(printable(line))


def _runs(arguments: argparse.Namespace) -> None:  # noqa: ARG001 - it has none
    from datetime import datetime

    from app.runs.run_log import RunLog
    from app.service.store import open_store
    from app.settings import read_settings

    store = open_store(read_settings().database_url)
    try:
        entries = RunLog(store).newest()
    finally:
        store.close()
    for one in entries:
        when = datetime.fromtimestamp(one.started).astimezone().strftime("%Y-%m-%d %H:%M")
        question = printable(one.question[:80])
        print(f"{one.run_id}  {when}  {one.outcome or one.status:<10} {question}")
    if not entries:
        print('No runs yet:  uv run app ask "your question"')


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
    verb = verbs.add_parser(
        "ask",
        help="let the agents answer a question; you approve the memo",
        description="Starts a run: MODEL thinks, tables and documents of project.toml are read. "
        "The memo waits for approval, at the terminal or with `app resume`. Writes the run, its "
        "checkpoints and calls into DATABASE_URL.",
    )
    verb.add_argument("question", help="in quotes")
    verb.add_argument("--approve", action="store_true", help="publish what comes, unseen")
    verb.add_argument("--json", action="store_true", help="print one JSON document")
    verb.set_defaults(run=_ask)

    verb = verbs.add_parser(
        "resume",
        help="go on with a run that broke off, or decide about one that waits",
        description="Reads and writes the run in DATABASE_URL. What was done is not done again.",
    )
    verb.add_argument("run_id", metavar="RUN", help="its id, as `app runs` shows it")
    either = verb.add_mutually_exclusive_group()
    either.add_argument("--approve", action="store_true", help="publish the memo")
    either.add_argument("--reject", metavar="WHY", help="publish nothing")
    either.add_argument("--edit", type=Path, metavar="FILE", help="publish this memo (JSON)")
    verb.add_argument("--json", action="store_true", help="print one JSON document")
    verb.set_defaults(run=_resume)

    verb = verbs.add_parser(
        "show",
        help="a run with its memo, its evidence and every call",
        description="Reads the run in DATABASE_URL; writes nothing.",
    )
    verb.add_argument("run_id", metavar="RUN", help="its id, as `app runs` shows it")
    verb.add_argument("--json", action="store_true", help="print one JSON document")
    verb.set_defaults(run=_show)

    verb = verbs.add_parser(
        "runs", help="the last 50 runs", description="Reads DATABASE_URL; writes nothing."
    )
    verb.set_defaults(run=_runs)
