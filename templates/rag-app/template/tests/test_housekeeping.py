"""When the service is ready, and what it forgets."""

from contextlib import closing
from pathlib import Path
from time import time

import pytest

from app.answer_log import AnswerLog
from app.index.opening import open_index
from app.ingest import ingest
from app.service.store import open_store

from .chatting import chatting
from .hashing import HashingEmbedder
from .small_project import Small, small_project
from .test_answer_log import DAY, record


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return small_project(tmp_path)


def test_it_is_ready_with_an_index_and_no_longer_when_it_stops(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chatting(small, monkeypatch) as client:
        assert client.get("/health/ready").status_code == 200
        client.app.state.health.stopping = True  # type: ignore[attr-defined]
        stopping = client.get("/health/ready")
        assert stopping.status_code == 503
        assert "stopping" in stopping.json()["detail"]
        assert client.get("/health/live").status_code == 200


def test_an_index_of_other_vectors_is_not_ready(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_index(small.settings.database_url)) as index:
        ingest(index, small.project, HashingEmbedder(256))
    with chatting(small, monkeypatch) as client:
        refused = client.get("/health/ready")
        assert refused.status_code == 503
        assert "app ingest" in refused.json()["detail"]
        assert client.post("/ask", json={"question": "How long?"}).status_code == 503
        assert "app ingest" in client.get("/").text


def test_answers_are_kept_for_so_many_days(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(AnswerLog(open_store(small.settings.database_url))) as log:
        log.add(record("old", at=time() - 31 * DAY))
        log.add(record("young", at=time() - 29 * DAY))
        log.add_feedback("old", "down", "forget this")
    with chatting(small, monkeypatch, retention_days=30):
        pass
    with closing(open_store(small.settings.database_url)) as store:
        assert store.query("SELECT answer_id FROM answers") == [("young",)]
        assert store.query("SELECT comment FROM feedback") == []
