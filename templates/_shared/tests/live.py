"""The service over the network: from a thread of the tests, or as a process of its own."""

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

import uvicorn

from app.api import create_app
from app.service.server import listen
from app.service.smoke import wait_until_ready
from app.settings import Settings

from .conftest import ROOT


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """Serves from a thread, which is there in a moment; yields the address.

    Whoever asks can't tell it from a process. Only signals need one.
    """
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_config=None))
    with listen("127.0.0.1", 0) as listening:
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def post(address: str, body: object) -> "urllib.request.Request":
    return urllib.request.Request(
        address, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )


def events(lines: Iterator[bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields the server-sent events of a response, name and data."""
    name = ""
    for line in lines:
        field, _, value = line.decode().rstrip("\n").partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


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


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def start(settings: Settings, *words: str, **given: str) -> Running:
    """Starts `app serve` and waits until it is ready.

    Args:
        settings: Where everything is.
        words: For the command.
        given: For the environment.
    """
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "PROJECT_FILE": str(settings.project_file),
        "PORT": str(port),
        "LOG_LEVEL": "INFO",
        **given,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", *words],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    running = Running(process, port)
    wait_until_ready(running.address, 30)
    return running
