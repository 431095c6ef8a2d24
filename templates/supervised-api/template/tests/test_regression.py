"""The service answers a regression too, whatever your own task is."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.answers import Value
from app.api import create_app
from app.columns import columns, example
from app.metadata import Metadata, Scores
from app.registry import save
from app.settings import Settings
from app.tasks import TASKS
from app.training.candidates import linear
from app.training.export import to_onnx_bytes

from .small import table_of


@pytest.fixture
def client(settings: Settings, trained: Metadata, tmp_path: Path) -> Iterator[TestClient]:
    table = table_of("regression")
    onnx = to_onnx_bytes(linear("regression", 0).fit(table.inputs, table.target), len(columns()))
    numbers = dict.fromkeys(TASKS["regression"].titles, 1.5)
    scores = {"rule": Scores(n=9, positives=None, numbers=numbers)}
    scores[trained.kind] = scores["rule"]
    values: dict[str, object] = dict.fromkeys(("calibration", "costs", "threshold"))
    values |= {"version": "regression-1", "task": "regression", "slices": {}}
    values |= {"model_sha256": hashlib.sha256(onnx).hexdigest()}
    values |= {"metrics": {"test": scores, "unseen": scores}}
    save(tmp_path / "models", onnx, trained.model_copy(update=values))
    change = {"models_dir": tmp_path / "models", "database_url": f"sqlite:///{tmp_path / 'app.db'}"}
    with TestClient(create_app(settings.model_copy(update=change))) as session:
        yield session


def test_a_value_is_answered_explained_and_kept(client: TestClient) -> None:
    answer = client.post("/predict", json=example()).json()
    Value.model_validate(answer)
    assert "probability" not in answer
    batch = client.post("/predict/batch", json={"cases": [example()] * 2}).json()["answers"]
    assert [one["value"] for one in batch] == pytest.approx([answer["value"]] * 2, rel=1e-5)
    told = client.post("/explain", json=example()).json()
    assert told["output"] == pytest.approx(answer["value"])
    assert "%," not in json.dumps(told["reasons"])
    given = {"prediction_id": answer["prediction_id"], "actual": 12.5}
    assert client.post("/feedback", json=given).status_code == 200
    (model,) = client.get("/status").json()["last_hours"]["models"]
    assert model["predictions"] == 3
    assert 'decision="none"' in client.get("/metrics").text


def test_its_pages_speak_of_a_value(client: TestClient) -> None:
    page = client.get("/").text
    assert 'data-task="regression"' in page
    assert "probability" not in page
    assert TASKS["regression"].titles["mae"] in page
    assert client.get("/model-card").status_code == 200
