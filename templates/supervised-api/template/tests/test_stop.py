"""A real server is told to stop while it is asked: nobody who was answered is forgotten."""

import json
import signal
import socket
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from app.columns import example
from app.metadata import Metadata
from app.prediction_log import read_window
from app.service.store import open_store
from app.settings import Settings

from .live import Running, start

CLIENTS = 4
DRAIN_SECONDS = 1.0
BODY = json.dumps(example()).encode()
HEAD = (
    f"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    f"Content-Length: {len(BODY)}\r\nX-Request-ID: half-way\r\n\r\n"
).encode()

pytestmark = [
    pytest.mark.posix,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch"),
]


@dataclass(frozen=True)
class Stop:
    """What was seen while and after a server stopped.

    Attributes:
        ready: Status of the readiness probe between the signal and the end.
        alive: Status of the liveness probe then.
        half_way: What came back for a request of which only a part had arrived before.
        given: Ids of the answers that clients got.
        kept: Ids of the answers in the store.
        exit_code: Of the process.
        log: The lines of its log.
    """

    ready: int
    alive: int
    half_way: bytes
    given: set[str]
    kept: set[str]
    exit_code: int
    log: list[dict[str, Any]]


def ask_until_refused(address: str, given: list[str]) -> None:
    """Asks on and on; notes the id of each answer that came back whole."""
    request = urllib.request.Request(
        f"{address}/predict", BODY, {"Content-Type": "application/json"}
    )
    try:
        while True:
            with urllib.request.urlopen(request, timeout=10) as response:
                given.append(json.load(response)["prediction_id"])
            time.sleep(0.02)  # the others want to be heard too
    except OSError:
        return


def wait_for_answers(answers: list[list[str]]) -> None:
    deadline = time.monotonic() + 10
    while not all(answers) and time.monotonic() < deadline:
        time.sleep(0.01)


def stop_half_way(running: Running) -> tuple[int, int, bytes]:
    """Sends the signal in the middle of a request, and the rest when nobody new is let in."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as connection:
        connection.sendall(HEAD + BODY[:5])
        time.sleep(0.2)
        signalled = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        ready, alive = (running.status(f"/health/{probe}") for probe in ("ready", "live"))
        time.sleep(max(0.0, signalled + DRAIN_SECONDS + 0.2 - time.monotonic()))
        connection.sendall(BODY[5:])
        return ready, alive, connection.recv(65536)


@pytest.fixture(scope="module")
def stop(settings: Settings, trained: Metadata, tmp_path_factory: pytest.TempPathFactory) -> Stop:
    """One stop, with clients that ask on and one whose request is half sent."""
    assert trained.version
    url = f"sqlite:///{tmp_path_factory.mktemp('stop') / 'stop.db'}"
    own = settings.model_copy(update={"database_url": url})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RATE_LIMIT_PER_MINUTE", "0")
        patch.delenv("API_KEY", raising=False)
        running = start(own, DRAIN_SECONDS)
    answers: list[list[str]] = [[] for _ in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        # Read as it comes, or its output fills the pipe.
        said = pool.submit(running.process.communicate, timeout=60)
        for given in answers:
            pool.submit(ask_until_refused, running.address, given)
        try:
            wait_for_answers(answers)
            ready, alive, half_way = stop_half_way(running)
        except BaseException:
            running.process.kill()  # else everybody waits for its end
            raise
        log = [json.loads(line) for line in said.result()[0].splitlines()]
    return Stop(
        ready,
        alive,
        half_way,
        given={one for given in answers for one in given},
        kept=set(read_window(open_store(url), 0).prediction_id),
        exit_code=running.process.returncode,
        log=log,
    )


def test_while_it_stops_the_server_is_not_ready_but_still_answers(stop: Stop) -> None:
    assert (stop.ready, stop.alive) == (503, 200)
    assert stop.exit_code == 0
    assert any("Finished" in line["message"] for line in stop.log)


def test_a_request_that_has_begun_is_answered_after_the_signal(stop: Stop) -> None:
    assert stop.half_way.startswith(b"HTTP/1.1 200")
    last = [line for line in stop.log if "route" in line][-1]
    assert (last["request_id"], last["route"], last["status"]) == ("half-way", "/predict", 200)


def test_every_answer_that_a_client_got_is_stored_when_the_server_stops(stop: Stop) -> None:
    assert len(stop.given) > CLIENTS
    assert stop.given <= stop.kept


def test_a_second_signal_stops_at_once(settings: Settings, trained: Metadata) -> None:
    assert trained.version
    running = start(settings, drain_seconds=60)
    running.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    running.process.send_signal(signal.SIGTERM)
    running.process.communicate(timeout=10)
    assert running.process.returncode == 0
