"""A message to each learner: the one next thing to do, and how to see it oneself."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.check.telling.markdown import code, plain
from scaffold.cohort import collect, layout, remote, report, said, writing
from scaffold.cohort.report import NOBODY

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from scaffold.cohort.class_file import Class
    from scaffold.cohort.layout import Task
    from scaffold.cohort.report import Watch
    from scaffold.cohort.standing import Asked, Standing

_MOST_FILES = 20
_HOUR, _DAY = 3_600, 86_400


@dataclass(frozen=True)
class Nudges:
    """What was written.

    Attributes:
        written: The file of each message, with what it is about.
        left_out: Standings of repositories that were never collected: there is nothing to say.
    """

    written: tuple[tuple[Standing, Path], ...]
    left_out: tuple[Standing, ...]


def make(
    klass: Class,
    tasks: Sequence[Task],
    asked: Asked,
    watch: Watch = NOBODY,
) -> Nudges:
    """Look at every clone, and write each learner's message, in place of an earlier one.

    Args:
        klass: The class.
        tasks: To whom, about what.
        asked: For which moment.
        watch: Is told what happens.

    Raises:
        RequestError: Another command is at work on the class, and not done in time.
        OutsideError: A journal can't be read, or the disk refuses a message.
    """
    with writing.refusals_told("The messages"):
        found = report.look(klass, tasks, asked, watch)
        written, left_out = [], []
        for one in found.standings:
            file = layout.nudge(klass, one.task)
            if one.state == "not collected":
                file.unlink(missing_ok=True)  # an older one would say what nobody knows now
                left_out.append(one)
                continue
            writing.write(file, message(klass, one, asked.now))
            written.append((one, file))
    return Nudges(tuple(written), tuple(left_out))


def message(klass: Class, one: Standing, now: datetime.datetime) -> str:
    """The message about one standing, in Markdown; what learners wrote is plain text in it."""
    name = said.plain(one.task.learner.name, 80)
    lines = [
        f"# {plain(said.plain(klass.name))}: {one.task.assignment.id}",
        "",
        f"Hello {plain(name)},",
        "",
        *_first(one, klass.published),
        *_date(one, now),
        *_must(one),
        *_update(one),
        *_yourself(one),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _first(one: Standing, published: str) -> Iterator[str]:
    if one.state in {"gone", "denied"}:
        what = "can't be read by me"
        if one.state == "gone":
            what = "is empty" if remote.EMPTY in one.reason else "is not there"
            if collect.NOT_YET in one.reason:
                what = "is not there yet"
        yield f"**Next:** your repository {what}: {code(one.place)}"
        yield ""
        yield (
            "If it is elsewhere now, tell me its new address; if you made it private, let me "
            f"read it.{' What I collected before is safe.' if one.template else ''}"
        )
        if one.state == "gone" and published and not one.template:
            yield ""
            yield "If you have not made it yet:"
            yield ""
            yield from _commands(f"scaffold new {one.task.assignment.id} --class {published}")
    elif one.state == "unreadable":
        what, _, command = one.reason.partition(": git checkout ")
        yield f"**Next:** your repository can't be read as one of our starters. {plain(what)}"
        if command:
            yield ""
            yield from _commands(f"git checkout {command}")
    elif one.conflicts:
        yield f"**Next:** an update of the starter meets your changes in {_files(one)}: see below."
    elif one.next is not None:
        finding = one.next.finding
        where = f" ({plain(finding.place)})" if finding.place else ""
        yield f"**Next:** {plain(finding.message)}{where}"
        yield ""
        yield plain(one.next.todo)
    elif one.pending or one.behind:
        yield "**Next:** take the update of the starter: see below."
    else:
        yield "**Nothing is left to do that files can tell.** Practise for the interview:"
        yield ""
        yield from _commands("scaffold check --questions")
    yield ""


def _date(one: Standing, now: datetime.datetime) -> Iterator[str]:
    until = one.task.assignment.due
    if until is None:
        return
    left = (until - now).total_seconds()
    away = f"{_span(abs(left))} {'from now' if left >= 0 else 'ago'}"
    state = {
        "not begun": "I see no commit of yours yet",
        "under way": "you are under way",
        "in time": "you are in time",
        "late": "it is late",
        "overdue": "it is overdue",
    }.get(one.due, "")  # nothing where it is not known
    if one.due == "not begun" and one.state != "read" and not one.template:
        state = ""
    yield f"**Due:** {until:%Y-%m-%d %H:%M %Z}, {away}{f'; {state}' if state else ''}."
    yield ""


def _must(one: Standing) -> Iterator[str]:
    if not one.must_pass:
        return
    from scaffold.check.rule import texts
    from scaffold.check.rules import catalogue

    rules = catalogue()
    yield "What must still pass:"
    yield ""
    for name in one.must_pass:
        yield f"- {plain(texts(rules[name]).title.rstrip('.'))} ({name})"
    yield ""


def _update(one: Standing) -> Iterator[str]:
    if one.switch and not (one.behind or one.pending):
        yield "## Updates come from the class"
        yield ""
        yield "In your repository, with everything committed:"
        yield ""
        yield from _commands("git pull", *_switching(one), "git push")
        yield ""
    if not one.version or not (one.behind or one.pending):
        return
    yield "## The starter went on"
    yield ""
    newest = f", the newest is {one.newest}" if one.newest else ""
    yield f"Your repository has {plain(one.version)}{newest}."
    if one.conflicts or one.pending.startswith("conflicts"):
        yield f"The update and you changed the same lines in {_files(one)}:"
        yield ""
        yield from (f"- {plain(file)}" for file in one.conflicts[:_MOST_FILES])
        if len(one.conflicts) > _MOST_FILES:
            yield f"- and {len(one.conflicts) - _MOST_FILES} more"
        yield ""
        yield "Nothing of yours was touched. In your repository, with everything committed:"
        yield ""
        yield from _commands(*_updating(one), "scaffold update --finish", "git commit")
        yield ""
        yield (
            "After `scaffold update` the files hold both versions between marks; decide each, and "
            "delete the marks. `scaffold update --undo` takes everything back."
        )
    elif one.pending:
        branch = one.pending.removeprefix("branch ").removesuffix(" waits")
        yield (
            f"The branch {plain(branch)} in your repository holds the update, and meets nothing of "
            "yours. Its commit says what it brings. Merge it on the web page, or:"
        )
        yield ""
        yield from _commands("git pull", f"git merge origin/{branch}", "git push")
    else:
        yield "In your repository, with everything committed:"
        yield ""
        yield from _commands(*_updating(one), "git commit")
    yield ""


def _updating(one: Standing) -> Iterator[str]:
    yield "git pull"
    yield from _switching(one)
    yield "scaffold update"


def _switching(one: Standing) -> Iterator[str]:
    if one.switch:
        yield f"scaffold switch {shlex.quote(one.switch)}"
        yield 'git commit --message "Take updates from the class"'


def _yourself(one: Standing) -> Iterator[str]:
    yield "## See it yourself"
    yield ""
    explained = (f"scaffold explain {one.next.rule}",) if one.next else ()
    yield from _commands("scaffold status", "scaffold check", *explained)


def _commands(*words: str) -> Iterator[str]:
    yield "```"
    yield from words
    yield "```"


def _files(one: Standing) -> str:
    return one.pending.removeprefix("conflicts in ") or f"{len(one.conflicts)} files"


def _span(seconds: float) -> str:
    """A time in the largest unit of which there are two."""
    for unit, name in ((_DAY, "days"), (_HOUR, "hours")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds / 60:.0f} minutes"
