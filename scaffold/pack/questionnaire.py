"""What `copier.yml` says: settings, questions, and which file asks what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from scaffold import yaml_text
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = "copier.yml"
ID_QUESTION = "template"


class _Loader(yaml_text.PlainLoader):
    """YAML with copier's `!include`."""


@dataclass(frozen=True)
class _Include:
    path: str


def _include(_loader: yaml.SafeLoader, node: yaml.Node) -> _Include:
    return _Include(str(node.value))


_Loader.add_constructor("!include", _include)


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        name: The answer's key.
        file: Which file asks it.
        spec: Its keys, as written.
    """

    name: str
    file: str
    spec: Mapping[str, Any]

    @property
    def choices(self) -> tuple[str, ...]:
        """The values one can choose; empty for a free answer."""
        choices = self.spec.get("choices", ())
        values = list(choices.values()) if isinstance(choices, dict) else choices
        if not isinstance(values, list | tuple):
            return ()
        return tuple(_value(choice) for choice in values)

    @property
    def kind(self) -> str:
        """The type of its answer, as copier tells it from the default if none is written."""
        default = self.spec.get("default")
        told = {bool: "bool", int: "int", float: "float", str: "str"}.get(type(default), "yaml")
        return str(self.spec.get("type") or told)

    @property
    def when(self) -> str:
        """The condition, as text; empty for a question that is always asked."""
        when = self.spec.get("when", "")
        return "" if when is True else str(when).strip()

    @property
    def free_text(self) -> bool:
        """Whether a person may type anything."""
        return self.spec.get("type", "yaml") in {"str", "yaml"} and not self.choices


def _value(choice: object) -> str:
    """The value of one choice: plain, `[label, value]` or `{value: ...}`."""
    if isinstance(choice, list) and choice:
        choice = choice[-1]
    if isinstance(choice, dict):
        choice = choice.get("value")
    return str(choice)


@dataclass(frozen=True)
class Questionnaire:
    """The pack's settings and questions.

    Attributes:
        settings: The keys of `copier.yml` that start with an underscore.
        questions: By name, in the order in which they are asked.
        includes: The files that `copier.yml` includes, in order.
    """

    settings: Mapping[str, Any]
    questions: Mapping[str, Question]
    includes: tuple[str, ...]

    def texts(self, file: str) -> Iterator[str]:
        """Every text that `file` sets, the delimiters themselves left out."""
        if file == ROOT:
            yield from _texts({k: v for k, v in self.settings.items() if k != "_envops"})
        for question in self.questions.values():
            if question.file == file:
                yield from _texts(question.spec)

    def asked_for(self, template: str) -> dict[str, Question]:
        """The questions of one template: the shared ones and its own, without the id."""
        files = {ROOT, f"templates/{template}/questions.yml"}
        return {
            name: question
            for name, question in self.questions.items()
            if question.file in files and name != ID_QUESTION
        }


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def read_questionnaire(files: Mapping[str, bytes]) -> Questionnaire:
    """Read `copier.yml` and what it includes.

    Raises:
        RequestError: It is missing, or a file is not YAML.
    """
    if ROOT not in files:
        raise RequestError(f"The pack has no {ROOT}.", "Add the questionnaire at the pack's root.")
    settings: dict[str, Any] = {}
    questions: dict[str, Question] = {}
    includes: list[str] = []
    for document in _documents(ROOT, files[ROOT]):
        if isinstance(document, _Include):
            includes.append(document.path)
            for part in _documents(document.path, files.get(document.path, b"")):
                _sort(part, document.path, settings, questions)
        else:
            _sort(document, ROOT, settings, questions)
    return Questionnaire(settings, questions, tuple(includes))


def _documents(path: str, data: bytes) -> list[Any]:
    try:
        # _Loader is a SafeLoader with one more tag.
        return list(yaml.load_all(data.decode(), Loader=_Loader))
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise RequestError(
            f"{path} cannot be read: {yaml_text.reason(error)}.", "Correct it, then try again."
        ) from error


def _sort(
    document: object, path: str, settings: dict[str, Any], questions: dict[str, Question]
) -> None:
    if not isinstance(document, dict):
        return
    for key, value in document.items():
        if str(key).startswith("_"):
            settings[key] = value
        else:
            spec = value if isinstance(value, dict) else {"default": value}
            questions[str(key)] = Question(str(key), path, spec)
