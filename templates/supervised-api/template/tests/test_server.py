"""The real server, as its own process, over the network."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from app.cli import main
from app.columns import example
from app.demo import free_port
from app.metadata import Metadata
from app.service.smoke import wait_until_ready
from app.settings import Settings

from .conftest import ROOT

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Running:
    """A server process and its address."""

    process: "subprocess.Popen[str]"
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.address + path, timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code


def start(settings: Settings, drain_seconds: float) -> Running:
    port = free_port()
    environment = os.environ | {
        "MODELS_DIR": str(settings.models_dir),
        "DATABASE_URL": settings.database_url,
        "DRAIN_SECONDS": str(drain_seconds),
        "GIT_SHA": COMMIT,
        "PORT": str(port),
        "LOG_LEVEL": "INFO",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    running = Running(process, port)
    wait_until_ready(running.address, 30)
    return running


@pytest.fixture
def server(settings: Settings, trained: Metadata) -> Iterator[Running]:
    assert trained.version
    running = start(settings, drain_seconds=0)
    yield running
    running.process.kill()
    running.process.communicate()


def test_smoke_passes_on_a_running_server(
    server: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["smoke", server.address, "--commit", COMMIT[:12]]) == 0
    assert "prediction_id" in capsys.readouterr().out


def test_smoke_fails_on_another_commit(server: Running, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["smoke", server.address, "--commit", "fedcba"]) == 1
    assert COMMIT in capsys.readouterr().err


@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}", "ftp://127.0.0.1"])
def test_smoke_fails_where_nothing_answers(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["smoke", address.format(port=free_port()), "--wait", "0.3"]) == 1
    assert capsys.readouterr().err.count("\n") == 2


def test_a_server_without_a_model_says_so_in_the_smoke_test(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", "--port", str(port)],
        env=os.environ | {"MODELS_DIR": str(settings.models_dir / "none")},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(100):
            if main(["smoke", address, "--wait", "0.2"]) == 1:
                said = capsys.readouterr().err
                if "app train" in said:
                    break
        assert "503" in said
        assert "app train" in said
    finally:
        process.kill()
        process.wait()


@pytest.mark.posix
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_while_it_stops_the_server_is_not_ready_but_still_answers(
    settings: Settings, trained: Metadata
) -> None:
    assert trained.version
    running = start(settings, drain_seconds=1)
    running.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    assert running.status("/health/ready") == 503
    assert running.status("/health/live") == 200
    out, _ = running.process.communicate(timeout=20)
    assert running.process.returncode == 0
    lines = [json.loads(line) for line in out.splitlines()]
    assert any(line.get("status") == 503 or "Finished" in line["message"] for line in lines)


@pytest.mark.posix
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_a_second_signal_stops_at_once(settings: Settings, trained: Metadata) -> None:
    assert trained.version
    running = start(settings, drain_seconds=60)
    running.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    running.process.send_signal(signal.SIGTERM)
    running.process.communicate(timeout=10)
    assert running.process.returncode == 0


@pytest.mark.posix
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_a_request_that_has_begun_is_answered_after_the_signal(server: Running) -> None:
    body = json.dumps(example()).encode()
    head = (
        f"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nX-Request-ID: half-way\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head.encode() + body[:5])
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        connection.sendall(body[5:])
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200")
    out, _ = server.process.communicate(timeout=20)
    assert server.process.returncode == 0
    logged = [line for line in map(json.loads, out.splitlines()) if "route" in line]
    assert logged[-1]["request_id"] == "half-way"
    assert (logged[-1]["route"], logged[-1]["status"]) == ("/predict", 200)
