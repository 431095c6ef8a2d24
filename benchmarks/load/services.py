"""The services under load: rendered from this repository, each in an environment of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.load import clients
from benchmarks.retrieval import environments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

START_SECONDS, STOP_SECONDS = 60, 40


@dataclass(frozen=True)
class Starter:
    """What differs between the starters.

    Attributes:
        template: Its id.
        path: The route that gives a real answer.
        status: Of that answer.
        before: Verbs of `app` that make what it serves.
        settings: Beyond those of all.
        asks: What its clients ask, for people.
    """

    template: str
    path: str
    status: int
    before: tuple[str, ...]
    settings: Mapping[str, str]
    asks: str


STARTERS = (
    Starter("supervised-api", "/predict", 200, ("train",), {}, "the example of its documentation"),
    Starter(
        "rag-app", "/ask", 200, ("ingest",), {"CACHE_ANSWERS": "0"},
        "the 150 golden questions by turns; no answer comes from the cache",
    ),
    Starter(
        "multi-agent", "/runs", 202, (), {},
        "the example of its documentation: a whole run up to the approval",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Service:
    """A service that runs.

    Attributes:
        process: Its one process.
        port: Where it listens on this machine.
    """

    process: subprocess.Popen[bytes]
    port: int

    def get(self, path: str) -> Any:
        """Return what a route says, decoded where it is JSON."""
        address = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            text = answer.read().decode()
        return json.loads(text) if text.startswith(("{", "[")) else text

    def peak(self) -> float:
        """Return the most memory that it has held, in 10^6 bytes."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:  # noqa: PTH123
            found = re.search(r"VmHWM:\s+(\d+) kB", file.read())
        return int(found[1]) * 1024 / 1e6 if found else 0.0

    def lost(self) -> int:
        """Return how many records it could not keep."""
        found = re.findall(r"^store_records_dropped_total (\S+)", self.get("/metrics"), re.M)
        return round(sum(map(float, found)))


def prepare(starter: Starter) -> Path:
    """Render a starter, install it, and make what it serves."""
    folder = environments.render(starter.template)
    run(["uv", "sync", "--quiet", "--locked"], folder)  # to train takes more than to serve
    for verb in starter.before:
        run([f"{folder}/.venv/bin/python", "-m", "app", verb], folder)
    return folder


def python(folder: Path) -> str:
    """Return which Python a starter runs on."""
    return run([f"{folder}/.venv/bin/python", "--version"], folder).strip()


def run(words: list[str], folder: Path) -> str:
    """Run a command to its end; return what it printed.

    Raises:
        SystemExit: It failed.
    """
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def serving(starter: Starter, folder: Path, settings: Mapping[str, str]) -> Iterator[Service]:
    """Serve a starter from an empty log while the block runs.

    Raises:
        SystemExit: It did not start, it died, or it did not end with 0.
    """
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = os.environ | {"PORT": str(port)} | dict(starter.settings) | dict(settings)
    process = subprocess.Popen(
        [f"{folder}/.venv/bin/python", "-m", "app", "serve"],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    service = Service(process, port)
    try:
        _wait_until_ready(service, starter)
        yield service
        if process.poll() is not None:
            raise SystemExit(f"{starter.template} died under load: {process.returncode}")
        process.send_signal(signal.SIGTERM)
        if process.wait(STOP_SECONDS):
            raise SystemExit(f"{starter.template} ended with {process.returncode}")
    finally:
        process.kill()
        process.wait()


def _wait_until_ready(service: Service, starter: Starter) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and service.process.poll() is None:
        try:
            service.get("/health/ready")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{starter.template} did not start")


def requests(starter: Starter, folder: Path, service: Service) -> list[bytes]:
    """Return what clients send, by turns."""
    golden = folder / "data" / "golden" / "questions.jsonl"
    if golden.is_file():
        lines = golden.read_text(encoding="utf-8").splitlines()
        bodies = [{"question": json.loads(line)["question"]} for line in lines]
    else:
        post = service.get("/openapi.json")["paths"][starter.path]["post"]
        given = post["requestBody"]["content"]["application/json"]["examples"]
        bodies = [next(iter(given.values()))["value"]]
    return [clients.post(starter.path, json.dumps(body).encode()) for body in bodies]


def busy() -> float:
    """Return seconds of processor time that this machine has spent since it started."""
    with open("/proc/stat", encoding="ascii") as file:  # noqa: PTH123
        user, nice, system, _, _, irq, soft, steal, *_ = map(int, file.readline().split()[1:])
    return (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")


def spent(pid: int) -> float:
    """Return seconds of processor time that a process has spent."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
