"""What a terminal says of a run over a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.cli import told_cohort
from scaffold.cohort.outcome import Outcome
from scaffold.cohort.running import Ran
from tests.cohort import drawn

if TYPE_CHECKING:
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
