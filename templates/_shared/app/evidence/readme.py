"""Numbers in README and docs: each links to its place in a report, and this program writes it.

`[AP 0.579](reports/evaluation.json#/champion/ap)` is such a link: after `#` stands a JSON pointer
(RFC 6901). The last number of its text is written anew, with as many decimals as it has; with a
`%` behind it, as a percentage.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from app.evidence.report import read_report
from app.evidence.writing import write_whole
from app.service.errors import UserError

# Code comes first, so that a link that is only quoted stays as it is.
_LINK = re.compile(
    r"(?s:```.*?(?:```|\Z))|`[^`\n]+`"
    r"|\[(?P<text>[^\[\]\n]*)\]\((?P<file>[^()\s#:]+\.json)#(?P<pointer>/[^()\s]*)\)"
)
_NUMBER = re.compile(r"(?<![\w.,])[-+]?\d[\d,]*(?:\.\d+)?(?=(?P<percent>\s?%)?)")
_BLOCK = re.compile(r"(<!-- numbers -->(\r?\n)).*?(<!-- /numbers -->)", re.DOTALL)


@dataclass(frozen=True)
class Claim:
    """A line of the README's table of numbers.

    Attributes:
        words: What is claimed.
        report: Name of the report's file.
        pointer: Where in it the number stands.
        decimals: How many to show.
        command: What measures it.
    """

    words: str
    report: str
    pointer: str
    decimals: int
    command: str


def at(content: Any, pointer: str) -> Any:  # noqa: ANN401 - JSON
    """Returns what a JSON pointer points at.

    Raises:
        KeyError: Nothing is there.
    """
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(content, dict) or key not in content:
            raise KeyError(pointer)
        content = content[key]
    return content


def _value(content: Any, pointer: str) -> float:  # noqa: ANN401 - JSON
    found = at(content, pointer)
    value = found.get("value") if isinstance(found, dict) else found
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise KeyError(pointer)
    return value


def written(text: str, value: float) -> str:
    """Returns a link's text with the value in place of its last number."""
    match = next(reversed(list(_NUMBER.finditer(text))), None)
    if match is None:
        return text
    old = match[0]
    sign, comma = "+" if old[0] == "+" else "-", "," if "," in old else ""
    shown = value * 100 if match["percent"] else value
    new = format(shown, f"{sign}z{comma}.{len(old.partition('.')[2])}f")
    return text[: match.start()] + new + text[match.end() :]


@dataclass
class Refresh:
    """One pass over the documents.

    Attributes:
        folder: The project's folder.
        reports: Folder of the reports, relative to it.
        changed: Documents that are not as they should be, by their new content.
        dangling: Links that lead nowhere, as `file: link`.
    """

    folder: Path
    reports: str
    changed: dict[Path, bytes] = field(default_factory=dict)
    dangling: list[str] = field(default_factory=list)

    def document(self, file: Path, claims: Sequence[Claim]) -> None:
        """Looks at one document; everything but the numbers stays as it is, byte for byte."""
        before = file.read_bytes()
        text = before.decode("utf-8")
        text = _BLOCK.sub(lambda match: self._block(match, claims), text)
        text = _LINK.sub(lambda match: self._link(match, file), text)
        if (after := text.encode("utf-8")) != before:
            self.changed[file] = after

    def _link(self, match: re.Match[str], document: Path) -> str:
        if match["file"] is None:
            return match[0]
        try:
            content = read_report((document.parent / unquote(match["file"])).resolve())
            text = written(match["text"], _value(content, unquote(match["pointer"])))
        except (KeyError, UserError):
            self.dangling.append(f"{document.relative_to(self.folder)}: {match[0]}")
            return match[0]
        return f"[{text}]" + match[0][len(match["text"]) + 2 :]

    def _block(self, match: re.Match[str], claims: Sequence[Claim]) -> str:
        lines = ["| claim | measured | on |", "|---|---|---|", *map(self._line, claims)]
        return match[1] + "".join(line + match[2] for line in lines) + match[3]

    def _line(self, claim: Claim) -> str:
        try:
            content = read_report(self.folder / self.reports / claim.report)
            found = at(content, claim.pointer)
        except (KeyError, UserError):
            return f"| {claim.words} | not measured yet | `{claim.command}` |"
        if found["value"] is None:
            return f"| {claim.words} | unknown | `{claim.command}` |"
        value = _value(content, claim.pointer)
        shown = f"[{value:z.{claim.decimals}f}]({self.reports}/{claim.report}#{claim.pointer})"
        shown += f" {found['unit']}" if found["unit"] else ""
        if "low" in found:
            shown += f" ({found['low']:z.{claim.decimals}f} to {found['high']:z.{claim.decimals}f})"
        label = ", demo data" if content["demo_data"] else ""
        label += ", quick run" if content.get("quick") else ""
        label += ", files not committed" if content["inputs"]["dirty"] else ""
        return f"| {claim.words} | {shown} | n = {found['n']:,}{label} |"


def refresh(folder: Path, reports: str, claims: Sequence[Claim], *, check: bool) -> list[str]:
    """Writes the numbers of the reports into README.md and docs/.

    Args:
        folder: The project's folder.
        reports: Folder of the reports, relative to it.
        claims: Lines of the table between `<!-- numbers -->` and `<!-- /numbers -->`.
        check: Whether only to look.

    Returns:
        Names of the documents that were changed.

    Raises:
        UserError: A link leads nowhere; or `check`, and a document is not up to date.
    """
    work = Refresh(folder, reports)
    for file in [folder / "README.md", *sorted((folder / "docs").rglob("*.md"))]:
        if file.is_file():
            work.document(file, claims)
    names = [file.relative_to(folder).as_posix() for file in work.changed]
    if not check:
        write_whole(work.changed)
    if work.dangling:
        raise UserError(
            "Links to numbers that are not there: " + "; ".join(work.dangling),
            "Measure them with `app evaluate` or `app bench`, or correct the links.",
        )
    if check and names:
        raise UserError(
            f"Numbers differ from the reports in {', '.join(names)}.", "Run `uv run app report`."
        )
    return names
