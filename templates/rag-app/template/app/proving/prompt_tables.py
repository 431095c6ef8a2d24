"""The comparison of two prompts for people, in 80 columns."""

from collections.abc import Iterator, Sequence

from app.evidence.report import Json
from app.proving.evaluation import GOLDEN, NEAR_MISS, OFF_TOPIC, selected
from app.proving.prompt_measures import MEASURES, Measure, verdict

HUNDRED, TEN, THOUSAND = 100, 10, 1000


def _short(value: float, sign: str = "") -> str:
    size = abs(value)
    return f"{value:{sign}z.{0 if size >= HUNDRED else 1 if size >= TEN else 2}f}"


def _cell(found: Json, measure: Measure, sign: str = "") -> str:
    if found["value"] is None:
        return "unknown"
    # A single answer costs too little to be read.
    times = THOUSAND if measure.unit == "dollars" else 1
    value, low, high = (_short(found[key] * times, sign) for key in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def text(content: Json, rows: Sequence[Json]) -> Iterator[str]:
    """Yields lines.

    Args:
        content: The report.
        rows: Its rows.
    """
    first, second = content["compared"]["first"], content["compared"]["second"]
    sets = {"golden": GOLDEN, "near-miss": NEAR_MISS, "off-topic": OFF_TOPIC}
    told = [f"{len(selected(rows, {'/set': of}))} {words}" for words, of in sets.items()]
    digests = content["inputs"]["prompts"]
    yield f"A  {first}, sha256 {digests[first]}"
    yield f"B  {second}, sha256 {digests[second]}"
    yield f"Both on the same passages of {', '.join(told)} questions."
    yield ""
    yield f"  {'95 % intervals':<22}  {'n':>4}  {'A':>20}  {'n':>4}  {'B':>20}"
    for one in MEASURES:
        cells = []
        for name in (first, second):
            found = content["prompts"][name][one.name]
            cells.append(f"  {found['n']:>4}  {_cell(found, one):>20}")
        yield f"  {one.words:<22}{''.join(cells)}"
    yield ""
    yield f"  {'paired by question':<22}  {'n':>4}  {'B minus A':>23}"
    for one in MEASURES:
        found = content["difference"][one.name]
        line = f"  {one.words:<22}  {found['n']:>4}  {_cell(found, one, '+'):>23}"
        yield f"{line}  {verdict(rows, one, content)}".rstrip()
    yield ""
    yield f"Of {len(MEASURES)} differences one may well look beyond chance by chance: look at the"
    yield "answers in the rows before you believe a single one."
