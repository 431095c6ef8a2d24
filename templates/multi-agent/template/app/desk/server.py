"""The tools as a server of the Model Context Protocol (MCP)."""

import logging
from asyncio import to_thread
from collections.abc import Awaitable, Callable
from functools import wraps

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from app.desk.fitting import fit
from app.desk.found import Found, ToolRefusedError
from app.desk.tools import Desk

# It logs each refusal, which is an answer to an agent and stands in the run. What is left is a tool
# with a mistake in it, and that has to be seen: agents are only told that it failed.
logging.getLogger("mcp.server").setLevel(logging.WARNING)


def desk_server(desk: Desk) -> MCPServer:
    """Returns a server that offers every tool of the desk, and nothing else."""
    words = "Read-only tools on tables and documents."
    # The level is for whoever has set up no logging at all: MCP does it for the whole process then.
    server = MCPServer("desk", instructions=words, log_level="WARNING")
    for tool in desk.tools():
        server.add_tool(_in_thread(tool), name=tool.__name__, description=_described(tool))
    return server


def _described(tool: Callable[..., Found]) -> str:
    return " ".join((tool.__doc__ or "").split())


def _in_thread(tool: Callable[..., Found]) -> Callable[..., Awaitable[Found]]:
    """Returns a tool that does not block the others, and whose refusals reach the model."""

    @wraps(tool)
    async def use(**arguments: object) -> Found:
        try:
            found = await to_thread(tool, **arguments)
            fitting = fit(found["rows"], found["row_count"])  # a learner's own tools don't do it
            return Found(**fitting | {"truncated": found["truncated"] or fitting["truncated"]})
        except ToolRefusedError as error:  # any other error is masked by MCP
            raise ToolError(f"{error.problem} {error.remedy}") from error

    return use
