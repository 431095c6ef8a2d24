"""`app calibrate`: the threshold that tells golden from off-topic questions."""

import tomllib
from pathlib import Path

import pytest

from app.proving.calibrate import calibrate, write_threshold
from app.proving.threshold import Similarities, answered, curve, propose, refused, rewritten
from app.service.errors import UserError

from .small_project import WORDS, Small, small_project, write_lines


def found(golden: list[float], off_topic: list[float]) -> Similarities:
    return Similarities(golden, [0.1], off_topic, [0.9])


def test_the_middle_between_golden_and_off_topic_is_proposed() -> None:
    assert propose(found([0.5, 0.6, 0.7], [0.1, 0.3]), keep=0.9) == pytest.approx(0.4)


def test_where_they_overlap_the_most_are_told_apart() -> None:
    # At 0.45 three of four golden and all off-topic ones are right: 0.75 + 1; below, 1 + 0.5.
    likes = found([0.3, 0.5, 0.6, 0.7], [0.1, 0.4])
    assert propose(likes, keep=0.5) == pytest.approx(0.45)


def test_so_many_golden_questions_are_answered_whatever_it_costs() -> None:
    likes = found([0.3, 0.5, 0.6, 0.7], [0.1, 0.4])
    threshold = propose(likes, keep=0.8)
    assert answered(likes.chosen_by, threshold).value == 1
    assert threshold == pytest.approx(0.2)
    # Even when no off-topic question is refused.
    assert propose(found([0.1, 0.9], [0.5]), keep=1) < 0.1


def test_a_reserve_is_kept_for_other_questions() -> None:
    # 85 of 100 would do; a standard error of 3.6 points more are kept.
    likes = found([at / 100 for at in range(1, 101)], [0.115, 0.145])
    assert answered(likes.chosen_by, propose(likes, keep=0.85)).value == pytest.approx(0.89)


def test_of_equally_good_thresholds_the_lowest_is_proposed() -> None:
    # Between 0.2 and 0.4 and between 0.4 and 0.6: one golden question for one off-topic one.
    likes = found([0.4, 0.8], [0.2, 0.6])
    assert propose(likes, keep=0) == pytest.approx(0.3)


def test_neither_held_out_nor_near_miss_questions_have_a_say() -> None:
    one = Similarities([0.6], [0.1], [0.2], [0.9])
    other = Similarities([0.6], [0.9], [0.2], [0.1])
    assert propose(one, 0.9) == propose(other, 0.9)


def test_at_the_threshold_a_question_is_answered() -> None:
    assert answered([0.3, 0.2], 0.3).yes == 1
    assert refused([0.3, 0.2], 0.3).yes == 1


def test_the_curve_goes_around_the_proposal() -> None:
    assert curve(0.312, steps=1) == [0.25, 0.3, 0.312, 0.35]


TEXT = """# similarity = 0.9 is too much
[other]
similarity = 0.7
[refusal]   # why
# similarity = 0.8
similarity   =  0.30   # of the field guide
[gates]
similarity = 0.6
"""


def test_only_the_digits_change() -> None:
    assert rewritten(TEXT, 0.2345) == TEXT.replace("0.30 ", "0.234 ")


@pytest.mark.parametrize("text", ["", "[refusal]\n[gates]\nsimilarity = 0.3\n"])
def test_without_such_a_line_nothing_is_changed(text: str) -> None:
    assert rewritten(text, 0.3) is None


@pytest.mark.parametrize("line", ["", "similarity = 3e-1\n", "refusal.similarity = 0.3\n"])
def test_a_line_of_another_form_is_left_to_the_person(tmp_path: Path, line: str) -> None:
    file = tmp_path / "project.toml"
    file.write_text(f"[refusal]\n{line}", encoding="utf-8")
    with pytest.raises(UserError) as refusal:
        write_threshold(file, 0.25)
    assert "similarity = 0.250" in refusal.value.remedy
    assert file.read_text(encoding="utf-8") == f"[refusal]\n{line}"


@pytest.fixture(autouse=True)
def _one_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.proving.calibrate.load_embedder", lambda _: WORDS)


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return small_project(tmp_path / "project")


def test_the_command_shows_a_curve_and_writes_only_when_told(small: Small) -> None:
    before = small.settings.project_file.read_text(encoding="utf-8")
    said: list[str] = []
    calibrate(small.settings, said.append, write=False)
    assert small.settings.project_file.read_text(encoding="utf-8") == before
    text = "\n".join(said)
    assert "0.200" in text
    assert " now" in text
    assert " proposed" in text
    assert "it tests" in text
    assert "near miss" in text
    assert max(map(len, text.splitlines())) <= 80
    calibrate(small.settings, said.append, write=True)
    after = small.settings.project_file.read_text(encoding="utf-8")
    chosen = tomllib.loads(after)["refusal"]["similarity"]
    assert chosen != 0.2
    assert after == before.replace("similarity = 0.2 ", f"similarity = {chosen:.3f} ")


def test_off_topic_questions_are_needed(small: Small) -> None:
    (small.folder / "golden" / "off_topic.jsonl").unlink()
    with pytest.raises(UserError, match="nothing to choose by"):
        calibrate(small.settings, lambda _: None, write=False)


def test_golden_questions_that_are_not_held_out_are_needed(small: Small) -> None:
    section = {"source": "cats.md", "heading": "Food"}
    line = {"id": "q", "question": "Meat?", "relevant": [section], "held_out": True}
    write_lines(small.golden, [line])
    with pytest.raises(UserError, match=r"questions\.jsonl has no such"):
        calibrate(small.settings, lambda _: None, write=False)


def test_without_near_misses_it_says_so(small: Small) -> None:
    (small.folder / "golden" / "near_miss.jsonl").unlink()
    said: list[str] = []
    calibrate(small.settings, said.append, write=False)
    assert any("near miss" in line and "none were asked" in line for line in said)
