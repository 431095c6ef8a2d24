"""Asking a person the questions of a pack, at a terminal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from scaffold.cli import terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.questions import Question

_COLUMNS, _LEAST = 56, 16


def at_terminal(question: Question, default: Any, complaint: Callable[[Any], str]) -> Any:
    """Ask one question; Ctrl-C leaves the command.

    On a terminal that calls itself dumb, lines are all that is written and read.

    Args:
        question: What is asked.
        default: What Enter takes.
        complaint: Says what is wrong with an answer; empty when it will do.

    Raises:
        KeyboardInterrupt: The person pressed Ctrl-C.
    """
    if os.environ.get("TERM") == "dumb":
        return _by_lines(question, default, complaint)
    import questionary

    from scaffold.errors import RequestError
    from scaffold.questions import parse_value

    def verdict(text: str) -> bool | str:
        try:
            return complaint(parse_value(question, text)) or True
        except RequestError as error:
            return error.problem

    if question.kind == "bool":
        asked = questionary.confirm(question.help, default=bool(default))
        return asked.unsafe_ask()
    if question.choices:
        options = [questionary.Choice(label, value) for value, label in question.choices.items()]
        asked = questionary.select(question.help, choices=options, default=default)
        return asked.unsafe_ask()
    kept = "" if default is None else str(default)
    asked = questionary.text(
        question.help,
        instruction=f"(Enter: {_shown(question, kept)})" if kept else None,
        validate=lambda text: verdict(text or kept),
    )
    return parse_value(question, asked.unsafe_ask() or kept)


def _shown(question: Question, kept: str) -> str:
    """A default as far as it fits beside its question, with room to type."""
    room = max(_LEAST, _COLUMNS - len(question.help))
    return kept if len(kept) <= room else f"{kept[: room - 3].rstrip()}..."


def _by_lines(question: Question, default: Any, complaint: Callable[[Any], str]) -> Any:
    """Ask without moving the cursor; of choices, the number or the value is taken."""
    from scaffold.errors import RequestError
    from scaffold.questions import parse_value

    numbers = {str(place): value for place, value in enumerate(question.choices, 1)}
    meant = numbers | {str(value): value for value in question.choices}
    kept = "" if default is None else str(default)
    terminal.out(question.help)
    for place, value in numbers.items():
        terminal.out(f"  {place}  {question.choices[value]} ({value})")
    while True:
        said = _line(f"(Enter: {kept}) " if kept else "> ") or kept
        try:
            value = meant[said] if said in meant else parse_value(question, said)
            wrong = complaint(value)
        except RequestError as error:
            wrong = error.problem
        if not wrong:
            return value
        terminal.out(wrong)


def _line(prompt: str) -> str:
    """A line of a person, whose end of input is a wish to stop."""
    try:
        return input(terminal.plain(prompt)).strip()
    except EOFError as error:
        raise KeyboardInterrupt from error
