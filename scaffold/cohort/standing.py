"""Where each learner stands in each assignment, from the clones that were collected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from scaffold import git, scratch, versions
from scaffold import source as sources
from scaffold.cohort import layout, looking, rubric, runs, said, templates
from scaffold.cohort.seen import Question, Seen, Work
from scaffold.errors import ScaffoldError

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from scaffold.check.examine import Online
    from scaffold.check.signals import Next, Signal
    from scaffold.cohort.class_file import Assignment, Class
    from scaffold.cohort.layout import Task
    from scaffold.cohort.outcome import Outcome
    from scaffold.cohort.rubric import Rubric, Score
    from scaffold.source import Source

State = Literal["read", "not collected", "gone", "denied", "unreadable"]
Due = Literal["no date", "not known", "not begun", "under way", "in time", "late", "overdue"]
RUNGS = ("typed", "recorded", "consistent", "attested", "wrong")


@dataclass(frozen=True)
class Standing:
    """Where one learner stands in one assignment; every text in it is plain.

    What is known of a repository that is gone or may not be read any more is what its last good
    clone shows.

    Attributes:
        task: Whose, of what, where.
        state: Whether it could be read.
        reason: Why not, and what to do; empty when it could.
        template: Id of the starter.
        version: The release that it has.
        newest: The newest release of where it comes from; empty when that is not known.
        behind: Releases between the two; None when that is not known.
        pending: What the newest update left: a branch that waits, or conflicts.
        conflicts: Files in which that update met the learner's changes.
        own_code: Lines of code that are the learner's; None when that is not known.
        own_tests: The same of tests.
        own_rows: Share of rows, documents or tasks that are the learner's, 0 to 1.
        signals: The state of each.
        rungs: How many numbers of the README stand on which rung.
        rules: State of each rule.
        live: The address that the README names.
        answers: Whether it answers as this repository; None where nobody asked.
        must_pass: Rules that must pass and do not.
        unknown: Rules that must pass and of which that is not known: mostly `--online` tells.
        commits_own: Commits of the learner.
        commits_late: Those after the due date.
        first_own: When the first was committed, as the commit says.
        last_own: And the last.
        due: Whether it is in time.
        next: The next thing to do.
        score: Points, where the class has a rubric.
        questions: To ask the author.
        notes: What else a reader should know.
    """

    task: Task
    state: State = "read"
    reason: str = ""
    template: str = ""
    version: str = ""
    newest: str = ""
    behind: int | None = None
    pending: str = ""
    conflicts: tuple[str, ...] = ()
    own_code: int | None = None
    own_tests: int | None = None
    own_rows: float | None = None
    signals: tuple[Signal, ...] = ()
    rungs: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    live: str = ""
    answers: bool | None = None
    must_pass: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    commits_own: int = 0
    commits_late: int = 0
    first_own: datetime.datetime | None = None
    last_own: datetime.datetime | None = None
    due: Due = "no date"
    next: Next | None = None
    score: Score | None = None
    questions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> float | None:
        """What it gets; None without a rubric."""
        return self.score.points if self.score else None

    @property
    def out_of(self) -> float | None:
        """What it could get; None without a rubric."""
        return self.score.out_of if self.score else None

    @property
    def place(self) -> str:
        """Where the repository is, without any password."""
        return said.plain(self.task.place)


@dataclass(frozen=True)
class Asked:
    """What a report is to be about.

    Attributes:
        now: The moment for which due dates are judged.
        rubric: What points are given for; None gives none.
        online: What other machines may be asked; None asks none but the class's source.
    """

    now: datetime.datetime
    rubric: Rubric | None = None
    online: Online | None = None


def standings(
    klass: Class,
    tasks: Sequence[Task],
    asked: Asked,
    waited: Callable[[int, int], None] = lambda done, of: None,  # noqa: ARG005
) -> Iterator[tuple[int, Standing]]:
    """Where each task stands; each comes with its place in `tasks`, as it is done.

    Args:
        klass: The class.
        tasks: What is asked about.
        asked: For which moment, and whether live addresses are asked.
        waited: Is called with how many of these were waited for, and of how many.

    Raises:
        OSError: A journal can't be read.
    """
    collected = runs.of(layout.journals(klass), "collect")
    updated = runs.of(layout.journals(klass), "update")
    questions = looking.awaited([_question(klass, one, asked) for one in tasks], waited)
    with scratch.folder("scaffold-class-") as room:
        releases = _releases(klass, room)
        for place, seen in looking.look(questions, releases.source):
            its = (collected.ended.get(tasks[place].key), updated.ended.get(tasks[place].key))
            yield place, _stand(tasks[place], seen, *its, releases, asked)


def due(assignment: Assignment, work: Work, failing: Sequence[str], now: datetime.datetime) -> Due:
    """Whether an assignment is in time.

    Where something must pass, what counts is whether it passed in the last commit before the
    date. Where nothing must, only commits can tell: any own commit after the date is late.
    """
    if assignment.due is None:
        return "no date"
    over = now > assignment.due
    if not work.commits:
        return "overdue" if over else "not begun"
    if not over:
        return "in time" if assignment.must_pass and not failing else "under way"
    if not assignment.must_pass:
        return "late" if work.late else "in time"
    stood = not failing if not work.late else work.stood
    if stood:
        return "in time"
    return "overdue" if failing else "late"


def _question(klass: Class, task: Task, asked: Asked) -> Question:
    until = task.assignment.due
    past = until if until is not None and until < asked.now else None
    folder = layout.repository(klass, task)
    return Question(folder, task.assignment.must_pass, past, asked.online)


@dataclass(frozen=True)
class _Releases:
    """What the class's templates are.

    Attributes:
        source: Where to read them, on this disk; None where only the embedded ones are read.
        tags: Names of releases, by the source that repositories record.
        trouble: Why the class's own could not be asked; empty otherwise.
    """

    source: Source | None
    tags: Mapping[str, list[str]]
    trouble: str = ""


def _releases(klass: Class, room: Path) -> _Releases:
    """The embedded releases and the class's, which are fetched once where a host has them."""
    embedded = sources.embedded()
    tags = {embedded.recorded: sources.tags(embedded)}
    if klass.source is None:
        return _Releases(None, tags)
    try:
        its = templates.source_of(klass)
        here = templates.mirrored(its, room)
        tags[its.recorded] = sources.tags(here)
    except (ScaffoldError, OSError, ValueError, git.GitFailure) as error:
        why = said.plain(error.problem if isinstance(error, ScaffoldError) else str(error))
        return _Releases(None, tags, why.rstrip("."))
    return _Releases(here, tags)


def _stand(
    task: Task,
    seen: Seen,
    collected: Outcome | None,
    updated: Outcome | None,
    releases: _Releases,
    asked: Asked,
) -> Standing:
    state, reason, note = _state(seen, collected)
    tags = releases.tags.get(seen.source)
    behind = _behind(seen.version, tags)
    pending, conflicts = _pending(updated, seen.version, behind)
    work = seen.work
    until = due(task.assignment, work, seen.failing, asked.now)
    if state == "not collected" and until != "no date":
        until = "not known"  # nobody has looked: that is not the learner's fault
    lines = seen.own.lines if seen.own else None
    return Standing(
        task=task,
        state=state,
        reason=reason,
        template=seen.template,
        version=seen.version,
        newest=versions.newest(tags or []) or "",
        behind=behind,
        pending=pending,
        conflicts=conflicts,
        own_code=lines.get("code", 0) if lines else None,
        own_tests=lines.get("tests", 0) if lines else None,
        own_rows=round(1 - seen.own.data[0].share, 4) if seen.own and seen.own.data else None,
        signals=seen.signals,
        rungs={one: seen.rungs.get(one, 0) for one in RUNGS} if seen.template else {},
        rules=seen.rules,
        live=seen.live,
        answers=seen.answers,
        must_pass=seen.failing,
        unknown=seen.unknown,
        commits_own=work.commits,
        commits_late=work.late,
        first_own=work.first,
        last_own=work.last,
        due=until,
        next=seen.next,
        score=_score(asked.rubric, task, seen, behind, until),
        questions=seen.questions,
        notes=(*_notes(task, seen, note, updated, releases), *seen.notes),
    )


def _notes(
    task: Task, seen: Seen, collecting: str, updated: Outcome | None, releases: _Releases
) -> Iterator[str]:
    """What stands beside what the clone itself shows."""
    if collecting:
        yield collecting
    if seen.template and seen.template != task.assignment.template:
        wanted = task.assignment.template
        yield f"it is a {seen.template}, and this assignment is a {wanted}"
    if releases.trouble and seen.template:
        yield f"the class's templates can't be asked: {releases.trouble}"
    elif seen.template and seen.source not in releases.tags:
        yield f"it takes updates from {seen.source}, not from the class's templates"
    if updated is not None and updated.state in {"refused", "failed"}:
        yield f"the last update {updated.state}: {said.plain(updated.reason).rstrip('.')}"


def _score(
    kept: Rubric | None, task: Task, seen: Seen, behind: int | None, until: Due
) -> Score | None:
    if kept is None:
        return None
    unread = not seen.template
    shown = rubric.Shown(
        rules={} if unread else seen.rules,
        signals={one.family: one.state for one in seen.signals},
        live=seen.answers,
        behind=behind,
        due=until,
        days_late=rubric.days_late(task.assignment.due, seen.work.last),
    )
    return rubric.score(kept, task.assignment.id, shown)


def _state(seen: Seen, collected: Outcome | None) -> tuple[State, str, str]:
    """The state, why it is not `read`, and a note about the last collecting."""
    how = collected.state if collected else ""
    why = said.plain(collected.reason) if collected else ""
    if how == "gone":
        return "gone", why or "Nothing is there any more.", ""
    if how == "denied":
        return "denied", why or "It may not be read.", ""
    if seen.missing:
        return "not collected", why or "Run `scaffold cohort collect`.", ""
    if seen.trouble[0]:
        return "unreadable", " ".join(seen.trouble), ""
    bad = how in {"failed", "refused"}
    return "read", "", f"the last collecting failed, so this is older: {why}" if bad else ""


def _behind(version: str, tags: Sequence[str] | None) -> int | None:
    have = versions.parse_tag(version)
    if have is None or tags is None:
        return None
    return sum(one > have for one in map(versions.parse_tag, tags) if one is not None)


def _pending(
    updated: Outcome | None, version: str, behind: int | None
) -> tuple[str, tuple[str, ...]]:
    """What the newest update left, unless the repository has that release since."""
    if updated is None or behind == 0:
        return "", ()
    if updated.state in {"done", "already"} and updated.branch:
        offered = versions.parse_tag(updated.branch.rpartition("/")[2])
        have = versions.parse_tag(version)
        if offered is not None and have is not None and have >= offered:
            return "", ()
        return f"branch {said.plain(updated.branch, 80)} waits", ()
    if updated.state == "conflicts":
        files = tuple(said.plain(one, 200) for one in updated.files)
        count = f"{len(files)} file" + ("" if len(files) == 1 else "s")
        return f"conflicts in {count}", files
    return "", ()
