"""The README's questions, and what stands below them."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.evidence.links import Link as EvidenceLink

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.check.facts.markdown import Block, Document, Link

QUESTIONS = (
    *("PF1", "PF2", "PF3", "PF4", "ST1", "ST2", "ST3", "ST4"),
    *("RC1", "RC2", "RC3", "RC4", "CD1", "CD2", "CD3"),
)
"""What every starter asks."""
_PLACEHOLDER = re.compile(r"[A-Z]{2}\d+: replace this line")
_REPORT = re.compile(r"(?P<file>[^#\s]+\.json)#(?P<pointer>/\S*)")


@dataclass(frozen=True)
class Answer:
    """What stands below one question.

    Attributes:
        id: Of the question, such as `PF2`.
        question: Its words.
        text: The answer as its reader sees it, code blocks left out.
        line: Of the anchor, from 1.
        placeholder: Whether the starter's line still stands.
        links: In the answer, in order.
        evidence: Those that lead to a number of a report.
        codes: What is set as code in it.
    """

    id: str
    question: str
    text: str
    line: int
    placeholder: bool
    links: tuple[Link, ...] = ()
    evidence: tuple[EvidenceLink, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answers:
    """The answers of a README.

    Attributes:
        document: The README.
        by_id: By question; of a question that stands twice the first.
        twice: Ids that stand more than once.
    """

    document: Document
    by_id: dict[str, Answer]
    twice: tuple[str, ...] = ()

    def get(self, question: str) -> Answer:
        """The answer, or an empty one where the question is not there."""
        return self.by_id.get(question, Answer(question, "", "", 0, placeholder=False))


def read(document: Document) -> Answers:
    """Find the answers of a README."""
    blocks = document.blocks
    counted = Counter(block.text for block in blocks if block.kind == "anchor")
    found: dict[str, Answer] = {}
    for place, block in enumerate(blocks):
        if block.kind == "anchor" and block.text not in found:
            rest = blocks[place + 1 :]
            ends = (i for i, one in enumerate(rest) if one.kind in {"anchor", "heading"})
            below = rest[: next(ends, len(rest))]
            found[block.text] = _answer(document.path, block, below)
    return Answers(document, found, tuple(one for one, times in counted.items() if times > 1))


def _answer(path: str, anchor: Block, below: tuple[Block, ...]) -> Answer:
    question = ""
    said = [block for block in below if block.kind in {"paragraph", "cell"}]
    if said and said[0].bold:
        question, said = said[0].text, said[1:]
    own = [block for block in said if not _PLACEHOLDER.match(block.text)]
    links = tuple(link for block in own for link in block.links)
    return Answer(
        id=anchor.text,
        question=question,
        text="\n".join(block.text for block in own).strip(),
        line=anchor.line,
        placeholder=len(own) < len(said),
        links=links,
        evidence=evidence(path, links),
        codes=tuple(code for block in own for code in block.codes),
    )


def evidence(path: str, links: Iterable[Link]) -> tuple[EvidenceLink, ...]:
    """Those of a document's links that lead to a number of a report."""
    found = []
    for link in links:
        match = _REPORT.fullmatch(link.target)
        if match and not link.image and "://" not in link.target:
            file = posixpath.normpath(posixpath.join(posixpath.dirname(path), match["file"]))
            found.append(EvidenceLink(path, link.line, link.text, file, match["pointer"]))
    return tuple(found)
