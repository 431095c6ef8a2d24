"""Questions on a terminal that can only write and read lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.cli import asking
from scaffold.questions import Question

if TYPE_CHECKING:
    from collections.abc import Mapping

LICENCES = {"MIT": "MIT: anyone may use it", "none": "none: all rights reserved"}


def question(kind: str = "str", choices: Mapping[str, str] | None = None) -> Question:
    return Question("q", kind, "What?", None, choices or {}, True, "", {})


def answer(
    monkeypatch: pytest.MonkeyPatch, asked: Question, default: object, *lines: str
) -> object:
    """What is answered when a person types `lines`."""
    typed = iter(lines)

    def typing(_: str) -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr("builtins.input", typing)

    def complaint(value: object) -> str:
        good = value in asked.choices if asked.choices else value != "bad"
        return "" if good else "That will not do."

    return asking.at_terminal(asked, default, complaint)


@pytest.mark.parametrize(("line", "value"), [("2", "none"), ("MIT", "MIT"), ("", "none")])
def test_a_choice_is_its_number_its_value_or_the_default(
    monkeypatch: pytest.MonkeyPatch, line: str, value: str
) -> None:
    assert answer(monkeypatch, question(choices=LICENCES), "none", line) == value


def test_what_will_not_do_is_said_and_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(monkeypatch, question(), "kept", "bad", " good ") == "good"
    assert answer(monkeypatch, question("bool"), True, "perhaps", "no") is False
    said = capsys.readouterr().out
    assert said.splitlines() == [
        "What?",
        "That will not do.",
        "What?",
        "q='perhaps' is not yes or no.",
    ]
    assert "\x1b" not in said


def test_the_end_of_input_is_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyboardInterrupt):
        answer(monkeypatch, question(), "kept", "bad")
