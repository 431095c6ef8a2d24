"""Merging a README by its parts, so that no answer ever moves under another question.

A part begins at a heading or at an anchor such as `<!-- signal:PF2 -->`, outside code. Parts are
known by that line, whatever stands around them and in whatever order their owner put them.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    MergeLines = Callable[[bytes, bytes, bytes], bytes]
    """Merges base, ours and theirs line by line."""

_ANCHOR = re.compile(rb"<!-- (/?[a-z]+(?::[\w-]+)?) -->")
_SIGNAL = re.compile(rb"signal:([A-Z]{2}[0-9]+)")
_HEADING = re.compile(rb"#{1,6} .*")
_FENCE = re.compile(rb" {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True)
class Part:
    """A piece of a README.

    Attributes:
        name: What it is known by: its first line; those of the same name are counted.
        text: Its lines, with their ends, up to the last that is not empty.
        gap: The empty lines after it, and the end of its last line.
        anchored: Whether it begins with an anchor and not with a heading.
    """

    name: bytes
    text: bytes
    gap: bytes
    anchored: bool = False

    @property
    def signal(self) -> str:
        """The id of the question that it asks; empty when it asks none."""
        found = _ANCHOR.fullmatch(self.text.partition(b"\n")[0].strip())
        question = _SIGNAL.fullmatch(found[1]) if found else None
        return question[1].decode() if question else ""


@dataclass(frozen=True)
class Whole:
    """A merged README.

    Attributes:
        data: Its bytes.
        reworded: Ids of questions whose wording changed, where an answer stands.
    """

    data: bytes
    reworded: tuple[str, ...]


def has_questions(data: bytes) -> bool:
    """Whether a text asks its author something."""
    return b"<!-- signal:" in data


def parts(data: bytes) -> list[Part]:
    """Cut a README into its parts; together they are the whole."""
    starts: list[tuple[int, bytes, bool]] = [(0, b"", False)]
    seen: Counter[bytes] = Counter()
    fence = b""
    for number, line in enumerate(data.splitlines(keepends=True)):
        bare = line.rstrip()
        marked = _FENCE.match(line)
        if fence:
            if marked and bare.strip().startswith(fence) and not bare.strip().strip(fence[:1]):
                fence = b""
        elif marked:
            fence = marked[1]
        elif _ANCHOR.fullmatch(bare) or _HEADING.fullmatch(bare):
            seen[bare] += 1
            name = bare if seen[bare] == 1 else b"%s %d" % (bare, seen[bare])
            starts.append((number, name, not _HEADING.fullmatch(bare)))
    lines = data.splitlines(keepends=True)
    ends = [number for number, _, _ in starts[1:]] + [len(lines)]
    cut = []
    for (start, name, anchored), end in zip(starts, ends, strict=True):
        whole = b"".join(lines[start:end])
        text = whole.rstrip(b"\r\n")
        cut.append(Part(name, text, whole[len(text) :], anchored))
    return cut if cut[0].text or cut[0].gap else cut[1:]


def merge(base: bytes, ours: bytes, theirs: bytes, merge_lines: MergeLines) -> Whole:
    """Bring what a release changed into the README of somebody who rewrote it.

    Parts stay in their owner's order; what the owner deleted stays deleted; new parts follow the
    part that they follow in the release.
    """
    before = {part.name: part for part in parts(base)}
    mine = _called_as_before(list(before.values()), parts(ours))
    new = _called_as_before(list(before.values()), parts(theirs))
    released = {part.name: part for part in new}
    held = {part.name for part in mine}
    result: list[Part] = []
    reworded: list[str] = []
    for part in mine:
        was, is_now = before.get(part.name), released.get(part.name)
        text = _merged(was, part, is_now, merge_lines)
        if text is not None:
            gap = part.gap
            if was is not None and is_now is not None and was.gap == gap:
                gap = is_now.gap
            result.append(replace(part, text=text, gap=gap))
            if _is_reworded(was, part, is_now):
                reworded.append(part.signal)
    for place, part in enumerate(new):
        if part.name not in before and part.name not in held:
            _insert(result, part, new[:place])
    return Whole(b"".join(_joined(result, mine, new)), tuple(reworded))


def _called_as_before(before: Sequence[Part], now: Sequence[Part]) -> list[Part]:
    """Give parts whose heading was reworded in its place the name that they had."""
    old, new = [part.name for part in before], [part.name for part in now]
    names = dict(zip(new, new, strict=True))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "replace" and end - start == last - first:
            for was, part in zip(before[start:end], now[first:last], strict=True):
                if not was.anchored and not part.anchored and was.name not in new:
                    names[part.name] = was.name
    return [replace(part, name=names[part.name]) for part in now]


def _merged(
    before: Part | None, mine: Part, new: Part | None, merge_lines: MergeLines
) -> bytes | None:
    """The text of one part of ours; None when it goes."""
    if new is None:
        return None if before is not None and before.text == mine.text else mine.text
    if before is None:
        return _lines(b"", mine.text, new.text, merge_lines)
    if before.text == mine.text:
        return new.text
    if before.text == new.text:
        return mine.text
    if not mine.signal:
        return _lines(before.text, mine.text, new.text, merge_lines)
    (anchor, *asked), (_, *were), (_, *are) = map(_question, (mine, before, new))
    question = are[0] if asked[0] == were[0] else asked[0]
    return anchor + question + _lines(were[1], asked[1], are[1], merge_lines)


def _lines(base: bytes, ours: bytes, theirs: bytes, merge_lines: MergeLines) -> bytes:
    """Merge texts whose last line has no end as if it had one."""
    end = b"\r\n" if b"\r\n" in ours else b"\n"
    three = [text and text + end for text in (base, ours, theirs)]
    return merge_lines(three[0], three[1], three[2]).removesuffix(end)


def _question(part: Part) -> tuple[bytes, bytes, bytes]:
    """Anchor, question and the rest of a part that asks something."""
    anchor, *lines = part.text.splitlines(keepends=True)
    end = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    return anchor, b"".join(lines[:end]), b"".join(lines[end:])


def _is_reworded(before: Part | None, mine: Part, new: Part | None) -> bool:
    """Whether the release words a question otherwise, and an answer stands under it."""
    if before is None or new is None or not mine.signal:
        return False
    answered = b"\n_%s: " % mine.signal.encode() not in mine.text
    return answered and _question(before)[1] != _question(new)[1]


def wordings(data: bytes) -> Iterator[tuple[str, str]]:
    """The id of every question, and the question in plain words."""
    for part in parts(data):
        if part.signal:
            words = _question(part)[1].decode("utf-8", "replace").split()
            yield part.signal, " ".join(words).strip("*")


def _insert(result: list[Part], part: Part, before: Sequence[Part]) -> None:
    """Put a new part after the nearest part that it follows in the release."""
    here = [one.name for one in result]
    place = next((here.index(one.name) + 1 for one in reversed(before) if one.name in here), 0)
    result.insert(place, part)


def _joined(result: Sequence[Part], mine: Sequence[Part], new: Sequence[Part]) -> Iterator[bytes]:
    """Texts and the gaps between them: the owner's, the release's, or else an empty line."""
    released = {(one.name, other.name): one.gap for one, other in itertools.pairwise(new)}
    held = {(one.name, other.name) for one, other in itertools.pairwise(mine)}
    for part, following in itertools.pairwise(result):
        pair = part.name, following.name
        gap = part.gap if pair in held else released.get(pair, b"\n\n")
        windows = b"\r\n" in part.text + part.gap
        yield part.text + (gap if not windows or b"\r" in gap else gap.replace(b"\n", b"\r\n"))
    if result:
        yield result[-1].text + (mine[-1].gap if mine else result[-1].gap)
