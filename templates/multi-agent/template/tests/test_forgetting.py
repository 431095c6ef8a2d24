"""Runs are kept for so many days; what is deleted is gone from everywhere."""

import sqlite3
from contextlib import closing
from pathlib import Path
from time import time

import pytest
from starlette.testclient import TestClient

from app.api import create_app
from app.cli import main

from .small import QUESTION, UNKNOWN, Small, small

DAY = 86_400
COMMENT = "I wanted beauty."


@pytest.fixture
def place(tmp_path: Path) -> Small:
    return small(tmp_path, retention_days=30)


def asked(client: TestClient, question: str) -> str:
    """Asks, approves what waits, and says something about it; returns the run's id."""
    run = client.post("/runs", json={"question": question, "wait": 20}).json()
    run_id = str(run["run_id"])
    if run["status"] == "waiting":
        client.post(f"/runs/{run_id}/decision", json={"type": "approve"})
    client.post("/feedback", json={"run_id": run_id, "comment": COMMENT})
    return run_id


def rows(place: Small) -> dict[str, list[tuple[object, ...]]]:
    """Returns every row of every table of the store."""
    with closing(sqlite3.connect(place.folder.parent / "app.db")) as store:
        tables = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: store.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables}  # noqa: S608


def where(place: Small, text: str) -> set[str]:
    """Returns the tables in which a text stands anywhere."""
    found = rows(place)
    wanted = text.encode()
    return {
        name
        for name, lines in found.items()
        for value in (value for line in lines for value in line)
        if wanted in (value if isinstance(value, bytes) else str(value).encode())
    }


def test_runs_are_forgotten_after_so_many_days_but_not_what_they_put_on_record(
    place: Small,
) -> None:
    with TestClient(create_app(place.settings)) as client:
        old, young = asked(client, QUESTION), asked(client, QUESTION)
    assert {"runs", "calls", "checkpoints", "feedback", "memos", "exceptions"} <= where(place, old)
    with closing(sqlite3.connect(place.folder.parent / "app.db")) as store, store:
        for run_id, days in ((old, 31), (young, 29)):
            since = (time() - days * DAY, run_id)
            store.execute("UPDATE runs SET started = ? WHERE run_id = ?", since)
            store.execute("UPDATE calls SET day = 'before', started = ? WHERE run_id = ?", since)
    with TestClient(create_app(place.settings)):
        pass  # it looks as soon as it starts
    assert where(place, old) == {"memos", "exceptions"}
    assert {"runs", "calls", "checkpoints", "feedback"} <= where(place, young)


def test_a_reset_leaves_nothing_but_what_today_has_cost(
    place: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TestClient(create_app(place.settings)) as client:
        ids = [asked(client, QUESTION), asked(client, UNKNOWN)]
    for name in ("project_file", "desk_file", "database_url"):
        monkeypatch.setenv(name.upper(), str(getattr(place.settings, name)))
    assert main(["reset", "--yes"]) == 0
    for text in (*ids, QUESTION, UNKNOWN, COMMENT, "balance"):
        assert where(place, text) == set()


def test_what_was_forgotten_before_today_costs_no_room(place: Small) -> None:
    with TestClient(create_app(place.settings)) as client:
        asked(client, UNKNOWN)
    with closing(sqlite3.connect(place.folder.parent / "app.db")) as store, store:
        # As a probe's run leaves them, two days ago.
        store.execute("UPDATE calls SET run_id = '', started = started - ?", (2 * DAY,))
    with TestClient(create_app(place.settings)):
        pass
    assert rows(place)["calls"] == []
