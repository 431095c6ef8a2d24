"""No tool says more than a model reads."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.desk.fitting import MOST_BYTES, MOST_ROWS, fit
from app.desk.found import Row, ToolRefusedError

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=3000)
ROWS = st.lists(st.dictionaries(st.text(max_size=5), SCALARS, max_size=6), max_size=70)


@settings(max_examples=50)
@given(ROWS)
def test_what_comes_back_is_short_and_what_was_cut_is_told(rows: list[Row]) -> None:
    found = fit(rows, len(rows))
    assert len(json.dumps(found["rows"], ensure_ascii=False).encode(errors="replace")) <= MOST_BYTES
    assert found["truncated"] == (found["rows"] != rows)
    assert bool(found["rows"]) == bool(rows)


def test_short_rows_stay_as_they_are() -> None:
    rows: list[Row] = [{"a": 1, "b": "x"}, {"a": None, "b": 2.5}]
    assert fit(rows, 2) == {"rows": rows, "row_count": 2, "truncated": False}


def test_rows_after_the_fiftieth_are_only_counted() -> None:
    found = fit([{"n": n} for n in range(70)], 70)
    assert (len(found["rows"]), found["row_count"], found["truncated"]) == (MOST_ROWS, 70, True)


def test_a_text_that_is_cut_ends_in_dots() -> None:
    found = fit([{"a": "abcdef", "b": "abc"}], 1, 3)
    assert found == {"rows": [{"a": "abc...", "b": "abc"}], "row_count": 1, "truncated": True}


def test_a_row_that_has_no_room_even_without_its_texts_is_refused() -> None:
    with pytest.raises(ToolRefusedError, match="One row"):
        fit([{f"column {n}": n for n in range(1000)}], 1)
