"""`scaffold update` without the time that importing takes, for hundreds of updates."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from tests.updates.matrix.engines import Ended, Scaffold

if TYPE_CHECKING:
    from tests.updates.matrix.desk import Desk

_SERVER = Path(__file__).with_name("warm_server.py")


class WarmScaffold:
    """The command `scaffold update`, each run a process forked from one that has imported it.

    Several threads may call it: each call takes a server that nobody uses, or starts one.

    Args:
        cold: The command in processes of its own.
    """

    def __init__(self, cold: Scaffold) -> None:
        self._cold = cold
        self._free: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
        self._all: list[subprocess.Popen[str]] = []

    def __call__(self, desk: Desk) -> Ended:
        """Update, without touching the lock and so without a network."""
        server = self._start(desk) if self._free.empty() else self._free.get()
        out, err = desk.folder / "out.txt", desk.folder / "err.txt"
        request = {
            "words": self._cold.words(desk),
            "cwd": str(desk.folder),
            "environment": self._cold.environment(desk),
            "out": str(out),
            "err": str(err),
        }
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(f"{json.dumps(request)}\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        self._free.put(server)
        return Ended(code, out.read_text("utf-8", "replace"), err.read_text("utf-8", "replace"))

    def stop(self) -> None:
        """End all servers."""
        for server in self._all:
            assert server.stdin is not None
            server.stdin.close()
            server.wait(timeout=60)

    def _start(self, desk: Desk) -> subprocess.Popen[str]:
        server = subprocess.Popen(
            [sys.executable, "-P", str(_SERVER)],
            cwd=self._cold.site,
            env={**desk.environment, "PYTHONPATH": str(self._cold.site)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._all.append(server)
        return server
