"""The desk's tools for other programs: over standard input, and over HTTP."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from mcp import Client, StdioServerParameters

from app.runs.loops import run_to_end

from .conftest import ROOT
from .small import Small, small

TOOLS = {"describe_tables", "run_sql", "search_documents", "read_section", "calculate"}


@pytest.fixture
def place(tmp_path: Path) -> Small:
    return small(tmp_path)


def environment(place: Small) -> dict[str, str]:
    return os.environ | {
        "PROJECT_FILE": str(place.settings.project_file),
        "DESK_FILE": str(place.settings.desk_file),
    }


@asynccontextmanager
async def over_stdio(place: Small) -> AsyncIterator[Client]:
    words = [sys.executable, "-m", "app", "mcp"]
    server = StdioServerParameters(
        command=words[0], args=words[1:], env=environment(place), cwd=ROOT
    )
    async with Client(server) as client:
        yield client


async def only_for_this_machine(port: int) -> None:
    """Nobody is asked for a key: so nobody may get in by another address of this machine."""
    with pytest.raises(OSError):  # noqa: PT011 - refused, or no such address
        await asyncio.wait_for(asyncio.open_connection("127.0.0.2", port), 1)


@asynccontextmanager
async def over_http(place: Small) -> AsyncIterator[Client]:
    words = [sys.executable, "-m", "app", "mcp", "--http", "--port", "0"]
    with subprocess.Popen(
        words, cwd=ROOT, env=environment(place), stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stderr is not None
        try:
            address = process.stderr.readline().split()[0]
            await only_for_this_machine(urlsplit(address).port or 0)
            async with Client(address) as client:
                yield client
        finally:
            process.terminate()


@pytest.mark.parametrize("way", [over_stdio, over_http], ids=["stdio", "http"])
def test_another_program_gets_the_same_tools_with_the_same_limits(
    place: Small, way: object
) -> None:
    async def inside() -> None:
        async with way(place) as client:  # type: ignore[operator]
            assert {one.name for one in (await client.list_tools()).tools} == TOOLS
            good = await client.call_tool("run_sql", {"query": "SELECT count(*) AS n FROM loans"})
            assert good.structured_content == {
                "rows": [{"n": 3}],
                "row_count": 1,
                "truncated": False,
            }
            for query in ("DELETE FROM loans", "ATTACH 'x' AS x"):
                refused = await client.call_tool("run_sql", {"query": query})
                assert refused.is_error
                assert "not allowed" in str(refused.content)

    run_to_end(inside())
