"""Where checkpoints are kept: in the store that DATABASE_URL names, by LangGraph's own savers."""

from asyncio import sleep
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from app.service.store import POSTGRES, SQLITE

if TYPE_CHECKING:
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

ATTEMPTS = 50
CONNECTIONS = 4  # to Postgres: parallel workers write, and hosts give out few


@asynccontextmanager
async def open_checkpoints(url: str) -> AsyncIterator[BaseCheckpointSaver[Any]]:
    """Opens the saver of a store that `open_store` has found to work."""
    # Plain data and messages only: a checkpoint must not be able to make any other object.
    serde = JsonPlusSerializer(allowed_msgpack_modules=None)
    if url.startswith(POSTGRES):
        async with _postgres(url, serde) as saver:
            yield saver
    else:
        async with _sqlite(url.removeprefix(SQLITE), serde) as saver:
            yield saver


@asynccontextmanager
async def _sqlite(file: str, serde: JsonPlusSerializer) -> AsyncIterator[BaseCheckpointSaver[Any]]:
    import aiosqlite
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    async with aiosqlite.connect(file) as connection:
        saver = AsyncSqliteSaver(connection, serde=serde)
        await saver.setup()
        # As in app/service/databases.py: a crash of the process loses nothing.
        await connection.execute("PRAGMA synchronous = NORMAL")
        await connection.execute("PRAGMA secure_delete = ON")
        yield saver


@asynccontextmanager
async def _postgres(url: str, serde: JsonPlusSerializer) -> AsyncIterator[BaseCheckpointSaver[Any]]:
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from psycopg import AsyncConnection
    from psycopg.rows import dict_row
    from psycopg_pool import AsyncConnectionPool

    # Prepared statements would break behind a pooler that hands out connections by turns.
    options = {"autocommit": True, "prepare_threshold": None, "row_factory": dict_row}
    pool: AsyncConnectionPool[AsyncConnection[dict[str, Any]]] = AsyncConnectionPool(
        url, min_size=1, max_size=CONNECTIONS, kwargs=options, open=False
    )
    async with pool:
        saver = AsyncPostgresSaver(pool, serde=serde)
        await _set_up(saver)
        yield saver


async def _set_up(saver: "AsyncPostgresSaver") -> None:
    """Makes the tables, also where another process makes them at the same moment.

    Who was second fails, and passes over what is there by then. A lock would not do: indexes are
    made outside of a transaction, and a pooler hands out connections by turns.
    """
    from psycopg import errors

    second = errors.DuplicateTable, errors.DuplicateObject, errors.UniqueViolation
    for _ in range(ATTEMPTS):
        with suppress(errors.DeadlockDetected, *second):
            return await saver.setup()
        await sleep(0.1)
    return await saver.setup()
