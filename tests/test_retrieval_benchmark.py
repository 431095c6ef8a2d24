"""The comparer of `make bench-retrieval` scores everyone alike, and nobody's pieces unfairly."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.retrieval import costs, scoring, tables
from benchmarks.retrieval.corpus import Outcome, pieces, spans_of
from benchmarks.retrieval.driving import gather
from benchmarks.retrieval.environments import HERE, weight
from benchmarks.retrieval.scale import POSTGRES, Found
from benchmarks.retrieval.sections import ranked, spans, touched

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "templates" / "rag-app" / "template"
VECTORS = ROOT / "tests" / "evidence" / "vectors" / "vectors.json"
PINNED = re.compile(r"[\w.-]+==[\w.!+]+( ; [^\s/].*)?")
A, B, C, D = (("a.md", name) for name in "ABCD")
COSTS = {
    "p50": 2.0,
    "p95": 4.0,
    "cpu": 1.0,
    "ready_cpu_s": 0.5,
    "ingest_cpu_s": 0.25,
    "memory_mb": 100.0,
}


def outcome(name: str, recall: float, times: float, *, strictly: bool = False) -> Outcome:
    quality = {measure: [recall] * 4 for measure in scoring.MEASURES}
    rounds = [{cost: value * times for cost, value in COSTS.items()}]
    return Outcome(name, quality, quality if strictly else None, rounds, 100.0 * times, 9)


def test_a_section_goes_from_its_heading_to_the_next_one() -> None:
    text = "# A\n\nfirst\n\n## `B` and *C*\n\nsecond\n"
    (first, second) = spans("a.md", text)
    assert first.section == A
    assert second.section == ("a.md", "B and C")
    assert text[first.start : first.end] == "# A\n\nfirst\n\n"
    assert text[second.start : second.end] == "## `B` and *C*\n\nsecond\n"


def test_a_comment_in_code_is_no_heading() -> None:
    assert [one.section for one in spans("a.md", "# A\n```\n# B\n```\n# C\n")] == [A, C]


def test_every_golden_section_of_the_field_guide_is_where_pieces_are_looked_for() -> None:
    lines = (TEMPLATE / "data/golden/questions.jsonl").read_text("utf-8").splitlines()
    relevant = [one for line in lines for one in json.loads(line)["relevant"]]
    where = spans_of(TEMPLATE / "data" / "corpus", sorted({one["source"] for one in relevant}))
    known = {span.section for those in where.values() for span in those}
    assert {(one["source"], one["heading"]) for one in relevant} <= known


def test_a_piece_touches_what_it_holds_a_character_of_most_of_it_first() -> None:
    those = spans("a.md", "# A\n" + "a" * 10 + "\n# B\n" + "b" * 10 + "\n# C\n")
    middle, end = those[1].start, those[1].end
    assert touched(those, middle - 1, end) == [B, A]
    assert touched(those, middle, end) == [B]
    assert touched(those, middle, end + 1) == [B, C]


def test_a_piece_counts_for_its_golden_section_and_is_not_punished_for_the_others() -> None:
    assert ranked([[A, B], [C]], [B]) == [B, C]


def test_a_piece_without_a_golden_section_takes_one_place() -> None:
    assert ranked([[A, B], [C]], [C]) == [A, C]


def test_a_piece_that_brings_nothing_new_takes_no_place() -> None:
    assert ranked([[A], [A], [B, A], [B], [D]], [D]) == [A, B, D]


def test_a_piece_with_two_golden_sections_takes_two_places() -> None:
    assert ranked([[A, B, C]], [B, C]) == [B, C]


def test_sections_and_chunks_become_the_same_thing() -> None:
    where = {"a.md": spans("a.md", "# A\n# B\n")}
    assert pieces({"sections": [[[["a.md", "A"]]]]}, where) == [[[A]]]
    assert pieces({"chunks": [[["a.md", 0, 4], ["a.md", 4, 8]]]}, where) == [[[A], [B]]]


def test_rankings_are_scored_by_the_measures_of_the_starter() -> None:
    measures = scoring.measures_of(TEMPLATE)
    other = [[("b.md", str(number))] for number in range(12)]
    found = [[[A]], [*other[:1], [A]], [*other[:5], [A]], other]
    values = scoring.score(measures, found, [[A], [A, B], [A], [A]])
    assert values["recall_at_5"] == [1, 1, 0, 0]
    assert values["mrr_at_10"] == [1, 1 / 2, 1 / 6, 0]
    expected = [1, (1 / math.log2(3)) / (1 + 1 / math.log2(3)), 1 / math.log2(7), 0]
    assert values["ndcg_at_10"] == pytest.approx(expected)


def test_a_difference_is_drawn_as_the_reports_draw_it() -> None:
    content = json.loads(VECTORS.read_text("utf-8"))
    (vector,) = [
        one
        for one in content["numbers"]
        if one["recipe"]["metric"] == "mean" and "minus" in one["recipe"]
    ]
    rows = [row for row in content["rows"]["retrieval"] if row["set"] == "golden"]
    values = [[row["ndcg_at_10"][way] for row in rows] for way in ("hybrid", "lexical")]
    found = scoring.difference(*values, resamples=vector["interval"]["resamples"])
    assert found.value == pytest.approx(vector["value"])
    assert (found.low, found.high) == pytest.approx((vector["low"], vector["high"]))


def test_nobody_differs_from_himself() -> None:
    assert str(scoring.difference([0.5, 1.0], [0.5, 1.0])) == "+0.000 [+0.000, +0.000]"


def test_of_equally_near_neighbours_any_is_right() -> None:
    assert scoring.agreement([[0.9, 0.8], [0.9, 0.5]], [[0.9, 0.8], [0.9, 0.8]]) == 0.75
    assert scoring.agreement([[0.9, 0.79995]], [[0.9, 0.8]]) == 1


def test_what_was_not_found_is_missed() -> None:
    assert scoring.agreement([[0.9]], [[0.9, 0.8]]) == 0.5


def test_what_a_driver_says_is_gathered_by_way_of_searching() -> None:
    facts: dict[str, Any] = {"ways": {}}
    gather(facts, {"ready_cpu_s": 0.5}, 2.0)
    gather(facts, {"way": "hybrid", "latency_ms": [3.0, 1.0, 2.0], "cpu_ms": [1.0, 1.0, 4.0]}, 3.0)
    gather(facts, {"memory_mb": 80.0}, 4.0)
    gather(facts, {"way": "hybrid", "sections": []}, 5.0)
    assert facts["ready_s"] == 2.0
    assert facts["ways"]["hybrid"]["sections"] == []
    found = costs.of_round(facts, "hybrid")
    assert (found["p50"], found["cpu"], found["memory_mb"]) == (2.0, 1.0, 80.0)
    assert found["p95"] == pytest.approx(2.9)


def test_a_ratio_is_of_the_same_round_so_a_busy_one_does_not_count_twice() -> None:
    ours = [{"p50": 1.0}, {"p50": 10.0}, {"p50": 1.0}]
    peer = [{"p50": 2.0}, {"p50": 20.0}, {"p50": 3.0}]
    assert costs.ratios(peer, ours) == {"p50": 2.0}
    assert costs.medians(ours) == {"p50": 1.0}


def test_an_environment_weighs_its_files_but_not_what_was_compiled(tmp_path: Path) -> None:
    (tmp_path / "package" / "__pycache__").mkdir(parents=True)
    (tmp_path / "package" / "a.py").write_bytes(b"x" * 1000)
    (tmp_path / "package" / "__pycache__" / "a.cpython-312.pyc").write_bytes(b"x" * 5000)
    assert weight(tmp_path) == pytest.approx(0.001)


def test_the_table_says_what_ours_costs_and_how_many_times_that_others_do() -> None:
    outcomes = [outcome("ours", 1.0, 1), outcome("peer", 0.5, 3, strictly=True)]
    quality = list(tables.quality(outcomes))
    assert [line.split()[0] for line in quality[1:]] == [
        "ours",
        "peer",
        "minus",
        "strictly",
        "minus",
    ]
    assert "-0.500 [-0.500, -0.500]" in quality[3]
    title, ours, peer = tables.prices(outcomes)
    assert title.split()[-1] == "install"
    assert ours.split()[1:3] == ["2.00", "ms"]
    assert set(peer.split()[1:]) == {"3.00x"}
    assert max(map(len, [*quality, title, ours, peer])) <= 100


def test_what_a_server_uses_is_not_taken_for_nothing() -> None:
    found = [Found("ours", 1000, [COSTS], 1.0), Found(POSTGRES, 1000, [COSTS], 0.9)]
    title, ours, server = tables.many(found)
    assert title.startswith("1,000 passages")
    assert ours.endswith("1.000")
    assert server.removeprefix(POSTGRES).split() == [
        "1.00x",
        "1.00x",
        "-",
        "1.00x",
        "-",
        "-",
        "0.900",
    ]
    assert max(map(len, [title, ours, server])) <= 100


@pytest.mark.parametrize("name", ["chroma", "langchain", "postgres"])
def test_a_peer_is_installed_in_one_version(name: str) -> None:
    lines = (HERE / f"{name}.txt").read_text("utf-8").splitlines()
    assert lines
    assert [line for line in lines if not PINNED.fullmatch(line)] == []
