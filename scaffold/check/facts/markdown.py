"""A Markdown document as its reader sees it: what is in code or in comments is no text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MOST_CHARACTERS = 400_000
_ANCHOR = re.compile(r"\s*<!-- signal:([A-Z]{2}\d+) -->\s*")
_MARK = re.compile(r"\s*<!--\s*(/?[\w -]+?)\s*-->\s*")
_ID = re.compile(r"\b(?:id|name)=[\"']([\w.-]+)[\"']")
_SOURCE = re.compile(r"<img\b[^>]*\bsrc=[\"']([^\"']+)[\"']", re.IGNORECASE)


@dataclass(frozen=True)
class Link:
    """A link or an image: what is shown, where it leads, and its line from 1."""

    text: str
    target: str
    line: int
    image: bool = False


@dataclass(frozen=True)
class Block:
    """One paragraph, heading, cell or code block.

    Attributes:
        kind: `paragraph`, `heading`, `head` and `cell` of a table, `fence`, `anchor` or `mark`.
        text: What the reader sees; of a fence what is in it; of an anchor its id.
        line: From 1.
        language: Of a fence.
        bold: Whether all of it is bold.
        links: In it, in order.
        codes: What is set as code in it.
        level: Of a heading.
    """

    kind: str
    text: str
    line: int
    language: str = ""
    bold: bool = False
    links: tuple[Link, ...] = ()
    codes: tuple[str, ...] = ()
    level: int = 0


@dataclass(frozen=True)
class Document:
    """A document, block by block.

    Attributes:
        path: In the repository.
        blocks: In order.
        ids: Anchors that a link may name: of headings, as GitHub makes them, and of HTML.
    """

    path: str
    blocks: tuple[Block, ...]
    ids: frozenset[str] = field(default=frozenset())

    @property
    def links(self) -> tuple[Link, ...]:
        """All links and images, in order."""
        return tuple(link for block in self.blocks for link in block.links)

    def between(self, mark: str) -> tuple[Block, ...]:
        """Blocks between `<!-- mark -->` and `<!-- /mark -->`."""
        names = [block.text if block.kind == "mark" else "" for block in self.blocks]
        if mark not in names or f"/{mark}" not in names:
            return ()
        return self.blocks[names.index(mark) + 1 : names.index(f"/{mark}")]

    def section(self, anchor: str) -> tuple[Block, ...]:
        """The blocks below the heading of that anchor, up to the next of its level."""
        used: dict[str, int] = {}
        for place, block in enumerate(self.blocks):
            if block.kind == "heading" and slug(block.text, used) == anchor:
                rest = self.blocks[place + 1 :]
                ends = (
                    i for i, b in enumerate(rest) if b.kind == "heading" and b.level <= block.level
                )
                return rest[: next(ends, len(rest))]
        return ()


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": 20}).enable(["table", "strikethrough"])


def slug(heading: str, used: dict[str, int]) -> str:
    """The anchor that GitHub gives a heading; `used` counts those before it."""
    plain = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
    number = used.get(plain, 0)
    used[plain] = number + 1
    return f"{plain}-{number}" if number else plain


@lru_cache(maxsize=200)
def read(path: str, text: str) -> Document:
    """Read a document; what is longer than 400,000 characters is cut there."""
    text = text[:MOST_CHARACTERS]
    blocks: list[Block] = []
    ids: set[str] = set()
    used: dict[str, int] = {}
    opened: list[Token] = []
    for token in _parser().parse(text):
        line = token.map[0] + 1 if token.map else 0
        if token.type.endswith("_open"):
            opened.append(token)
        elif token.type.endswith("_close"):
            opened.pop()
        elif token.type in {"fence", "code_block"}:
            language = (token.info or "").strip().split(" ")[0]
            blocks.append(Block("fence", token.content, line, language))
        elif token.type == "html_block":
            ids |= set(_ID.findall(token.content))
            blocks += _html(token.content, line)
        elif token.type == "inline":
            above = opened[-1] if opened else None
            block = _inline(token, above, line)
            if block.kind == "heading":
                ids.add(slug(block.text, used))
            blocks.append(block)
    return Document(path, tuple(blocks), frozenset(ids))


def _html(content: str, line: int) -> Iterator[Block]:
    if found := _ANCHOR.fullmatch(content):
        yield Block("anchor", found[1], line)
    elif found := _MARK.fullmatch(content):
        yield Block("mark", found[1], line)
    elif sources := _SOURCE.findall(content):
        images = tuple(Link("", source, line, image=True) for source in sources)
        yield Block("paragraph", "", line, links=images)


def _inline(  # noqa: C901 - one token of each kind
    token: Token, above: Token | None, line: int
) -> Block:
    kinds = {"heading_open": "heading", "th_open": "head", "td_open": "cell"}
    kind = kinds.get(above.type, "paragraph") if above else "paragraph"
    level = int(above.tag[1:]) if above and kind == "heading" else 0
    said: list[str] = []
    links: list[Link] = []
    codes: list[str] = []
    start: tuple[str, int, int] | None = None
    strong = plain = False
    depth = 0
    for child in token.children or ():
        if child.type == "link_open":
            start = (str(child.attrs.get("href", "")), len(said), line)
        elif child.type == "link_close" and start is not None:
            text = "".join(said[start[1] :])
            links.append(Link(text, unquote(start[0]), start[2]))
            start = None
        elif child.type == "image":
            links.append(
                Link(child.content, unquote(str(child.attrs.get("src", ""))), line, image=True)
            )
        elif child.type in {"softbreak", "hardbreak"}:
            said.append("\n")
            line += 1
        elif child.type == "html_inline":
            sources = _SOURCE.findall(child.content)
            links += [Link("", source, line, image=True) for source in sources]
        elif child.type == "strong_open":
            depth += 1
        elif child.type == "strong_close":
            depth -= 1
        elif child.content:
            said.append(child.content)
            if child.type == "code_inline":
                codes.append(child.content)
            strong |= depth > 0
            plain |= depth == 0 and bool(child.content.strip())
    return Block(
        kind,
        "".join(said),
        (token.map[0] + 1) if token.map else line,
        bold=strong and not plain,
        links=tuple(links),
        codes=tuple(codes),
        level=level,
    )
