"""Tools of a learner, by way of MCP: slow ones, long ones, and ones with a mistake."""

import asyncio
import json
import logging
import time
from typing import Annotated

import pytest
from pydantic import Field

from app.desk import tools
from app.desk.found import Found, ToolRefusedError
from app.desk.tools import Desk

from .asking import Tools, with_tools
from .small_desk import desk


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk(tmp_path_factory.mktemp("desk"))


def test_calls_go_out_at_the_same_time(small: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow() -> Found:
        """Sleep."""
        time.sleep(0.3)
        return Found(rows=[], row_count=0, truncated=False)

    monkeypatch.setattr(tools, "YOUR_TOOLS", [slow])

    async def used(found: Tools) -> float:
        start = time.monotonic()
        slow_ones = [found["slow"].ainvoke({}) for _ in range(3)]
        quick = [found["run_sql"].ainvoke({"query": "SELECT 1"}) for _ in range(20)]
        await asyncio.gather(*slow_ones, *quick)
        return time.monotonic() - start

    assert with_tools(small, used) < 0.8


def test_a_call_that_takes_too_long_is_refused_and_others_go_on(
    small: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow() -> Found:
        """Sleep."""
        time.sleep(0.6)
        return Found(rows=[], row_count=0, truncated=False)

    monkeypatch.setattr(tools, "YOUR_TOOLS", [slow])

    async def used(found: Tools) -> str:
        with pytest.raises(ToolRefusedError, match=r"longer than 0\.2 s"):
            await found["slow"].ainvoke({})
        return str(await found["calculate"].ainvoke({"expression": "1 + 1"}))

    assert json.loads(with_tools(small, used, 0.2))["rows"] == [{"value": 2}]


def test_a_tool_of_your_own_is_offered_bounded_and_may_refuse(
    small: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shelf(place: Annotated[str, Field(description="where it hangs")], count: int = 2) -> Found:
        """Tell what stands on a shelf."""
        if place == "nowhere":
            raise ToolRefusedError("There is no such shelf.", "Name another.")
        return Found(rows=[{"pot": place * 5000}] * count, row_count=count, truncated=False)

    monkeypatch.setattr(tools, "YOUR_TOOLS", [shelf])

    async def used(found: Tools) -> tuple[Found, str]:
        with pytest.raises(ToolRefusedError, match=r"There is no such shelf\. Name another\."):
            await found["shelf"].ainvoke({"place": "nowhere"})
        return json.loads(await found["shelf"].ainvoke({"place": "x"})), found["shelf"].description

    found, description = with_tools(small, used)
    assert description == "Tell what stands on a shelf."
    assert (len(found["rows"]), found["row_count"], found["truncated"]) == (1, 2, True)


def test_a_fault_in_a_tool_is_in_the_log_and_hidden_from_the_model(
    small: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Found:
        """Fail."""
        raise KeyError("a secret of the machine")

    monkeypatch.setattr(tools, "YOUR_TOOLS", [broken])

    async def used(found: Tools) -> str:
        with pytest.raises(ToolRefusedError) as refused:
            await found["broken"].ainvoke({})
        with pytest.raises(ToolRefusedError):
            await found["run_sql"].ainvoke({"query": "DROP TABLE plants"})
        return refused.value.problem

    with caplog.at_level(logging.INFO):
        assert "secret" not in with_tools(small, used)
    logged = [one for one in caplog.records if one.name.startswith("mcp.server.mcpserver")]
    assert len(logged) == 1
    assert "a secret of the machine" in caplog.text
