"""Decision records that the author wrote, and commits that a text names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.check.facts import answers, markdown, prose
from scaffold.check.facts.history import SHORT_ID

if TYPE_CHECKING:
    from scaffold.check.facts.given import Given
    from scaffold.check.facts.history import Commit, History
    from scaffold.check.facts.markdown import Document
    from scaffold.check.facts.tree import Tree
    from scaffold.evidence.links import Link

_NAME = re.compile(r"[\w./-]+")
FOLDER = "docs/decisions"
WORK = ("app/", "data/", "tests/", "project.toml")
"""What a commit has to change to be about the system."""
LEAST_WORDS = 60
MOST_NAMED = 50
"""Commits of a text that are looked up; nobody names more who is not out for harm."""
MOST_SHARED = 0.5
"""Share of phrases from which a record is the starter's in other clothes."""


@dataclass(frozen=True)
class Decision:
    """A record: where, what it says, and the numbers that it links."""

    path: str
    text: str
    document: Document
    evidence: tuple[Link, ...]

    def names(self, what: str) -> bool:
        """Whether it speaks of something by its name, set as code: a word alone is in any text."""
        codes = " ".join(code for block in self.document.blocks for code in block.codes)
        return any(one == what or one.endswith(f".{what}") for one in _NAME.findall(codes))


def own(tree: Tree, given: Given, folder: str = FOLDER) -> list[Decision]:
    """Records of the author's own: none of the starter's, reworded or moved."""
    theirs = {path: given.text(path) for path in given.files if path.endswith(".md")}
    known = prose.phrases(
        prose.words("\n".join(t for p, t in theirs.items() if p.startswith("docs/")))
    )
    found = []
    for path in tree.below(folder, ".md"):
        text = tree.text(path) or ""
        if path.endswith("README.md") or text in theirs.values():
            continue
        said = prose.words(text)
        runs = prose.phrases(said)
        if len(said) < LEAST_WORDS or len(runs & known) > MOST_SHARED * len(runs):
            continue
        if len(set(said)) < 0.3 * len(said):
            continue
        document = markdown.read(path, text)
        found.append(Decision(path, text, document, answers.evidence(path, document.links)))
    return found


def commits_in(text: str, history: History | None) -> list[Commit]:
    """Commits of this history, but not its first, that a text names and that change work."""
    if history is None:
        return []
    found = (
        history.find(name) for name in list(dict.fromkeys(SHORT_ID.findall(text)))[:MOST_NAMED]
    )
    return [
        one
        for one in found
        if one and one.parents and any(p.startswith(WORK) for p in history.touched(one))
    ]
