"""A starter that runs for real, watched by a real Prometheus."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path


@dataclass
class Watched:
    """A served starter and a Prometheus that scrapes it, and what else there is, each second.

    The rules are the starter's own, but for one thing: `for:` is one second, so that a test need
    not wait half an hour or a day. That nothing fires before its time is shown by the rules' unit
    tests.
    """

    folder: Path
    database: Path
    ports: dict[str, int]
    settings: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.ports['app']}"

    def app(self, *words: str) -> str:
        """Run a verb of the starter to its end and return what it printed."""
        command = [self.folder / ".venv" / "bin" / "app", *words]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DATABASE_URL": f"sqlite:///{self.database}",
            "PORT": str(self.ports["app"]),
            **self.settings,
            "RATE_LIMIT_PER_MINUTE": "0",
            "DRAIN_SECONDS": "0",
        }

    def start(self, name: str, *command: str | Path) -> None:
        self.processes[name] = subprocess.Popen(
            list(map(str, command)),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self, name: str) -> None:
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def ask(self, path: str, **parameters: str) -> Any:
        """Return the data that Prometheus' API gives, or the error that it names."""
        query = urllib.parse.urlencode(parameters)
        address = f"http://127.0.0.1:{self.ports['prometheus']}/api/v1/{path}?{query}"
        try:
            with urllib.request.urlopen(address, timeout=10) as response:
                return json.load(response)["data"]
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def values(self, expression: str) -> list[float]:
        """Return the values of an instant query."""
        data = self.ask("query", query=expression)
        assert isinstance(data, dict), f"{expression}\n{data}"
        result = data["result"]
        if data["resultType"] == "scalar":
            return [float(result[1])]
        return [float(series["value"][1]) for series in result]

    def firing(self) -> set[str]:
        """Return the names of the alerts that fire."""
        alerts = self.ask("alerts")["alerts"]
        return {one["labels"]["alertname"] for one in alerts if one["state"] == "firing"}

    def post(self, path: str, body: dict[str, Any]) -> int:
        """Post JSON to the service and return the status."""
        return self.post_json(path, body)[0]

    def post_json(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        """Post JSON to the service and return status and body, which may be events."""
        data, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return int(response.status), response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


def until(condition: Callable[[], Any], what: str, seconds: float = 60) -> None:
    """Wait for a condition.

    Raises:
        AssertionError: It did not come true in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.3)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _configure(starter: Path, folder: Path, ports: dict[str, int]) -> Path:
    """Copy the starter's monitoring, with targets on this machine and nothing to wait for."""
    shutil.copytree(starter / "monitoring", folder)
    config = folder / "prometheus.yml"
    text = config.read_text(encoding="utf-8").replace("15s", "1s")
    text = re.sub(r'"(\w+):\d+"', lambda job: f'"127.0.0.1:{ports.get(job[1], 9)}"', text)
    config.write_text(text, encoding="utf-8")
    for rules in folder.glob("*alerts.yml"):
        shorter = re.sub(r"for: \d+[mh]$", "for: 1s", rules.read_text(), flags=re.MULTILINE)
        rules.write_text(shorter, encoding="utf-8")
    return config


@contextmanager
def watching(
    starter: Path, folder: Path, jobs: Sequence[str], settings: dict[str, str]
) -> Iterator[Watched]:
    """Lock and install a starter, and run Prometheus until the end of the block.

    Args:
        starter: The repository.
        folder: Empty; for the store and Prometheus' own data.
        jobs: Names of the processes that Prometheus asks; `app` among them. The caller starts them.
        settings: Of the starter, beyond those that `Watched` sets.
    """
    ports = {name: free_port() for name in (*jobs, "prometheus")}
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    for words in (["lock", "--quiet"], ["sync", "--quiet", "--locked"]):
        subprocess.run(["uv", *words], cwd=starter, env=environment, check=True)
    running = Watched(starter, folder / "app.db", ports, settings)
    if "monitor" in ports:
        running.settings["MONITOR_PORT"] = str(ports["monitor"])
    config = _configure(starter, folder / "monitoring", ports)
    try:
        running.start(
            "prometheus", "prometheus", f"--config.file={config}",
            f"--storage.tsdb.path={folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{ports['prometheus']}",
        )  # fmt: skip
        yield running
    finally:
        for name in list(running.processes):
            running.stop(name)


def wait_until_up(running: Watched) -> None:
    """Wait until Prometheus sees every target."""
    until(lambda: _is_up(running), "every target is up")


def _is_up(running: Watched) -> bool:
    try:
        return running.values("up") == [1] * (len(running.ports) - 1)
    except (OSError, AssertionError):  # no listener yet, or it says that it is not ready
        return False
