"""A passage cut into what can be quoted by itself: sentences, list items, code, tables."""

import re

FENCE = re.compile(r"\s*(```|~~~)")
ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+\S")
ROW = re.compile(r"\s*\|")
INDENTED = re.compile(r"(?: {4}|\t)\s*\S")
# An end, closing quotes and brackets, a space, and what a sentence may begin with. Or an end that
# needs no space, in Chinese and Japanese.
CLOSING, OPENING = r"[\"'\u201d\u2019)\]*_`]*", r"[\"'\u201c\u2018(\[*_`]*"
END = re.compile(rf"(?<=[.!?]){CLOSING}\s+(?=`|{OPENING}[^\W_a-z])|(?<=[\u3002\uff01\uff1f])")
# Points that end no sentence.
SHORT = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|etc|approx|ca|no|fig|figs|eq|sec|ch|vol|pp|p|al|resp|dr|mr|mrs|ms|prof"
    r"|st|inc|ltd|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)|\b[A-Z])\.$",
    re.IGNORECASE,
)
LONGEST_SHORT = 16


def _prose(text: str) -> list[str]:
    """Returns the sentences of a paragraph, on one line each."""
    line = " ".join(text.split())
    found, start = [], 0
    for end in END.finditer(line):
        # The last few signs are enough; the whole sentence, looked at for each point in it, would
        # take the square of its length.
        if SHORT.search(line[max(start, end.end() - LONGEST_SHORT) : end.end()].rstrip()):
            continue
        found.append(line[start : end.end()].strip())
        start = end.end()
    rest = line[start:].strip()
    return [*found, rest] if rest else found


def _kind(line: str, before: str) -> str:
    """Tells what a line outside of fences is part of; `before` is that of the line above."""
    if not line.strip():
        return ""
    if ITEM.match(line):
        return "item"
    if ROW.match(line):
        return "table"
    if before == "item" and line[0].isspace():
        return "item"
    if before in {"", "code"} and INDENTED.match(line):
        return "code"
    return before if before in {"item", "prose"} else "prose"


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    """Returns the lines of a text in groups that belong together, each with its kind."""
    blocks: list[tuple[str, list[str]]] = []
    kind, fence = "", ""
    for line in text.splitlines():
        opened = FENCE.match(line)
        if fence:
            blocks[-1][1].append(line)
            if opened and opened.group(1) == fence:
                kind, fence = "", ""
        elif opened:
            kind, fence = "code", opened.group(1)
            blocks.append((kind, [line]))
        else:
            before, kind = kind, _kind(line, kind)
            if kind == before and kind and not ITEM.match(line):
                blocks[-1][1].append(line)
            elif kind:
                blocks.append((kind, [line]))
    return blocks


def sentences(text: str) -> list[str]:
    """Returns the parts of a passage in their order, each fit to be quoted by itself.

    Prose is cut at the ends of sentences. A list item, a table and a block of code stay whole, line
    breaks of the latter two included. It is a rule of thumb for English: a point after an unlisted
    abbreviation cuts too early, which costs beauty and not truth.

    Args:
        text: Paragraphs with an empty line between them; Markdown's signs may be in it.
    """
    parts: list[str] = []
    for kind, lines in _blocks(text):
        if kind == "prose":
            parts += _prose("\n".join(lines))
        elif kind == "item":
            parts.append(" ".join(" ".join(lines).split()))
        else:
            parts.append("\n".join(lines))
    return parts
