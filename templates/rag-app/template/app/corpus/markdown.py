"""Markdown: headings of both kinds, fenced code, tables, front matter."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.corpus.document import Block, Document, Heading, compose

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)")
# A line that begins something else than a paragraph: list, quotation, table, indented code.
_MARKED = re.compile(r"\s*([-*+]\s|\d+[.)]\s|>|\|)|\t| {4}")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\])")
_EMPHASIS = re.compile(r"(\*{1,3}|`+)(?=\S)(.+?)(?<=\S)\1")
_ANCHOR = re.compile(r"[ \t]*\{[#:.][^}]*\}$")
# A name for the place, as MyST writes it above a heading; nothing that a reader sees.
_TARGET = re.compile(r"\([\w.:-]+\)=[ \t]*")
MOST_HEADING_LINES = 3  # above the line that makes them a heading
MOST_HEADING = 500  # signs in which formatting is looked for
TITLE = "title:"


def read_markdown(name: str, text: str) -> Document:
    """Returns the document.

    Args:
        name: What it is called where it does not say.
        text: The file's, with line feeds.

    Raises:
        UnreadableError: There is no text in it.
    """
    lines = text.split("\n")
    title, start = _front_matter(lines)
    return compose(name, _Reader(lines, start).parts(), title)


def _front_matter(lines: list[str]) -> tuple[str, int]:
    """Returns the title that it states, and the number of the first line after it."""
    if lines[0].rstrip() == "---":
        for number, line in enumerate(lines[1:], 1):
            if line.rstrip() in ("---", "..."):
                titles = [one for one in lines[1:number] if one.startswith(TITLE)]
                title = titles[0].removeprefix(TITLE).strip() if titles else ""
                quoted = title[:1] in ("'", '"') and title[:1] == title[-1:]
                return title[1:-1] if quoted else title, number + 1
    return "", 0


def _plain(heading: str) -> str:
    """Returns a heading without what only formats it."""
    text = heading.strip()
    closed = text.rstrip("#")
    if not closed or closed[-1] in " \t":  # `## Like this ##`
        text = closed.rstrip()
    if len(text) > MOST_HEADING:
        return text
    text = _LINK.sub(r"\1", _without_comments(_ANCHOR.sub("", text)))
    return _EMPHASIS.sub(r"\2", text)


def _without_comments(text: str) -> str:
    kept, end = [], 0
    while (start := text.find("<!--", end)) >= 0 and (close := text.find("-->", start)) >= 0:
        kept.append(text[end:start])
        end = close + len("-->")
    return "".join([*kept, text[end:]])


@dataclass
class _Reader:
    """Goes through the lines and gathers those of the present block."""

    lines: list[str]
    start: int
    gathered: list[str] = field(default_factory=list)
    first: int = 0

    def parts(self) -> Iterator[Heading | Block]:
        """Yields headings and blocks; from `start`, which counts from 0."""
        number = self.start
        while number < len(self.lines):
            line = self.lines[number]
            fence = _FENCE.fullmatch(line)
            if fence and not (fence[1][0] == "`" and "`" in fence[2]):
                yield from self._flush()
                end = self._end_of_code(number, fence[1])
                yield Block("\n".join(self.lines[number:end]), f"line {number + 1}", whole=True)
                number = end
                continue
            if atx := _ATX.fullmatch(line):
                yield from self._flush()
                yield Heading(len(atx[1]), _plain(atx[2] or ""))
            elif (setext := _SETEXT.fullmatch(line)) and self._can_be_heading():
                text, self.gathered = " ".join(self.gathered), []
                yield Heading(1 if setext[1][0] == "=" else 2, _plain(text))
            elif not line.strip() or _TARGET.fullmatch(line):
                yield from self._flush()
            else:
                if not self.gathered:
                    self.first = number
                self.gathered.append(line)
            number += 1
        yield from self._flush()

    def _end_of_code(self, start: int, mark: str) -> int:
        for number in range(start + 1, len(self.lines)):
            line = self.lines[number].strip()
            if len(line) >= len(mark) and not line.strip(mark[0]):
                return number + 1
        return len(self.lines)

    def _can_be_heading(self) -> bool:
        short = 0 < len(self.gathered) <= MOST_HEADING_LINES
        return short and not any(map(_MARKED.match, self.gathered))

    def _flush(self) -> Iterator[Block]:
        text = _without_comments("\n".join(self.gathered)).strip("\n")
        table = all(line.lstrip().startswith("|") for line in self.gathered)
        self.gathered = []
        if text.strip():
            yield Block(text, f"line {self.first + 1}", whole=table)
