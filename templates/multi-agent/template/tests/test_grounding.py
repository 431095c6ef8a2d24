"""Every number of a memo is in the evidence it cites, or the memo is rejected."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.grounding import NUMBER, check, founded, numbers
from app.agents.state import Evidence
from app.runs.loops import run_to_end
from app.runs.opening import open_runner
from app.runs.run_log import Run

from .small import QUESTION, small


def evidence(*values: str | float) -> list[Evidence]:
    rows: list[dict[str, Any]] = [{"value": value} for value in values]
    found: Any = {"rows": rows, "row_count": len(rows), "truncated": False}
    return [Evidence(id="a.1", tool="run_sql", arguments={}, found=found)]


def memo(text: str, *cites: str) -> dict[str, Any]:
    line = {"text": text, "cites": list(cites or ("a.1",))}
    return {"title": "M", "answer": "yes", "lines": [line], "exceptions": [], "open_questions": []}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("It is 1,200.50 MB.", (1200.5,)),
        ("It is 1 200 MB.", (1200,)),
        ("It is 1'200 MB.", (1200,)),
        ("It is version 6.163.17.", ("6.163.17",)),
        ("It is 2.5.", (2.5,)),
        ("It is 0.30.", (0.3,)),
        ("It is 1.5e3 or 2E-5.", (1500, 0.00002)),
        ("It is 12000000000000000000.", (12000000000000000000,)),
        ("Twelve of them, twenty-four in all.", (12, 24)),
        ("h2 and urllib3 are there.", ("h2", "urllib3")),
        ("One of them is one of two rows.", ("a", "b")),
        ("Nothing is a number here.", ()),
    ],
)
def test_a_number_that_the_evidence_holds_is_founded(
    text: str, values: tuple[str | float, ...]
) -> None:
    assert check(memo(text), evidence(*values)) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("It is 1200.51 MB.", (1200.5,)),
        ("It is 120 MB.", (1200,)),
        ("It is version 6.163.18.", ("6.163.17",)),
        ("It is version 6.163.", ("6.163.17",)),
        ("Twenty-five of them.", (20, 5)),
        ("Dozens of them.", (11,)),
        ("It is 3.", (2.5,)),
        ("It is 50 %.", (0.5,)),
        ("It is ٣.", (2,)),
        ("It is 12.", (1, 2)),
    ],
)
def test_a_number_that_it_does_not_hold_is_found(
    text: str, values: tuple[str | float, ...]
) -> None:
    assert len(check(memo(text), evidence(*values))) == 1


def test_a_number_of_evidence_that_is_not_cited_does_not_count() -> None:
    other: Any = evidence(7)[0] | {"id": "a.2"}
    assert check(memo("It is 7.", "a.1"), [*evidence(3), other])
    assert not check(memo("It is 7.", "a.2"), [*evidence(3), other])


def test_evidence_that_does_not_exist_is_named() -> None:
    problems = check(memo("It is so.", "a.1", "b.9"), evidence(3))
    assert problems == ["Sentence 1 cites b.9, which is no evidence."]


def test_exceptions_title_and_open_questions_are_held_to_it_too() -> None:
    asked = {"subject": "a", "rule": "r", "reason": "It takes 99.", "cites": ["a.1"]}
    wrong = memo("It is 3.") | {"exceptions": [asked], "title": "All 98", "open_questions": ["97?"]}
    told = " ".join(check(wrong, evidence(3)))
    assert all(number in told for number in ("99", "98", "97"))
    kept = founded(wrong, evidence(3))
    assert kept["exceptions"] == kept["open_questions"] == []
    assert (kept["title"], len(kept["lines"])) == ("Memo", 1)


def test_a_memo_that_says_nothing_is_rejected() -> None:
    assert check(memo("x") | {"lines": []}, evidence(3)) == ["The memo says nothing."]


@given(st.floats(0, 1e15, allow_nan=False) | st.integers(0, 10**18))
def test_whatever_a_tool_gives_is_founded_when_it_is_repeated(value: float) -> None:
    assert not check(memo(f"It is {value!r}."), evidence(value))


@given(st.text(max_size=200))
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    assert all(one for one in numbers(text))
    check(memo(text), evidence(text))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Run:
    place = small(tmp_path_factory.mktemp("real"))

    async def inside() -> Run:
        async with open_runner(place.settings, place.project) as runner:
            return await runner.start(QUESTION)

    return run_to_end(inside())


def _planted(run: Run) -> list[tuple[int, str, str]]:
    """Gives places in the memo's sentences where a number stands, with the number and another."""
    assert run.memo
    return [
        (at, found.group(), str(int(float(found.group())) + 1 + 10 * at))
        for at, line in enumerate(run.memo["lines"])
        for found in NUMBER.finditer(line["text"])
    ]


@pytest.mark.parametrize("which", range(10))
def test_one_wrong_number_anywhere_in_a_real_memo_is_rejected(real: Run, which: int) -> None:
    places = _planted(real)
    at, right, wrong = places[which % len(places)]
    wrong = str(int(wrong) + 1000 * (which // len(places)))
    assert real.memo
    lines = [dict(line) for line in real.memo["lines"]]
    lines[at]["text"] = re.sub(
        rf"(?<![\d.]){re.escape(right)}(?![\d])", wrong, lines[at]["text"], count=1
    )
    assert lines[at] != real.memo["lines"][at]
    assert check(real.memo, real.evidence) == []
    problems = check(real.memo | {"lines": lines}, real.evidence)
    assert len(problems) == 1
    assert wrong in problems[0]
