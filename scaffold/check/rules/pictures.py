"""The screenshot."""

from __future__ import annotations

import posixpath
import struct
import zlib
from typing import TYPE_CHECKING

from scaffold.check.finding import Finding, Outcome, failed, passed

if TYPE_CHECKING:
    from scaffold.check.facts.given import Given
    from scaffold.check.facts.markdown import Document
    from scaffold.check.facts.tree import Tree

README = "README.md"
LEAST_WIDTH = 600
LEAST_HEIGHT = 200
LEAST_LINES = 20
MOST_PIXEL_BYTES = 100_000_000
_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp")


class CD104:
    """The screenshot is yours.

    Why: Most readers look at nothing else.
    Passes: An image of the README lies in the repository, is not the starter's, is at least 600
        pixels wide and 200 high, and is not blank.
    Can't tell: Whether it shows this application.
    Do: Take a picture of the running page with an answer on it, and show it in the README.
    """

    family, kind, level = "CD", "evidence", "static"
    requires: frozenset[str] = frozenset()
    asks = ("CD1",)

    @staticmethod
    def check(readme: Document, tree: Tree, given: Given) -> Outcome:
        """Look for one image that will do."""
        todo = "Put a picture of your running page at the top of the README."
        found = []
        for link in readme.links:
            path = posixpath.normpath(link.target.partition("?")[0])
            if not link.image or "://" in link.target or not path.lower().endswith(_ENDINGS):
                continue
            problem = _problem(path, tree, given)
            if not problem:
                width, height = size(tree.read(path) or b"") or (0, 0)
                return passed(f"`{path}`, {width} by {height}", README, link.line)
            found.append(Finding(f"`{path}` {problem}.", README, link.line))
        return failed(
            *found or [Finding("The README shows no picture of the application.", README)],
            todo=todo,
        )


def _problem(path: str, tree: Tree, given: Given) -> str:
    content = tree.read(path)
    if content is None:
        return "is not there, or larger than 5 MB"
    if content in given.files.values():
        return "is the starter's"
    measured = size(content)
    if measured is None:
        return "is no picture that can be read"
    width, height = measured
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return f"is {width} by {height}; a reader needs {LEAST_WIDTH} by {LEAST_HEIGHT}"
    return "is blank" if _is_blank(content, width, height) else ""


def size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, JPEG, GIF or WebP; None where it is none."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return _pair(">II", content[16:24])
        if content[:6] in {b"GIF87a", b"GIF89a"}:
            return _pair("<HH", content[6:10])
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return _webp(content)
        if content.startswith(b"\xff\xd8"):
            return _jpeg(content)
    except (struct.error, IndexError):
        return None
    return None


def _pair(form: str, content: bytes) -> tuple[int, int]:
    width, height = struct.unpack(form, content)
    return width, height


def _webp(content: bytes) -> tuple[int, int] | None:
    kind = content[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(content[i : i + 3], "little") + 1 for i in (24, 27))
        return width, height
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None


def _jpeg(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:  # noqa: PLR2004
        kind, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if 0xC0 <= kind <= 0xCF and kind not in {0xC4, 0xC8, 0xCC}:  # noqa: PLR2004
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def _is_blank(content: bytes, width: int, height: int) -> bool:
    """Whether a picture has next to nothing on it."""
    if not content.startswith(b"\x89PNG"):
        return len(content) < 0.01 * width * height
    packed, at = b"", 8
    while at + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        if kind == b"IDAT":
            packed += content[at + 8 : at + 8 + length]
        at += 12 + length
    try:
        pixels = zlib.decompressobj().decompress(packed, MOST_PIXEL_BYTES)
    except zlib.error:
        return True
    step = max(1, len(pixels) // height)
    lines = {pixels[i + 1 : i + step] for i in range(0, len(pixels) - step + 1, step)}
    return len(lines) < LEAST_LINES
