"""Every question with what each way of searching made of it, and the numbers that follow."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from app.evidence.intervals import SEED, percentile_interval, resample, wilson
from app.evidence.readme import at
from app.evidence.report import Drawn, Json, number
from app.proving.asking import Asked, Outcome
from app.proving.measures import MEASURES, measured

LEXICAL = "lexical"
GOLDEN, OFF_TOPIC, NEAR_MISS = "golden", "off_topic", "near_miss"
UNIT = "question"


def golden_row(asked: Asked) -> Json:
    """Returns a golden question as the report keeps it."""
    question = asked.question
    row: Json = {
        "id": question.id,
        "unit": question.id,
        "set": GOLDEN,
        "kind": question.kind,
        "held_out": question.held_out,
        "golden_sections": len(question.relevant),
        "similarity": asked.outcome.similarity,
        "answered": not asked.outcome.refused,
    }
    add_places(row, asked.places)
    return row


def add_places(row: Json, places: Mapping[str, Sequence[int]]) -> None:
    """Adds ways of searching to a golden question: where they found, and each measure."""
    for way, found in places.items():
        row.setdefault("places", {})[way] = list(found)
        for measure, value in measured(found, row["golden_sections"]).items():
            row.setdefault(measure, {})[way] = value


def other_row(name: str, kind: str, outcome: Outcome) -> Json:
    """Returns a question that has no answer as the report keeps it.

    Args:
        name: Its id.
        kind: `off_topic` or `near_miss`.
        outcome: What came of it.
    """
    row = {"id": name, "unit": f"{kind}/{name}", "set": kind}
    return row | {"similarity": outcome.similarity, "refused": outcome.refused}


@cache
def draws(n: int, seed: int = SEED) -> npt.NDArray[np.intp]:
    """Returns which of n questions each resample holds; shape (resamples, n)."""
    return np.array(list(resample(range(n), seed=seed)), dtype=np.intp).reshape(-1, n)


def selected(rows: Iterable[Json], where: Json) -> list[Json]:
    """Returns the rows that hold the given values at the given JSON pointers."""

    def holds(row: Json, pointer: str, value: object) -> bool:
        try:
            return bool(at(row, pointer) == value)
        except KeyError:
            return False

    def fits(row: Json) -> bool:
        return all(holds(row, pointer, value) for pointer, value in where.items())

    return [row for row in rows if fits(row)]


def mean(rows: Sequence[Json], of: str, where: Json, minus: str = "") -> Json:
    """Returns the mean of a value over questions, with an interval over questions.

    Args:
        rows: Of the report.
        of: JSON pointer to the value in a row.
        where: Which rows.
        minus: JSON pointer to a value of the same row that is subtracted: the paired difference.
    """
    values = np.array(
        [at(r, of) - (at(r, minus) if minus else 0.0) for r in selected(rows, where)], np.float64
    )
    if not len(values):
        return number(None, "", 0)
    recipe = {"metric": "mean", "of": of, "where": where} | ({"minus": minus} if minus else {})
    drawn = values[draws(len(values))].mean(axis=1)
    interval = percentile_interval(drawn.tolist(), SEED)
    return number(float(values.mean()), "", len(values), recipe, Drawn(interval, UNIT))


def share(rows: Sequence[Json], of: str, where: Json) -> Json:
    """Returns the share of rows in which a yes stands, with Wilson's interval.

    Args:
        rows: Of the report.
        of: JSON pointer to a yes or no.
        where: Which rows.
    """
    values = [bool(at(row, of)) for row in selected(rows, where)]
    if not values:
        return number(None, "", 0)
    n, yes = len(values), sum(values)
    recipe = {"metric": "mean", "of": of, "where": where}
    return number(yes / n, "", n, recipe, Drawn(wilson(yes, n), UNIT))


def ways_of(rows: Sequence[Json]) -> list[str]:
    """Returns the ways of searching that were compared, in their order."""
    return list(selected(rows, {"/set": GOLDEN})[0]["places"])


def measure(rows: Sequence[Json], served: str) -> Json:
    """Returns every number of the report.

    Args:
        rows: Of the report.
        served: The way of searching that `project.toml` names.
    """
    ways = ways_of(rows)
    golden = {"/set": GOLDEN}
    kinds = sorted({row["kind"] for row in selected(rows, golden)})

    def table(where: Json) -> Json:
        return {
            way: {name: mean(rows, f"/{name}/{way}", where) for name in MEASURES} for way in ways
        }

    def less(way: str, other: str) -> Json:
        return {name: mean(rows, f"/{name}/{way}", golden, f"/{name}/{other}") for name in MEASURES}

    return {
        "retrieval": table(golden),
        "held_out": table(golden | {"/held_out": True}),
        "kinds": {kind: table(golden | {"/kind": kind}) for kind in kinds},
        "minus_lexical": {way: less(way, LEXICAL) for way in ways if way != LEXICAL},
        "served_minus": {way: less(served, way) for way in ways if way != served},
        "refusal": {
            "golden_answered": share(rows, "/answered", golden),
            "held_out_answered": share(rows, "/answered", golden | {"/held_out": True}),
            "off_topic_refused": share(rows, "/refused", {"/set": OFF_TOPIC}),
            "near_miss_refused": share(rows, "/refused", {"/set": NEAR_MISS}),
        },
    }
