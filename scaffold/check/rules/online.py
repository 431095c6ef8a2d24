"""What the live address says. These ask another machine, and run with `--online` only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scaffold.check.facts import monitoring as watching
from scaffold.check.finding import Finding, Outcome, failed, passed, unknown
from scaffold.check.live import cases
from scaffold.check.live.asking import SilentError
from scaffold.check.live.attesting import NO_REMOTE

if TYPE_CHECKING:
    from scaffold.check.facts.code import Files
    from scaffold.check.facts.history import History
    from scaffold.check.facts.reports import Reports
    from scaffold.check.facts.tree import Tree
    from scaffold.check.live.asking import Live

README = "README.md"
MOST_BEHIND = 20
_SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(\{[^}]*\})? (\S+)", re.MULTILINE)
_FOREIGN = ("process_", "python_", "http_")


class DP201:
    """It is live, and it is this repository.

    Why: A screenshot can be of anything; a commit id can't.
    Passes: The address is ready within a minute, and `/version` names this starter and a commit of
        this history that is at most 20 commits behind.
    Can't tell: Whose machine it is; DP202 asks what only this repository can answer.
    Do: Push to main; `deploy.yml` deploys it. docs/deploy.md says what it needs.
    """

    family, kind, level = "DP", "evidence", "online"
    requires: frozenset[str] = frozenset()
    asks = ("CD1",)

    @staticmethod
    def check(live: Live, history: History, template: str) -> Outcome:  # noqa: PLR0911
        """Ask whether it is ready, and what runs."""
        where = live.address.url if live.address else "The live address"
        todo = "Look at the service's log, then deploy again: docs/deploy.md"
        if live.refused or live.ready:
            return failed(Finding(f"{where} {live.refused or live.ready}.", README), todo=todo)
        try:
            said = live.get("/version").body
        except SilentError as error:
            return failed(Finding(f"{where} {error}.", README), todo=todo)
        said = said if isinstance(said, dict) else {}
        if said.get("template") != template:
            message = (
                f"{where} is a {str(said.get('template'))[:40]}, not a {template}: another service."
            )
            return failed(Finding(message, README), todo=todo)
        name = str(said.get("git_sha") or "")
        commit = history.find(name) if re.fullmatch(r"[0-9a-f]{7,64}", name) else None
        if commit is None:
            if history.shallow:
                message = f"It runs {name[:10] or 'no commit'}, which this shallow clone may lack."
                return unknown(message, "git fetch --unshallow", README)
            message = (
                f"{where} runs {name[:10] or 'no known commit'}, which is not of this history."
            )
            return failed(Finding(message, README), todo=todo)
        behind = history.commits.index(commit)
        if behind > MOST_BEHIND:
            message = f"{where} is {behind} commits behind. A push to main deploys it."
            return failed(Finding(message, README), todo=todo)
        return passed(f"{where} runs {name[:10]}, {behind} commits behind", README)


class DP202:
    """The live answers are those of the evidence.

    Why: Anybody can copy what `/version` says, and nobody the answers.
    Passes: Three cases of the evaluation's rows get the recorded answers: the output of the served
        model; the same refusals and sources; a run that ends as it did.
    Can't tell: Where answers need a key, or where the rows' input is not in the repository.
    Do: Deploy the commit that was evaluated, with its model or index.
    """

    family, kind, level = "DP", "evidence", "online"
    requires = frozenset({"DP201", "RC103"})
    asks = ("CD1",)

    @staticmethod
    def check(
        live: Live, reports: Reports, tree: Tree, template: str, settings: dict[str, Any]
    ) -> Outcome:
        """Ask what the rows hold."""
        todo = "Deploy the commit that was evaluated: scaffold explain DP202"
        chosen = cases.chosen(template, reports, tree, settings)
        if not chosen:
            return unknown("The rows hold no case whose input is in the repository.", todo, README)
        for case in chosen:
            try:
                problem = cases.try_out(live, case)
            except SilentError as error:
                return failed(Finding(f"Case {case.name}: the service {error}.", README), todo=todo)
            if problem == cases.NEEDS_KEY:
                return unknown(
                    "Answers need a key, so the live ones could not be compared.", todo, README
                )
            if problem:
                return failed(Finding(f"Case {case.name}: {problem}.", README), todo=todo)
        return passed(f"{len(chosen)} cases of the evidence get the same answers live", README)


class DP203:
    """CI measured it.

    Why: A number that the repository's CI confirmed is no longer only the author's word.
    Passes: The committed evaluation is attested by this repository's `ci.yml` on GitHub.
    Can't tell: Unknown without the program `gh`, where attestations are not available, and where
        the remote `origin` does not say whose it is on GitHub, which is where it is asked for.
    Do: Push to GitHub; the job `evidence` of `ci.yml` evaluates again and attests the report.
    """

    family, kind, level = "DP", "evidence", "online"
    requires = frozenset({"RC103"})
    asks = ()

    @staticmethod
    def check(live: Live, reports: Reports) -> Outcome:
        """Look at what was attested."""
        todo = "Push to GitHub; the job `evidence` of ci.yml attests the report."
        if live.attesting == NO_REMOTE:
            ask = (
                "git remote add origin https://github.com/<you>/<repository>.git, then push to it."
            )
            return unknown(f"Nobody could be asked: {live.attesting}.", ask)
        if live.attesting:
            return unknown(f"Nobody could be asked: {live.attesting}.", todo)
        there = sorted(live.attested & reports.by_file.keys())
        if not there:
            return failed(
                Finding("No report is attested: they were made on somebody's machine."), todo=todo
            )
        return passed(f"attested by this repository's CI: {', '.join(there)}", there[0])


class MO103:
    """It counts what happens.

    Why: A dashboard that shows nothing new after a request watches something else.
    Passes: After one real question a counter rises that this repository's code makes.
    Can't tell: Where `/metrics` is not public, or questions need a key. The question is counted and
        stored as any visitor's is.
    Do: Let the metrics that your code makes be those of `/metrics`.
    """

    family, kind, level = "MO", "evidence", "online"
    requires = frozenset({"DP201"})
    asks = ("ST2",)

    @staticmethod
    def check(live: Live, modules: Files, template: str) -> Outcome:
        """Read the counters, ask, and read them again."""
        todo = "Look at /metrics before and after a question: scaffold explain MO103"
        try:
            before = _counters(live.ask("GET", "/metrics").body)
            if not before:
                return unknown("/metrics is not public.", todo, README)
            asked = cases.example(live, template)
            if asked == cases.NEEDS_KEY:
                return unknown("Questions need a key.", todo, README)
            after = _counters(live.ask("GET", "/metrics").body)
        except SilentError as error:
            return failed(Finding(f"The service {error}.", README), todo=todo)
        made = watching.made(modules)
        risen = sorted(
            {
                name
                for (name, labels), value in after.items()
                if value > before.get((name, labels), 0)
                and not name.startswith(_FOREIGN)
                and watching.is_made(name, made)
                and "/metrics" not in labels
            }
        )
        if not risen:
            return failed(
                Finding("No counter of the code rose after a question.", README), todo=todo
            )
        return passed(f"{risen[0]} rose after a question", README)


def _counters(text: object) -> dict[tuple[str, str], float]:
    found = {}
    for name, labels, value in _SAMPLE.findall(text if isinstance(text, str) else ""):
        if name.endswith("_total"):
            try:
                found[name, labels] = float(value)
            except ValueError:
                continue
    return found
