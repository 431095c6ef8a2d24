"""What models may cost in a day: on a file and on a real Postgres alike."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from app.budget import Budget, Left
from app.service.store import Store, open_store


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with closing(open_store(store_url)) as opened:
        yield opened


@pytest.fixture
def budget(store: Store) -> Budget:
    return Budget(store, dollars=1.0, tokens=1000)


def test_a_call_is_let_through_as_long_as_the_day_holds_it(budget: Budget) -> None:
    assert budget.reserve("a", 0.6, 10)
    assert not budget.reserve("b", 0.5, 10)
    assert budget.reserve("c", 0.4, 10)
    assert budget.left().dollars == pytest.approx(0)
    assert budget.left().tokens == 980


def test_what_it_did_cost_takes_the_place_of_what_was_set_aside(budget: Budget) -> None:
    budget.reserve("a", 0.9, 900)
    budget.settle("a", 0.1, 50)
    budget.settle("a", 0.1, 50)  # again, as after a lost connection
    assert budget.left().dollars == pytest.approx(0.9)
    assert budget.left().tokens == 950
    assert budget.reserve("b", 0.8, 900)


def test_tokens_are_limited_where_the_price_is_unknown(budget: Budget) -> None:
    assert budget.reserve("a", None, 800)
    assert not budget.reserve("b", None, 300)
    assert budget.left() == Left(1.0, 200)


def test_the_same_call_reserves_once(budget: Budget) -> None:
    assert budget.reserve("a", 0.3, 10)
    assert budget.reserve("a", 0.3, 10)
    assert budget.left().dollars == pytest.approx(0.7)


def test_nothing_may_be_spent_of_nothing(store: Store) -> None:
    assert not Budget(store, dollars=0, tokens=1000).reserve("a", 0.01, 10)
    assert not Budget(store, dollars=1, tokens=0).reserve("a", None, 1)


def test_a_restart_forgets_nothing(store_url: str) -> None:
    with closing(open_store(store_url)) as store:
        assert Budget(store, 1.0, 1000).reserve("a", 0.8, 10)
    with closing(open_store(store_url)) as store:
        assert not Budget(store, 1.0, 1000).reserve("b", 0.3, 10)


def test_a_new_day_begins_anew(budget: Budget, monkeypatch: pytest.MonkeyPatch) -> None:
    budget.reserve("a", 1.0, 10)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).timestamp()
    monkeypatch.setattr("app.budget.time", lambda: tomorrow)
    assert budget.left() == Left(1.0, 1000)
    assert budget.reserve("b", 1.0, 10)


def test_old_days_are_forgotten_and_today_is_not(
    budget: Budget, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget.reserve("a", 0.5, 10)
    budget.purge(0.1)
    assert budget.left().dollars == 0.5
    later = (datetime.now(UTC) + timedelta(days=31)).timestamp()
    monkeypatch.setattr("app.budget.time", lambda: later)
    budget.purge(30)
    assert store.query("SELECT COUNT(*) FROM spending") == [(0,)]


def test_many_at_once_do_not_spend_more_than_there_is(budget: Budget) -> None:
    with ThreadPoolExecutor(8) as pool:
        let = list(pool.map(lambda at: budget.reserve(str(at), 0.1, 1), range(40)))
    assert sum(let) == 10
