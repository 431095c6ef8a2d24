"""A passage is cut into parts that can be quoted, and nothing of it is lost or torn."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sentences import sentences


def test_prose_is_cut_at_the_ends_of_sentences() -> None:
    text = 'Chunks are small.\nAre they? "Yes!" Then 5 of them fit.'
    assert sentences(text) == ["Chunks are small.", "Are they?", '"Yes!"', "Then 5 of them fit."]


@pytest.mark.parametrize(
    "whole",
    [
        "Use fusion, e.g. Reciprocal ranks, for both.",
        "It rose to .755 vs. 0.6 in Fig. 3 of the paper.",
        "See Dr. J. Smith for version 2.0 of node.js now.",
        "Long parts (approx. 200 words, etc.) are cut.",
    ],
)
def test_a_point_within_a_sentence_does_not_cut(whole: str) -> None:
    assert sentences(whole) == [whole]


def test_a_sentence_may_begin_with_code_and_end_in_a_bracket() -> None:
    found = sentences("It fails. `uv sync` helps. (Mostly.) Done.")
    assert found == ["It fails.", "`uv sync` helps.", "(Mostly.)", "Done."]


def test_chinese_and_japanese_need_no_space() -> None:
    assert sentences("\u4e00\u3002\u4e8c\u3002") == ["\u4e00\u3002", "\u4e8c\u3002"]


def test_an_item_of_a_list_stays_whole_with_its_further_lines() -> None:
    text = "Two things:\n\n- One. It is long\n  and goes on.\n- Two.\n10. Ten."
    assert sentences(text) == [
        "Two things:",
        "- One. It is long and goes on.",
        "- Two.",
        "10. Ten.",
    ]


def test_code_stays_whole_with_its_empty_lines() -> None:
    code = "```python\nx = 1. \n\nprint(x). Then\n```"
    assert sentences(f"Run this. Now:\n\n{code}\nDone.") == ["Run this.", "Now:", code, "Done."]
    assert sentences("    indented = 1\n    more = 2") == ["    indented = 1\n    more = 2"]
    assert sentences("~~~\n```\nA. B.\n~~~\nDone.") == ["~~~\n```\nA. B.\n~~~", "Done."]


def test_code_that_is_not_closed_goes_on_to_the_end() -> None:
    assert sentences("```\nA. B.\n\nC. D.") == ["```\nA. B.\n\nC. D."]


def test_a_table_stays_whole() -> None:
    table = "| words | nDCG |\n|---|---|\n| 60. A | .646 |"
    assert sentences(f"Look:\n\n{table}\n\nIt helps.") == ["Look:", table, "It helps."]


def test_nothing_has_no_parts() -> None:
    assert sentences("") == sentences(" \n\n\t\n") == []


@given(st.text(alphabet=st.sampled_from("aB.!? \n-|`~\t1)("), max_size=80))
def test_no_sign_is_lost_or_moved(text: str) -> None:
    def kept(found: str) -> str:
        return re.sub(r"\s", "", found)

    assert kept("".join(sentences(text))) == kept(text)
    assert all(part.strip() for part in sentences(text))
