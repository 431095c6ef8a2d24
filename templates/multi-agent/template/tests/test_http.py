"""Runs over HTTP: asked, watched, decided about, taken up again after a kill."""

import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api import create_app
from app.feedback import FeedbackLog
from app.runs.calls import Asked, Calls
from app.runs.limits import read_limits
from app.runs.run_log import Lease, RunLog
from app.service.store import open_store

from .live import events, post, served, start
from .small import QUESTION, UNKNOWN, Small, small

EVERYWHERE = "0.0.0.0"  # noqa: S104 - that is what is tested
KEY = {"X-API-Key": "open sesame"}


@pytest.fixture
def place(tmp_path: Path) -> Small:
    return small(tmp_path, rate_limit_per_minute=0)


@pytest.fixture
def address(place: Small) -> Iterator[str]:
    with served(place.settings) as found:
        yield found


def call(
    url: str, body: object = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(url) if body is None else post(url, body)
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def watch(address: str, run_id: str) -> list[tuple[str, dict[str, Any]]]:
    with urllib.request.urlopen(f"{address}/runs/{run_id}/events", timeout=30) as response:
        return list(events(response))


def test_a_question_is_accepted_at_once_and_its_steps_arrive(address: str) -> None:
    status, run = call(f"{address}/runs", {"question": QUESTION})
    assert (status, run["status"]) == (202, "running")
    seen = watch(address, run["run_id"])
    ended = {data["n"] for name, data in seen if name == "call" and data["status"] == "done"}
    assert ended == set(range(1, 14))
    assert [name for name, _ in seen if name != "call"] == ["run"]
    assert seen[-1][1]["status"] == "waiting"


def test_who_comes_back_later_gets_all_of_it_again(address: str) -> None:
    _, run = call(f"{address}/runs", {"question": QUESTION, "wait": 20})
    assert run["status"] == "waiting"
    assert len(watch(address, run["run_id"])) == 13 + 1


def test_a_call_is_told_when_it_begins_and_when_it_ends(place: Small, address: str) -> None:
    store = open_store(place.settings.database_url)
    runs, made, lease = RunLog(store), Calls(store), Lease("another process", 60)
    runs.begin("0" * 16, QUESTION, "offline", lease)
    limits = read_limits(place.settings)
    call_id = made.reserve("0" * 16, Asked("model", "planner", "offline"), limits)
    assert call_id
    with urllib.request.urlopen(f"{address}/runs/{'0' * 16}/events", timeout=30) as response:
        seen = events(response)
        first = next(seen)
        made.settle(call_id, "done", tokens=7)
        runs.leave("0" * 16, lease, "done", "refused", 1.0)
        second, last = seen
    store.close()
    assert (first[0], first[1]["n"], first[1]["status"]) == ("call", 1, "begun")
    assert (second[0], second[1]["n"], second[1]["status"]) == ("call", 1, "done")
    assert (last[0], last[1]["outcome"]) == ("run", "refused")


def test_a_watcher_who_leaves_changes_nothing(address: str) -> None:
    _, run = call(f"{address}/runs", {"question": QUESTION})
    response = urllib.request.urlopen(f"{address}/runs/{run['run_id']}/events", timeout=30)
    response.readline()
    response.close()
    assert watch(address, run["run_id"])[-1][1]["status"] == "waiting"


def test_a_run_waits_until_somebody_decides(address: str) -> None:
    _, run = call(f"{address}/runs", {"question": QUESTION, "wait": 20})
    assert run["request"]["action_requests"][0]["args"]["memo"] == run["memo"]
    status, done = call(f"{address}/runs/{run['run_id']}/decision", {"type": "approve"})
    assert (status, done["outcome"]) == (200, "published")
    assert call(f"{address}/runs/{run['run_id']}")[1]["published"] == done["published"]


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(address: str) -> None:
    _, run = call(f"{address}/runs", {"question": QUESTION, "wait": 20})
    url = f"{address}/runs/{run['run_id']}/decision"
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: call(url, {"type": "approve"}), range(4)))
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409]


def test_an_edit_is_published_or_refused_with_the_number(address: str) -> None:
    _, run = call(f"{address}/runs", {"question": QUESTION, "wait": 20})
    url = f"{address}/runs/{run['run_id']}/decision"
    first = run["memo"]["lines"][0]
    wrong = run["memo"] | {"lines": [first | {"text": "It took 4711 days."}], "exceptions": []}
    status, told = call(url, {"type": "edit", "memo": wrong})
    assert status == 422
    assert "4711" in told["detail"]
    right = run["memo"] | {"lines": [first], "exceptions": []}
    status, done = call(url, {"type": "edit", "memo": right})
    assert (status, done["memo"]["lines"]) == (200, [first])


def test_a_rejected_run_keeps_the_reason(address: str) -> None:
    _, run = call(f"{address}/runs", {"question": QUESTION, "wait": 20})
    url = f"{address}/runs/{run['run_id']}/decision"
    _, done = call(url, {"type": "reject", "reason": "Not today."})
    assert (done["outcome"], done["reason"]) == ("rejected", "Not today.")


def test_an_unknown_question_is_refused_in_words(address: str) -> None:
    _, run = call(f"{address}/runs", {"question": UNKNOWN, "wait": 20})
    assert (run["status"], run["outcome"]) == ("done", "refused")


@pytest.mark.parametrize(
    "body",
    [{}, {"question": ""}, {"question": "x" * 4001}, {"question": "x", "wait": 31}, {"q": 1}],
)
def test_what_is_no_question_is_refused(address: str, body: dict[str, Any]) -> None:
    status, told = call(f"{address}/runs", body)
    assert status == 422
    assert told["request_id"]


@pytest.mark.parametrize(
    "path", ["/runs/0000000000000000", "/runs/0000000000000000/events", "/runs/x"]
)
def test_a_run_that_does_not_exist_is_404(address: str, path: str) -> None:
    assert call(f"{address}{path}")[0] == 404


def test_a_decision_about_no_run_is_404(address: str) -> None:
    assert call(f"{address}/runs/0000000000000000/decision", {"type": "approve"})[0] == 404


def test_more_runs_than_there_is_room_for_are_told_to_come_back(place: Small) -> None:
    busy = place.settings.model_copy(update={"runs_at_once": 1})
    with served(busy) as address, ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: call(f"{address}/runs", {"question": QUESTION}), range(8))
        )
        assert {status for status, _ in answers} <= {202, 503}
        accepted = [run["run_id"] for status, run in answers if status == 202]
        assert accepted
        assert len(accepted) < 8
        assert all(watch(address, one)[-1][1]["status"] == "waiting" for one in accepted)


def test_sixty_four_clients_get_runs_or_are_told(place: Small) -> None:
    with served(place.settings) as address, ThreadPoolExecutor(64) as pool:
        answers = list(
            pool.map(
                lambda _: call(f"{address}/runs", {"question": UNKNOWN, "wait": 20}), range(64)
            )
        )
        assert {status for status, _ in answers} <= {202, 503}
        outcomes = {run["outcome"] for status, run in answers if status == 202}
        assert outcomes == {"refused"}
        assert call(f"{address}/health/ready")[0] == 200


def test_without_a_key_nobody_decides_on_a_host_that_others_reach(place: Small) -> None:
    open_to_all = place.settings.model_copy(update={"host": EVERYWHERE})
    with served(open_to_all) as address:
        _, run = call(f"{address}/runs", {"question": QUESTION, "wait": 20})
        for kind in ("approve", "reject", "edit"):
            status, told = call(f"{address}/runs/{run['run_id']}/decision", {"type": kind})
            assert status == 403
            assert "API_KEY" in told["detail"]
        assert call(f"{address}/runs")[0] == 403
        assert call(f"{address}/runs/{run['run_id']}/resume", {})[0] == 403
        assert call(f"{address}/runs/{run['run_id']}")[1]["status"] == "waiting"


def test_with_a_key_whoever_has_it_decides(place: Small) -> None:
    guarded = small(place.folder.parent, host=EVERYWHERE, api_key=KEY["X-API-Key"])
    with served(guarded.settings) as address:
        _, run = call(f"{address}/runs", {"question": QUESTION, "wait": 20})
        url = f"{address}/runs/{run['run_id']}/decision"
        assert call(url, {"type": "approve"})[0] == 401
        assert call(url, {"type": "approve"}, {"X-API-Key": "guessed"})[0] == 401
        assert call(url, {"type": "approve"}, KEY)[1]["outcome"] == "published"
        assert len(call(f"{address}/runs", headers=KEY)[1]["runs"]) == 1


def test_asking_can_need_the_key_too(place: Small) -> None:
    guarded = small(place.folder.parent, api_key=KEY["X-API-Key"], ask_with_key=True)
    with served(guarded.settings) as address:
        assert call(f"{address}/runs", {"question": UNKNOWN})[0] == 401
        assert call(f"{address}/runs", {"question": UNKNOWN}, KEY)[0] == 202


def test_feedback_is_kept_for_runs_that_exist(place: Small, address: str) -> None:
    _, run = call(f"{address}/runs", {"question": UNKNOWN, "wait": 20})
    said = {"run_id": run["run_id"], "thumb": "down", "comment": "I wanted beauty.\0"}
    assert call(f"{address}/feedback", said)[0] == 200
    assert call(f"{address}/feedback", said | {"run_id": "0" * 16})[0] == 404
    assert call(f"{address}/feedback", {"run_id": run["run_id"]})[0] == 422
    assert call(f"{address}/status")[1]["last_hours"]["thumbs_down"] == 1
    store = open_store(place.settings.database_url)
    (kept,) = FeedbackLog(store).newest(9)
    store.close()
    assert (kept.question, kept.comment) == (UNKNOWN, "I wanted beauty.")


def test_status_version_and_metrics_tell_what_happened(address: str) -> None:
    _, run = call(f"{address}/runs", {"question": QUESTION, "wait": 20})
    call(f"{address}/runs/{run['run_id']}/decision", {"type": "approve"})
    told = call(f"{address}/status")[1]
    assert told["last_hours"]["runs"] == {"published": 1}
    assert told["budget_left_dollars"] == 5
    assert call(f"{address}/version")[1]["model"] == "offline"
    with urllib.request.urlopen(f"{address}/metrics") as response:
        text = response.read().decode()
    assert 'agent_runs_total{outcome="published"} 1.0' in text
    assert 'agent_tool_calls_total{agent="analyst",status="done",tool="run_sql"} 3.0' in text
    for agent in ("planner", "analyst", "researcher", "writer", "reviewer"):
        assert f'agent_tokens_total{{agent="{agent}"}} 0.0' not in text


def test_it_is_ready_when_all_is_open_and_until_it_stops(place: Small) -> None:
    app = create_app(place.settings)
    assert TestClient(app).get("/health/ready").status_code == 503
    with TestClient(app) as client:
        assert client.get("/health/ready").status_code == 200
        app.state.health.stopping = True
        assert client.get("/health/ready").status_code == 503
        assert client.get("/health/live").status_code == 200


def test_who_is_done_makes_room(place: Small) -> None:
    one_place = place.settings.model_copy(update={"runs_at_once": 1})
    with TestClient(create_app(one_place)) as client:
        for _ in range(3):
            run = client.post("/runs", json={"question": UNKNOWN, "wait": 20})
            assert run.status_code == 202
            until = time.monotonic() + 10
            while "agent_runs_in_progress 0.0" not in client.get("/metrics").text:
                assert time.monotonic() < until


def test_the_run_of_a_probe_is_forgotten(place: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.office.PROBE_SECONDS", 0.0)
    with served(place.settings) as address:
        asked = {"question": QUESTION, "wait": 0.0}
        _, run = call(f"{address}/runs", asked, {"X-Probe": "1"})
        until = time.monotonic() + 20
        while call(f"{address}/runs/{run['run_id']}")[0] != 404:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert call(f"{address}/status")[1]["last_hours"]["runs"] == {}


def test_the_run_of_a_probe_does_not_outlive_the_service(place: Small) -> None:
    with served(place.settings) as address:
        _, run = call(f"{address}/runs", {"question": QUESTION, "wait": 20}, {"X-Probe": "1"})
        assert run["status"] == "waiting"
    with served(place.settings) as address:
        assert call(f"{address}/runs/{run['run_id']}")[0] == 404


def test_a_probe_whose_run_is_over_keeps_nobody_out(place: Small) -> None:
    with served(place.settings.model_copy(update={"runs_at_once": 1})) as address:
        for _ in range(2):
            asked = {"question": UNKNOWN, "wait": 20}
            assert call(f"{address}/runs", asked, {"X-Probe": "1"})[0] == 202


@pytest.mark.posix
def test_a_server_that_is_killed_leaves_runs_that_the_next_one_takes_up(place: Small) -> None:
    desk = str(place.settings.desk_file)
    first = start(place.settings, DESK_FILE=desk)
    _, waits = call(f"{first.address}/runs", {"question": QUESTION, "wait": 20})
    _, cut = call(f"{first.address}/runs", {"question": QUESTION})
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    second = start(place.settings, DESK_FILE=desk)
    try:
        assert watch(second.address, cut["run_id"])[-1][0] == "run"
        until = time.monotonic() + 30
        while call(f"{second.address}/runs/{cut['run_id']}")[1]["status"] == "running":
            assert time.monotonic() < until
            time.sleep(0.1)
        for one in (waits, cut):
            url = f"{second.address}/runs/{one['run_id']}/decision"
            assert call(url, {"type": "approve"})[1]["outcome"] == "published"
    finally:
        second.process.send_signal(signal.SIGTERM)
        assert second.process.wait(20) == 0


def held(run_id: str, place: Small) -> tuple[str, float]:
    """Returns how a run stands, and until when somebody holds it."""
    store = open_store(place.settings.database_url)
    entry = RunLog(store).find(run_id)
    store.close()
    assert entry is not None
    return entry.status, entry.held_until


def test_a_run_whose_process_died_is_taken_up_and_one_that_an_error_ended_is_not(
    place: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.office.LOOK_SECONDS", 0.1)
    left, ended = "0" * 16, "1" * 16
    with served(place.settings) as address:
        while call(f"{address}/health/ready")[0] != 200:
            time.sleep(0.05)
        store = open_store(place.settings.database_url)
        runs = RunLog(store)
        lease = Lease("another process", 0.1)
        runs.begin(ended, QUESTION, "offline", lease)
        runs.leave(ended, lease, "running", "", 1.0)
        runs.begin(left, QUESTION, "offline", lease)
        store.close()
        until = time.monotonic() + 20
        while call(f"{address}/runs/{left}")[1]["status"] == "running":
            assert time.monotonic() < until
            time.sleep(0.05)
        assert held(left, place)[0] == "waiting"
        assert held(ended, place) == ("running", 0.0)


@pytest.mark.posix
def test_a_server_that_is_stopped_hands_its_runs_over(place: Small) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # a model that never answers
        port = silent.getsockname()[1]
        model = {"MODEL": "openai:test", "OPENAI_API_KEY": "none"}
        model["OPENAI_BASE_URL"] = f"http://127.0.0.1:{port}/v1"
        first = start(place.settings, DESK_FILE=str(place.settings.desk_file), **model)
        _, cut = call(f"{first.address}/runs", {"question": QUESTION})
        with silent.accept()[0]:
            first.process.send_signal(signal.SIGTERM)
            assert first.process.wait(20) == 0
    status, until = held(cut["run_id"], place)
    assert status == "running"
    assert 0 < until < time.time()
