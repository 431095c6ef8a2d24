"""Serving counts as the table was counted."""

import csv
import importlib.util
from pathlib import Path

import pytest

from app.counting import arguments_of, functions, kind_of

COLLECT = Path(__file__).parents[1] / "data" / "collect.py"
TEXT = '''
def first(a, b, /, c, *, d):
    if a:
        return b
    return c


class Holder:
    def __init__(self, size):
        self.size = size

    def told(self):
        """It says so."""
'''


def test_serving_counts_as_the_table_was_counted() -> None:
    spec = importlib.util.spec_from_file_location("collect", COLLECT)
    assert spec
    assert spec.loader
    collect = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(collect)
    lines = [collect.HEAD, *collect.rows("x.py", TEXT.encode())]
    table = [row for row in csv.DictReader(lines) if row["undocumented"] == "1"]
    counted = list(functions(TEXT).values())
    for name in ("kind", "arguments", "lines", "branches", "decorators"):
        assert [str(one[name]) for one in counted] == [row[name] for row in table]


@pytest.mark.parametrize(
    ("name", "kind"), [("__len__", "dunder"), ("_hidden", "private"), ("shown", "public")]
)
def test_a_name_says_whom_it_is_for(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_what_has_a_docstring_is_not_asked_about() -> None:
    assert functions(TEXT).keys() == {"first", "__init__"}


def test_arguments_by_place_alone_count() -> None:
    import ast

    (one,) = ast.parse("def f(a, b, /): ...").body
    assert isinstance(one, ast.FunctionDef)
    assert arguments_of(one, in_class=False) == 2
