"""Verbs that look at a table of one's own, and begin the schema for it."""

import argparse
import json
import sys
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from app.service.errors import UserError
from app.verbs.parsing import Verbs

if TYPE_CHECKING:  # it brings pandas, which only these verbs need
    from app.training.profile import Finding, Profile

ROW = "{:22} {:12} {:>6} {:>8} {:>6}  {}"  # 80 columns with values of 20


def _cell(text: str, width: int) -> str:
    shown = "".join(sign if sign.isprintable() else " " for sign in text[: width + 1])
    return shown if len(shown) <= width else f"{shown[: width - 2]}.."


def _values(one: "Finding") -> str:
    if one.minimum is not None:
        return f"{one.minimum:.7g} to {one.maximum:.7g}"
    return ", ".join(f"{_cell(text, 12)} {share:.0%}" for text, share in one.frequent.items())


def _row(one: "Finding") -> str:
    gaps = f"{one.missing:.1%}" if one.missing else "-"
    alone = "-" if one.association is None else f"{one.association:+.2f}"
    values = _cell(_values(one), 20)
    return ROW.format(_cell(one.name, 22), one.kind, gaps, f"{one.distinct:,}", alone, values)


def _lines(found: "Profile", path: Path) -> list[str]:
    lines = [f"{path}: {len(found.frame):,} rows, {len(found.findings)} columns", ""]
    lines += [ROW.format("column", "kind", "empty", "distinct", "alone", "values").rstrip()]
    lines += [_row(one).rstrip() for one in found.findings]
    if found.target is not None:
        one = next(one for one in found.findings if one.name == found.target)
        middle = f", half of them up to {one.typical:g}" if found.task == "regression" else ""
        lines += ["", f"Target {one.name}, {found.task}: {_values(one)}{middle}."]
        lines += ["alone: how well the column ranks the target by itself, -1 to 1."]
    refused = [f"  {one.name}: {one.why}" for one in found.findings if one.why]
    warned = [f"  {one.name}: {text}" for one in found.findings for text in one.warnings]
    for title, notes in (("Can't be an input as it is:", refused), ("Look twice:", warned)):
        if notes:
            lines += ["", title, *(fill(note, 80, subsequent_indent="    ") for note in notes)]
    return lines


def _profile(arguments: argparse.Namespace) -> None:
    from dataclasses import asdict

    from app.training.profile import profile

    found = profile(arguments.file, arguments.target)
    if arguments.json:
        document = {name: getattr(found, name) for name in ("target", "task", "positive")}
        document |= {"rows": len(found.frame), "columns": [asdict(one) for one in found.findings]}
        print(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        print("\n".join(_lines(found, arguments.file)))


def _draft_schema(arguments: argparse.Namespace) -> None:
    from app.training.draft import draft

    for file in filter(None, (arguments.output, arguments.renamed)):
        if file.exists() and not arguments.force:
            raise UserError(f"{file} is there already.", "Name another file, or add --force.")
        if not file.parent.is_dir():
            raise UserError(f"There is no folder {file.parent}.", "Make it, or name another file.")
    schema, advice = draft(arguments.file, arguments.target, arguments.drop, arguments.renamed)
    if arguments.output:
        arguments.output.write_text(schema, encoding="utf-8", newline="\n")
    else:
        print(schema, end="")
    # Standard output is the schema's, so that it can be sent into a file.
    print(advice, end="", file=sys.stderr)


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
    verb = verbs.add_parser(
        "profile",
        help="what is in a CSV file, column by column",
        description="Reads a CSV file (also .csv.gz); prints kind, gaps, range or most frequent "
        "values of each column, what can't be an input, and what may be a leak. Writes nothing.",
    )
    verb.add_argument("file", type=Path, help="CSV file")
    verb.add_argument("--target", metavar="COLUMN", help="what shall be predicted")
    verb.add_argument("--json", action="store_true", help="print one JSON document")
    verb.set_defaults(run=_profile)

    verb = verbs.add_parser(
        "draft-schema",
        help="begin app/schema.py for a CSV file",
        description="Reads a CSV file; prints a first app/schema.py, and the lines that "
        "project.toml needs (on standard error). Ends with 1 where a column can't be an input.",
    )
    verb.add_argument("file", type=Path, help="CSV file")
    verb.add_argument("--target", metavar="COLUMN", required=True, help="what shall be predicted")
    verb.add_argument(
        "--drop", metavar="COLUMN", nargs="+", action="extend", default=[], help="no feature"
    )
    verb.add_argument("--output", type=Path, metavar="FILE", help="write the schema into a file")
    verb.add_argument(
        "--renamed", type=Path, metavar="FILE", help="write a copy whose headers can be fields"
    )
    verb.add_argument("--force", action="store_true", help="replace files that are there")
    verb.set_defaults(run=_draft_schema)
