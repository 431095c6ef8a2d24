"""The numbers of an evaluation for people: for a terminal, and as Markdown."""

from collections.abc import Iterator, Sequence

from app.evidence.report import Json
from app.proving.trials import SEVERAL, SINGLE

Row = Sequence[str]
NAMES = {SEVERAL: "several agents", SINGLE: "one agent"}
SHOWN = {
    "tokens": "tokens",
    "model_calls": "calls of models",
    "tool_calls": "calls of tools",
    "seconds": "seconds",
    "seconds_p95": "seconds, 95 %",
    "dollars": "dollars, mean",
}


def _share(found: Json) -> str:
    if found["value"] is None:
        return "none"
    ends = f" ({found['low']:.3f} to {found['high']:.3f})" if "low" in found else ""
    return f"{found['value']:.3f}{ends}"


def _cost(found: Json) -> str:
    return "unknown" if found["value"] is None else f"{found['value']:,.4g}"


def _tables(content: Json) -> Iterator[tuple[str, list[Row]]]:
    """Yields each table: its title, and rows of which the first is the header."""
    ways = {name: content[way] for way, name in NAMES.items()}
    passed: list[Row] = [("tasks", "n", *ways)]
    first = content[SEVERAL]
    passed.append(("all", str(first["passed"]["n"]), *(_share(p["passed"]) for p in ways.values())))
    for kind, found in first["kinds"].items():
        shares = [_share(part["kinds"][kind]) for part in ways.values()]
        passed.append((kind.replace("_", " "), str(found["n"]), *shares))
    yield "Share of tasks that pass (95 % over tasks)", passed
    costs: list[Row] = [("median of a run", *ways)]
    costs += [(name, *(_cost(part[key]) for part in ways.values())) for key, name in SHOWN.items()]
    yield "What a run costs", costs
    less = content["several_minus_single"]
    rows: list[Row] = [("several minus one", "mean (95 %)")]
    for key, name in (("passed", "passed"), ("tokens", "tokens"), ("model_calls", "model calls")):
        found = less[key]
        ends = f" ({found['low']:+,.4g} to {found['high']:+,.4g})" if "low" in found else ""
        rows.append(
            (name, "unknown" if found["value"] is None else f"{found['value']:+,.4g}{ends}")
        )
    yield "The difference, paired by task", rows


def text(content: Json) -> Iterator[str]:
    """Yields lines of at most 80 columns, as long as names are not long."""
    for title, rows in _tables(content):
        yield title
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            first, *others = row
            cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
            yield "  ".join([f"  {first.ljust(widths[0])}", *cells]).rstrip()
        yield ""


def markdown(content: Json) -> Iterator[str]:
    """Yields the same as Markdown."""
    yield "# Tasks"
    for title, rows in _tables(content):
        yield ""
        yield f"**{title}**"
        yield ""
        header, *others = rows
        yield f"| {' | '.join(header)} |"
        yield "|---" * len(header) + "|"
        yield from (f"| {' | '.join(row)} |" for row in others)
