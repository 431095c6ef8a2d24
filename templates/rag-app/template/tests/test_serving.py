"""The service as a process: many at once, whoever leaves, and the end."""

import asyncio
import json
import signal
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException

from app import chat_routes, turnstile
from app.turnstile import Turnstile

from .chatting import QUESTION, settings_of
from .language.openai_server import openai_server
from .live import events, post, served, start
from .small_project import Small, small_project


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return small_project(tmp_path)


def test_so_many_are_in_and_so_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "WAIT_SECONDS", 0.05)

    async def crowd() -> Counter[str]:
        gate, seen = Turnstile(2), Counter[str]()

        async def one(seconds: float) -> None:
            try:
                async with gate.inside():
                    seen["in"] += 1
                    seen["most"] = max(seen["most"], seen["in"] - seen["out"])
                    await asyncio.sleep(seconds)
                    seen["out"] += 1
            except HTTPException as error:
                seen[str(error.status_code)] += 1

        await asyncio.gather(*(one(0.2) for _ in range(30)))
        await asyncio.gather(*(one(0) for _ in range(8)))  # everybody's place was given back
        return seen

    seen = asyncio.run(crowd())
    assert seen["most"] == 2
    assert seen["503"] == 28
    assert seen["in"] == seen["out"] == 10


def test_whoever_finds_the_queue_full_is_told_at_once() -> None:
    async def crowd() -> list[int]:
        turnstile = Turnstile(2)

        async def one() -> int:
            try:
                async with turnstile.inside():
                    await asyncio.sleep(0.05)
                    return 200
            except HTTPException as error:
                return error.status_code

        return await asyncio.gather(*(one() for _ in range(30)))

    assert Counter(asyncio.run(crowd())) == {200: 2 + 8, 503: 20}


def test_two_hundred_at_once_are_answered_or_told_to_come_back(small: Small) -> None:
    with served(settings_of(small)) as address, ThreadPoolExecutor(200) as pool:

        def one(number: int) -> tuple[int, str]:
            request = post(f"{address}/ask", {"question": f"{QUESTION} {number}"})
            try:
                with urllib.request.urlopen(request, timeout=60) as response:
                    return int(response.status), ""
            except urllib.error.HTTPError as error:
                return error.code, error.headers["Retry-After"]

        answers = list(pool.map(one, range(200)))
        assert {status for status, _ in answers} <= {200, 503}
        assert all(after for status, after in answers if status == 503)
        assert sum(status == 200 for status, _ in answers) >= 8
        with urllib.request.urlopen(post(f"{address}/ask", {"question": QUESTION})) as response:
            assert response.status == 200


def test_who_asks_and_does_not_read_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_routes, "SEND_SECONDS", 0.05)
    scope = {"type": "http", "asgi": {"spec_version": "2.4"}}

    async def pieces() -> AsyncGenerator[bytes]:
        yield b"data: 1\n\n"

    async def blocked(_: object) -> None:
        await asyncio.sleep(60)

    async def nothing() -> dict[str, object]:
        await asyncio.sleep(60)
        return {}

    async def stalled() -> bool:
        gate = Turnstile(1)
        response = chat_routes._Stream(pieces())
        response.place = gate.inside()
        await response.place.__aenter__()
        await response(scope, nothing, blocked)
        async with gate.inside():
            return True

    assert asyncio.run(asyncio.wait_for(stalled(), 5))


def test_one_client_can_not_ask_for_ever(small: Small) -> None:
    with served(settings_of(small, rate_limit_per_minute=2)) as address:
        for _ in range(2):
            urllib.request.urlopen(post(f"{address}/ask", {"question": QUESTION})).close()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(post(f"{address}/ask", {"question": QUESTION}))
        assert refused.value.code == 429
        assert int(refused.value.headers["Retry-After"]) > 0


@pytest.mark.posix
def test_a_signal_to_stop_lets_a_stream_end(small: Small) -> None:
    with openai_server() as provider:
        provider.says("Knead the dough ", "for ten minutes [1].", pause=0.2)
        given = {"MODEL": "openai:small", "OPENAI_BASE_URL": provider.address, "MODEL_PRICE": "1,2"}
        running = start(small.settings, **given, DRAIN_SECONDS="0.1")
        with urllib.request.urlopen(
            post(f"{running.address}/ask/stream", {"question": QUESTION}), timeout=30
        ) as response:
            found = events(response)
            assert [next(found)[0] for _ in range(2)] == ["sources", "token"]
            running.process.send_signal(signal.SIGTERM)
            rest = list(found)
        assert rest[-1][0] == "done"
        assert rest[-1][1]["text"] == "Knead the dough for ten minutes [1]."
        assert rest[-1][1]["dollars"] is not None
        out, _ = running.process.communicate(timeout=30)
    assert running.process.returncode == 0
    told = [json.loads(line) for line in out.splitlines()]
    answers = [line for line in told if line["message"] == "answer"]
    assert [line["kind"] for line in answers] == ["written"]


@pytest.mark.posix
def test_it_can_ingest_before_it_serves(small: Small) -> None:
    (small.folder / "index.db").unlink()
    running = start(small.settings, "--ingest")
    try:
        with urllib.request.urlopen(
            post(f"{running.address}/ask", {"question": QUESTION})
        ) as response:
            assert json.load(response)["kind"] == "quoted"
    finally:
        running.process.terminate()
        _, told = running.process.communicate(timeout=30)
    documents = len(list((small.folder / "documents").iterdir()))
    assert f"{documents} added, 0 changed, 0 removed, 0 unchanged" in told
    assert running.process.returncode == 0
