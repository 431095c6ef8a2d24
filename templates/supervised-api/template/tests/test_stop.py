"""A real server under load is told to stop: what a client got is in the store."""

import json
import os
import signal
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from app.columns import example
from app.metadata import Metadata
from app.prediction_log import read_window
from app.service.store import open_store
from app.settings import Settings

from .test_server import start

CLIENTS = 4


def ask_until_refused(address: str, given: list[str]) -> None:
    """Asks on and on; notes the id of each answer that came back whole."""
    body = json.dumps(example()).encode()
    request = urllib.request.Request(
        f"{address}/predict", body, {"Content-Type": "application/json"}
    )
    try:
        while True:
            with urllib.request.urlopen(request, timeout=10) as response:
                given.append(json.load(response)["prediction_id"])
    except OSError:
        return


@pytest.mark.posix
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_every_answer_that_a_client_got_is_stored_when_the_server_stops(
    settings: Settings, trained: Metadata, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert trained.version
    monkeypatch.setenv("RATE_LIMIT_PER_MINUTE", "0")
    monkeypatch.delenv("API_KEY", raising=False)
    url = f"sqlite:///{tmp_path / 'stop.db'}"
    running = start(settings.model_copy(update={"database_url": url}), drain_seconds=0.2)
    answers: list[list[str]] = [[] for _ in range(CLIENTS)]
    clients = [
        threading.Thread(target=ask_until_refused, args=(running.address, given))
        for given in answers
    ]
    reader = threading.Thread(target=running.process.communicate)  # or its output fills the pipe
    for thread in (reader, *clients):
        thread.start()
    time.sleep(1)
    os.kill(running.process.pid, signal.SIGTERM)
    for thread in (*clients, reader):
        thread.join(timeout=30)
    assert running.process.returncode == 0
    given = {one for ids in answers for one in ids}
    assert len(given) > CLIENTS
    assert given <= set(read_window(open_store(url), 0).prediction_id)
