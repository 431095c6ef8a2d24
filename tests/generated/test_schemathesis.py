"""Requests that nobody would think of, made from the service's own OpenAPI document."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.browser.service import Repository, make

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.generated
EXAMPLES = 60  # requests of each kind for each route


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A generated repository with a trained model."""
    return make(tmp_path_factory.mktemp("schemathesis") / "visit-forecast")


@pytest.mark.parametrize("key", ["", "secret"])
def test_the_service_does_what_its_documentation_says(
    repository: Repository, tmp_path: Path, key: str
) -> None:
    settings = {"API_KEY": key, "DATABASE_URL": f"sqlite:///{tmp_path / 'app.db'}"}
    with repository.serving(**settings) as address:
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{address}openapi.json"),
            *("--max-examples", str(EXAMPLES), "--seed", "7", "--checks", "all"),
            *(("--header", f"X-API-Key: {key}") if key else ()),
        ]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600
        )
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        with urllib.request.urlopen(f"{address}metrics", timeout=5) as response:
            metrics = response.read().decode()
        assert 'status="5' not in metrics
        with urllib.request.urlopen(f"{address}status", timeout=5) as response:
            assert json.load(response)["store"] == "available"
