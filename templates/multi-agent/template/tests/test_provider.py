"""The same graph with a provider's real client, against a server on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.model.choosing import load_chat_model
from app.runs.calls import Calls
from app.runs.loops import run_to_end
from app.runs.opening import open_runner
from app.runs.run_log import Run
from app.service.errors import UserError
from app.service.store import open_store
from app.settings import Settings

from .openai_server import COMPLETION_TOKENS, PROMPT_TOKENS, Seen, openai_server
from .small import QUESTION, Small, lines, small

PRICE = "2,10"  # dollars for a million tokens in, out


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Small, Seen]]:
    offline = small(tmp_path)
    with openai_server(load_chat_model(offline.settings, offline.project)) as (address, seen):
        given = {"model": "openai:some-model", "openai_base_url": address, "model_price": PRICE}
        yield small(tmp_path, openai_api_key="secret", model_seconds=20, **given), seen


def ask(place: Small) -> Run:
    return ask_each(place)[0]


def ask_each(*places: Small) -> list[Run]:
    """Asks in one event loop, which the client keeps its connections for."""

    async def inside() -> list[Run]:
        runs = []
        for place in places:
            async with open_runner(place.settings, place.project) as runner:
                runs.append(await runner.start(QUESTION))
        return runs

    return run_to_end(inside())


def streaming(place: Small) -> Small:
    settings = place.settings.model_copy(update={"model_streaming": True})
    return Small(place.folder, settings, place.project)


def test_the_graph_goes_through_with_real_tool_calls_and_structured_output(
    served: tuple[Small, Seen],
) -> None:
    place, seen = served
    run = ask(place)
    assert run.status == "waiting", run.reason
    assert run.memo
    assert "The balance 012 was calibrated 402 days ago." in list(lines(run.memo))
    assert seen.wrong == []
    assert len(seen.requests) == run.spent.model_calls == 8
    many = [
        message["tool_calls"]
        for body in seen.requests
        for message in body["messages"]
        if len(message.get("tool_calls") or []) > 1
    ]
    assert many  # several tools in one turn


def test_the_dollars_on_record_are_the_tokens_at_the_price(served: tuple[Small, Seen]) -> None:
    place, _ = served
    run = ask(place)
    each = (PROMPT_TOKENS * 2 + COMPLETION_TOKENS * 10) / 1e6
    assert run.spent.dollars == pytest.approx(8 * each)
    assert run.spent.tokens == 8 * (PROMPT_TOKENS + COMPLETION_TOKENS)


def test_answers_that_come_in_pieces_make_the_same_memo_at_the_same_cost(
    served: tuple[Small, Seen],
) -> None:
    place, seen = served
    whole, pieces = ask_each(place, streaming(place))
    assert pieces.status == "waiting", pieces.reason
    assert [bool(body.get("stream")) for body in seen.requests] == [False] * 8 + [True] * 8
    assert seen.wrong == []
    assert pieces.memo == whole.memo
    assert (pieces.spent.tokens, pieces.spent.dollars) == (whole.spent.tokens, whole.spent.dollars)


def test_an_answer_that_breaks_off_is_no_answer(served: tuple[Small, Seen]) -> None:
    place, seen = served
    seen.cuts = 1
    run = ask(streaming(place))
    assert (run.status, run.outcome) == ("done", "refused")
    assert run.memo is None
    assert run.reason
    # Nobody counted the tokens: so it counts as the most that it may have been.
    assert run.spent.tokens > 4000


def test_without_a_price_dollars_are_unknown(served: tuple[Small, Seen]) -> None:
    place, _ = served
    unpriced = place.settings.model_copy(update={"model_price": ""})
    run = ask(Small(place.folder, unpriced, place.project))
    assert run.spent.dollars is None
    store = open_store(place.settings.database_url)
    tokens, dollars, without_price = Calls(store).costs(since=0)
    store.close()
    assert (tokens, dollars) == (run.spent.tokens, 0)
    assert without_price == run.spent.model_calls


def test_what_the_provider_does_not_count_is_counted_as_the_most(
    served: tuple[Small, Seen],
) -> None:
    place, seen = served
    seen.mute = True
    assert ask(place).spent.tokens > 8 * 4000


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_provider_that_stumbles_is_asked_again(served: tuple[Small, Seen], status: int) -> None:
    place, seen = served
    seen.failures = [status, status]
    run = ask(place)
    assert run.status == "waiting", run.reason
    assert len(seen.requests) == 8 + 2


def test_a_provider_that_stays_away_ends_the_run_in_words(served: tuple[Small, Seen]) -> None:
    place, seen = served
    seen.failures = [500] * 50
    run = ask(place)
    assert (run.status, run.outcome) == ("done", "refused")
    assert "The model failed" in run.reason
    assert "secret" not in run.reason


def test_a_worker_whose_model_fails_leaves_the_others_their_findings(
    served: tuple[Small, Seen],
) -> None:
    place, seen = served
    seen.failures = [0, 401]  # the planner is answered, one worker is not
    run = ask(place)
    assert run.status in {"waiting", "done"}
    assert run.outcome in {"", "partial"}
    assert run.evidence


def test_the_answer_is_limited_and_the_key_is_sent(served: tuple[Small, Seen]) -> None:
    place, seen = served
    ask(place)
    limits = {body.get("max_completion_tokens") or body.get("max_tokens") for body in seen.requests}
    assert limits == {4000}


@pytest.mark.parametrize(
    ("model", "name"),
    [("openai:x", "OPENAI"), ("anthropic:x", "ANTHROPIC"), ("google_genai:x", "GOOGLE")],
)
def test_a_missing_key_is_named(tmp_path: Path, model: str, name: str) -> None:
    place = small(tmp_path)
    with pytest.raises(UserError, match=f"{model} needs a key") as error:
        load_chat_model(Settings(_env_file=None, model=model), place.project)
    assert f"{name}_API_KEY" in error.value.remedy


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("anthropic:claude-sonnet-4-5", "ChatAnthropic"),
        ("google_genai:gemini-2.5-flash", "ChatGoogleGenerativeAI"),
        ("ollama:llama3", "ChatOllama"),
        ("openai:gpt-5-mini", "ChatOpenAI"),
    ],
)
def test_each_provider_s_client_is_made_without_asking_anybody(
    tmp_path: Path, model: str, kind: str
) -> None:
    place = small(tmp_path)
    keys = dict.fromkeys(("openai_api_key", "anthropic_api_key", "google_api_key"), "k")
    settings = Settings(_env_file=None, model=model, **keys)  # type: ignore[arg-type]
    assert type(load_chat_model(settings, place.project)).__name__ == kind
