"""`app feedback` and `app reset`."""

import json
import sys
from pathlib import Path

import pytest

from app.cli import main
from app.columns import columns
from app.prediction_log import PredictionLog, Record
from app.service.store import open_store


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PredictionLog:
    """A store with one answer and two feedbacks, which the settings name."""
    url = f"sqlite:///{tmp_path / 'app.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    log = PredictionLog(open_store(url))
    inputs = bytes(4 * len(columns()))
    log.add([Record("p1", "r1", 1e9, "u", "v1", "champion", inputs, 0.25, None)])
    log.add_feedback("p1", 3.5, "up", None)
    log.add_feedback("p1", None, None, "what about \x1b[2J\nmy case?")
    return log


@pytest.mark.usefixtures("kept")
def test_feedback_lists_the_newest_first_and_can_t_steer_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["feedback"]) == 0
    said = capsys.readouterr().out
    newest, oldest = said.splitlines()
    assert "my case?" in newest
    assert "\x1b" not in said
    assert "up" in oldest
    assert "3.5" in oldest


@pytest.mark.usefixtures("kept")
def test_feedback_for_programs_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "--json", "--limit", "1"]) == 0
    (item,) = json.loads(capsys.readouterr().out)
    assert item["comment"] == "what about \x1b[2J\nmy case?"
    assert item["prediction_id"] == "p1"
    assert item["model_version"] == "v1"


def test_without_feedback_it_says_so(
    kept: PredictionLog, capsys: pytest.CaptureFixture[str]
) -> None:
    kept.reset()
    assert main(["feedback"]) == 0
    assert capsys.readouterr().out == "no feedback yet\n"


def test_reset_with_yes_empties_the_store(
    kept: PredictionLog, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reset", "--yes"]) == 0
    assert "1 prediction" in capsys.readouterr().out
    assert kept.summary(hours=1e9).models == ()
    assert kept.newest_feedback(10) == []


def test_reset_without_yes_and_without_a_person_does_nothing(
    kept: PredictionLog, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    assert main(["reset"]) == 1
    assert "--yes" in capsys.readouterr().err
    assert len(kept.newest_feedback(10)) == 2


@pytest.mark.parametrize(
    ("typed", "left"), [("yes", 0), (" yes ", 0), ("no", 2), ("", 2), ("y", 2)]
)
def test_reset_asks_a_person(
    kept: PredictionLog, monkeypatch: pytest.MonkeyPatch, typed: str, left: int
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: typed)
    assert main(["reset"]) == 0
    assert len(kept.newest_feedback(10)) == left


@pytest.mark.parametrize("verb", [["reset", "--yes"], ["feedback"]])
def test_a_store_that_can_t_be_opened_is_named(
    verb: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:1/name")
    assert main(verb) == 1
    said = capsys.readouterr().err
    assert "127.0.0.1:1" in said
    assert "hunter2" not in said
    assert said.count("\n") == 2
