"""The gates: floors, and a drop that is larger than allowed and larger than chance."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.evidence.report import Json
from app.project import Gates
from app.proving import gate
from app.proving.baseline import Comparison, Standing, compare, write_baseline
from app.service.errors import UserError

Places = Sequence[int | None]
GATES = Gates(drop=0.02)


def standings(served: Places, **halves: Places) -> dict[str, Standing]:
    """A question for each place at which its only golden section stands."""
    found: dict[str, Places] = {"served": served, **halves}
    return {
        f"q{at:03}": Standing(
            question=f"Question {at}?",
            relevant=(f"a.md > {at}",),
            places={way: (place,) if (place := of[at]) else () for way, of in found.items()},
        )
        for at in range(len(served))
    }


def held(before: dict[str, Standing], now: dict[str, Standing], seed: int = 7) -> list[str]:
    return list(gate.drops(Comparison(before, now, 0), GATES, seed))


GOOD: Places = [1] * 100
WORSE: Places = [7] * 12 + [1] * 88


def test_a_drop_beyond_chance_fails_and_names_the_questions_with_their_places() -> None:
    recall, ndcg = held(standings(GOOD), standings(WORSE))
    assert "recall@5 of the served search was 1.000 and is 0.880" in recall
    assert "q000 (1 to 7), q001 (1 to 7)" in recall
    assert "and 4 more" in recall
    assert "nDCG@10" in ndcg


def test_a_section_that_is_not_found_at_all_is_told_so() -> None:
    now: Places = [None] * 5 + [1] * 95
    assert "q000 (1 to none)" in held(standings(GOOD), standings(now))[0]


def test_an_allowed_drop_passes() -> None:
    now: Places = [7, 7, *[1] * 98]
    assert held(standings(GOOD), standings(now)) == []


def test_a_drop_that_chance_explains_passes() -> None:
    # Nine got worse and five better: 0.04 less, and as likely luck.
    before: Places = [1] * 9 + [7] * 5 + [1] * 86
    now: Places = [7] * 9 + [1] * 5 + [1] * 86
    assert held(standings(before), standings(now)) == []


@pytest.mark.parametrize("seed", range(1, 11))
def test_another_seed_does_not_change_the_verdict(seed: int) -> None:
    assert len(held(standings(GOOD), standings(WORSE), seed)) == 2
    assert held(standings(GOOD), standings(GOOD), seed) == []
    swapped: Places = [2, 1] * 50
    assert held(standings([1, 2] * 50), standings(swapped), seed) == []


def test_a_half_that_breaks_fails_while_the_other_hides_it() -> None:
    before = standings(GOOD, lexical=GOOD, vector=GOOD)
    now = standings(GOOD, lexical=WORSE, vector=GOOD)
    found = held(before, now)
    assert len(found) == 2
    assert all("lexical search, a half of what is served" in one for one in found)


def test_a_half_that_the_baseline_does_not_know_is_not_compared() -> None:
    assert held(standings(GOOD), standings(GOOD, lexical=WORSE)) == []


def test_of_few_questions_only_the_floors_hold() -> None:
    compared = Comparison(standings([1] * 19), standings([None] * 19), 0)
    assert list(gate.drops(compared, GATES)) == []
    assert "too few" in gate.told(compared)
    enough = Comparison(standings([1] * 20), standings([None] * 20), 0)
    assert list(gate.drops(enough, GATES))


def test_a_baseline_is_read_as_it_was_written(tmp_path: Path) -> None:
    before = standings([1, None, 3], lexical=[2, 2, None])
    file = tmp_path / "golden" / "baseline.json"
    write_baseline(file, {"mode": "hybrid"}, before)
    compared = compare(file, before)
    assert compared == Comparison(before, before, 0)
    # A line a question, so that a review shows which changed.
    assert sum('"q00' in line for line in file.read_text(encoding="utf-8").splitlines()) == 3


def test_only_questions_with_the_same_words_and_labels_compare(tmp_path: Path) -> None:
    before = standings([1, 1, 1, 1])
    now = {key: before[key] for key in ("q000", "q001", "q002")}
    now["q001"] = now["q001"].model_copy(update={"question": "Another?"})
    now["q002"] = now["q002"].model_copy(update={"relevant": ("b.md > B",)})
    now["new"] = before["q000"]
    write_baseline(tmp_path / "baseline.json", {}, before)
    compared = compare(tmp_path / "baseline.json", now)
    assert compared is not None
    assert list(compared.now) == ["q000"]
    assert compared.left_out == 4
    assert "4 are new, changed or gone" in gate.told(compared)


def test_without_a_baseline_there_is_nothing_to_compare(tmp_path: Path) -> None:
    assert compare(tmp_path / "none.json", {}) is None


@pytest.mark.parametrize(
    "text", ["", "[]", '{"schema": 2}', '{"schema": 1, "questions": {"q": 1}}']
)
def test_a_baseline_of_another_form_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as refusal:
        compare(file, {})
    assert "--accept" in refusal.value.remedy


def content(recall: float, answered: float, refused: float | None) -> Json:
    return {
        "served": {"mode": "hybrid"},
        "retrieval": {"hybrid": {"recall_at_5": {"value": recall, "n": 100}}},
        "refusal": {
            "golden_answered": {"value": answered, "n": 100},
            "off_topic_refused": {"value": refused, "n": 0 if refused is None else 40},
        },
    }


FLOORS = Gates(recall_at_5=0.8, answered=0.9, off_topic_refused=0.85)


def test_numbers_at_their_floors_pass() -> None:
    gate.check(content(0.8, 0.9, 0.85), None, FLOORS)


@pytest.mark.parametrize(
    ("numbers", "name"),
    [
        ((0.79, 0.9, 0.85), "recall_at_5"),
        ((0.8, 0.89, 0.85), "answered"),
        ((0.8, 0.9, 0.84), "off_topic_refused"),
    ],
)
def test_a_number_below_its_floor_fails_by_name(
    numbers: tuple[float, float, float], name: str
) -> None:
    with pytest.raises(UserError, match=f"Gate `{name}` failed: on"):
        gate.check(content(*numbers), None, FLOORS)


def test_all_that_failed_is_told_at_once() -> None:
    compared = Comparison(standings(GOOD), standings(WORSE), 0)
    with pytest.raises(UserError) as refusal:
        gate.check(content(0.1, 0.1, 0.1), compared, FLOORS)
    assert refusal.value.problem.count("failed") == 5


def test_deleting_the_questions_does_not_open_a_gate() -> None:
    with pytest.raises(UserError, match="`off_topic_refused` can't be judged"):
        gate.check(content(0.8, 0.9, None), None, FLOORS)
    gate.check(content(0.8, 0.9, None), None, Gates())
