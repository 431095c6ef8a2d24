"""Stores of the benchmark's own: nothing of it gets into the index that is served."""

import contextlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from app.service.errors import UserError
from app.service.store import POSTGRES, Store, open_store


@dataclass(frozen=True)
class Place:
    """An empty store.

    Attributes:
        url: For DATABASE_URL.
        size: Tells how many bytes it takes.
    """

    url: str
    size: Callable[[], int]


@contextlib.contextmanager
def sqlite(folder: Path) -> Iterator[Place]:
    """Yields a file in a folder, which somebody else removes."""
    file = folder / "bench.db"

    def size() -> int:
        return sum(one.stat().st_size for one in folder.glob(f"{file.name}*"))

    yield Place(f"sqlite:///{file.as_posix()}", size)


@contextlib.contextmanager
def postgres(url: str) -> Iterator[Place]:
    """Yields a database beside the one that an address names, and drops it at the end.

    A schema would not do: the tables of the index that is served would be found in it too.

    Raises:
        UserError: This user may not create databases.
    """
    import psycopg

    name = f"bench_{secrets.token_hex(4)}"
    own = urlsplit(url)._replace(path=f"/{name}").geturl()
    with contextlib.closing(open_store(url)) as store:
        try:
            store.execute(f"CREATE DATABASE {name}")
        except psycopg.Error as error:
            raise UserError(
                f"{store.place}: no database can be made for the benchmark: {error}".rstrip(),
                "Let this user create databases, or measure without DATABASE_URL.",
            ) from error
        try:
            yield Place(own, lambda: _size(store, name))
        finally:
            store.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _size(store: Store, name: str) -> int:
    return int(store.query("SELECT pg_database_size(?)", (name,))[0][0])


def names(url: str) -> list[str]:
    """Returns the stores that can be measured."""
    return ["sqlite", "postgres"] if url.startswith(POSTGRES) else ["sqlite"]


def empty(name: str, url: str, folder: Path) -> contextlib.AbstractContextManager[Place]:
    """Returns an empty store.

    Args:
        name: `sqlite` or `postgres`.
        url: Of the Postgres beside whose database one is made.
        folder: Of the SQLite file.
    """
    return postgres(url) if name == "postgres" else sqlite(folder)
