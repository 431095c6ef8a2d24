"""`app ask` and `app demo`, as a person runs them, on a small corpus."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import main

PROJECT = """
[project]
title = "Small"
summary = "A small guide."
examples = ["How many words should a chunk have?", "What is drift?"]
off_topic = "Which wine goes with roasted duck?"

[corpus]
folder = "documents"
"""
CHUNKS = """# How big should a chunk be?

A chunk should have 150 to 300 words.

## Overlap

Overlap makes the index grow.
"""
DRIFT = "# What is drift?\n\nDrift is a change of the inputs that chance does not explain \u2192.\n"


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder with documents and no index, and none of your settings."""
    monkeypatch.chdir(tmp_path)
    for name in ("EMBEDDINGS", "DATABASE_URL", "PROJECT_FILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "project.toml").write_text(PROJECT, encoding="utf-8")
    for name, text in {"chunks.md": CHUNKS, "ops/drift.md": DRIFT}.items():
        file = tmp_path / "documents" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@pytest.fixture
def ingested(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ingest"]) == 0
    capsys.readouterr()


def test_before_an_ingest_it_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "What is drift?"]) == 1
    printed = capsys.readouterr()
    assert "app ingest" in printed.err
    assert printed.out == ""


@pytest.mark.usefixtures("ingested")
def test_an_answer_cites_its_passages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "How many words should a chunk have?"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Closest passages:\n\n[1] How big should a chunk be?")
    assert "A chunk should have 150 to 300 words." in text
    assert "(chunks.md, line " in text


@pytest.mark.usefixtures("ingested")
def test_a_refusal_is_printed_and_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Which wine goes with roasted duck?"]) == 0
    assert capsys.readouterr().out.startswith("No answer.")


@pytest.mark.usefixtures("ingested")
def test_options_reach_the_search(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["ask", "drift", "--json", "--passages", "1", "--mode", "lexical", "--under", "ops/"]
    assert main(asked) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["source"] for one in found["citations"]] == ["ops/drift.md"]
    assert found["refused"] is False
    assert main([*asked[:-1], "chunks"]) == 0
    assert json.loads(capsys.readouterr().out)["citations"] == []


@pytest.mark.parametrize("number", ["0", "21", "-1", "many", "1.5", ""])
def test_a_number_of_passages_that_cannot_be_is_refused(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "drift", f"--passages={number}"]) == 2
    assert "whole number from 1 to 20" in capsys.readouterr().err


@pytest.mark.usefixtures("ingested")
def test_an_index_of_other_vectors_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from app.embedding.words import WordVectors

    monkeypatch.setattr(WordVectors, "name", "other")
    assert main(["ask", "What is drift?"]) == 1
    assert "app ingest" in capsys.readouterr().err


@pytest.mark.usefixtures("ingested")
def test_signs_that_the_output_cannot_take_are_replaced() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "app", "ask", "What is drift?"]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert b"chance does not explain ?." in done.stdout


@pytest.mark.usefixtures("ingested")
def test_half_a_character_is_no_crash(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "What is drift\udcff?"]) == 0
    assert "(ops/drift.md, line 3)" in capsys.readouterr().out


@pytest.mark.posix
@pytest.mark.skipif(sys.platform == "win32", reason="there a closed pipe is another error")
@pytest.mark.usefixtures("ingested")
def test_a_reader_who_has_seen_enough_gets_no_traceback() -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "app", "ask", "What is drift?"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")


def test_the_command_line_is_read_before_anything_heavy_is_loaded() -> None:
    code = "import sys, app.cli; app.cli.parser(); print({'numpy', 'pydantic'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_wrong_key_is_called_so(capsys: pytest.CaptureFixture[str]) -> None:
    Path("project.toml").write_text('[corpus]\nfoldr = "x"\n', encoding="utf-8")
    assert main(["ask", "What is drift?"]) == 1
    expected = "error: project.toml: corpus.foldr: there is no such key.\n"
    assert capsys.readouterr().err.startswith(expected)


def test_the_demo_ingests_answers_and_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Small: A small guide.\n")
    assert "3 passages of 2 documents" in text
    assert "> What is drift?\nClosest passages:" in text
    assert "> Which wine goes with roasted duck?\nNo answer." in text
    assert "no golden questions" in text  # there are none here
    assert "app ask" in text
    assert "Open:  documents, the documents" in text


def test_the_demo_runs_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("PROJECT_FILE", str(tmp_path / "project.toml"))
    assert main(["demo"]) == 0
    assert str((tmp_path / "documents").resolve()) in capsys.readouterr().out


def test_the_demo_names_what_it_skips_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "documents" / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    assert main(["demo"]) == 0
    text = capsys.readouterr().out
    assert "skipped broken.pdf: " in text
    assert "3 passages of 2 documents" in text


def test_the_demo_measures_on_golden_questions_and_writes_no_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    golden = tmp_path / "data" / "golden"
    golden.mkdir(parents=True)
    relevant = [{"source": "ops/drift.md", "heading": "What is drift?"}]
    question = {
        "id": "g1",
        "question": "When did the inputs change?",
        "relevant": relevant,
        "kind": "paraphrase",
        "held_out": False,
    }
    (golden / "questions.jsonl").write_text(json.dumps(question) + "\n", encoding="utf-8")
    for name in ("off_topic", "near_miss"):
        asked = {"id": name, "question": "Which wine goes with duck?"}
        (golden / f"{name}.jsonl").write_text(json.dumps(asked) + "\n", encoding="utf-8")
    assert main(["demo"]) == 0
    text = capsys.readouterr().out
    assert "recall@5" in text
    assert not (tmp_path / "reports").exists()
