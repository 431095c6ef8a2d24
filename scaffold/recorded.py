"""What copier renders a starter with, worked out from the answers that a repository recorded.

Only for questions of the plainest kind, answered with the very type that is asked for: their
meaning is beyond doubt. Anything else is an `UnsureError`, after which the caller asks copier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.texts import GLOBALS, Text, Texts, UnsureError, is_plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.questions import Question, Questionnaire

RELEASE = "release"
"""The name under which source and version are handed in."""

_NATIVE = {"str": str, "bool": bool, "int": int, "float": float}
_TEXTS = ("type", "help", "validator", "placeholder")
_UNDERSTOOD = {*_TEXTS, "default", "choices", "when", "ask"}
_TAKEN = {"now", "make_secret", RELEASE, *GLOBALS}
"""What a name means before any question has it; copier refuses the first two."""
_LONGEST = 10_000
_SWITCHES = {"": False, "false": False, "true": True}


@dataclass(frozen=True)
class _Asked:
    """A question whose meaning is beyond doubt.

    Attributes:
        name: Its key.
        native: The type of its answers.
        choices: What may be answered; anything when empty.
        default: A value, or a text with expressions; None if it has none.
        when: Whether it is asked.
        ask: Only has to be renderable.
        validator: Becomes empty for a good answer.
    """

    name: str
    native: type
    choices: tuple[Any, ...]
    default: Any
    when: bool | Text
    ask: bool | Text
    validator: Text | None

    def applies(self, values: Mapping[str, Any]) -> bool:
        if isinstance(self.ask, Text):
            self.ask.render(values)
        if isinstance(self.when, bool):
            return self.when
        said = self.when.render(values).strip().lower()
        if said not in _SWITCHES:
            raise UnsureError(f"whether {self.name} is asked")
        return _SWITCHES[said]

    def default_for(self, values: Mapping[str, Any]) -> Any:
        if isinstance(self.default, Text):
            return self.default.render(values)
        return self.default

    def check(self, value: Any, values: Mapping[str, Any], *, validate: bool) -> None:
        """Raise `UnsureError` unless copier takes an answer as it is."""
        if type(value) is not self.native or (self.choices and value not in self.choices):
            raise UnsureError(f"the answer to {self.name}")
        if isinstance(value, str) and len(value) > _LONGEST:
            raise UnsureError(f"so long an answer to {self.name}")
        if validate and self.validator is not None:
            said = self.validator.render({**values, self.name: value})
            if said.strip():
                raise UnsureError(f"the answer to {self.name}")


class Recorded:
    """The questions of a pack, ready to complete what repositories recorded.

    Raises:
        UnsureError: A question is not of the plainest kind.
    """

    def __init__(self, questionnaire: Questionnaire, texts: Texts) -> None:
        self._asked = [_understood(one, texts) for one in questionnaire.questions]
        self._names = {one.name for one in self._asked}

    def values(
        self, answers: Mapping[str, Any], release: Mapping[str, str], source: str
    ) -> dict[str, Any]:
        """What copier knows while it writes files.

        Args:
            answers: As the repository recorded them.
            release: Source and version, as `scaffold.render` hands them in.
            source: What copier takes for the source: the folder of the pack.

        Raises:
            UnsureError: An answer is missing, is of another type, or may be refused.
        """
        if not answers.keys() <= self._names:
            raise UnsureError("answers to questions that the pack does not ask")
        values: dict[str, Any] = {**answers, RELEASE: release}
        hidden: set[str] = set()
        for one in self._asked:
            applies = one.applies(values)
            if not applies:
                hidden.add(one.name)
            given = one.name in answers
            value = answers[one.name] if given else one.default_for(values)
            one.check(value, values, validate=given or applies)
            values[one.name] = value
        known = {name: value for name, value in values.items() if name != RELEASE}
        told = {name: value for name, value in known.items() if name not in hidden}
        return {**values, "_copier_answers": {"_src_path": source, **told}}


def _understood(question: Question, texts: Texts) -> _Asked:
    entry = question.entry
    native = _NATIVE.get(question.kind)
    if (
        type(entry) is not dict
        or native is None
        or not entry.keys() <= _UNDERSTOOD
        or question.name in _TAKEN
        or any(not isinstance(entry.get(name, ""), str) for name in _TEXTS)
    ):
        raise UnsureError(f"the question {question.name}")
    default = entry.get("default")
    if type(default) is str and native is str:
        default = texts.text(default)
    return _Asked(
        name=question.name,
        native=native,
        choices=_choices(question, native) if "choices" in entry else (),
        default=default,
        when=_switch(entry.get("when", True), texts),
        ask=_switch(entry.get("ask", True), texts),
        validator=texts.text(entry["validator"]) if entry.get("validator") else None,
    )


def _choices(question: Question, native: type) -> tuple[Any, ...]:
    written = question.entry["choices"]
    labelled = question.choices
    if (
        not written
        or type(written) not in (list, dict)
        or any(type(value) is not native for value in labelled)
        or not all(is_plain(str(text)) for pair in labelled.items() for text in pair)
    ):
        raise UnsureError(f"the choices of {question.name}")
    return tuple(labelled)


def _switch(value: Any, texts: Texts) -> bool | Text:
    if type(value) is bool:
        return value
    if type(value) is not str:
        raise UnsureError(f"a condition that is a {type(value).__name__}")
    return texts.text(value)
