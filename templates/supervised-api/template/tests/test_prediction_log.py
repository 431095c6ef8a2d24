"""What the service remembers: on a file and on a real Postgres alike."""

import math
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from app import prediction_log
from app.columns import columns
from app.prediction_log import PredictionLog, Record, read_window
from app.service.store import Store, StoreAwayError, open_store
from app.service.writer import Writer

from .service.stores import Postgres

NOW = time.time()
HOUR, DAY = 3600.0, 86_400.0


@pytest.fixture
def store(store_url: str) -> Store:
    return open_store(store_url)


@pytest.fixture
def log(store: Store) -> Iterator[PredictionLog]:
    opened = PredictionLog(store, Writer(store, CollectorRegistry()))
    yield opened
    opened.close()


def inputs(first: float = 1.0) -> "np.ndarray[Any, np.dtype[np.float32]]":
    values = np.arange(len(columns()), dtype="<f4") + np.float32(first)
    values[-1] = np.nan
    return values


def record(name: str, **changes: Any) -> Record:  # noqa: ANN401
    plain = Record(
        prediction_id=name,
        request_id=f"request-{name}",
        at=NOW,
        unit="Ünit 漢",
        model_version="v1",
        role="champion",
        inputs=inputs().tobytes(),
        output=0.25,
        decision=False,
    )
    return plain._replace(**changes)


def test_what_was_added_is_read_back_as_it_was(store: Store) -> None:
    log = PredictionLog(store)
    log.add([record("b", at=NOW + 1, decision=True, inputs=inputs(7).tobytes()), record("a")])
    window = read_window(store, NOW)
    assert window.prediction_id == ["a", "b"]  # by time
    assert window.at.tolist() == [NOW, NOW + 1]
    assert window.unit == ["Ünit 漢"] * 2
    assert window.model_version.tolist() == ["v1", "v1"]
    assert window.role.tolist() == ["champion", "champion"]
    np.testing.assert_array_equal(window.inputs, [inputs(), inputs(7)])
    assert window.output.tolist() == [0.25, 0.25]
    assert window.decision.tolist() == [0, 1]
    assert np.isnan(window.actual).all()


def test_a_window_has_its_first_moment_and_not_its_last(store: Store) -> None:
    log = PredictionLog(store)
    log.add([record(name, at=NOW + k) for k, name in enumerate("abcd")])
    assert read_window(store, NOW + 1, NOW + 3).prediction_id == ["b", "c"]
    assert read_window(store, NOW + 1).prediction_id == ["b", "c", "d"]


def test_where_nobody_said_who_it_is_about_it_is_the_case_itself(store: Store) -> None:
    other = inputs(7).tobytes()
    PredictionLog(store).add(
        [record("a", unit=""), record("b", unit="", inputs=other), record("c", unit="")]
    )
    window = read_window(store, 0)
    by_id = dict(zip(window.prediction_id, window.unit, strict=True))
    assert by_id["a"] == by_id["c"]
    assert by_id["a"] != by_id["b"]
    assert len(by_id["a"]) == len(by_id["b"]) == 32


def test_an_empty_window_has_the_shapes_of_any_other(store: Store) -> None:
    PredictionLog(store)
    window = read_window(store, 0)
    assert window.inputs.shape == (0, len(columns()))
    assert window.at.shape == window.output.shape == window.actual.shape == (0,)
    assert window.prediction_id == []


def test_without_a_decision_there_is_none(store: Store) -> None:
    log = PredictionLog(store)
    log.add([record("a", decision=None, output=-3.5)])
    assert math.isnan(read_window(store, 0).decision[0])
    assert log.summary().models[0].yes is None


def test_a_shadow_shares_the_id_and_the_truth_of_the_answer(store: Store) -> None:
    log = PredictionLog(store)
    log.add([record("a"), record("a", model_version="v2", role="shadow", output=0.75)])
    assert log.add_feedback("a", 1, None, None)
    window = read_window(store, 0)
    assert window.prediction_id == ["a", "a"]
    assert sorted(window.role.tolist()) == ["champion", "shadow"]
    assert window.actual.tolist() == [1, 1]


def test_the_newest_actual_counts_and_a_mere_comment_does_not_undo_it(store: Store) -> None:
    log = PredictionLog(store)
    log.add([record("a"), record("b")])
    for actual, comment in ((1, None), (0, "was wrong"), (None, "thanks")):
        assert log.add_feedback("a", actual, None, comment)
    window = read_window(store, 0)
    assert dict(zip(window.prediction_id, window.actual.tolist(), strict=True))["a"] == 0
    assert np.isnan(window.actual).sum() == 1


def test_feedback_right_after_the_answer_finds_it(log: PredictionLog) -> None:
    log.add([record("a")])
    assert log.add_feedback("a", 1, None, None)


@pytest.mark.parametrize("name", ["unknown", "", "with \0 in it", "' OR 1=1 --"])
def test_feedback_on_no_answer_of_ours_is_refused(log: PredictionLog, name: str) -> None:
    log.add([record("a")])
    assert not log.add_feedback(name, 1, "up", "text")
    assert log.newest_feedback(10) == []


def test_a_comment_is_kept_as_it_was_given(log: PredictionLog) -> None:
    comment = "x' ? %s \\ \n\t漢 🙂 <b>" * 80
    log.add([record("a")])
    log.add_feedback(
        "a", None, "down", comment + "\0"
    )  # a NUL is the one thing Postgres can't keep
    (kept,) = log.newest_feedback(10)
    assert (kept.comment, kept.thumb, kept.actual) == (comment, "down", None)
    assert (kept.prediction_id, kept.model_version, kept.output) == ("a", "v1", 0.25)


def test_the_newest_feedback_comes_first_and_once(store: Store) -> None:
    log = PredictionLog(store)
    log.add([record("a"), record("a", model_version="v2", role="shadow")])
    for text in ("first", "second", "third"):
        log.add_feedback("a", None, None, text)
    assert [item.comment for item in log.newest_feedback(2)] == ["third", "second"]


def test_rows_of_other_columns_are_not_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    log = PredictionLog(store)
    log.add([record("a")])
    monkeypatch.setattr(prediction_log, "contract_hash", lambda: "after the columns changed")
    assert read_window(store, 0).prediction_id == []
    assert PredictionLog(store).summary().models == ()


def test_the_summary_counts_by_model_and_role(store: Store) -> None:
    log = PredictionLog(store)
    log.add([record(str(k), output=k / 4, decision=k >= 3) for k in range(4)])
    log.add([record("0", model_version="v2", role="shadow", output=0.5)])
    log.add([record("old", at=NOW - 2 * DAY)])
    log.add_feedback("0", 1, "up", "good")
    log.add_feedback("0", 0, "down", None)
    log.add_feedback("1", 1, "up", None)
    summary = log.summary(hours=24)
    champion, shadow = summary.models
    assert (champion.model_version, champion.role, champion.predictions) == ("v1", "champion", 4)
    assert (champion.yes, champion.mean_output) == (0.25, 0.375)
    assert (shadow.model_version, shadow.role, shadow.predictions) == ("v2", "shadow", 1)
    assert (summary.thumbs_up, summary.thumbs_down, summary.comments, summary.labels) == (
        2,
        1,
        1,
        2,
    )
    assert (summary.waiting, summary.dropped) == (0, 0)


def test_the_summary_tells_what_waits_and_what_was_lost(store: Store) -> None:
    writer = Writer(store, CollectorRegistry(), capacity=1)
    log = PredictionLog(store, writer)
    log.add([record("a"), record("b")])
    assert log.summary().dropped == 2
    log.close()


def test_what_is_too_old_is_deleted_with_its_feedback(store: Store) -> None:
    log = PredictionLog(store)
    log.add([record("new", at=NOW - 3 * DAY), record("old", at=NOW - 5 * DAY)])
    for name in ("new", "old"):
        log.add_feedback(name, 1, None, f"about {name}")
    assert log.purge(days=4) == 1
    assert read_window(store, 0).prediction_id == ["new"]
    assert [item.comment for item in log.newest_feedback(10)] == ["about new"]
    assert store.query("SELECT COUNT(*) FROM feedback") == [(1,)]


def test_after_a_reset_nothing_is_left(store: Store) -> None:
    log = PredictionLog(store)
    log.add([record("a"), record("in the future", at=NOW + 30 * DAY)])
    log.add_feedback("a", 1, None, None)
    assert log.reset() == 2
    assert store.query("SELECT COUNT(*) FROM predictions") == [(0,)]
    assert store.query("SELECT COUNT(*) FROM feedback") == [(0,)]
    log.add([record("b")])
    assert read_window(store, 0).prediction_id == ["b"]


def test_closing_writes_what_still_waits(store: Store, store_url: str) -> None:
    log = PredictionLog(store, Writer(store, CollectorRegistry()))
    log.add([record(str(k)) for k in range(500)])
    log.close()
    assert len(read_window(open_store(store_url), 0).prediction_id) == 500


@pytest.mark.postgres
def test_while_postgres_is_away_answers_go_on_and_feedback_says_so(postgres: Postgres) -> None:
    store = open_store(postgres.new_database())
    log = PredictionLog(store, Writer(store, CollectorRegistry()))
    postgres.stop()
    try:
        started = time.monotonic()
        log.add([record("a")])
        assert time.monotonic() - started < 0.1
        with pytest.raises(StoreAwayError):
            log.add_feedback("a", 1, None, None)
    finally:
        postgres.start()
    assert log.add_feedback("a", 1, None, None)
    assert read_window(store, 0).actual.tolist() == [1]
    log.close()
