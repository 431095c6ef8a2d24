"""Everything that is known of one repository, each fact worked out when it is first asked for."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scaffold.check.facts import answers, code, markdown, monitoring, own, reports, rows, workflows
from scaffold.check.facts.reports import Reports
from scaffold.check.facts.settings import read as toml
from scaffold.check.facts.tree import Tree
from scaffold.check.finding import NotKnownError
from scaffold.evidence.finding import Finding as Wrong
from scaffold.evidence.freshness import AGAIN, MEASURED

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.check.facts.answers import Answers
    from scaffold.check.facts.code import Files
    from scaffold.check.facts.given import Given, Starters
    from scaffold.check.facts.history import History
    from scaffold.check.facts.markdown import Document
    from scaffold.check.facts.monitoring import Monitoring
    from scaffold.check.facts.own import Own
    from scaffold.check.facts.reports import Read
    from scaffold.check.facts.workflows import Workflows
    from scaffold.check.live.asking import Live
    from scaffold.project import Origin

_NO_HISTORY = "Commit what is there: git init, git add --all, git commit."


class Repository:
    """One repository that was made from a starter.

    The public attributes are the facts that a rule can ask for, by the names of the parameters of
    its `check`. One that cannot be had raises a NotKnownError.
    """

    def __init__(self, origin: Origin, starters: Starters, history: History | None) -> None:
        self.origin = origin
        self.folder: Path = origin.folder
        self.template = origin.template
        self._starters = starters
        self._history = history
        self._live: Live | None = None

    def ask(self, live: Live) -> None:
        """Let rules ask a service."""
        self._live = live

    @cached_property
    def tree(self) -> Tree:
        """Its files."""
        return Tree(self.folder)

    @property
    def any_history(self) -> History | None:
        """Its commits; None where there are none."""
        return self._history

    @property
    def history(self) -> History:
        """Its commits."""
        if self._history is None:
            raise NotKnownError("There is no git commit here.", _NO_HISTORY)
        return self._history

    @property
    def live(self) -> Live:
        """What its live address said."""
        if self._live is None:
            raise NotKnownError("The live address was not asked.", "scaffold check --online")
        return self._live

    @cached_property
    def readme(self) -> Document:
        """The README; empty where there is none, or no text."""
        return markdown.read("README.md", self.tree.text("README.md") or "")

    @cached_property
    def answers(self) -> Answers:
        """What stands below the README's questions."""
        return answers.read(self.readme)

    @cached_property
    def given(self) -> Given:
        """What the starter gave."""
        return self._starters.given(self.origin)

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What `project.toml` says; empty where it can't be read."""
        return toml(self.tree.text("project.toml"))

    @cached_property
    def given_settings(self) -> dict[str, Any]:
        """What the starter's `project.toml` said."""
        return toml(self.given.text("project.toml"))

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """Files that differ from the commit; none without one."""
        return self._history.changed(self.tree) if self._history else ()

    @cached_property
    def reports(self) -> Reports:
        """Reports, held against their rows, the data, the commit and what was changed since."""
        now = None if self._history is None else self._history.trees(MEASURED)
        found = reports.read(self.folder, self.tree, now)
        by_file = {file: self._held(file, read) for file, read in found.by_file.items()}
        return Reports(by_file, self._live.attested if self._live else frozenset())

    def _held(self, file: str, read: Read) -> Read:
        against: list[Wrong] = []
        if file == reports.EVALUATION and read.rows:
            against += rows.against_data(self.template, self.tree, self.settings, read.rows)
        if edited := [one for one in self.changed if one.split("/")[0] in MEASURED]:
            message = f"{edited[0]} was changed and is not committed. {AGAIN}"
            against.append(Wrong("stale", f"{file}#/inputs", message))
        return replace(
            read,
            wrong=(*read.wrong, *(one for one in against if one.level == "wrong")),
            stale=(*read.stale, *(one for one in against if one.level != "wrong")),
        )

    @cached_property
    def own(self) -> Own:
        """What is the author's."""
        return own.count(self.tree, self.given, self.settings)

    @cached_property
    def workflows(self) -> Workflows:
        """CI."""
        return workflows.read(self.tree)

    @cached_property
    def monitoring(self) -> Monitoring:
        """Alerts and dashboards."""
        return monitoring.read(self.tree)

    @cached_property
    def given_monitoring(self) -> Monitoring:
        """Alerts and dashboards of the starter."""
        return monitoring.read_texts(
            {p: self.given.text(p) for p in self.given.files if p.startswith("monitoring/")}
        )

    @cached_property
    def modules(self) -> Files:
        """The modules of `app`."""
        return self._python("app")

    @cached_property
    def tests(self) -> Files:
        """The files of `tests`."""
        return self._python("tests")

    def _python(self, folder: str) -> Files:
        paths = self.tree.below(folder, ".py")
        return code.Files({path: self.tree.text(path) or "" for path in paths})

    @cached_property
    def given_tests(self) -> Files:
        """The files of `tests` that the starter gave."""
        given = self.given
        paths = (path for path in given.files if path.startswith("tests/") and path.endswith(".py"))
        return code.Files({path: given.text(path) for path in paths})
