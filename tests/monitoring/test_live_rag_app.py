"""What Prometheus sees of `rag-app` that is served for real, with a stand-in for its model.

The tests run in this order, on one starter: traffic, a model that goes away, an empty index, death.
"""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.monitoring.expressions import check_names, empty_panels
from tests.monitoring.model_server import ModelServer, model_server
from tests.monitoring.watched import Watched, until, wait_until_up, watching

QUESTIONS = (
    "How big should a chunk be?",
    "When have the inputs changed enough to matter?",
    "What happens to an agent when its process dies?",
)
OFF_TOPIC = "Which wine goes with roasted duck?"


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture(scope="module")
def watched(
    starters: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
    model: ModelServer,
) -> Iterator[Watched]:
    """Everything running, before the first question."""
    starter, folder = starters("rag-app"), tmp_path_factory.mktemp("watched")
    settings = {
        "MODEL": "openai:stand-in",
        "MODEL_PRICE": "1,4",
        "OPENAI_BASE_URL": model.address,
        "OPENAI_API_KEY": "x",
    }
    with watching(starter, folder, ("app",), settings) as running:
        running.start("app", starter / ".venv" / "bin" / "app", "serve", "--ingest")
        wait_until_up(running)
        yield running


def ask(watched: Watched, question: str, path: str = "/ask") -> str:
    """Ask a question; return the answer's id."""
    status, body = watched.post_json(path, {"question": question})
    assert status == 200, body
    whole = body if path == "/ask" else body.split(b"event: done\ndata: ")[1].split(b"\n")[0]
    answer_id: str = json.loads(whole)["answer_id"]
    return answer_id


def test_before_the_first_question_nothing_is_wrong(watched: Watched) -> None:
    assert watched.values("rag_index_passages")[0] > 300
    until(lambda: watched.firing() == set(), "what fired before it was up is over")


def test_with_traffic_each_panel_of_the_dashboard_shows_something(watched: Watched) -> None:
    for _ in range(4):
        for question in QUESTIONS:
            answer_id = ask(watched, question)
            ask(watched, question, "/ask/stream")
            assert watched.post("/feedback", {"answer_id": answer_id, "thumb": "up"}) == 200
        ask(watched, OFF_TOPIC)
        assert watched.post("/ask", {"unknown": 1}) == 422
        time.sleep(1.5)
    until(lambda: not empty_panels(watched), "each panel shows something", 30)


def test_each_metric_that_an_alert_or_a_panel_names_is_there(watched: Watched) -> None:
    check_names(watched)


def test_what_answers_cost_is_known(watched: Watched) -> None:
    # 1,000 tokens read and 200 written, at 1 and 4 dollars for a million.
    paid = watched.values("rag_tokens_total{kind='output'}")[0] / 200
    assert paid >= 24
    assert watched.values("rag_dollars_total")[0] == pytest.approx(paid * 0.0018)
    assert watched.values("rag_budget_left_dollars")[0] == pytest.approx(1 - paid * 0.0018)


def test_a_model_that_makes_things_up_raises_an_alert(watched: Watched) -> None:
    until(lambda: "ManyUngrounded" in watched.firing(), "ManyUngrounded fires")
    assert watched.firing() <= {"ManyUngrounded"}


def test_a_model_that_is_away_raises_an_alert(watched: Watched, model: ModelServer) -> None:
    model.away = True
    for _ in range(4):
        ask(watched, QUESTIONS[0])
        time.sleep(1.5)
    until(lambda: "ManyFallbacks" in watched.firing(), "ManyFallbacks fires")


def test_an_empty_index_raises_an_alert(watched: Watched) -> None:
    watched.app("reset", "--yes")
    until(lambda: "IndexEmpty" in watched.firing(), "IndexEmpty fires")


def test_a_dead_service_raises_an_alert(watched: Watched) -> None:
    watched.stop("app")
    until(lambda: "AppDown" in watched.firing(), "AppDown fires")
