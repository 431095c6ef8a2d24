"""A document as every loader gives it: sections, each with where it stands and what it holds."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# What no text needs: control characters (zero among them, which Postgres can't keep), halves of
# characters, and marks that turn the direction of what follows.
_NOISE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u200b\u202a-\u202e\u2066-\u2069\ufeff]"
)


class UnreadableError(Exception):
    """A file that can't be a document; the message is the reason, for people."""


@dataclass(frozen=True)
class Heading:
    """A heading that a loader met; level 1 is the highest."""

    level: int
    text: str


@dataclass(frozen=True)
class Block:
    """A paragraph, list, table or piece of code.

    Attributes:
        text: Its lines.
        place: Where it begins: `line 12`, `page 3`.
        whole: Whether it makes no sense when it is cut.
    """

    text: str
    place: str
    whole: bool = False


@dataclass(frozen=True)
class Section:
    """What stands below one heading, up to the next.

    Attributes:
        headings: From the document's title down to the section's own. Never empty.
        blocks: Never empty.
    """

    headings: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """What a file says.

    Attributes:
        title: What the document calls itself, else the name of the file.
        sections: In the order of the document.
    """

    title: str
    sections: tuple[Section, ...]


def clean(text: str) -> str:
    """Returns a text without what can't be shown; line ends are line feeds."""
    return _NOISE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Returns a text with one space wherever there was any."""
    return " ".join(text.split())


def compose(name: str, parts: Iterable[Heading | Block], title: str = "") -> Document:
    """Puts blocks below their headings.

    The title is the one that is given; else the only heading of the highest level, if it comes
    first; else the name.

    Args:
        name: What the document is called where it does not say.
        parts: In the order of the document.
        title: What the file states apart from its headings, such as front matter.

    Raises:
        UnreadableError: There is no text.
    """
    found = [part for part in parts if part.text.strip()]
    outline = [part for part in found if isinstance(part, Heading)]
    if not title and outline:
        highest = min(part.level for part in outline)
        first = outline[0]
        if first.level == highest and sum(part.level == highest for part in outline) == 1:
            title = first.text
    title = one_line(title) or name
    sections: list[Section] = []
    blocks: list[Block] = []
    path: list[Heading] = []

    def close() -> None:
        if blocks:
            below = [one_line(part.text) for part in path]
            if below and below[0] == title:
                below = below[1:]
            sections.append(Section((title, *below), tuple(blocks)))
            blocks.clear()

    for part in found:
        if isinstance(part, Block):
            blocks.append(part)
            continue
        close()
        path = [*(above for above in path if above.level < part.level), part]
    close()
    if not sections:
        raise UnreadableError("there is no text in it")
    return Document(title, tuple(sections))
