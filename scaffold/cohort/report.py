"""The reports of a class: a page, a spreadsheet and a document, written into its folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.cohort import (
    alike,
    alone,
    facts,
    layout,
    page,
    runs,
    said,
    spreadsheet,
    standings,
    writing,
)

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scaffold.cohort.class_file import Class
    from scaffold.cohort.layout import Task
    from scaffold.cohort.standing import Asked, Standing

SCHEMA = 1


@dataclass(frozen=True)
class Watch:
    """Who wants to know how far it is.

    Attributes:
        told: Is called with how many are done, and of how many.
        waited: Is called with how many live addresses were waited for, and of how many.
        waits: Is called when another command is at work on the class, and is waited for.
    """

    told: Callable[[int, int], None] = lambda done, of: None  # noqa: ARG005
    waited: Callable[[int, int], None] = lambda done, of: None  # noqa: ARG005
    waits: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Report:
    """What was found and written.

    Attributes:
        klass: The class.
        standings: By username, then in the order of the class's assignments.
        now: The moment for which it was made.
        collected: When repositories were last collected; empty when never.
        updated: When they were last updated; empty when never.
        files: The page, the spreadsheet and the document.
    """

    klass: Class
    standings: tuple[Standing, ...]
    now: datetime.datetime
    collected: str = ""
    updated: str = ""
    files: tuple[Path, ...] = ()


NOBODY = Watch()


def name(tasks: Sequence[Task], every: Sequence[Task]) -> str:
    """What the files of a report are called: one of a part never replaces that of the class.

    Args:
        tasks: What it is about.
        every: All of the class.
    """
    wanted = {one.key for one in tasks}
    assignments = dict.fromkeys(one.assignment.id for one in tasks)
    whole = {one.key for one in every if one.assignment.id in assignments}
    if wanted != whole:
        return "some-learners"
    return "report" if len(whole) == len(every) else f"report-{'-'.join(assignments)}"[:100]


def make(
    klass: Class,
    tasks: Sequence[Task],
    asked: Asked,
    watch: Watch = NOBODY,
    called: str = "report",
) -> Report:
    """Look at every clone, and write the reports.

    Args:
        klass: The class.
        tasks: What to report on.
        asked: For which moment, with which rubric, and whether live addresses are asked.
        watch: Is told what happens.
        called: Name of the files, as `name` has it.

    Raises:
        RequestError: Another command is at work on the class, and not done in time.
        OutsideError: A journal can't be read, or the disk refuses the reports.
    """
    remedy = "Mend that and run it again; the old ones are as they were."
    with writing.refusals_told("The reports", remedy):
        found = look(klass, tasks, asked, watch)
        folder = layout.reports(klass)
        texts = {
            f"{called}.html": page.text(found),
            f"{called}.csv": spreadsheet.text(found.standings),
            f"{called}.json": json.dumps(document(found), indent=1, ensure_ascii=False) + "\n",
        }
        for name, text in texts.items():
            writing.write(folder / name, text)
    files = tuple(folder / name for name in texts)
    return Report(klass, found.standings, found.now, found.collected, found.updated, files)


def look(
    klass: Class,
    tasks: Sequence[Task],
    asked: Asked,
    watch: Watch = NOBODY,
) -> Report:
    """As `make`, and no report is written.

    Meanwhile no other command works on the class: one that collects has clones half done.

    Raises:
        RequestError: Another command is at work on the class, and not done in time.
        OutsideError: The class's folder can't be written.
        OSError: A journal can't be read.
    """
    found: dict[int, Standing] = {}
    with alone.alone(klass, alone.Patience(alone.PATIENCE_SECONDS, watch.waits)):
        for place, one in standings.standings(klass, tasks, asked, watch.waited):
            found[place] = one
            watch.told(len(found), len(tasks))
        journals = layout.journals(klass)
        collected, updated = (runs.of(journals, verb).at for verb in ("collect", "update"))
    order = {name: at for at, name in enumerate(klass.assignments)}
    ordered = sorted(
        alike.noted(list(found.values())),
        key=lambda one: (
            one.task.learner.username.casefold(),
            one.task.learner.username,
            order.get(one.task.assignment.id, len(order)),
        ),
    )
    return Report(
        klass, tuple(ordered), asked.now, said.plain(collected, 40), said.plain(updated, 40)
    )


def document(found: Report) -> dict[str, Any]:
    """The report as one JSON document."""
    return {
        "schema": SCHEMA,
        "class": said.plain(found.klass.name),
        "made": facts.moment(found.now),
        "collected": found.collected or None,
        "updated": found.updated or None,
        "assignments": [
            {
                "id": one.id,
                "template": one.template,
                "version": one.version,
                "due_date": facts.moment(one.due),
                "must_pass": list(one.must_pass),
            }
            for one in found.klass.assignments.values()
        ],
        "learners": [facts.record(one) for one in found.standings],
    }
