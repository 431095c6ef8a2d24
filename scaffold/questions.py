"""The questions of a pack: what `copier.yml` asks, as data, with their defaults and conditions."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import yaml

from scaffold import strangers, yaml_text
from scaffold.distrust import MACHINE_FILTERS
from scaffold.errors import RequestError, UnsafePackError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jinja2.sandbox import SandboxedEnvironment

TEMPLATE = "template"
"""The question that chooses the starter."""

_ENVOPS = "_envops"
_JOINED = ("_exclude", "_jinja_extensions", "_secret_questions", "_skip_if_exists")
_CODE = ("_tasks", "_migrations", "_jinja_extensions")


@dataclass(frozen=True)
class Question:
    """One question of the pack.

    Attributes:
        name: Key in the answers file.
        kind: `str`, `bool`, `int`, `float`, `yaml` or `json`, as copier calls them.
        help: What the person is asked.
        default: Value, or text with our delimiters; None when an answer is required.
        choices: What may be answered, value to label; empty when anything may.
        when: Condition under which it is asked at all.
        validator: Text with our delimiters that becomes empty for a good answer.
        entry: Everything that `copier.yml` says of it.
    """

    name: str
    kind: str
    help: str
    default: Any
    choices: Mapping[Any, str]
    when: str | bool
    validator: str
    entry: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Questionnaire:
    """All questions of a pack, in the order they are asked.

    Attributes:
        questions: Without the settings.
        settings: The keys of `copier.yml` that begin with an underscore.
    """

    questions: tuple[Question, ...]
    settings: Mapping[str, Any]

    def named(self, name: str) -> Question | None:
        """The question of that name, if there is one."""
        return next((one for one in self.questions if one.name == name), None)

    def applies(self, question: Question, answers: Mapping[str, Any]) -> bool:
        """Whether the question is asked, given the answers before it."""
        if isinstance(question.when, bool):
            return question.when
        text = self._render(question.when, answers).strip().lower()
        return text not in {"", "false", "no", "off", "n", "f", "0", "none", "null", "~"}

    def default_for(self, question: Question, answers: Mapping[str, Any]) -> Any:
        """The default of a question, given the answers before it; None if it has none."""
        if not isinstance(question.default, str):
            return question.default
        return parse_value(question, self._render(question.default, answers))

    def complaint(self, question: Question, value: Any, answers: Mapping[str, Any]) -> str:
        """What is wrong with an answer; empty if nothing is."""
        if question.choices and value not in list(question.choices):
            known = ", ".join(str(choice) for choice in question.choices)
            return f"{value!r} is not one of: {known}."
        if isinstance(value, str):
            kinds = {unicodedata.category(mark) for mark in value}
            if "Cs" in kinds:
                return "It holds bytes that are no text."
            if kinds & {"Cc", "Zl", "Zp"}:
                return "It holds a line break or another control character."
        return self._render(question.validator, {**answers, question.name: value}).strip()

    def _render(self, text: str, answers: Mapping[str, Any]) -> str:
        try:
            return (
                environment(_frozen(self.settings.get(_ENVOPS, {})))
                .from_string(text)
                .render(**answers)
            )
        except Exception as error:  # a pack's expressions may raise anything
            raise RequestError(
                f"The pack's questions are broken: {error} in {text!r}".replace("\n", " "),
                "`scaffold pack lint` names every such place.",
            ) from error


def read(root: Path) -> Questionnaire:
    """Read the questions of the pack at `root`.

    Raises:
        RequestError: `copier.yml` or a file that it includes cannot be understood, or asks for
            code to be run; copier would refuse migrations only when updating.
    """
    entries: dict[str, Any] = {}
    joined: dict[str, list[Any]] = {}
    for document in _documents(root):
        entries |= {str(name): entry for name, entry in document.items()}
        for name in _JOINED:
            if isinstance(document.get(name), list):
                joined.setdefault(name, []).extend(document[name])
    entries |= joined
    settings = {name: entry for name, entry in entries.items() if name.startswith("_")}
    if any(settings.get(name) for name in _CODE):
        raise UnsafePackError
    try:
        questions = tuple(
            _question(name, entry) for name, entry in entries.items() if not name.startswith("_")
        )
        environment(_frozen(settings.get(_ENVOPS, {})))
    except (AttributeError, TypeError, ValueError) as error:  # a list where a text belongs, say
        raise RequestError(
            f"The pack's copier.yml cannot be understood: {error}",
            "`scaffold pack lint` names every such place.",
        ) from error
    return Questionnaire(questions, settings)


def parse_value(question: Question, text: str) -> Any:
    """Turn the text of an answer into the question's type.

    Raises:
        RequestError: It cannot be read as that type.
    """
    try:
        match question.kind:
            case "str":
                return text
            case "int":
                return int(text)
            case "float":
                return float(text)
            case "bool":
                value = yaml.load(text, Loader=yaml_text.PlainLoader)  # noqa: S506 - safe
                if isinstance(value, bool):
                    return value
            case _:
                return yaml.load(text, Loader=yaml_text.PlainLoader)  # noqa: S506 - safe
    except (ValueError, RecursionError, yaml.YAMLError):
        pass
    wanted = {"bool": "yes or no", "int": "a whole number", "float": "a number"}
    raise RequestError(
        f"{question.name}={text!r} is not {wanted.get(question.kind, question.kind)}.",
        f"{question.name}: {question.help}",
    )


@cache
def environment(options: frozenset[tuple[str, Any]]) -> SandboxedEnvironment:
    """The Jinja environment of a pack, as copier would make it."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    known = dict(options) | {"undefined": StrictUndefined, "keep_trailing_newline": True}
    made = SandboxedEnvironment(
        extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"], **known
    )
    for name in MACHINE_FILTERS:
        made.filters.pop(name, None)
    return made


def _frozen(options: Mapping[str, Any]) -> frozenset[tuple[str, Any]]:
    return frozenset((name, value) for name, value in options.items() if name != "undefined")


class _Included(list[dict[str, Any]]):
    """What an `!include` stands for, file by file; only as a whole document is that understood."""


def _documents(root: Path) -> list[dict[str, Any]]:
    loader = type("Loader", (yaml_text.PlainLoader,), {})
    found: list[dict[str, Any]] = []

    def include(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> _Included:
        pattern = PurePosixPath(loader.construct_scalar(node))
        if pattern.is_absolute() or ".." in pattern.parts:
            raise ValueError(f"!include {pattern} leads out of the pack")
        paths = sorted(root.glob(str(pattern)))
        contents = (
            yaml.load(_text(path), Loader=yaml_text.PlainLoader)  # noqa: S506 - safe
            for path in paths
        )
        return _Included(dict(content or {}) for content in contents)

    loader.add_constructor("!include", include)  # type: ignore[attr-defined]
    try:
        text = _text(root / "copier.yml")
        for one in yaml.load_all(text, Loader=loader):
            found += one if isinstance(one, _Included) else [dict(one or {})]
    except (OSError, ValueError, TypeError, RecursionError, yaml.YAMLError) as error:
        raise RequestError(
            f"The pack's copier.yml cannot be understood: {yaml_text.reason(error)}",
            "`scaffold pack lint` names every such place.",
        ) from error
    return found


def _text(path: Path) -> str:
    return strangers.read(path, yaml_text.LARGEST_BYTES).decode()


def _question(name: str, entry: Any) -> Question:
    if not isinstance(entry, dict):  # copier's short form: `name: default`
        entry = {"default": entry}
    default = entry.get("default")
    kind = entry.get("type") or {bool: "bool", int: "int", float: "float", str: "str"}.get(
        type(default), "yaml"
    )
    choices = entry.get("choices") or {}
    if isinstance(choices, list):
        pairs = (one if isinstance(one, list) else [one, one] for one in choices)
        choices = {value: str(label) for label, value in pairs}
    elif isinstance(choices, dict):
        choices = {value: str(label) for label, value in choices.items()}
    return Question(
        name=name,
        kind=str(kind),
        help=str(entry.get("help") or name),
        default=default,
        choices=choices,
        when=entry.get("when", True),
        validator=str(entry.get("validator") or ""),
        entry=entry,
    )
