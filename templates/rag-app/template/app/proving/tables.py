"""The numbers of an evaluation for people: 80 columns for a terminal, Markdown for a pull request.

Every way of searching is shown, also where the one that is served loses.
"""

from collections.abc import Iterator, Sequence

from app.evidence.report import Json
from app.proving.measures import MEASURES

RECALL, NDCG = "recall_at_5", "ndcg_at_10"
Row = Sequence[str]


def _value(found: Json) -> str:
    return "unknown" if found["value"] is None else f"{found['value']:.3f}"


def _difference(found: Json) -> str:
    return f"{found['value']:+z.3f} ({found['low']:+z.3f} to {found['high']:+z.3f})"


def _share(found: Json) -> Row:
    if found["value"] is None:
        return ("0", "unknown")
    ends = f"{found['low']:.3f} to {found['high']:.3f}"
    return (str(found["n"]), f"{found['value']:.3f} ({ends})")


def _tables(content: Json) -> Iterator[tuple[str, list[Row]]]:
    """Yields each table: its title, and rows of which the first is the header."""
    served, ways = content["served"]["mode"], content["retrieval"]
    n = ways[served][RECALL]["n"]
    marked = {way: way.replace("encoder_", "enc ") + " *" * (way == served) for way in ways}

    def ablation(part: Json) -> list[Row]:
        rows: list[Row] = [("search", *MEASURES.values())]
        for way, name in marked.items():
            rows.append((name, *(_value(part[way][measure]) for measure in MEASURES)))
        return rows

    yield f"Retrieval, {n} golden questions (* is served)", ablation(ways)
    if held := content["held_out"][served][RECALL]["n"]:
        yield f"Held out ({held}): nothing was chosen by these", ablation(content["held_out"])
    for title, place in (
        ("Each search minus lexical", "minus_lexical"),
        (f"{served} minus each other", "served_minus"),
    ):
        rows: list[Row] = [("search", "recall@5 (95 %)", "nDCG@10 (95 %)")]
        for way, found in content[place].items():
            rows.append((marked[way], _difference(found[RECALL]), _difference(found[NDCG])))
        yield f"{title}, paired by question", rows
    kinds = content["kinds"]
    header = ("kind", "n", *marked.values())
    for measure in (RECALL, NDCG):
        rows = [header]
        for kind, part in kinds.items():
            values = [_value(part[way][measure]) for way in marked]
            rows.append((kind, str(part[served][measure]["n"]), *values))
        yield f"By kind, {MEASURES[measure]}", rows
    threshold = content["served"]["threshold"]
    names = {name: name.replace("_", " ").replace("off ", "off-") for name in content["refusal"]}
    refusal = [(names[name], *_share(found)) for name, found in content["refusal"].items()]
    yield (
        f"Refusal below a similarity of {threshold:g}",
        [("questions", "n", "share (95 %)"), *refusal],
    )


def text(content: Json) -> Iterator[str]:
    """Yields lines of at most 80 columns, whatever the names, as long as they are not long."""
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
    yield "# Retrieval"
    for title, rows in _tables(content):
        yield ""
        yield f"**{_escaped(title)}**"
        yield ""
        header, *others = rows
        yield _cells(header)
        yield "|---" * len(header) + "|"
        yield from map(_cells, others)


def _escaped(words: str) -> str:
    return words.replace("*", "\\*").replace("_", "\\_")


def _cells(row: Row) -> str:
    return f"| {' | '.join(map(_escaped, row))} |"
