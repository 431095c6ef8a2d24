"""The setting MODEL chooses who thinks."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.model.choosing import load_chat_model
from app.model.offline import OfflineChatModel
from app.project import Project, read_project
from app.service.errors import UserError
from tests.small import DOMAIN

from .talking import settings

KEYS = {"openai_api_key": "one", "anthropic_api_key": "two", "google_api_key": "three"}


@pytest.fixture
def project() -> Project:
    return read_project(DOMAIN / "project.toml")


def test_offline_is_the_playbook_of_the_project(project: Project) -> None:
    model = load_chat_model(settings(), project)
    assert isinstance(model, OfflineChatModel)
    assert "lending" in model.playbook.refusal


def test_a_playbook_for_workers_that_are_not_there_is_an_error(project: Project) -> None:
    workers = {"researcher": project.workers["researcher"]}
    with pytest.raises(UserError, match=r"project\.toml has no worker analyst"):
        load_chat_model(settings(), project.model_copy(update={"workers": workers}))


def test_clients_are_imported_only_when_one_is_chosen() -> None:
    program = (
        "import sys; from pathlib import Path; from app.model.choosing import load_chat_model;"
        "from app.model.prices import load_prices; from app.settings import Settings;"
        "from app.project import read_project; none = Settings(_env_file=None, model='offline');"
        f"load_chat_model(none, read_project(Path({str(DOMAIN / 'project.toml')!r})));"
        "load_prices(none);"
        "heavy = {'openai', 'anthropic', 'langchain_openai', 'genai_prices', 'langchain.agents'};"
        "sys.exit(str(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == "set()"


def test_openai_gets_key_address_patience_and_a_limit(project: Project) -> None:
    chosen = settings(model="openai:gpt-5-mini", model_seconds=7, **KEYS)
    model: Any = load_chat_model(chosen, project)
    assert model.model_name == "gpt-5-mini"
    assert model.openai_api_key.get_secret_value() == "one"
    assert model.openai_api_base == "https://api.openai.com/v1"
    assert (model.request_timeout, model.max_retries, model.max_tokens) == (7, 2, 4000)


def test_variables_of_a_client_send_nothing_elsewhere(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_BASE", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_URL"):
        monkeypatch.setenv(name, "https://elsewhere.example")
    openai: Any = load_chat_model(settings(model="openai:one", **KEYS), project)
    anthropic: Any = load_chat_model(settings(model="anthropic:one", **KEYS), project)
    assert openai.openai_api_base == "https://api.openai.com/v1"
    assert anthropic.anthropic_api_url == "https://api.anthropic.com"


def test_anthropic_google_and_ollama_are_another_model_and_key(project: Project) -> None:
    anthropic: Any = load_chat_model(settings(model="anthropic:claude-haiku-4-5", **KEYS), project)
    assert (anthropic.model, anthropic.max_retries) == ("claude-haiku-4-5", 2)
    google: Any = load_chat_model(settings(model="google_genai:gemini-2.5-flash", **KEYS), project)
    assert google.google_api_key.get_secret_value() == "three"
    local = settings(model="ollama:qwen3:8b", ollama_base_url="http://127.0.0.1:9", **KEYS)
    ollama: Any = load_chat_model(local, project)
    assert (ollama.model, ollama.base_url) == ("qwen3:8b", "http://127.0.0.1:9")


@pytest.mark.parametrize("kind", ["openai", "anthropic", "google_genai"])
def test_a_provider_needs_a_key(project: Project, kind: str) -> None:
    with pytest.raises(UserError, match=f"MODEL={kind}:big needs a key") as caught:
        load_chat_model(settings(model=f"{kind}:big"), project)
    assert f"{kind.removesuffix('_genai').upper()}_API_KEY" in caught.value.remedy


def test_a_service_of_your_own_needs_none(project: Project) -> None:
    place = "http://user:password@localhost:11434/v1"
    model: Any = load_chat_model(settings(model="openai:big", openai_base_url=place), project)
    assert model.openai_api_base == place


@pytest.mark.parametrize("kind", ["openai", "ollama"])
@pytest.mark.parametrize("address", ["localhost:1/v1", "http://", "ftp://x", "http://[x"])
def test_an_address_that_is_none_is_an_error(project: Project, kind: str, address: str) -> None:
    given = {"model": f"{kind}:big", f"{kind}_base_url": address}
    with pytest.raises(UserError, match=f"{kind.upper()}_BASE_URL is no address"):
        load_chat_model(settings(**given), project)


@pytest.mark.parametrize("key", ["sk one", "sk-\nX", "ключ-1234"])
def test_a_key_that_no_header_can_hold_is_an_error_that_does_not_show_it(
    project: Project, key: str
) -> None:
    with pytest.raises(UserError, match="ANTHROPIC_API_KEY holds signs") as caught:
        load_chat_model(settings(model="anthropic:big", anthropic_api_key=key), project)
    assert key not in caught.value.problem + caught.value.remedy


def test_a_key_from_a_file_may_end_with_its_line(project: Project) -> None:
    model: Any = load_chat_model(settings(model="openai:big", openai_api_key="sk-1\n"), project)
    assert model.openai_api_key.get_secret_value() == "sk-1"


def test_a_package_that_is_missing_is_named(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ImportError("langchain_ollama")

    monkeypatch.setattr("langchain.chat_models.init_chat_model", missing)
    with pytest.raises(UserError, match="needs the package langchain-ollama") as caught:
        load_chat_model(settings(model="ollama:small"), project)
    assert caught.value.remedy == "`uv add langchain-ollama`"


def test_the_playbook_has_to_be_there(project: Project, tmp_path: Path) -> None:
    elsewhere = project.evaluation.model_copy(update={"playbook": tmp_path / "none.toml"})
    with pytest.raises(UserError, match=r"none\.toml can't be read"):
        load_chat_model(settings(), project.model_copy(update={"evaluation": elsewhere}))
