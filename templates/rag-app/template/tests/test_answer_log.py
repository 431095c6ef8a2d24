"""What the service remembers: on a file and on a real Postgres alike."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from app.answer_log import AnswerLog
from app.records import AnswerRecord
from app.service.store import Store, StoreAwayError, open_store
from app.service.writer import Writer

from .service.stores import Postgres

NOW = time.time()
HOUR, DAY = 3600.0, 86_400.0
NONE = "0" * 32


@pytest.fixture
def store(store_url: str) -> Store:
    return open_store(store_url)


@pytest.fixture
def log(store: Store) -> Iterator[AnswerLog]:
    opened = AnswerLog(store, Writer(store, CollectorRegistry()))
    yield opened
    opened.close()


def record(name: str, **changes: Any) -> AnswerRecord:  # noqa: ANN401
    plain = AnswerRecord(
        answer_id=name,
        request_id=f"request-{name}",
        at=NOW,
        question="Wie groß? 漢",
        kind="written",
        text="So big [1].",
        model="openai:a",
        prompt="answer-2",
        input_tokens=100,
        output_tokens=20,
        dollars=0.25,
        similarity=0.5,
        grounded=True,
        cached=False,
        seconds=2.0,
        sources=json.dumps([{"source": "a.md", "heading": "A"}]),
    )
    return plain._replace(**changes)


def test_the_last_hours_are_counted(store: Store) -> None:
    log = AnswerLog(store)
    log.add(record("a"))
    log.add(record("b", kind="quoted", grounded=None, dollars=0.0, similarity=0.7, seconds=4.0))
    log.add(record("c", kind="refused", grounded=None, cached=True, dollars=None, similarity=0.1))
    log.add(record("d", grounded=False))
    log.add(record("old", at=NOW - 25 * HOUR))
    log.add_feedback("a", "up", None)
    log.add_feedback("d", "down", "I wanted a number")
    told = log.summary(24)
    assert (told.answers, told.written, told.quoted, told.refused) == (4, 2, 1, 1)
    assert (told.cached, told.ungrounded, told.unpriced) == (1, 1, 1)
    assert told.dollars == pytest.approx(0.5)
    assert told.tokens == 480
    assert told.median_similarity == pytest.approx(0.5)
    assert told.median_seconds == pytest.approx(2.0)
    assert (told.thumbs_up, told.thumbs_down, told.comments) == (1, 1, 1)
    log.close()


def test_an_empty_store_has_no_medians(log: AnswerLog) -> None:
    told = log.summary()
    assert told.answers == 0
    assert told.median_similarity is None
    assert told.median_seconds is None


def test_feedback_may_come_before_its_answer_is_written(log: AnswerLog) -> None:
    log.add(record("a"))
    assert log.add_feedback("a", "up", "thanks\0")
    found = log.newest_feedback(5)
    assert [(one.answer_id, one.thumb, one.comment) for one in found] == [("a", "up", "thanks")]
    assert found[0].question == "Wie groß? 漢"


def test_feedback_about_nothing_is_not_kept(log: AnswerLog) -> None:
    assert not log.add_feedback(NONE, "up", None)
    assert not log.add_feedback("a\0b", "up", None)
    assert log.newest_feedback(5) == []


def test_the_same_answer_is_kept_once(log: AnswerLog) -> None:
    log.add(record("a"))
    log.add(record("a"))
    assert log.add_feedback("a", "up", None)
    assert log.summary().answers == 1


def test_what_no_database_keeps_is_left_out(log: AnswerLog) -> None:
    log.add(record("a", question="a\0b", text="c\0d"))
    assert log.add_feedback("a", None, "said")
    assert log.newest_feedback(1)[0].question == "ab"


def test_old_answers_are_deleted_with_their_feedback(log: AnswerLog, store: Store) -> None:
    log.add(record("old", at=NOW - 31 * DAY))
    log.add(record("new"))
    assert log.add_feedback("old", "down", None)
    assert log.add_feedback("new", "up", None)
    assert log.purge(30) == 1
    assert [one.answer_id for one in log.newest_feedback(5)] == ["new"]
    assert store.query("SELECT answer_id FROM feedback") == [("new",)]
    assert log.reset() == 1
    assert log.newest_feedback(5) == []


@pytest.mark.postgres
def test_a_store_that_is_away_costs_no_answer(postgres: Postgres) -> None:
    store = open_store(postgres.new_database())
    log = AnswerLog(store, Writer(store, CollectorRegistry()))
    postgres.stop()
    try:
        log.add(record("a"))
        with pytest.raises(StoreAwayError):
            log.summary()
    finally:
        postgres.start()
    assert log.add_feedback("a", "up", None)
    log.close()
