"""What one collected repository shows; nothing of it is run, and what is wrong with it is told."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from scaffold import edits, git, places, project, scratch
from scaffold.check import examine, signals
from scaffold.check.config import Choice
from scaffold.check.facts import history, markdown
from scaffold.check.facts.given import Starters, Wanted
from scaffold.check.facts.live_line import live_link
from scaffold.check.facts.tree import MOST_FILES, Tree
from scaffold.check.fetching import MOST_BYTES
from scaffold.check.finding import NotKnownError
from scaffold.cohort import said
from scaffold.errors import ScaffoldError
from scaffold.lock import LOCK
from scaffold.render import ANSWERS_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from scaffold.check.engine import Result
    from scaffold.check.examine import Online, Verdict
    from scaffold.check.facts.history import Commit, History
    from scaffold.check.facts.own import Own
    from scaffold.check.signals import Next, Signal
    from scaffold.project import Origin
    from scaffold.source import Source

_LIVE_RULE = "DP201"
_README_BYTES = 5_000_000


@dataclass(frozen=True)
class Question:
    """What is asked of one clone; it travels between processes.

    Attributes:
        folder: The clone; nothing is there where it was never collected.
        must_pass: Rules, or beginnings of their names, that have to pass.
        due: Until when, if a date is past; None otherwise.
        online: What other machines may be asked.
    """

    folder: Path
    must_pass: tuple[str, ...] = ()
    due: datetime.datetime | None = None
    online: Online | None = None


@dataclass(frozen=True)
class Work:
    """What its author committed, the starter's commits and its updates left out.

    Attributes:
        commits: How many.
        first: When the first of them was committed.
        last: And the last.
        late: How many after the due date.
        stood: Whether everything that must pass did so in the last commit before the due date;
            None where that was not asked or can't be told.
    """

    commits: int = 0
    first: datetime.datetime | None = None
    last: datetime.datetime | None = None
    late: int = 0
    stood: bool | None = None


@dataclass(frozen=True)
class Seen:
    """What a clone shows; texts in it are plain already.

    Attributes:
        missing: Whether nothing was collected.
        trouble: Why nothing is known, and what to do; both empty otherwise.
        template: Id of its starter.
        version: The release that it records.
        source: Where it says that it came from.
        own: What is its author's; None where that is not known.
        signals: The state of each.
        rungs: How many numbers of the README stand on which rung.
        rules: State of each rule; `switched off` unless such a rule passes.
        live: The address in its README.
        answers: Whether that address answers as this repository; None where nobody asked.
        failing: Rules that must pass and do not.
        unknown: Rules that must pass and of which that is not known: they are about the live
            address, which nobody asked, or the starter is not known.
        work: Its commits.
        next: What to do next; what must pass comes first.
        questions: To ask its author.
        notes: What else a reader should know.
    """

    missing: bool = False
    trouble: tuple[str, str] = ("", "")
    template: str = ""
    version: str = ""
    source: str = ""
    own: Own | None = None
    signals: tuple[Signal, ...] = ()
    rungs: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    live: str = ""
    answers: bool | None = None
    failing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    work: Work = field(default_factory=Work)
    next: Next | None = None
    questions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Reader:
    """Looks at clones; each release of each source is opened once.

    Args:
        source: The class's templates, on this disk; None where it has none of its own, or they
            can't be asked.
    """

    def __init__(self, source: Source | None) -> None:
        self._known = {places.EMBEDDED_SOURCE: Starters(Wanted(places.EMBEDDED_SOURCE))}
        if source is not None:
            self._known[source.recorded] = Starters(Wanted(source.location))
        self._others = Starters(Wanted())  # refuses what nobody trusts

    def close(self) -> None:
        """Remove what was opened."""
        for one in (*self._known.values(), self._others):
            one.__exit__()

    def look(self, asked: Question) -> Seen:
        """What a clone shows; never an error of that clone."""
        if not os.path.lexists(asked.folder):
            return Seen(missing=True)
        try:
            return self._look(asked)
        except ScaffoldError as error:
            return _troubled(asked, error.problem, error.remedy)
        except (OSError, ValueError, git.GitFailure) as error:
            return _troubled(asked, f"It can't be read: {error}.", "Collect it again.")
        except Exception as error:
            if os.environ.get("SCAFFOLD_TRACEBACK"):
                raise
            return _troubled(
                asked,
                f"It makes scaffold fail: {type(error).__name__}: {error}",
                "That is a bug in scaffold; please report it. SCAFFOLD_TRACEBACK=1 shows more.",
            )

    def _look(self, asked: Question) -> Seen:
        origin = project.try_origin(asked.folder)
        if isinstance(origin, project.Unread):
            return _troubled(asked, origin.problem, origin.remedy)
        starters = self._known.get(origin.source, self._others)
        verdict = examine.look(asked.folder, starters, Choice(), asked.online)
        if verdict.trouble[0]:
            return _troubled(asked, *verdict.trouble)
        must = [one for one in verdict.results if _is_chosen(one.rule, asked.must_pass)]
        with history.opened(asked.folder) as commits:
            changed = partial(_changed, origin, starters)
            work = _work(commits, asked, starters, changed) if commits else Work()
        return Seen(
            template=said.plain(origin.template, 60),
            version=said.plain(origin.version, 60),
            source=said.plain(origin.source),
            own=verdict.own,
            signals=tuple(replace(one, why=said.plain(one.why)) for one in verdict.signals),
            rungs=_counted(verdict),
            rules={one.rule: _state(one) for one in verdict.results},
            live=_live(asked.folder),
            answers=_answers(verdict, asked),
            failing=tuple(one.rule for one in must if _fails(one, verdict)),
            unknown=tuple(one.rule for one in must if _is_unknown(one, verdict)),
            work=work,
            next=_next(must, verdict),
            questions=tuple(said.plain(one.message) for one in verdict.questions),
            notes=tuple(said.plain(one) for one in verdict.notes),
        )


def due_commit(commits: Sequence[Commit], due: datetime.datetime) -> Commit | None:
    """The newest commit that was made until the due date."""
    return next((one for one in commits if one.time <= due.timestamp()), None)


def _work(
    commits: History, asked: Question, starters: Starters, changed: Callable[[], bool]
) -> Work:
    """The author's commits: no merge, and none that changes the answers file, as updates do."""
    updates = commits.touching([ANSWERS_FILE])
    own = [one for one in commits.commits if len(one.parents) < 2 and one.id not in updates]  # noqa: PLR2004
    if not own and changed():  # all of it in the first commit, or in an update's
        own = list(commits.commits[:1])
    if not own:
        return Work()
    times = [one.time for one in own]
    limit = asked.due.timestamp() if asked.due else None
    late = sum(time > limit for time in times) if limit is not None else 0
    stood = None
    if asked.due and asked.must_pass and late and late < len(own):
        stood = _stood(commits, asked, starters)
    return Work(len(own), _moment(min(times)), _moment(max(times)), late, stood)


def _stood(commits: History, asked: Question, starters: Starters) -> bool | None:
    """Whether what must pass did so in the last commit until the due date."""
    commit = due_commit(commits.commits, asked.due) if asked.due else None
    if commit is None:
        return False
    try:
        sizes = commits.sizes(commit.id)
    except git.TooMuchError:
        return None
    if len(sizes) > MOST_FILES or sum(sizes) > MOST_BYTES:
        return None
    with scratch.folder("scaffold-due-") as place:
        folder = place / "then"
        folder.mkdir()
        commits.write(commit.id, folder)
        (folder / ".git").mkdir()
        (folder / ".git/HEAD").write_text(f"{commit.id}\n", encoding="ascii")
        objects = os.fspath(_common(asked.folder))
        (folder / ".git/commondir").write_text(f"{objects}\n", encoding="utf-8")
        then = examine.look(folder, starters, Choice(select=asked.must_pass))
    if any(_fails(one, then) for one in then.results) or then.trouble[0]:
        return False
    return None if then.own is None else True


def _common(folder: Path) -> Path:
    """Git's folder of an ordinary clone."""
    return folder.absolute() / ".git"


def _changed(origin: Origin, starters: Starters) -> bool:
    """Whether any file is another one than the starter gave; an update merges, so compare all."""
    try:
        files = starters.given(origin).files
    except NotKnownError:
        return False
    given = {path: content for path, content in files.items() if path != ANSWERS_FILE}
    found = edits.find(origin.folder, given)
    added = Tree(origin.folder).sizes.keys() - files.keys() - {LOCK}
    return bool(found.edited or found.deleted or added)


def _moment(seconds: int) -> datetime.datetime | None:
    """A commit's time; None where its author made one up that no calendar has."""
    try:
        return datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _troubled(asked: Question, problem: str, remedy: str) -> Seen:
    # The folder is the instructor's; what a report repeats begins at the class.
    shown = asked.folder.parts[-3:]
    problem = problem.replace(os.fspath(asked.folder), "/".join(shown))
    return Seen(trouble=(said.plain(problem), said.plain(remedy)))


def _is_chosen(rule: str, must_pass: tuple[str, ...]) -> bool:
    return bool(must_pass) and rule.startswith(must_pass)


def _fails(one: Result, verdict: Verdict) -> bool:
    """Whether a rule that must pass does not; a reason for switching it off is no pass."""
    state = one.outcome.state
    if one.level == "human" or state == "pass":
        return False
    # One that waits for another, say, does not pass. But whom our side keeps from knowing what the
    # starter gave is not to blame.
    told = one.level == "static" and verdict.own is not None
    return state == "fail" or bool(one.switched_off) or told


def _is_unknown(one: Result, verdict: Verdict) -> bool:
    return one.outcome.state == "unknown" and not _fails(one, verdict)


def _state(one: Result) -> str:
    return "switched off" if one.switched_off and one.outcome.state != "pass" else one.outcome.state


def _next(must: Sequence[Result], verdict: Verdict) -> Next | None:
    heeded = [replace(one, switched_off="") for one in must if _fails(one, verdict)]
    found = signals.next_thing(heeded) or verdict.next
    if found is None:
        return None
    finding = found.finding
    shown = replace(
        finding, message=said.plain(finding.message), file=said.plain(finding.file, 200)
    )
    return replace(found, finding=shown, todo=said.plain(found.todo))


def _counted(verdict: Verdict) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in verdict.numbers:
        found[str(one.rung)] = found.get(str(one.rung), 0) + 1
    return found


def _live(folder: Path) -> str:
    text = Tree(folder).text("README.md")
    link = live_link(markdown.read("README.md", text or ""))
    return said.address(link.target) if link else ""


def _answers(verdict: Verdict, asked: Question) -> bool | None:
    states = {one.rule: one.outcome.state for one in verdict.results}
    if states.get("DP200") == "fail":
        return False  # it names no address that anybody could ask
    if asked.online is None:
        return None
    return {"pass": True, "fail": False}.get(states.get(_LIVE_RULE, ""))
