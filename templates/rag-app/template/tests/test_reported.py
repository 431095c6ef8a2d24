"""What a reader says about an answer becomes the draft of a golden question."""

import json
from pathlib import Path

import pytest

from app.cli import main
from app.proving.golden import read_golden
from app.proving.reported import append, questions_of
from app.records import Feedback

from .chatting import QUESTION, ask, chatting
from .small_project import Small, small_project

CITED = '[{"source": "bread.md", "heading": "Rising"}]'


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    made = small_project(tmp_path)
    monkeypatch.setenv("DATABASE_URL", made.settings.database_url)
    monkeypatch.setenv("PROJECT_FILE", str(made.settings.project_file))
    return made


def report(
    small: Small, monkeypatch: pytest.MonkeyPatch, question: str, comment: str | None = None
) -> None:
    with chatting(small, monkeypatch) as client:
        answer_id = ask(client, question)["answer_id"]
        given = {"answer_id": answer_id, "thumb": "down", "comment": comment}
        assert client.post("/feedback", json=given).status_code == 200


def test_a_report_becomes_a_draft_with_the_sections_that_were_cited(
    small: Small, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = read_golden(small.golden)
    report(small, monkeypatch, QUESTION)
    assert main(["feedback", "--golden"]) == 0
    *others, draft = read_golden(small.golden)
    assert others == before
    assert (draft.question, draft.kind, draft.held_out) == (QUESTION, "draft", False)
    assert (draft.relevant[0].source, draft.relevant[0].heading) == ("bread.md", "Kneading")
    assert "1 drafts are added" in capsys.readouterr().out


def test_a_section_is_named_as_it_is_called_whatever_signs_are_in_its_name(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "# Menus\n\n## File > Print\n\nChoose File, then Print, and the printer begins.\n"
    (small.folder / "documents" / "menus.md").write_text(text, encoding="utf-8")
    small.ingest()
    report(small, monkeypatch, "How do I make the printer begin?")
    assert main(["feedback", "--golden"]) == 0
    first = read_golden(small.golden)[-1].relevant[0]
    assert (first.source, first.heading) == ("menus.md", "File > Print")


def test_signs_that_end_lines_or_turn_writing_round_leave_the_file_whole(small: Small) -> None:
    asked = "One\u2028two\u0085three\x1b[31m\u202e\U000e0041 four\tfive"
    said = Feedback(0.0, "a" * 32, asked, "quoted", CITED, "up", None)
    before = small.golden.read_text(encoding="utf-8")
    append(small.golden, questions_of([said], []))
    added = small.golden.read_text(encoding="utf-8").removeprefix(before)
    assert added.count("\n") == len(added.splitlines()) == 1
    assert added[:-1].isprintable()
    assert read_golden(small.golden)[-1].question == " ".join(asked.split())


def test_a_question_that_is_golden_already_is_not_added_again(
    small: Small, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report(small, monkeypatch, QUESTION)
    assert main(["feedback", "--golden"]) == 0
    before = small.golden.read_bytes()
    report(small, monkeypatch, f"  {QUESTION.upper()}")
    assert main(["feedback", "--golden"]) == 0
    assert small.golden.read_bytes() == before
    assert "no feedback about a question that is not golden" in capsys.readouterr().out


def test_what_readers_said_is_shown_newest_first_and_can_not_steer_a_terminal(
    small: Small, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["feedback"]) == 0
    assert "no feedback yet" in capsys.readouterr().out
    report(small, monkeypatch, QUESTION, "I wanted \x1b[31ma number")
    capsys.readouterr()
    assert main(["feedback"]) == 0
    shown = capsys.readouterr().out
    assert QUESTION in shown
    assert "I wanted  [31ma number" in shown
    assert main(["feedback", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["question"], one["thumb"]) == (QUESTION, "down")
