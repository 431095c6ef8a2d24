"""The tools as agents get them: through MCP, only those of the desk, each with a time limit."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from langchain_core.tools import BaseTool, StructuredTool
from mcp import Client, MCPError
from mcp.types import REQUEST_TIMEOUT, CallToolResult, TextContent, Tool

from app.desk.found import ToolRefusedError
from app.desk.server import desk_server
from app.desk.tools import Desk

MOST_SIGNS = 2_000  # of a refusal
PYDANTIC = re.compile(r"^ +For further information visit https://errors\.pydantic.*| \[type=.*")


@asynccontextmanager
async def open_tools(desk: Desk, seconds: float) -> AsyncIterator[Mapping[str, BaseTool]]:
    """Opens a session with the desk's server in this process.

    Args:
        desk: What the tools look at.
        seconds: For one call.
    """
    allowed = {tool.__name__ for tool in desk.tools()}
    try:
        async with Client(desk_server(desk), read_timeout_seconds=seconds) as client:
            listed = await client.list_tools()
            offered = [one for one in listed.tools if one.name in allowed]
            yield {one.name: _tool(client, one, seconds) for one in offered}
    except BaseExceptionGroup as group:  # in which the session wraps whatever goes wrong meanwhile
        raise _innermost(group) from None


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _tool(client: Client, described: Tool, seconds: float) -> BaseTool:
    async def use(**arguments: Any) -> str:  # noqa: ANN401 - what a model wrote; MCP checks it
        try:
            result = await client.call_tool(described.name, arguments)
        except MCPError as error:
            if error.code != REQUEST_TIMEOUT:
                raise
            problem = f"It took longer than {seconds:g} s."
            raise ToolRefusedError(problem, "Ask for less.") from error
        if result.is_error:
            raise ToolRefusedError(_words(described.name, result)[:MOST_SIGNS], "")
        return json.dumps(result.structured_content, ensure_ascii=False)

    return StructuredTool(
        name=described.name,
        description=described.description or "",
        args_schema=described.input_schema,
        coroutine=use,
    )


def _words(name: str, result: CallToolResult) -> str:
    """Returns why a tool refused, without what MCP and Pydantic put around it."""
    texts = [one.text for one in result.content if isinstance(one, TextContent)]
    words = " ".join(texts).removeprefix(f"Error executing tool {name}: ")
    lines = [PYDANTIC.sub("", line).strip() for line in words.splitlines()]
    return " ".join(line for line in lines if line)
