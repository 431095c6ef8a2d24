"""What one collected repository shows; nothing of it is run, and what is wrong with it is told."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold import git, places, project
from scaffold.check import examine
from scaffold.check.config import Choice
from scaffold.check.facts import history, markdown
from scaffold.check.facts.given import Starters, Wanted
from scaffold.check.facts.live_line import live_link
from scaffold.check.facts.tree import Tree
from scaffold.cohort import layout, must_pass, own_commits, said
from scaffold.cohort.seen import Seen, Work
from scaffold.errors import ScaffoldError
from scaffold.render import ANSWERS_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.check.examine import Verdict
    from scaffold.cohort.seen import Question
    from scaffold.source import Source

_LIVE_RULE = "DP201"


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
        if os.path.lexists(asked.folder / ".git" / layout.HALF_WRITTEN):
            half = ("Its clone was left half written.", "Run `scaffold cohort collect`.")
            return Seen(missing=True, trouble=half)
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
        if not os.path.lexists(asked.folder / ANSWERS_FILE):
            return _troubled(asked, *_unmarked(asked.folder))
        origin = project.try_origin(asked.folder)
        if isinstance(origin, project.Unread):
            return _troubled(asked, origin.problem, origin.remedy)
        starters = self._known.get(origin.source, self._others)
        verdict = examine.look(asked.folder, starters, Choice(), asked.online)
        if verdict.trouble[0]:
            return _troubled(asked, *verdict.trouble)
        must = [one for one in verdict.results if must_pass.is_chosen(one.rule, asked.must_pass)]
        with history.opened(asked.folder) as commits:
            work = own_commits.work(commits, asked, origin, starters) if commits else Work()
        return Seen(
            template=said.plain(origin.template, 60),
            version=said.plain(origin.version, 60),
            source=said.plain(origin.source),
            own=verdict.own,
            signals=tuple(replace(one, why=said.plain(one.why)) for one in verdict.signals),
            rungs=_counted(verdict),
            rules={one.rule: must_pass.state(one) for one in verdict.results},
            live=_live(asked.folder),
            answers=_answers(verdict, asked),
            failing=tuple(one.rule for one in must if must_pass.fails(one, verdict)),
            unknown=tuple(one.rule for one in must if must_pass.is_unknown(one, verdict)),
            work=work,
            next=must_pass.next_thing(must, verdict),
            questions=tuple(said.plain(one.message) for one in verdict.questions),
            notes=tuple(said.plain(one) for one in verdict.notes),
        )


def _troubled(asked: Question, problem: str, remedy: str) -> Seen:
    # The folder is the instructor's, and learners read this too.
    folder = os.fspath(asked.folder)
    problem = problem.replace(f"{folder}{os.sep}", "").replace(folder, "The repository")
    return Seen(trouble=(said.plain(problem), said.plain(remedy)))


def _unmarked(folder: Path) -> tuple[str, str]:
    """What is wrong with a repository that has no answers file, and how it comes back."""
    with history.opened(folder) as commits:
        had = commits.last_with(ANSWERS_FILE) if commits else None
    if had is None:
        return (
            f"It has no {ANSWERS_FILE}, and never had one: it was not made from a starter.",
            "Is it the right repository?",
        )
    return (
        f"It has no {ANSWERS_FILE} any more.",
        f"This brings it back, then commit and push: git checkout {had[:10]} -- {ANSWERS_FILE}",
    )


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
