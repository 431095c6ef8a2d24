"""The setting MODEL chooses who writes the answers."""

import subprocess
import sys

import pytest

from app.language.choosing import load_model
from app.language.prices import load_prices
from app.service.errors import UserError

from .asking import settings


def test_without_a_model_nothing_is_loaded() -> None:
    assert load_model(settings()) is None
    assert load_prices(settings()) is None


def test_clients_are_imported_only_when_one_is_chosen() -> None:
    program = (
        "import sys; import app.language.choosing, app.language.prices;"
        "from app.language.choosing import load_model; from app.settings import Settings;"
        "from app.language.prices import load_prices;"
        "none = Settings(_env_file=None, model='');"
        "assert load_model(none) is None and load_prices(none) is None;"
        "sys.exit(str({'openai', 'anthropic', 'genai_prices', 'httpx2'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == "set()"


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_another_provider_is_another_model_and_its_key(kind: str) -> None:
    both = {"openai_api_key": "one", "anthropic_api_key": "two"}
    model = load_model(settings(model=f"{kind}:big:latest", **both))
    assert model is not None
    assert model.name == f"{kind}:big:latest"
    assert model.sent_to == f"api.{kind}.com"


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_the_provider_itself_needs_a_key(kind: str) -> None:
    official = {f"{kind}_base_url": f"https://api.{kind}.com/v1"}
    for given in ({}, official):
        with pytest.raises(UserError, match=f"MODEL={kind}:big needs a key") as caught:
            load_model(settings(model=f"{kind}:big", **given))
        assert f"{kind.upper()}_API_KEY" in caught.value.remedy


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_a_service_of_your_own_needs_none(kind: str) -> None:
    place = {f"{kind}_base_url": "http://user:password@localhost:11434/v1"}
    model = load_model(settings(model=f"{kind}:big", **place))
    assert model is not None
    assert model.sent_to == "localhost"


@pytest.mark.parametrize(
    "address", ["localhost:11434/v1", "http://", "ftp://x", "http://[x", "http://x:y"]
)
def test_an_address_that_is_none_is_an_error(address: str) -> None:
    with pytest.raises(UserError, match="OPENAI_BASE_URL is no address"):
        load_model(settings(model="openai:big", openai_base_url=address))


@pytest.mark.parametrize("key", ["sk one", "sk-\nX", "ключ-1234"])
def test_a_key_that_no_header_can_hold_is_an_error_that_does_not_show_it(key: str) -> None:
    with pytest.raises(UserError, match="ANTHROPIC_API_KEY holds signs") as caught:
        load_model(settings(model="anthropic:big", anthropic_api_key=key))
    assert key not in caught.value.problem + caught.value.remedy


def test_a_key_from_a_file_may_end_with_its_line() -> None:
    assert load_model(settings(model="openai:big", openai_api_key="sk-1\n")) is not None
