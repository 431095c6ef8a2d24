"""A run passes for what it did; each way of not doing it is found."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from app.agents.state import Evidence
from app.proving.judging import Trial, failures, says
from app.proving.tasks import Expected, Task

Json = dict[str, Any]
EXPECTED: Json = {
    "facts": ("psycopg", "133.6", "3.3.9"),
    "absent": ("orjson",),
    "answer": "conditional",
    "exceptions": ("psycopg",),
}
TASK: Json = {
    "name": "one",
    "kind": "k",
    "question": "?",
    "documents": ("rules", "rules > Late"),
    "tools": ("describe_tables", "run_sql"),
    "most_calls": 4,
}
MEMO: Json = {
    "title": "M",
    "answer": "conditional",
    "lines": [
        {"text": "psycopg 3.3.9 needs approval.", "cites": ["analyst.1"]},
        {"text": "All together take 133.60 MB.", "cites": ["analyst.1", "researcher.1"]},
    ],
    "exceptions": [{"subject": "psycopg 3.3.9", "rule": "r", "reason": "s", "cites": []}],
    "open_questions": ["orjson"],
}


def evidence(name: str, **row: Any) -> Evidence:  # noqa: ANN401
    found: Any = {"rows": [row], "row_count": 1, "truncated": False}
    return Evidence(id=name, tool="t", arguments={}, found=found)


GOOD = Trial(
    outcome="published",
    reason="",
    memo=MEMO,
    evidence=[
        evidence("analyst.1", licence="MIT"),
        evidence("researcher.1", document="rules", section="Late", text="..."),
        evidence("researcher.2", document="other", section="Size", text="..."),
    ],
    tools=["describe_tables", "read_section", "run_sql"],
)


def expected(task: Mapping[str, Any] | None = None, **changes: Any) -> Expected:  # noqa: ANN401
    made = Task(**TASK | dict(task or {}))
    return Expected(task=made, question="?", **EXPECTED | changes)


def failed(trial: Trial, wanted: Expected | None = None) -> list[str]:
    return list(failures(wanted or expected(), trial))


def memo(**changes: Any) -> Trial:  # noqa: ANN401
    return replace(GOOD, memo=MEMO | changes)


def lines(*texts: str) -> list[Json]:
    return [{"text": text, "cites": ["analyst.1", "researcher.1"]} for text in texts]


def test_what_was_expected_passes() -> None:
    assert failed(GOOD) == []


@pytest.mark.parametrize(
    ("trial", "told"),
    [
        (memo(lines=lines("psycopg 3.3.9 needs approval.")), "the memo does not say 133.6"),
        (memo(lines=lines("psycopg 3.3.9: 133.61 MB")), "the memo does not say 133.6"),
        (memo(lines=lines("psycopg-binary 3.3.9: 133.6 MB")), "the memo does not say psycopg"),
        (memo(lines=lines("psycopg 3.3.91: 133.6 MB")), "the memo does not say 3.3.9"),
        (memo(lines=lines("psycopg 3.3.9, ORJSON: 133.6")), "the memo should not say orjson"),
        (memo(answer="yes"), "the answer is yes, not conditional"),
        (memo(exceptions=[]), "no exception is asked for psycopg"),
        (
            memo(exceptions=[*MEMO["exceptions"], {"subject": "orjson"}]),
            "an exception is asked for orjson",
        ),
        (replace(GOOD, outcome="partial", reason="no time"), "partial: no time"),
        (replace(GOOD, outcome="rejected", reason="no"), "rejected: no"),
        (replace(GOOD, outcome="refused", reason="?"), "refused: ?"),
        (replace(GOOD, memo=None), "published: "),
        (
            replace(GOOD, tools=["run_sql", "describe_tables"]),
            "tools were run_sql, describe_tables; expected, in order: describe_tables, run_sql",
        ),
        (replace(GOOD, tools=[]), "tools were none; expected, in order: describe_tables, run_sql"),
        (
            replace(GOOD, tools=["describe_tables", *["run_sql"] * 4]),
            "5 calls of tools, where 4 are enough",
        ),
    ],
)
def test_each_fault_is_found_and_no_other(trial: Trial, told: str) -> None:
    assert failed(trial) == [told]


def test_a_document_counts_only_where_the_memo_cites_it() -> None:
    without = [line | {"cites": ["analyst.1"]} for line in MEMO["lines"]]
    told = ["rules is not cited", "rules > Late is not cited"]
    assert failed(memo(lines=without)) == told
    assert failed(GOOD, expected({"documents": ("other",)})) == ["other is not cited"]


def test_any_exceptions_pass_where_none_are_named() -> None:
    assert failed(memo(exceptions=[]), expected(exceptions=None)) == []
    assert failed(GOOD, expected(exceptions=())) == ["an exception is asked for psycopg 3.3.9"]


def test_a_refusal_passes_only_where_it_was_expected() -> None:
    unknown = Expected(
        task=Task(name="u", kind="k", question="?", refused=True, most_calls=4),
        question="?",
        facts=(),
        answer="",
    )
    assert failed(replace(GOOD, outcome="refused", memo=None), unknown) == []
    assert failed(GOOD, unknown) == ["published, where it should have refused"]
    partial = replace(GOOD, outcome="partial", tools=["run_sql"] * 5)
    assert len(failed(partial, unknown)) == 2


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("It is 1,200 MB.", "1200"),
        ("There are twelve.", "12"),
        ("(psycopg)", "psycopg"),
        ("It is Apache-2.0 OR MIT.", "apache-2.0 or mit"),
        ("version 1.2.3.", "1.2.3"),
        ("The balance 007 is late.", "007"),
        ("in h11 there are 11", "11"),
    ],
)
def test_a_fact_is_said_however_it_is_written(text: str, fact: str) -> None:
    assert says(text, fact)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("h11 is there", "11"),
        ("urllib3-future is there", "3"),
        ("1.11 is there", "11"),
        ("psycopg-binary and my-psycopg", "psycopg"),
        ("licensing", "licens"),
        ("version 1.2.3.4", "1.2.3"),
        ("The microscope 7 is late.", "007"),
        ("It is 12.5.", "12"),
    ],
)
def test_what_only_looks_like_a_fact_is_none(text: str, fact: str) -> None:
    assert not says(text, fact)
