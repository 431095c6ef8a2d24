"""The service over the network, looked at from outside."""

from collections.abc import Iterator

import pytest

from app.cli import main
from app.demo import free_port
from app.metadata import Metadata
from app.settings import Settings

from .live import served

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def address(settings: Settings, trained: Metadata) -> Iterator[str]:
    assert trained.version
    with served(settings.model_copy(update={"git_sha": COMMIT})) as address:
        yield address


def test_smoke_passes_on_a_running_server(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["smoke", address, "--commit", COMMIT[:12]]) == 0
    assert "prediction_id" in capsys.readouterr().out


def test_smoke_fails_on_another_commit(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["smoke", address, "--commit", "fedcba"]) == 1
    assert COMMIT in capsys.readouterr().err


@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}", "ftp://127.0.0.1"])
def test_smoke_fails_where_nothing_answers(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["smoke", address.format(port=free_port()), "--wait", "0.3"]) == 1
    assert capsys.readouterr().err.count("\n") == 2


def test_a_server_without_a_model_says_so_in_the_smoke_test(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = settings.model_copy(update={"models_dir": settings.models_dir / "none"})
    with served(nothing) as address:
        assert main(["smoke", address, "--wait", "0.2"]) == 1
    said = capsys.readouterr().err
    assert "503" in said
    assert "app train" in said
