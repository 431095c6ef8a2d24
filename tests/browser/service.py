"""A generated service, trained and running: what a browser is pointed at."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60


@dataclass(frozen=True)
class Repository:
    """A rendered starter with its packages.

    Attributes:
        folder: Where it is.
        environment: For its commands.
    """

    folder: Path
    environment: dict[str, str]

    def run(self, *words: str) -> None:
        """Run one of its commands."""
        command = ["uv", "run", "--quiet", *words]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"

    @contextlib.contextmanager
    def serving(self, **settings: str) -> Iterator[str]:
        """Run its server and give the address, which ends with a slash; `PORT` may be given."""
        with socket.create_server(("127.0.0.1", int(settings.get("PORT", "0")))) as probe:
            port = probe.getsockname()[1]
        environment = self.environment | {"PORT": str(port), "RATE_LIMIT_PER_MINUTE": "0"}
        with (self.folder / f"server-{port}.log").open("w", encoding="utf-8") as log:
            server = subprocess.Popen(
                [self.folder / ".venv" / "bin" / "python", "-m", "app", "serve"],
                cwd=self.folder,
                env=environment | settings,
                stdout=log,
                stderr=log,
            )
        address = f"http://127.0.0.1:{port}/"
        try:
            _wait(f"{address}health/ready", server)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    until = monotonic() + READY_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            assert server.poll() is None, "the server has ended"
            assert monotonic() < until, "the server is not ready"
            sleep(0.1)


def make(folder: Path) -> Repository:
    """Render supervised-api, install its packages and train its model."""
    repository = render(folder, "supervised-api")
    repository.run("app", "train")
    return repository


def render(folder: Path, starter: str) -> Repository:
    """Render a starter of this checkout."""
    command = [sys.executable, "-m", "scaffold", "pack", "render", starter, folder]
    subprocess.run([*command, "--root", ROOT], cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    kept.pop("VIRTUAL_ENV", None)
    return Repository(folder, kept | {"UV_PYTHON": sys.executable, "DRAIN_SECONDS": "0"})
