"""What goes wrong with a language model, told to a person: each test runs with both clients."""

from collections.abc import Awaitable, Callable

import pytest

from app.language.model import LanguageModel, Piece, Usage
from app.language.provider import RETRIES

from .asking import KEY, PROMPT, asked, judged, read, refused
from .model_server import Breaks, ModelServer, Reply

Ask = Callable[[LanguageModel], Awaitable[object]]


def quickly(server: ModelServer, *statuses: int) -> None:
    for status in statuses:
        server.fails(status, Retry_After_Ms="1")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"supported": true, "reas', "Invalid JSON"),
        ("I can't say.", "Invalid JSON"),
        ("", "Invalid JSON"),
        ('{"supported": true}', "reasons: Field required"),
        ('{"supported": "perhaps", "reasons": ["x"]}', "supported: "),
        ('{"supported": true, "reasons": []}', "at least 1 item"),
    ],
)
def test_an_object_that_does_not_fit_is_an_error_that_has_cost_something(
    server: ModelServer, text: str, problem: str
) -> None:
    server.says(text, usage=Usage(90, 7))
    error = refused(server, judged)
    assert "small answered what is no Verdict" in error.problem
    assert problem in error.problem
    assert error.usage == Usage(90, 7)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("ending", "problem"), [("cut", "ran out of tokens"), ("withheld", "withholds the answer")]
)
def test_an_object_that_is_not_whole_is_an_error(
    server: ModelServer, ending: str, problem: str
) -> None:
    server.says('{"supported": true, "reasons": ["yes"]}', ending=ending, usage=Usage(90, 7))
    error = refused(server, judged)
    assert problem in error.problem
    assert error.usage == Usage(90, 7)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_full_or_broken_provider_is_asked_again(server: ModelServer, status: int) -> None:
    quickly(server, status, status)
    server.says("Yes.")
    assert asked(server, read)[0] == ["Yes."]
    assert len(server.requests) == RETRIES + 1


def test_the_provider_says_how_long_to_wait(server: ModelServer) -> None:
    server.fails(429, Retry_After="0.6")
    server.says("Yes.")
    asked(server, read)
    assert server.times[1] - server.times[0] >= 0.59  # by itself it waits half a second


@pytest.mark.parametrize("ask", [read, judged])
def test_a_provider_that_stays_full_is_named_with_what_to_do(server: ModelServer, ask: Ask) -> None:
    for _ in range(9):
        server.fails(429, "slow\ndown.", Retry_After_Ms="1")
    error = refused(server, ask)
    assert error.problem == "127.0.0.1 refuses small with 429: slow down."
    assert "Wait" in error.remedy
    assert len(server.requests) == RETRIES + 1


@pytest.mark.parametrize(
    ("status", "remedy"), [(400, "message"), (403, "allowed"), (404, "Check MODEL")]
)
def test_a_refusal_is_not_tried_again(server: ModelServer, status: int, remedy: str) -> None:
    server.fails(status)
    assert remedy in refused(server).remedy
    assert len(server.requests) == 1


def test_a_wrong_key_leads_to_its_setting_and_is_never_shown(server: ModelServer) -> None:
    server.key = "another-key"
    error = refused(server)
    assert error.problem == "127.0.0.1 refuses small with 401."
    assert "_API_KEY" in error.remedy
    assert repr(error.__cause__).find(KEY) >= 0  # it was there to be shown


def test_a_key_that_the_provider_repeats_is_left_out(server: ModelServer) -> None:
    server.fails(400, f"Bad header: Bearer {KEY}")
    assert "Bearer [key]" in refused(server).problem


def test_a_long_message_is_cut(server: ModelServer) -> None:
    server.fails(400, "x" * 5000)
    assert len(refused(server).problem) < 300


@pytest.mark.parametrize("ask", [read, judged])
def test_an_answer_that_does_not_begin_in_time_is_an_error(server: ModelServer, ask: Ask) -> None:
    server.says("Yes.", seconds=2)
    error = refused(server, ask, model_seconds=0.3)
    assert error.problem == "127.0.0.1 did not answer within 0.3 s."
    assert "MODEL_SECONDS" in error.remedy
    assert not server.requests[1:]  # it may still be at work on the first, and bill it


def test_a_text_that_goes_on_too_long_is_an_error_though_each_piece_is_quick(
    server: ModelServer,
) -> None:
    server.says(*["word "] * 100, pause=0.05)
    assert "within 0.3 s" in refused(server, model_seconds=0.3).problem
    assert server.hung_up.wait(5)


def test_nobody_at_the_address_is_an_error(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("openai_chat", "anthropic_chat"):
        monkeypatch.setattr(f"app.language.{module}.RETRIES", 0)
    nobody = "http://127.0.0.1:9"
    error = refused(server, openai_base_url=nobody, anthropic_base_url=nobody)
    assert error.problem == "127.0.0.1 can't be reached."
    assert "_BASE_URL" in error.remedy


@pytest.mark.parametrize("how", ["lost", "closed", "error"])
def test_a_stream_that_breaks_off_is_an_error_after_its_pieces(
    server: ModelServer, how: Breaks
) -> None:
    server.says("The verb ", "fi", breaks=how, message="overloaded")
    pieces: list[str] = []

    async def ask(model: LanguageModel) -> None:
        async for part in model.stream(PROMPT):
            assert isinstance(part, Piece)
            pieces.append(part.text)

    error = refused(server, ask)
    assert "broke off in the middle" in error.problem
    assert ("overloaded" in error.problem) is (how == "error")
    assert pieces == ["The verb ", "fi"]
    assert len(server.requests) == 1  # what was shown can't be taken back


def test_an_ending_that_nobody_knows_is_an_error(server: ModelServer) -> None:
    server.says("The verb", ending="tool_use")
    server.says('{"supported": true, "reasons": ["yes"]}', ending="tool_use")
    assert "tool_use" in refused(server).problem
    assert "tool_use" in refused(server, judged).problem


@pytest.mark.parametrize(
    "body",
    [
        b"data: {nonsense\n\n",
        b"event: message_delta\ndata: {nonsense\n\n",
        b'data: {"choices": 7}\n\n',
        b'data: {"choices": [{"delta": {"content": [1]}}]}\n\n',
        b'event: message_delta\ndata: {"type": "message_delta"}\n\n',
        b"<html>Welcome</html>",
        b"",
    ],
)
def test_a_stream_of_another_kind_is_an_error(server: ModelServer, body: bytes) -> None:
    server.answers = lambda _: Reply(body=body)
    problem = refused(server).problem
    assert "does not follow the protocol" in problem or "broke off" in problem


@pytest.mark.parametrize(
    "body",
    [
        b'{"choices": [{',
        b"[]",
        b"7",
        b"{}",
        b'{"choices": []}',
        b'{"choices": null, "content": null}',
        b'{"choices": [7], "content": [7]}',
        b'{"choices": [{"finish_reason": "stop"}], "content": [], "stop_reason": "end_turn"}',
        b'{"usage": {"prompt_tokens": "many", "input_tokens": "many"}}',
    ],
)
def test_an_answer_of_another_kind_is_an_error(server: ModelServer, body: bytes) -> None:
    server.answers = lambda _: Reply(body=body)
    refused(server, judged)


def test_a_page_where_an_answer_should_be_is_an_error(server: ModelServer) -> None:
    server.answers = lambda _: Reply(body=b"<html>", headers={"Content-Type": "text/html"})
    refused(server, judged)
    assert "_BASE_URL" in refused(server, judged).remedy
