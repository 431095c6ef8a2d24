"""The code knows nothing of what the shipped tables and documents are called."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
SQL_NAMES = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+\"?(\w+)")
DOCUMENTS = re.compile(r"licence-policy|licence-families|size-policy|licence_rules")
TABLES = {"packages", "requirements", "licence_rules", "limits"}
# One makes two of those tables, the other is for tools that know the domain.
LEFT_OUT = {APP / "desk" / "installed.py", APP / "your_tools.py"}


def _texts() -> Iterator[tuple[str, str]]:
    for file in {*APP.rglob("*.py")} - LEFT_OUT:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield file.name, node.value


@pytest.fixture(scope="module")
def texts() -> list[tuple[str, str]]:
    return list(_texts())


def test_no_query_in_the_code_names_a_table_of_the_demo(texts: list[tuple[str, str]]) -> None:
    named = {(file, name) for file, text in texts for name in SQL_NAMES.findall(text)}
    assert named  # there are queries, on tables of its own
    assert not {(file, name) for file, name in named if name in TABLES}


def test_no_text_in_the_code_names_a_document_or_table_of_the_demo(
    texts: list[tuple[str, str]],
) -> None:
    assert not [(file, text[:80]) for file, text in texts if DOCUMENTS.search(text)]
