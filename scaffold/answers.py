"""From what a person gave to the full set of answers that a starter is rendered with."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from scaffold import yaml_text
from scaffold.errors import RequestError
from scaffold.questions import TEMPLATE, Question, Questionnaire, parse_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    Ask = Callable[[Question, Any, Callable[[Any], str]], Any]
    """Asks a person: the question, its default, and what complains about an answer."""


def from_pairs(pairs: Iterable[str]) -> dict[str, str]:
    """Read `KEY=VALUE` texts, as `--data` takes them.

    Raises:
        RequestError: A text has no `=`, or a key comes twice.
    """
    answers: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise RequestError(f"--data {pair} is not KEY=VALUE.", "Write it as --data key=value.")
        if key.strip() in answers:
            raise RequestError(f"--data names {key.strip()} twice.", "Keep one of them.")
        answers[key.strip()] = value
    return answers


def from_file(path: Path) -> dict[str, Any]:
    """Read answers from a YAML (or JSON) file: one key and value per question.

    Raises:
        RequestError: The file cannot be read, or is no mapping.
    """
    try:
        content = yaml_text.read(path, own=True)
    except (OSError, yaml_text.UnreadableError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RequestError(
            f"The answers file {path} cannot be read: {reason}.",
            "It is YAML, one line per question: `project_name: my-api`.",
        ) from error
    if not isinstance(content, dict):
        raise RequestError(
            f"The answers file {path} holds no `key: value` lines.",
            "It is YAML, one line per question: `project_name: my-api`.",
        )
    return {str(key): value for key, value in content.items() if not str(key).startswith("_")}


def check_names(questionnaire: Questionnaire, template: str, given: Mapping[str, Any]) -> None:
    """Refuse keys that no question of this template has, naming the nearest one.

    Raises:
        RequestError: A key is unknown, or the file is for another template.
    """
    if given.get(TEMPLATE, template) != template:
        raise RequestError(
            f"The answers are for {given[TEMPLATE]}, not for {template}.",
            f"Run: scaffold new {given[TEMPLATE]}",
        )
    names = [question.name for question in questionnaire.questions]
    for key in given:
        if key not in names:
            near = difflib.get_close_matches(key, names, n=1)
            raise RequestError(
                f"There is no question {key}" + (f"; did you mean {near[0]}?" if near else "."),
                f"The questions: {', '.join(name for name in names if name != TEMPLATE)}.",
            )


def open_questions(
    questionnaire: Questionnaire,
    template: str,
    given: Mapping[str, Any],
    context: Mapping[str, Any],
) -> list[Question]:
    """The questions that would be asked of a person, with the defaults taken for the rest."""
    asked: list[Question] = []
    answers: dict[str, Any] = {**context, TEMPLATE: template}
    for question in _after_template(questionnaire):
        if not questionnaire.applies(question, answers):
            continue
        if question.name in given:
            answers[question.name] = given[question.name]
        else:
            asked.append(question)
            answers[question.name] = questionnaire.default_for(question, answers)
    return asked


def complete(
    questionnaire: Questionnaire,
    template: str,
    given: Mapping[str, Any],
    context: Mapping[str, Any],
    ask: Ask | None = None,
) -> dict[str, Any]:
    """Every answer, in the order of the questions: given, asked, or the default.

    Args:
        questionnaire: The pack's questions.
        template: The starter's id.
        given: What is known already; texts are read as the question's type.
        context: What defaults may refer to besides answers; a key that is a question's name
            replaces that question's default.
        ask: Asks a person for what is not given; the default is taken when None.

    Raises:
        RequestError: An answer does not fit its question, or one without default is missing.
    """
    check_names(questionnaire, template, given)
    answers: dict[str, Any] = {**context, TEMPLATE: template}
    known = {TEMPLATE: template}
    for question in _after_template(questionnaire):
        answers.pop(question.name, None)
        if not questionnaire.applies(question, answers):
            continue
        if question.name in given:
            value = given[question.name]
            value = parse_value(question, value) if isinstance(value, str) else value
        else:
            value = context.get(question.name) or questionnaire.default_for(question, answers)
            if ask is not None:
                value = ask(question, value, _complains(questionnaire, question, dict(answers)))
            if value is None:
                raise RequestError(
                    f"The question {question.name} has no default and no answer.",
                    f"Answer it with --data {question.name}=...",
                )
        complaint = _of_wrong_type(question, value)
        complaint = complaint or questionnaire.complaint(question, value, answers)
        if complaint:
            raise RequestError(
                f"The answer to {question.name} will not do. {complaint}",
                f"{question.name}: {question.help}",
            )
        answers[question.name] = known[question.name] = value
    return known


def _complains(
    questionnaire: Questionnaire, question: Question, answers: Mapping[str, Any]
) -> Callable[[Any], str]:
    return lambda value: questionnaire.complaint(question, value, answers)


def _after_template(questionnaire: Questionnaire) -> list[Question]:
    return [question for question in questionnaire.questions if question.name != TEMPLATE]


def _of_wrong_type(question: Question, value: Any) -> str:
    """What is wrong with the type of an answer; empty if nothing is."""
    types: dict[str, tuple[type, ...]] = {
        "str": (str,),
        "bool": (bool,),
        "int": (int,),
        "float": (int, float),
    }
    expected = types.get(question.kind)
    if expected is None:
        return ""
    if isinstance(value, expected) and (question.kind == "bool" or not isinstance(value, bool)):
        return ""
    return f"{value!r} is not of type {question.kind}."
