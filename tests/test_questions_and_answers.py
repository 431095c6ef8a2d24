"""From `copier.yml` and what a person says to the full set of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scaffold import answers, questions
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from pathlib import Path

PACK = """\
_envops: {variable_start_string: "~{{", variable_end_string: "}}~",
          block_start_string: "~{%", block_end_string: "%}~"}
template: {type: str, choices: [one, two]}
name: {type: str, default: "~{{ _folder_name }}~", help: "What is it called?"}
count: {type: int, default: 3}
share: {type: float, default: 0.5}
wanted: {type: bool, default: false}
more: {type: yaml, default: [1]}
why: {type: str, default: "because ~{{ count }}~", when: "~{{ wanted }}~"}
size: {type: str, choices: {Small: s, Large: l}, default: s}
pairs: {type: str, choices: [[First, f], [Second, g]], default: g}
short: text
must: {type: str}
---
!include more/*.yml
"""


@pytest.fixture
def asked(tmp_path: Path) -> questions.Questionnaire:
    (tmp_path / "more").mkdir()
    (tmp_path / "more/b.yml").write_text("last: {default: z}\n", encoding="utf-8")
    (tmp_path / "copier.yml").write_text(PACK, encoding="utf-8")
    return questions.read(tmp_path)


def completed(asked: questions.Questionnaire, **given: Any) -> dict[str, Any]:
    return answers.complete(asked, "one", {"must": "m", **given}, {"_folder_name": "here"})


def test_every_question_has_its_answer_in_order(asked: questions.Questionnaire) -> None:
    assert completed(asked) == {
        "template": "one",
        "name": "here",
        "count": 3,
        "share": 0.5,
        "wanted": False,
        "more": [1],
        "size": "s",
        "pairs": "g",
        "short": "text",
        "must": "m",
        "last": "z",
    }
    assert list(completed(asked))[-2:] == ["must", "last"]


def test_texts_are_read_as_the_type_of_their_question(asked: questions.Questionnaire) -> None:
    known = completed(asked, count="7", share="1e3", wanted="yes", more="{a: 1}")
    assert (known["count"], known["share"], known["wanted"], known["more"]) == (
        7,
        1000.0,
        True,
        {"a": 1},
    )


def test_a_condition_and_a_default_see_the_answers_before_them(
    asked: questions.Questionnaire,
) -> None:
    assert "why" not in completed(asked)
    assert completed(asked, wanted=True, count=9)["why"] == "because 9"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"count": "seven"}, "count='seven' is not a whole number."),
        ({"share": "a lot"}, "share='a lot' is not a number."),
        ({"wanted": "perhaps"}, "wanted='perhaps' is not yes or no."),
        ({"count": True}, "The answer to count will not do. True is not of type int."),
        ({"count": 1.5}, "The answer to count will not do. 1.5 is not of type int."),
        ({"wanted": 1}, "The answer to wanted will not do. 1 is not of type bool."),
        ({"size": "Small"}, "The answer to size will not do. 'Small' is not one of: s, l."),
        ({"nmae": "x"}, "There is no question nmae; did you mean name?"),
        ({"template": "two"}, "The answers are for two, not for one."),
    ],
)
def test_answers_that_will_not_do(
    asked: questions.Questionnaire, given: dict[str, Any], problem: str
) -> None:
    with pytest.raises(RequestError) as caught:
        completed(asked, **given)
    assert caught.value.problem == problem


def test_a_question_without_a_default_must_be_answered(asked: questions.Questionnaire) -> None:
    with pytest.raises(RequestError, match="must has no default and no answer"):
        answers.complete(asked, "one", {}, {"_folder_name": "here"})


def test_a_person_is_asked_what_is_not_given(asked: questions.Questionnaire) -> None:
    heard: list[str] = []

    def person(question: questions.Question, default: Any, complaint: Any) -> Any:
        heard.append(question.name)
        assert complaint("x\ny" if question.kind == "str" else default) or question.kind != "str"
        return "said" if default is None else default

    known = answers.complete(asked, "one", {"name": "n"}, {"_folder_name": "here"}, person)
    assert heard == [
        *("count", "share", "wanted", "more", "size", "pairs", "short", "must", "last"),
    ]
    assert known["must"] == "said"


def test_the_questions_left_open_are_those_that_would_be_asked(
    asked: questions.Questionnaire,
) -> None:
    left = answers.open_questions(
        asked, "one", {"name": "n", "wanted": True}, {"_folder_name": "h"}
    )
    assert [one.name for one in left][:4] == ["count", "share", "more", "why"]
