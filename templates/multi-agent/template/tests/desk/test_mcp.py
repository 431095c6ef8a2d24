"""The tools through MCP: the same answers and refusals as the plain functions."""

import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.tools import BaseTool

from app.desk.found import ToolRefusedError
from app.desk.tools import Desk

from .asking import Tools, with_tools
from .small_desk import desk

OWN = {"describe_tables", "run_sql", "search_documents", "read_section", "calculate"}
FOUND: list[tuple[str, dict[str, str]]] = [
    ("describe_tables", {}),
    ("run_sql", {"query": "SELECT name, height_cm / 7.0 AS x, sold, 'ж' AS y FROM plants"}),
    ("search_documents", {"query": "water the moss"}),
    ("read_section", {"document": "care", "section": "Pruning"}),
    ("calculate", {"expression": "1 / 3"}),
    ("calculate", {"expression": "6 / 3"}),
]
REFUSED = [
    ("run_sql", {"query": "DROP TABLE plants"}),
    ("run_sql", {"query": "SELECT nothing"}),
    ("search_documents", {"query": "?"}),
    ("read_section", {"document": "care", "section": "x"}),
    ("calculate", {"expression": "9 ** 9 ** 9"}),
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk(tmp_path_factory.mktemp("desk"))


def test_every_tool_is_offered_and_described(small: Desk) -> None:
    async def listed(found: Tools) -> dict[str, BaseTool]:
        return dict(found)

    offered = with_tools(small, listed)
    assert offered.keys() == OWN
    for name, tool in offered.items():
        assert tool.name == name
        assert len(tool.description) > 40
        assert "\n" not in tool.description
        schema = tool.args_schema
        assert isinstance(schema, dict)
        assert all(one["description"] for one in schema["properties"].values())
        assert set(schema.get("required", ())) == schema["properties"].keys()


def test_what_comes_through_is_what_the_functions_find(small: Desk) -> None:
    async def used(found: Tools) -> list[Any]:
        return [json.loads(await found[name].ainvoke(given)) for name, given in FOUND]

    assert with_tools(small, used) == [getattr(small, name)(**given) for name, given in FOUND]


def test_refusals_come_through_with_what_to_do(small: Desk) -> None:
    async def used(found: Tools) -> list[str]:
        words = []
        for name, given in REFUSED:
            with pytest.raises(ToolRefusedError) as refused:
                await found[name].ainvoke(given)
            words.append(refused.value.problem)
        return words

    expected = []
    for name, given in REFUSED:
        with pytest.raises(ToolRefusedError) as refused:
            getattr(small, name)(**given)
        expected.append(f"{refused.value.problem} {refused.value.remedy}")
    assert with_tools(small, used) == expected


@pytest.mark.parametrize(
    "given", [{}, {"query": None}, {"query": ["SELECT 1"]}, {"sql": "SELECT 1"}]
)
def test_wrong_arguments_are_refused_in_one_line(small: Desk, given: dict[str, Any]) -> None:
    async def used(found: Tools) -> str:
        with pytest.raises(ToolRefusedError) as refused:
            await found["run_sql"].ainvoke(given)
        return refused.value.problem

    words = with_tools(small, used)
    assert "query" in words
    assert "\n" not in words
    assert "http" not in words
    assert "input_value" not in words


def test_a_missing_file_is_a_fault_and_ends_no_session(tmp_path: Path) -> None:
    async def used(found: Tools) -> None:
        with pytest.raises(ToolRefusedError, match="describe_tables"):
            await found["describe_tables"].ainvoke({})
        await found["calculate"].ainvoke({"expression": "1"})

    with_tools(Desk(tmp_path / "gone.db"), used)


def test_what_goes_wrong_inside_the_session_comes_out_as_it_was(small: Desk) -> None:
    async def fail(_: Tools) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        with_tools(small, fail)
