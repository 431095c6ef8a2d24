"""`app ask` with a model, `app feedback`, and what becomes of feedback: as a person meets them."""

import json
from pathlib import Path

import pytest

from app.answer_log import AnswerLog
from app.cli import main
from app.proving.golden import read_golden
from app.service.store import open_store

from .chatting import QUESTION
from .language.openai_server import openai_server
from .small_project import Small, small_project
from .test_answer_log import record


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    """The small project, in whose folder commands run."""
    made = small_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", made.settings.database_url)
    return made


def test_a_model_that_is_set_writes_the_answer(
    small: Small, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert small.folder.exists()
    with openai_server() as provider:
        monkeypatch.setenv("MODEL", "openai:small")
        monkeypatch.setenv("OPENAI_BASE_URL", provider.address)
        provider.says(
            "Knead the dough ", "for ten minutes [1]. Add plenty of coarse salt \x1b[K[1]."
        )
        assert main(["ask", QUESTION]) == 0
        said = capsys.readouterr().out
        assert said.startswith("Knead the dough for ten minutes [1].")
        assert "\x1b" not in said
        assert "! not in the passage: Add plenty" in said
        assert "[1] Bread > Kneading (bread.md)" in said
        assert "openai:small, price unknown" in said
        provider.says("NO ANSWER")
        assert main(["ask", QUESTION, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["refusal"]["why"] == "not answered"
        provider.fails(400)
        assert main(["ask", QUESTION]) == 0
        assert "The language model can't answer now" in capsys.readouterr().out
        asked = len(provider.requests)
        assert main(["ask", QUESTION, "--quote"]) == 0
        assert main(["ask", QUESTION, "--passages", "1"]) == 0
        assert len(provider.requests) == asked


def test_a_model_without_its_key_is_an_error(
    small: Small, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert small.folder.exists()
    monkeypatch.setenv("MODEL", "openai:small")
    assert main(["ask", QUESTION]) == 1
    assert "OPENAI_API_KEY" in capsys.readouterr().err


def said_about(small: Small, **changes: object) -> None:
    log = AnswerLog(open_store(small.settings.database_url))
    log.add(record("a" * 32, **changes))
    assert log.add_feedback("a" * 32, "down", "I wanted \x1b[31ma number")
    log.close()


def test_feedback_is_shown_newest_first(small: Small, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback"]) == 0
    assert capsys.readouterr().out == "no feedback yet\n"
    said_about(small, question="How warm?")
    assert main(["feedback"]) == 0
    said = capsys.readouterr().out
    assert "down" in said
    assert "How warm?" in said
    assert "\x1b" not in said
    assert main(["feedback", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["comment"] == "I wanted \x1b[31ma number"


def test_a_reader_s_report_becomes_a_golden_question(
    small: Small, capsys: pytest.CaptureFixture[str]
) -> None:
    before = small.golden.read_bytes()
    said_about(
        small,
        question="How warm must it be?",
        sources=json.dumps([{"source": "bread.md", "heading": "Rising"}] * 2),
    )
    assert main(["feedback", "--golden"]) == 0
    assert "1 drafts are added" in capsys.readouterr().out
    added = read_golden(small.golden)[-1]
    assert (added.question, added.kind) == ("How warm must it be?", "draft")
    assert [(one.source, one.heading) for one in added.relevant] == [("bread.md", "Rising")]
    assert small.golden.read_bytes().startswith(before)
    assert main(["feedback", "--golden"]) == 0
    assert "golden already" in capsys.readouterr().out


def test_an_answer_without_sources_makes_no_golden_question(
    small: Small, capsys: pytest.CaptureFixture[str]
) -> None:
    said_about(small, sources="[]")
    assert main(["feedback", "--golden"]) == 0
    assert "golden already" in capsys.readouterr().out


def test_reset_forgets_answers_and_feedback_too(
    small: Small, capsys: pytest.CaptureFixture[str]
) -> None:
    said_about(small)
    assert main(["reset", "--yes"]) == 0
    assert "1 answers and their feedback deleted" in capsys.readouterr().out
    assert main(["feedback"]) == 0
    assert "no feedback yet" in capsys.readouterr().out
