"""What the tests share. They read app/schema.py, project.toml and the data as they are, so they
go on working when you replace all three.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from threadpoolctl import threadpool_limits

from app.api import create_app
from app.metadata import Metadata
from app.project import Project, read_project
from app.settings import Settings
from app.training.run import train
from app.training.table import Table, read_table

from .service.stores import postgres, store_url

__all__ = ["postgres", "store_url"]  # fixtures that every test may ask for
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """For tables of this size, threads of scikit-learn mostly wait for each other."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def project() -> Project:
    return read_project(ROOT / "project.toml")


@pytest.fixture(scope="session")
def table(project: Project) -> Table:
    return read_table(project)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings that no `.env` and no earlier training of yours can change."""
    return Settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path_factory.mktemp('store') / 'app.db'}",
        models_dir=tmp_path_factory.mktemp("models"),
        project_file=ROOT / "project.toml",
        answers_file=ROOT / ".copier-answers.yml",
        log_level="WARNING",
    )


@pytest.fixture(scope="session")
def trained(project: Project, settings: Settings) -> Metadata:
    """The one full training that the tests do; its model is in `settings.models_dir`."""
    return train(project, settings, say=lambda _: None)


@pytest.fixture(scope="session")
def client(settings: Settings, trained: Metadata) -> Iterator[TestClient]:
    """A client of the service with the trained model."""
    assert trained.version
    with TestClient(create_app(settings)) as session:
        yield session


@pytest.fixture
def untrained(settings: Settings, tmp_path: Path) -> Iterator[TestClient]:
    """A client of the service before anything was trained."""
    empty = settings.model_copy(update={"models_dir": tmp_path / "none"})
    with TestClient(create_app(empty)) as session:
        yield session


@pytest.fixture
def at_root(monkeypatch: pytest.MonkeyPatch, settings: Settings, trained: Metadata) -> None:
    """Commands run as a person runs them: in the project's folder, with the trained model."""
    assert trained.version
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("MODELS_DIR", str(settings.models_dir))
