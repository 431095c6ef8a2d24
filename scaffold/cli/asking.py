"""Asking a person the questions of a pack, at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.questions import Question

_COLUMNS, _LEAST = 56, 16


def at_terminal(question: Question, default: Any, complaint: Callable[[Any], str]) -> Any:
    """Ask one question; Ctrl-C leaves the command.

    Args:
        question: What is asked.
        default: What Enter takes.
        complaint: Says what is wrong with an answer; empty when it will do.

    Raises:
        KeyboardInterrupt: The person pressed Ctrl-C.
    """
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
