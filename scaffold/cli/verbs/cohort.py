"""`scaffold cohort`: for instructors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli import options, terminal
from scaffold.cli.told_commands import ToldGroup
from scaffold.cli.verbs import _cohort_report

if TYPE_CHECKING:
    from scaffold.cohort.class_file import Class
    from scaffold.cohort.layout import Task
    from scaffold.cohort.remaining import Asked, Manner
    from scaffold.cohort.running import Prepare

verb = typer.Typer(cls=ToldGroup, rich_markup_mode=None, add_completion=False)
_HERE = Path()

ClassFile = Annotated[
    Path, typer.Option("--class", metavar="FILE|DIR", help="class.toml, or its folder.")
]
Assignments = Annotated[
    list[str] | None, typer.Argument(metavar="ASSIGNMENT", help="Default: all of them.")
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="USERNAME", help="Only this learner; may come again."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan, and write nothing.")]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Go on with the last run: what is left, and what failed."),
]
OnlyFailed = Annotated[
    bool, typer.Option("--only-failed", help="Only what failed in the last run.")
]
Anew = Annotated[
    bool, typer.Option("--anew", help="Look at everything again, whatever the last run left.")
]
Jobs = Annotated[
    int,
    typer.Option("--jobs", min=0, max=64, help="Processes. 0: as many as processors."),
]
Locking = Annotated[bool, typer.Option("--lock/--no-lock", help="Lock the versions of packages.")]


@verb.callback()
def _cohort() -> None:
    """Hand starters out to a class, update them, and see where everybody stands."""


@verb.command()
def init(
    folder: options.Folder = _HERE,
    as_json: options.Json = False,
) -> None:
    """Begin a class: write class.toml and roster.csv, to be filled in."""
    from scaffold.cohort.beginning import begin

    made = begin(folder.expanduser())
    if as_json:
        terminal.document({"made": [os.fspath(one) for one in made]})
        return
    terminal.say(f"Made {', '.join(os.fspath(one) for one in made)}.", "bold green")
    where = "" if folder == _HERE else f" --class {folder}"
    terminal.out(f"Fill both in, then look at the plan: scaffold cohort handout{where} --dry-run")


@verb.command()
def handout(
    assignments: Assignments = None,
    klass: ClassFile = _HERE,
    only: Only = None,
    dry_run: DryRun = False,
    resume: Resume = False,
    only_failed: OnlyFailed = False,
    anew: Anew = False,
    jobs: Jobs = 0,
    lock: Locking = True,
    as_json: options.Json = False,
) -> None:
    """Make one repository per learner, from their starter. Never one twice.

    Whoever has theirs already keeps it as it is. One that cannot be made stops no other.
    """
    from scaffold.cohort import handout as work
    from scaffold.cohort.remaining import Manner

    read, asked = _asked(klass, work.VERB, assignments, only, _wanted(lock=lock))
    manner = Manner(resume, only_failed, anew, jobs)
    if dry_run:
        from scaffold.cohort import planning

        _plan(planning.handout(read, asked, manner), as_json=as_json)
        return
    _run(read, asked, manner, lambda start: work.prepare(read, start), as_json)


@verb.command()
def collect(
    assignments: Assignments = None,
    klass: ClassFile = _HERE,
    only: Only = None,
    dry_run: DryRun = False,
    resume: Resume = False,
    only_failed: OnlyFailed = False,
    anew: Anew = False,
    jobs: Jobs = 0,
    as_json: options.Json = False,
) -> None:
    """Clone or fetch every repository; nothing in it is run.

    They lie in repositories/ASSIGNMENT/USERNAME, at their default branch. Where one is gone or may
    not be read any more, the last clone stays.
    """
    from scaffold.cohort import collect as work
    from scaffold.cohort.remaining import Manner

    read, asked = _asked(klass, work.VERB, assignments, only)
    manner = Manner(resume, only_failed, anew, jobs)
    if dry_run:
        from scaffold.cohort import planning

        _plan(planning.collect(read, asked, manner), as_json=as_json)
        return
    _run(read, asked, manner, lambda start: work.prepare(read, start), as_json)


@verb.command()
def update(
    assignments: Assignments = None,
    klass: ClassFile = _HERE,
    to: Annotated[
        str | None, typer.Option("--to", metavar="VERSION", help="Default: the newest release.")
    ] = None,
    only: Only = None,
    dry_run: DryRun = False,
    resume: Resume = False,
    only_failed: OnlyFailed = False,
    anew: Anew = False,
    jobs: Jobs = 0,
    lock: Locking = True,
    as_json: options.Json = False,
) -> None:
    """Push a branch with the newest release where it merges cleanly.

    The branch is scaffold/VERSION; its one commit tells what it brings, and its owner merges it.
    Where there are conflicts nothing is pushed, and the files are listed. Ends with 1 then. With
    --dry-run all of them are tried out in copies, which takes about as long.
    """
    from scaffold.cohort import update as work
    from scaffold.cohort.remaining import Manner

    read, asked = _asked(klass, work.VERB, assignments, only, _wanted(to, lock=lock))
    manner = Manner(resume, only_failed, anew, jobs)
    if dry_run:
        from scaffold.cli import told_cohort
        from scaffold.cohort import planning

        with terminal.steps(quiet=as_json) as step:
            step("Trying the update out, which takes about as long as the update")
            tried = planning.update(read, asked, manner, told_cohort.Progress("tried", step))
        _plan(tried, as_json=as_json)
        return
    _run(read, asked, manner, lambda start: work.prepare(read, start), as_json)


verb.command("report")(_cohort_report.report)
verb.command("nudge")(_cohort_report.nudge)


def _wanted(to: str | None = None, *, lock: bool) -> dict[str, Any]:
    """What a run was asked for, which counts as well when it is gone on with."""
    release = {"to": f"v{to.removeprefix('v')}"} if to else {}
    return release | ({} if lock else {"no_lock": True})


def _asked(
    path: Path,
    name: str,
    assignments: list[str] | None,
    only: list[str] | None,
    wanted: dict[str, Any] | None = None,
) -> tuple[Class, Asked]:
    """The class, and what is asked of it."""
    klass, tasks, roster = _tasks(path, assignments, only)
    from scaffold.cohort.remaining import Asked

    return klass, Asked(name, tasks, wanted or {}, name != "collect", roster)


def _tasks(
    path: Path, assignments: list[str] | None, only: list[str] | None
) -> tuple[Class, tuple[Task, ...], frozenset[str]]:
    from scaffold.cohort import class_file, layout
    from scaffold.cohort.roster import read_roster

    klass = class_file.read(path)
    learners = read_roster(klass.roster)
    every = layout.tasks(klass, learners)
    tasks = layout.tasks(klass, learners, assignments or (), only or ())
    return klass, tasks, frozenset(one.key for one in every)


def _run(klass: Class, asked: Asked, manner: Manner, prepare: Prepare, as_json: bool) -> None:
    """Run a bulk verb, tell how far it is, and what came of it."""
    from scaffold.cli import told_cohort
    from scaffold.cohort import journal, layout, running
    from scaffold.cohort.outcome import exit_code

    with terminal.steps(quiet=as_json) as step:
        step(f"Preparing {asked.verb}")
        told = told_cohort.Progress(asked.verb, step)
        try:
            ran = running.run(klass, asked, manner, prepare, told)
        except KeyboardInterrupt as error:
            begun = journal.newest(layout.journals(klass), asked.verb)
            if begun is None or begun.complete:
                raise
            raise told_cohort.stopped(klass, asked.verb) from error
    if as_json:
        terminal.document(told_cohort.facts(klass, asked.verb, ran))
    else:
        told_cohort.tell(klass, asked.verb, ran)
    raise typer.Exit(exit_code(ran.outcomes))


def _plan(plan: Any, *, as_json: bool) -> None:
    from dataclasses import asdict

    if as_json:
        terminal.document({"plan": asdict(plan)})
        return
    from scaffold.cli import told_cohort

    told_cohort.tell_plan(plan)
