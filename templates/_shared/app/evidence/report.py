"""Reports: numbers in JSON with the rows they follow from beside them. Written the same each time.

A report without its rows is a claim; with them anybody can work the numbers out again.
"""

import gzip
import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.evidence.intervals import Interval
from app.evidence.origin import inputs, machine
from app.evidence.writing import write_whole
from app.service.errors import UserError
from app.service.version import TemplateFacts

Json = dict[str, Any]
SCHEMA = 1
TOLERANCE = 1e-6
HEAD = {"/template", "/machine", "/inputs", "/rows", "/price"}
# What may differ when somebody measures the same thing again: when, where, and from which commit,
# as new pages or packages need not change a number; the model's name, the rows' digest and which
# cases serve as examples, as another processor may round the last digit; and a challenger, which
# only whoever trained it has.
PASSING = {"/date", "/machine", "/inputs", "/rows/sha256", "/examples", "/challenger"}
PASSING |= {"/challenger_difference"}


@dataclass(frozen=True)
class Drawn:
    """An interval, and what was drawn or counted for it: `person`, `round`, `row`."""

    interval: Interval
    unit: str


def number(
    value: float | None, unit: str, n: int, recipe: Json | None = None, drawn: Drawn | None = None
) -> Json:
    """Returns a number as reports hold it.

    Args:
        value: What was measured; None (or NaN) is unknown, and never 0.
        unit: Its unit; empty for shares and scores.
        n: Cases it was measured on.
        recipe: How it follows from the rows.
        drawn: How far off it may be.
    """
    known = None if value is None or math.isnan(value) else float(value)
    content: Json = {"value": known, "unit": unit, "n": n}
    if recipe:
        content["recipe"] = recipe
    if drawn and not math.isnan(drawn.interval.low):
        facts = vars(drawn.interval) | {"unit": drawn.unit}
        content |= {"low": facts.pop("low"), "high": facts.pop("high"), "interval": facts}
    return content


def describe(kind: str, folder: Path, template: TemplateFacts, *, demo_data: bool) -> Json:
    """Returns what stands in every report before its numbers."""
    return {
        "schema": SCHEMA,
        "kind": kind,
        "template": {"name": template.template, "version": template.version},
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "inputs": inputs(folder),
        "demo_data": demo_data,
    }


def pack_rows(rows: Sequence[Json]) -> bytes:
    """Returns JSON lines; equal rows give equal bytes."""
    lines = (json.dumps(row, sort_keys=True, ensure_ascii=False, allow_nan=False) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def write_report(file: Path, content: Json, rows: Sequence[Json]) -> None:
    """Writes a report, and its rows beside it as `<name>.rows.jsonl.gz`.

    The digest is of the unpacked rows: two versions of zlib pack the same rows differently.

    Raises:
        OSError: It can't be written; then report and rows are as they were.
    """
    packed = pack_rows(rows)
    beside = file.with_name(f"{file.stem}.rows.jsonl.gz")
    digest = hashlib.sha256(packed).hexdigest()
    content = content | {"rows": {"file": beside.name, "n": len(rows), "sha256": digest}}
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    write_whole({beside: gzip.compress(packed, mtime=0), file: f"{text}\n".encode()})


def read_report(file: Path) -> Json:
    """Reads a report.

    Raises:
        UserError: It is not there, or is none that we understand.
    """
    command = f"Run `uv run app {'bench' if file.stem == 'benchmark' else 'evaluate'}`."
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(f"{file} is not here.", command) from error
    except ValueError as error:
        raise UserError(f"{file} is not JSON: {error}.", command) from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise UserError(f"{file} is not a report of schema {SCHEMA}.", command)
    return content


def differences(before: object, now: object, pointer: str = "") -> Iterator[str]:
    """Yields each place where two reports differ beyond rounding, with both values."""
    if pointer in PASSING:
        return
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted(before.keys() | now.keys()):
            yield from differences(before.get(key), now.get(key), f"{pointer}/{key}")
    elif isinstance(before, float) and isinstance(now, float):
        if not math.isclose(before, now, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
            yield f"{pointer}: {before:g}, now {now:g}"
    elif before != now:
        yield f"{pointer}: {json.dumps(before)}, now {json.dumps(now)}"


def as_lines(content: Json, pointer: str = "") -> Iterator[str]:
    """Yields the numbers and names of a report's own part as lines for people."""
    for key, part in content.items():
        place = f"{pointer}/{key}"
        if place in HEAD or not isinstance(part, dict):
            continue
        if "n" not in part:
            yield from as_lines(part, place)
            continue
        value = "unknown" if part["value"] is None else f"{part['value']:,.4g}"
        ends = f"{part['low']:,.4g} to {part['high']:,.4g}" if "low" in part else ""
        line = f"{place:<34}{value:>9} {part['unit']:<8}{ends:<18} n={part['n']:,}"
        if "budget" in part:
            line += f"  {'within' if part['kept'] else 'OVER'} {part['budget']:g}"
        yield line
