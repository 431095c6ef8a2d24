"""Vectors of a provider: a real server on this machine, asked by the real client."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from app.embedding.provider import BATCH, RETRIES, Provider
from app.service.errors import UserError

from .embedding_server import Reply, Server, embedded, running, vector


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as found:
        yield found


def provider(server: Server, model: str = "small", seconds: float = 10) -> Provider:
    return Provider(model, server.address, "secret-key", seconds)


def refused(server: Server, *, model: str = "small", seconds: float = 10) -> UserError:
    with pytest.raises(UserError) as caught:
        provider(server, model, seconds).documents(["chunk", "duck"])
    assert "\n" not in caught.value.problem + caught.value.remedy
    assert "secret-key" not in caught.value.problem
    return caught.value


def answered(server: Server, change: Any) -> UserError:  # noqa: ANN401 - a function on JSON
    server.change = change
    return refused(server)


def test_vectors_come_in_the_order_of_the_texts_and_of_length_one(server: Server) -> None:
    vectors = provider(server).documents(["chunk", "duck"])
    expected = np.array([vector("chunk"), vector("duck")])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(vectors, expected, rtol=1e-6)
    assert vectors.dtype == np.float32
    assert server.bodies == [
        {"input": ["chunk", "duck"], "model": "small", "encoding_format": "float"}
    ]
    assert server.keys == ["Bearer secret-key"]


def test_vectors_that_come_in_another_order_are_put_right(server: Server) -> None:
    straight = provider(server).questions(["chunk", "duck"])
    server.change = lambda answer: answer | {"data": answer["data"][::-1]}
    np.testing.assert_array_equal(provider(server).questions(["chunk", "duck"]), straight)


def test_many_texts_go_in_batches(server: Server) -> None:
    texts = [f"text {number}" for number in range(BATCH + 3)]
    vectors = provider(server).documents(texts)
    assert [len(body["input"]) for body in server.bodies] == [BATCH, 3]
    np.testing.assert_array_equal(vectors[-1], provider(server).documents([texts[-1]])[0])


def test_empty_texts_are_not_sent_and_get_zeros(server: Server) -> None:
    vectors = provider(server).documents(["", "duck", " \n"])
    assert server.bodies[0]["input"] == ["duck"]
    assert vectors.any(axis=1).tolist() == [False, True, False]


def test_the_dimensions_are_asked_once(server: Server) -> None:
    asking = provider(server)
    assert (asking.dimensions, asking.dimensions) == (4, 4)
    assert asking.documents([""]).shape == (1, 4)
    assert len(server.bodies) == 1


def test_the_dimensions_are_not_asked_when_a_text_has_told_them(server: Server) -> None:
    asking = provider(server)
    asking.documents(["duck"])
    assert asking.dimensions == 4
    assert len(server.bodies) == 1


def test_a_full_or_broken_provider_is_asked_again(server: Server) -> None:
    server.script = [
        Reply(429, headers={"Retry-After": "0.6"}),
        Reply(500, headers={"Retry-After-Ms": "1"}),
    ]
    assert provider(server).documents(["duck"]).any()
    assert len(server.bodies) == 3
    assert server.times[1] - server.times[0] >= 0.59  # as asked; else half a second


def test_a_provider_that_stays_full_is_named_with_what_to_do(server: Server) -> None:
    quick = {"Retry-After-Ms": "1"}
    body = b'{"error": {"message": "slow\\ndown"}}'
    server.script = [Reply(429, body, quick)] * 9
    error = refused(server)
    assert "127.0.0.1 refuses small with 429" in error.problem
    assert "slow down" in error.problem
    assert "Wait" in error.remedy
    assert len(server.bodies) == RETRIES + 1


@pytest.mark.parametrize(
    ("status", "remedy"), [(401, "OPENAI_API_KEY"), (403, "allowed"), (400, "message")]
)
def test_a_refusal_is_not_tried_again(server: Server, status: int, remedy: str) -> None:
    server.script = [Reply(status, b'{"error": {"message": "no"}}')]
    assert remedy in refused(server).remedy
    assert len(server.bodies) == 1


def test_a_wrong_model_leads_to_the_setting(server: Server) -> None:
    error = refused(server, model="huge")
    assert "the model huge does not exist" in error.problem
    assert "EMBEDDINGS" in error.remedy


def test_a_long_message_is_cut(server: Server) -> None:
    server.script = [Reply(400, json.dumps({"error": {"message": "x" * 5000}}).encode())]
    assert len(refused(server).problem) < 300


def test_an_answer_that_comes_too_late_is_an_error(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.embedding.provider.RETRIES", 0)
    server.script = [Reply(seconds=0.4)]
    assert "did not answer in time" in refused(server, seconds=0.1).problem


def test_nobody_at_the_address_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.embedding.provider.RETRIES", 0)
    with running() as server:
        gone = provider(server)
    with pytest.raises(UserError, match="can't be reached") as caught:
        gone.questions(["duck"])
    assert "OPENAI_BASE_URL" in caught.value.remedy


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b'{"data": [{'),
        Reply(body=b"<html>", headers={"Content-Type": "text/html"}),
        Reply(body=b"[]"),
        Reply(body=b'{"data": null}'),
        Reply(body=b'{"data": []}'),
    ],
)
def test_an_answer_of_another_kind_is_an_error(server: Server, reply: Reply) -> None:
    server.script = [reply] * (RETRIES + 1)
    assert "127.0.0.1 answered" in refused(server).problem


def test_a_wrong_number_of_vectors_is_an_error(server: Server) -> None:
    error = answered(server, lambda _: embedded(["one"]))
    assert "one vector for each of 2 texts" in error.problem


def test_a_vector_without_its_place_is_an_error(server: Server) -> None:
    def twice(answer: dict[str, Any]) -> dict[str, Any]:
        return answer | {"data": [one | {"index": 0} for one in answer["data"]]}

    assert "numbers" in answered(server, twice).problem


def test_places_may_be_left_out_altogether(server: Server) -> None:
    straight = provider(server).documents(["chunk", "duck"])
    server.change = lambda answer: {
        "data": [{"embedding": one["embedding"]} for one in answer["data"]]
    }
    np.testing.assert_array_equal(provider(server).documents(["chunk", "duck"]), straight)


@pytest.mark.parametrize("second", [[1, 2, 3], [1, 2, 3, "x"], [1, 2, 3, None], 7, [], "text"])
def test_vectors_that_are_none_are_an_error(server: Server, second: object) -> None:
    def spoil(answer: dict[str, Any]) -> dict[str, Any]:
        answer["data"][1]["embedding"] = second
        return answer

    assert "not lists of numbers" in answered(server, spoil).problem


@pytest.mark.parametrize("all_of_them", [7, [], [[1.0], [2.0]]])
def test_vectors_that_are_all_none_are_an_error(server: Server, all_of_them: object) -> None:
    def spoil(answer: dict[str, Any]) -> dict[str, Any]:
        return answer | {"data": [one | {"embedding": all_of_them} for one in answer["data"]]}

    assert "not lists of numbers" in answered(server, spoil).problem


def test_numbers_that_are_infinite_are_an_error(server: Server) -> None:
    def spoil(answer: dict[str, Any]) -> dict[str, Any]:
        answer["data"][1]["embedding"][0] = 1e300
        return answer

    assert "not lists of numbers" in answered(server, spoil).problem


def test_vectors_of_another_length_than_before_are_an_error(server: Server) -> None:
    asking = provider(server)
    asking.documents(["chunk"])

    def shorten(answer: dict[str, Any]) -> dict[str, Any]:
        return answer | {"data": [one | {"embedding": [1.0, 2.0]} for one in answer["data"]]}

    server.change = shorten
    with pytest.raises(UserError, match="not lists of numbers"):
        asking.documents(["duck"])
