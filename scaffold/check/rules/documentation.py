"""Clear documentation: what it says is there, and is what the machine does."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from scaffold.check.facts import markdown
from scaffold.check.finding import Finding, Outcome, failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.facts.history import History
    from scaffold.check.facts.markdown import Document
    from scaffold.check.facts.tree import Tree
    from scaffold.check.facts.workflows import Workflows

README = "README.md"
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//|#$)", re.IGNORECASE)
_RUNS = re.compile(r"quickstart[^\n]*\|\s*bash\b")
_COMMENT = re.compile(r"\s+#.*$")


class CD101:
    """The quickstart is what CI runs.

    Why: A quickstart that nobody runs breaks first.
    Passes: CI runs the lines between `<!-- quickstart -->` of the README, read from it or the same
        in the same order, and its failure is not ignored.
    Can't tell: Whether they work on another machine.
    Do: Keep the marks around the commands, and the job `quickstart` of `ci.yml`.
    """

    family, kind, level = "CD", "guard", "static"
    requires: frozenset[str] = frozenset()
    asks = ("CD1",)

    @staticmethod
    def check(readme: Document, workflows: Workflows) -> Outcome:
        """Compare README and CI."""
        todo = "Keep the README's quickstart and its job in ci.yml: scaffold explain CD101"
        fences = [one for one in readme.between("quickstart") if one.kind == "fence"]
        commands = [
            _COMMENT.sub("", line).strip()
            for one in fences
            for line in one.text.split("\n")
            if line.strip() and not line.strip().startswith("#")
        ]
        if not commands:
            message = (
                "The README has no commands between <!-- quickstart --> and <!-- /quickstart -->."
            )
            return failed(Finding(message, README), todo=todo)
        steps = [
            one for one in workflows.steps if one.binding and one.events & {"push", "pull_request"}
        ]
        reads = [one for one in steps if "README.md" in one.run and "quickstart" in one.run]
        runs = [one for one in steps if _RUNS.search(one.run)]
        if reads and runs:
            return passed(
                f"CI runs the README's own {len(commands)} lines", reads[0].file, reads[0].line
            )
        lines = [line.strip() for one in steps for line in one.run.split("\n")]
        at = 0
        for command in commands:
            found = [i for i, line in enumerate(lines) if i >= at and line.startswith(command)]
            if not found:
                return failed(
                    Finding(f"CI does not run `{command}`.", README, fences[0].line), todo=todo
                )
            at = found[0]
        return passed(f"CI runs the same {len(commands)} lines", README, fences[0].line)


class CD102:
    """Nothing dangles.

    Why: A dead link in the README is the first thing that a reader clicks.
    Passes: Every link, image and anchor of the README, and of the documents that it links, leads to
        something in the repository that is committed. Links to other sites are not followed.
    Can't tell: Whether other sites answer.
    Do: Commit what is linked, or take the link out.
    """

    family, kind, level = "CD", "guard", "static"
    requires: frozenset[str] = frozenset()
    asks = ("CD1",)

    @staticmethod
    def check(readme: Document, tree: Tree, any_history: History | None) -> Outcome:
        """Follow every relative link, one document deep."""
        if not readme.blocks:
            return failed(
                Finding("There is no README that can be read.", README), todo="git add README.md"
            )
        linked = [target.partition("#")[0] for _, target in _targets(readme)]
        pages = [one for one in dict.fromkeys(linked) if one.endswith(".md") and one in tree]
        read = {README: readme}
        for path in pages:
            read.setdefault(path, markdown.read(path, tree.text(path) or ""))
        committed = any_history.files if any_history else None
        found, n = [], 0
        for document in list(read.values()):
            for line, target in _targets(document):
                n += 1
                if problem := _dangles(target, tree, read, committed):
                    found.append(Finding(f"`{target[:80]}` {problem}.", document.path, line))
        if found:
            return failed(*found, todo="Commit what is linked, or take the link out.")
        return passed(f"{n} links of {len(read)} documents lead somewhere", README)


def _targets(document: Document) -> Iterator[tuple[int, str]]:
    """Line and target, from the top of the repository, of links that stay in it."""
    for link in document.links:
        if _SCHEME.match(link.target) or link.target.startswith("/"):
            continue
        path, _, anchor = link.target.partition("#")
        base = posixpath.dirname(document.path)
        whole = posixpath.normpath(posixpath.join(base, path)) if path else document.path
        if not whole.startswith(".."):  # GitHub's own pages of a repository, such as its actions
            yield link.line, f"{whole}#{anchor}" if anchor else whole


def _dangles(
    target: str, tree: Tree, read: dict[str, Document], committed: dict[str, str] | None
) -> str:
    path, _, anchor = target.partition("#")
    if path not in tree and not tree.has_folder(path) and path != ".":
        return "is not there"
    if committed is not None and path in tree and path not in committed:
        return "is not committed"
    if anchor and path.endswith(".md"):
        if path not in read:
            read[path] = markdown.read(path, tree.text(path) or "")
        if anchor.lower() not in {one.lower() for one in read[path].ids}:
            return "names no heading"
    return ""
