"""Files of questions: what they may hold, and how mistakes in them are named."""

from pathlib import Path

import pytest

from app.proving.golden import check_sections, read_golden, read_unanswerable
from app.service.errors import UserError

LINE = '{"id": "q1", "question": "Why?", "relevant": [{"source": "a.md", "heading": "A"}]}'


def written(folder: Path, text: str) -> Path:
    file = folder / "questions.jsonl"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_question_needs_a_section_and_nothing_else_has_to_be_said(tmp_path: Path) -> None:
    (found,) = read_golden(written(tmp_path, f"\n{LINE}\n\n"))
    assert (found.kind, found.held_out) == ("plain", False)
    assert [(one.source, one.heading) for one in found.relevant] == [("a.md", "A")]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("{", "JSON"),
        ('"text"', "line 2"),
        (LINE.replace('"id"', '"name"'), "id"),
        (LINE.replace('[{"source": "a.md", "heading": "A"}]', "[]"), "relevant"),
        (LINE.replace('"heading"', '"title"'), "relevant.0"),
        (LINE.replace('"id": "q1"', '"id": "q2", "held-out": true'), "held-out"),
        (LINE.replace('"id": "q1"', '"id": "q2", "kind": "a/b"'), "kind"),
        (LINE, "q1"),
    ],
    ids=["json", "text", "id", "sections", "heading", "unknown", "kind", "twice"],
)
def test_a_wrong_line_is_named_with_what_is_wrong(tmp_path: Path, line: str, word: str) -> None:
    file = written(tmp_path, f"{LINE}\n{line}\n")
    with pytest.raises(UserError) as refusal:
        read_golden(file)
    assert f"{file}, line 2" in refusal.value.problem
    assert word in refusal.value.problem


def test_without_golden_questions_the_next_step_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError) as refusal:
        read_golden(tmp_path / "none.jsonl")
    assert "draft-golden" in refusal.value.remedy
    with pytest.raises(UserError, match="no question"):
        read_golden(written(tmp_path, "\n"))


def test_of_many_sections_that_are_not_there_the_first_are_named(tmp_path: Path) -> None:
    lines = [LINE.replace("q1", f"q{n}").replace("A", f"A{n}") for n in range(9)]
    file = written(tmp_path, "\n".join(lines))
    with pytest.raises(UserError) as refusal:
        check_sections(read_golden(file), lambda _: (), file)
    assert refusal.value.problem.endswith("a.md > A4 (q4); and 4 more.")
    assert "draft-golden" in refusal.value.remedy


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="UTF-8"):
        read_golden(file)
    with pytest.raises(UserError, match="can't be read"):
        read_unanswerable(tmp_path)


def test_questions_without_an_answer_may_be_missing(tmp_path: Path) -> None:
    assert read_unanswerable(tmp_path / "none.jsonl") == []
    (found,) = read_unanswerable(written(tmp_path, '{"id": "x", "question": "Who?"}\n'))
    assert found.question == "Who?"


def test_a_section_that_is_not_in_the_index_is_named_with_its_questions(tmp_path: Path) -> None:
    file = written(tmp_path, f"{LINE}\n{LINE.replace('q1', 'q2')}\n")
    questions = read_golden(file)
    check_sections(questions, lambda _: {"A", "B"}, file)
    with pytest.raises(UserError) as refusal:
        check_sections(questions, lambda _: {"B"}, file)
    assert "a.md > A (q1, q2)" in refusal.value.problem
