"""A starter as its compose files run it: under a name of its own, on ports that are free."""

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.containers.conftest import COMMIT

PASSWORD = "letters4digits"
KEY = "a-key-of-the-tests"
# Its image can't be had where nothing can be pulled, so it is the one service that never ran here.
UNAVAILABLE = frozenset({"grafana"})
START = ("up", "--build", "--wait")
# Ports of the host are the one thing that is changed: several stacks run at once.
FREE_PORTS = """services:
  app: {ports: !override ["127.0.0.1::8000"]}
  prometheus: {ports: !override ["127.0.0.1::9090"]}
  alertmanager: {ports: !override ["127.0.0.1::9093"]}
"""


@dataclass(frozen=True)
class Stack:
    """What `docker compose` is told, always the same.

    Attributes:
        folder: The repository.
        name: Of the project.
        files: Beyond compose.yaml.
    """

    folder: Path
    name: str = field(default_factory=lambda: f"scaffold-test-{uuid.uuid4().hex[:8]}")
    files: tuple[str, ...] = ()

    def compose(self, *words: str) -> str:
        """Run one command; return what it printed.

        Raises:
            AssertionError: It failed; the message holds what it said, and what the services said.
        """
        done = self._run(*words)
        if done.returncode:
            said = self._run("logs", "--no-color", "--tail=60").stdout
            raise AssertionError(f"docker compose {' '.join(words)}\n{done.stderr}\n{said}")
        return done.stdout

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        files = [f"--file={file}" for file in ("compose.yaml", *self.files, "ports.yaml")]
        options = [f"--project-name={self.name}", "--progress=plain"]
        if words[: len(START)] != START:  # else a command does not see what runs
            options.append("--profile=monitoring")
        return subprocess.run(
            ["docker", "compose", *files, *options, *words],
            cwd=self.folder,
            env=os.environ | {"GIT_SHA": COMMIT, "POSTGRES_PASSWORD": PASSWORD},
            capture_output=True,
            text=True,
            check=False,
        )

    def up(self, *options: str) -> None:
        """Start what runs without the profile, and wait until it is well."""
        self.compose(*START, *options)

    def up_with_monitoring(self) -> None:
        """Start everything whose image can be had here, and wait until it is well."""
        services = set(self.compose("config", "--services").split())
        self.compose("--profile=monitoring", *START, *sorted(services - UNAVAILABLE))

    def down(self) -> None:
        """Remove everything, with images and volumes."""
        self.compose("down", "--volumes", "--rmi=local", "--timeout=5", "--remove-orphans")

    def running(self) -> set[str]:
        """Return the services that run."""
        return set(self.compose("ps", "--services", "--status=running").split())

    def port(self, service: str, inside: int, index: int = 1) -> int:
        """Return the port of this machine that leads to one of a service."""
        said = self.compose("port", f"--index={index}", service, str(inside))
        return int(said.rpartition(":")[2])

    def containers(self, service: str) -> list[str]:
        """Return the containers of a service, the first one first."""
        rows = self.compose("ps", "--all", "--format=json", service).splitlines()
        return sorted(json.loads(row)["Name"] for row in rows)

    def smoke(self) -> str:
        """Look at the service as its own `app smoke` does, from inside; return what it said."""
        look = ["python", "-m", "app", "smoke", "http://127.0.0.1:8000", "--commit", COMMIT]
        return self.compose("exec", "--no-TTY", "app", *look)


@contextmanager
def stack(
    project: Path, folder: Path, settings: Sequence[str], files: tuple[str, ...] = ()
) -> Iterator[Stack]:
    """Copy a repository for a stack of its own, and remove the stack at the end.

    Args:
        project: The repository.
        folder: Where to; not there yet.
        settings: Lines of its `.env`.
        files: Beyond compose.yaml.
    """
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns(".env", ".git", ".venv"))
    (folder / ".env").write_text("\n".join([*settings, ""]), encoding="utf-8")
    (folder / "ports.yaml").write_text(FREE_PORTS, encoding="utf-8")
    made = Stack(folder, files=files)
    try:
        yield made
    finally:
        made.down()


def call(port: int, path: str, body: Any = None, method: str | None = None) -> tuple[int, Any]:
    """Ask a service on this machine, with the key; return status and decoded body."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json", "X-API-Key": KEY},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            status, said = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, said = error.code, error.read().decode()
    try:
        return status, json.loads(said)
    except json.JSONDecodeError:
        return status, said
