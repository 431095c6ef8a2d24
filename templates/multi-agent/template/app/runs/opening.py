"""Opens everything that runs need, for as long as a block runs."""

from asyncio import to_thread
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from langchain_core.language_models import BaseChatModel
from langchain_core.tools import BaseTool

from app.agents.crew import Crew
from app.agents.graph import build
from app.project import Project
from app.runs.checkpoints import open_checkpoints
from app.runs.register import Register
from app.runs.runner import LEASE_SECONDS, Runner
from app.service.store import open_store
from app.settings import Settings


@asynccontextmanager
async def open_runner(
    settings: Settings,
    project: Project,
    model: BaseChatModel | None = None,
    tools: Mapping[str, BaseTool] | None = None,
    lease_seconds: float = LEASE_SECONDS,
) -> AsyncIterator[Runner]:
    """Opens store, checkpoints, tools and model.

    Args:
        settings: Where everything is.
        project: Who works on what.
        model: Instead of the one that the settings name.
        tools: Instead of those of the desk.
        lease_seconds: As for `Runner`.

    Raises:
        UserError: A part of it can't work.
    """
    from app.desk.client import open_tools
    from app.desk.tables import build_desk
    from app.desk.tools import SECONDS, Desk
    from app.model.choosing import load_chat_model
    from app.model.prices import load_prices

    store = await to_thread(open_store, settings.database_url)
    async with AsyncExitStack() as opened:
        opened.callback(store.close)
        checkpoints = await opened.enter_async_context(open_checkpoints(settings.database_url))
        if tools is None:
            file = await to_thread(build_desk, settings, project)
            desk = Desk(file, min(SECONDS, settings.tool_seconds))
            tools = await opened.enter_async_context(open_tools(desk, settings.tool_seconds))
        thinks = model or load_chat_model(settings, project)
        crew = Crew(thinks, tools, project, Register(store))
        graph = build(crew, checkpoints)
        yield Runner(crew, graph, store, settings, load_prices(settings), lease_seconds)
