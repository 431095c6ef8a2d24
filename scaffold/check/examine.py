"""One repository, looked at from all sides."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold import project
from scaffold.check import config, engine, interview, numbers, signals
from scaffold.check.facts import history
from scaffold.check.facts.repository import Repository
from scaffold.check.finding import Finding, NotKnownError
from scaffold.check.rules import catalogue
from scaffold.errors import ScaffoldError

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.check.config import Choice
    from scaffold.check.engine import Result
    from scaffold.check.facts.given import Starters
    from scaffold.check.facts.own import Own
    from scaffold.check.live.knocking import Door
    from scaffold.check.numbers import Shown
    from scaffold.check.signals import Next, Signal


@dataclass(frozen=True)
class Online:
    """What other machines may be asked.

    Attributes:
        url: The address that the reader named, private or not; None takes the README's.
        door: What came of looking it up and waiting for it, where that was done before.
    """

    url: str | None = None
    door: Door | None = None


@dataclass(frozen=True)
class Verdict:
    """What a repository shows.

    Attributes:
        name: As the reader named it.
        trouble: Why nothing is known, and what to do; both empty otherwise.
        code: The exit code of that trouble.
        template: Id of its starter, and the release it records.
        signals: The state of each.
        results: Of every rule that was looked at.
        next: The one thing to do next.
        numbers: Of the README's answers, with their rungs.
        own: What is the author's; None where that is not known.
        commit: HEAD; empty without one.
        changed: Files that differ from HEAD.
        notes: What else a reader should know.
        questions: For an interview.
        asked: Whether the live address was asked.
    """

    name: str
    trouble: tuple[str, str] = ("", "")
    code: int = 2
    template: str = ""
    version: str = ""
    signals: tuple[Signal, ...] = ()
    results: tuple[Result, ...] = ()
    next: Next | None = None
    numbers: tuple[Shown, ...] = ()
    own: Own | None = None
    commit: str = ""
    changed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    questions: tuple[Finding, ...] = field(default=())
    asked: bool = False

    @property
    def good(self) -> bool:
        """Whether no rule fails, and nothing that files can tell is unknown."""
        return not self.trouble[0] and self.next is None


def look(
    folder: Path,
    starters: Starters,
    chosen: Choice,
    online: Online | None = None,
    name: str = "",
) -> Verdict:
    """Look at one repository.

    Args:
        folder: Anybody may have written it.
        starters: What starters gave.
        chosen: The rules.
        online: What may be asked; None asks nobody.
        name: What the reader called it.
    """
    name = name or str(folder)
    origin = project.try_origin(folder)
    if isinstance(origin, project.Unread):
        return Verdict(name, (origin.problem, origin.remedy))
    rules = catalogue()
    with ExitStack() as opened:
        try:
            commits = opened.enter_context(history.opened(folder))
        except ScaffoldError as error:
            return Verdict(name, (error.problem, error.remedy), code=error.exit_code)
        repository = Repository(origin, starters, commits)
        if online is not None:
            from scaffold.check.live import reach

            repository.ask(reach.reach(repository, online))
        off = config.switched_off(repository.tree.text("pyproject.toml"), rules)
        results = engine.run(rules, chosen, repository, off.reasons)
        try:
            own = repository.own
        except NotKnownError:
            own = None
        return Verdict(
            name=name,
            template=origin.template,
            version=origin.version,
            signals=signals.signals(results, online=online is not None),
            results=results,
            next=signals.next_thing(results),
            numbers=numbers.of(repository),
            own=own,
            commit=commits.head if commits else "",
            changed=repository.changed,
            notes=tuple(_notes(repository, off.problem, chosen)),
            questions=_questions(repository, own),
            asked=online is not None,
        )


def _notes(repository: Repository, problem: str, chosen: Choice) -> list[str]:
    found = [problem] if problem else []
    if chosen.select or chosen.ignore:
        found.append("only some rules were looked at, and the signals are about these")
    if repository.tree.cut:
        found.append(f"not everything was read: {repository.tree.cut}")
    if repository.tree.links:
        found.append(f"links are not followed: {', '.join(repository.tree.links[:3])}")
    if repository.any_history is not None and repository.any_history.shallow:
        found.append("this is a shallow clone; `git fetch --unshallow` makes older commits known")
    if changed := repository.changed:
        many = f"{len(changed)} files differ from the commit, such as {changed[0]}"
        found.append(many if len(changed) > 1 else f"{changed[0]} differs from the commit")
    return found


def _questions(repository: Repository, own: Own | None) -> tuple[Finding, ...]:
    from scaffold.check.facts.own import Own as Counted

    return tuple(interview.questions(repository.answers, repository.reports, own or Counted({})))
