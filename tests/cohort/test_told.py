"""What a terminal says of a run over a class."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold.cli import told_cohort
from scaffold.cohort import again
from scaffold.cohort.outcome import Outcome
from scaffold.cohort.running import Ran
from tests.cohort import drawn

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_one_reason_is_told_once_with_everybody_whom_it_met(
    capsys: pytest.CaptureFixture[str],
) -> None:
    outcomes = (
        Outcome("first/ada", "refused", "not from the class's templates"),
        Outcome("first/bob", "done"),
        Outcome("first/cleo", "denied", "https://host.example/cleo.git takes no such branch"),
        Outcome("first/dan", "refused", "not from the class's templates"),
        Outcome("first/eve", "conflicts", files=("README.md", "app/own.py")),
    )
    told_cohort.tell(drawn.klass(), "update", Ran("update-0001", outcomes))
    said = capsys.readouterr().out
    assert "first/ada, first/dan: refused. not from the class's templates\n" in said
    assert "first/cleo: denied. https://host.example/cleo.git takes no such branch\n" in said
    assert "first/eve: conflicts in README.md, app/own.py\n" in said
    assert "first/bob" not in said


def test_the_next_command_names_the_class_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    klass = replace(drawn.klass(), file=tmp_path / "a class" / "class.toml")
    ran = Ran("collect-0001", (Outcome("first/cleo", "failed", "no network"),))
    for folder in ("a class", "elsewhere"):
        (tmp_path / folder).mkdir()
    commands = {
        "a class": "scaffold cohort collect --only-failed\n",
        "elsewhere": "scaffold cohort collect --class '../a class' --only-failed\n",
        ".": "scaffold cohort collect --class 'a class' --only-failed\n",
    }
    for folder, command in commands.items():
        monkeypatch.chdir(tmp_path / folder)
        told_cohort.tell(klass, "collect", ran)
        assert command in capsys.readouterr().out
        resumed = command.strip().replace("--only-failed", "--resume")
        assert told_cohort.stopped(klass, "collect").remedy == f"Go on with it: {resumed}"
    other = replace(klass, file=tmp_path / "spring.toml")
    assert again.command(other, "report") == "scaffold cohort report --class spring.toml"
