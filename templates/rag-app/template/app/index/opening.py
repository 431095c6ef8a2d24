"""Opens the index that DATABASE_URL names."""

from app.index.index import Index
from app.service.store import SQLITE, open_store


def open_index(database_url: str) -> Index:
    """Returns the index in a store; its tables are made where they are not there yet.

    Args:
        database_url: `sqlite:///file` or `postgresql://user:password@host/name`.

    Raises:
        UserError: The address is wrong, the store can't be opened, or Postgres lacks pgvector.
    """
    store = open_store(database_url)
    if database_url.startswith(SQLITE):
        from app.index.sqlite import SqliteIndex

        return SqliteIndex(store)
    from app.index.postgres import PostgresIndex

    return PostgresIndex(store)
