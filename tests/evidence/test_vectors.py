"""The test vectors of docs/evidence.md hold for our reader; other tools may use them too."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

import pytest

from scaffold.evidence.links import shown
from scaffold.evidence.reading import Number, Report, numbers
from scaffold.evidence.recompute import recompute, recompute_interval

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "vectors" / "vectors.json").read_text(encoding="utf-8")
)
INTERVALS = [vector for vector in VECTORS["numbers"] if "interval" in vector]


def report(vector: dict[str, Any], **changed: object) -> Report:
    content = {key: value for key, value in vector.items() if key not in {"about", "rows", "kind"}}
    return Report("reports/x.json", {"kind": vector["kind"], "a/b": content | changed})


@pytest.mark.parametrize("vector", VECTORS["numbers"], ids=lambda vector: vector["about"])
def test_a_number_follows_from_its_rows(vector: dict[str, Any]) -> None:
    rows = VECTORS["rows"][vector["rows"]]
    assert list(recompute(report(vector), rows)) == []
    off = 0.25 if vector["value"] is None else vector["value"] + 2e-5 * max(1, vector["value"])
    (finding,) = recompute(report(vector, value=off), rows)
    assert finding.place == "reports/x.json#/a~1b"
    (finding,) = recompute(report(vector, n=vector["n"] + 1), rows)
    assert "n = " in finding.message


@pytest.mark.parametrize("vector", INTERVALS, ids=lambda vector: vector["about"])
def test_an_interval_is_drawn_again(vector: dict[str, Any]) -> None:
    rows = VECTORS["rows"][vector["rows"]]
    (number,) = numbers(report(vector))
    assert recompute_interval(report(vector), number, rows) is None
    moved = Number(number.pointer, number.content | {"high": vector["high"] + 0.01})
    assert recompute_interval(report(vector), moved, rows) is not None


def test_the_draws_need_no_more_than_the_documented_generator() -> None:
    draws = VECTORS["draws"]
    generator = random.Random(draws["seed"])  # noqa: S311 - the same draws, not secret ones
    assert [generator.random() for _ in draws["random"]] == draws["random"]
    cases: dict[str, list[int]] = {}
    for case, unit in enumerate(draws["units"]):
        cases.setdefault(unit, []).append(case)
    groups, numbers = list(cases.values()), iter(draws["random"])
    for drawn in draws["resamples"]:
        assert drawn == [c for _ in groups for c in groups[math.floor(next(numbers) * len(groups))]]


@pytest.mark.parametrize("vector", VECTORS["links"], ids=lambda vector: vector["text"])
def test_a_links_text_keeps_its_decimals(vector: dict[str, Any]) -> None:
    assert shown(vector["text"], vector["value"]) == vector["shown"]
