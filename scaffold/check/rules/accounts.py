"""What has to be accounted for: settings and data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.facts import environment
from scaffold.check.finding import Finding, Outcome, failed, passed

if TYPE_CHECKING:
    from scaffold.check.facts.code import Files
    from scaffold.check.facts.given import Given
    from scaffold.check.facts.markdown import Document
    from scaffold.check.facts.tree import Tree

README = "README.md"
SMALL = 10_000
_NAME = re.compile(r"^#?\s?([A-Z][A-Z0-9_]+)=(.*)$", re.MULTILINE)
_ROW = re.compile(r"^[A-Z][A-Z0-9_]+$")
_LICENCE = re.compile(r"licen[cs]e|public domain|CC[ -]?(?:BY|0)|MIT|Apache", re.IGNORECASE)
_SOURCE = re.compile(r"source|origin|obtained|from|written by|https?://", re.IGNORECASE)
_EMPTY = re.compile(
    r"^[-*\s]*(source|licen[cs]e)\W*"
    r"(?:$|(?:to be|tbd|todo|unknown|unclear|not clear|later|open)\b.*$)",
    re.IGNORECASE | re.MULTILINE,
)
"""A line for source or licence with nothing behind it."""


class CD103:
    """Settings agree.

    Why: A setting that is read and documented nowhere is found out at night.
    Passes: The settings classes of the code, `.env.example` and the README's table name the
        same, with the same defaults.
    Can't tell: Settings that are read in another way than by a settings class.
    Do: Add the setting to `.env.example` and to the table between `<!-- settings -->`.
    """

    family, kind, level = "CD", "guard", "static"
    requires: frozenset[str] = frozenset()
    asks = ("CD1",)

    @staticmethod
    def check(readme: Document, tree: Tree, modules: Files) -> Outcome:
        """Compare three lists."""
        todo = "Document the setting, or take it out: scaffold explain CD103"
        read = environment.settings(modules)
        example = dict(_NAME.findall(tree.text(".env.example") or ""))
        blocks = readme.between("settings")
        columns = max(1, sum(one.kind == "head" for one in blocks))
        cells = [one.text for one in blocks if one.kind == "cell"]
        shown = [*cells[1::columns], *[""] * len(cells)] if columns > 1 else [""] * len(cells)
        table = {
            name: text
            for name, text in zip(cells[::columns], shown, strict=False)
            if _ROW.match(name)
        }
        found = []
        for name in sorted(read.keys() | example.keys() | table.keys()):
            where = read[name].path if name in read else "code"
            places = {
                where: name in read,
                ".env.example": name in example,
                "the README's table": name in table,
            }
            if not all(places.values()):
                have = [place for place, there in places.items() if there]
                lack = [place for place, there in places.items() if not there]
                message = f"{name} is in {' and '.join(have)}, not in {' or '.join(lack)}."
                found.append(Finding(message, where if name in read else ".env.example"))
            elif (default := read[name].default) is not None:
                said = {".env.example": example[name]}
                said |= {"the README's table": table[name]} if columns > 1 else {}
                found += [
                    Finding(f"{name} is {default or 'empty'} in code, in {one} {text}.", where)
                    for one, text in said.items()
                    if not environment.same(text.replace("`", ""), default)
                ]
        if not read:
            found.append(Finding("No settings class is in app/.", "app"))
        if found:
            return failed(*found, todo=todo)
        return passed(f"{len(read)} settings agree in code, .env.example and README", README)


class RC108:
    """Data is accounted for.

    Why: The question that the legal department asks first.
    Passes: Every data file above 10 kB is named in `data/README.md` (or lies in a folder named
        there), which says source and licence and is not the starter's where the data is not; and
        what is stored is deleted after a number of days.
    Can't tell: Whether the licence is right.
    Do: Write into `data/README.md` where each file is from and what you may do with it.
    """

    family, kind, level = "RC", "guard", "static"
    requires: frozenset[str] = frozenset()
    asks = ("RC4",)

    @staticmethod
    def check(tree: Tree, given: Given) -> Outcome:
        """Look every file up."""
        page = "data/README.md"
        todo = "Name source and licence of each file in data/README.md: scaffold explain RC108"
        text = "\n".join(tree.text(one) or "" for one in tree.below("data", "README.md"))
        if not (_LICENCE.search(text) and _SOURCE.search(text)):
            return failed(Finding("It does not say source and licence.", page, 0, "RC4"), todo=todo)
        found = [
            Finding(f"It does not say which {match[1].lower()}: {match[0].strip()[:60]}", page, 0)
            for match in _EMPTY.finditer(text)
        ]
        own = False
        for path in tree.below("data"):
            if path.endswith(("README.md", ".py")) or tree.sizes[path] < SMALL:
                continue
            own |= path not in given.files
            folder, _, name = path.rpartition("/")
            if name not in text and not re.search(
                rf"\b{re.escape(folder.rpartition('/')[2])}/", text
            ):
                found.append(Finding(f"`{path}` is not in data/README.md.", path, 0, "RC4"))
        if own and tree.text(page) == given.text(page):
            found.append(Finding("It is still about the starter's data.", page, 0, "RC4"))
        days = re.search(
            r"^RETENTION_DAYS=(\d+(?:\.\d+)?)\s*$", tree.text(".env.example") or "", re.MULTILINE
        )
        if not days or not 0 < float(days[1]) <= 3_650:  # noqa: PLR2004 - ten years are for ever
            found.append(
                Finding("Nothing says after how many days records are deleted.", ".env.example")
            )
        if found:
            return failed(*found, todo=todo)
        return passed("every data file has its source and licence", page)
