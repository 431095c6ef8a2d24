"""`app bench`: real services, measured in turns; numbers that follow from the raw samples."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.cli import main
from app.columns import example
from app.evidence.report import Json, read_report
from app.metadata import Metadata
from app.project import Project
from app.proving import bench, contestants
from app.settings import Settings
from app.training.table import Table

ROWS: list[Json] = [
    {"service": name, "callers": 8, "round": turn, "cpu_us": cpu, "latency_us": [cpu, 2 * cpu]}
    for name, base in (("empty", 100.0), ("predict", 300.0))
    for turn, cpu in enumerate((base, base * 1.1, base * 4))
]
PREDICT = {"/service": "predict", "/callers": 8}


@pytest.mark.usefixtures("at_root")
def test_the_benchmark_runs_services_and_keeps_its_samples(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    project: Project,
) -> None:
    monkeypatch.setattr(bench, "QUICK", bench.Size(1, 16, 2))
    monkeypatch.setattr(bench, "NAMES", ("empty", "predict"))
    monkeypatch.setattr(bench, "SETTLE_SECONDS", 0.05)
    monkeypatch.setenv("REPORTS_DIR", str(tmp_path))
    assert main(["bench", "--quick"]) == 0
    report = read_report(tmp_path / bench.FILE)
    rows = [
        json.loads(line)
        for line in gzip.decompress((tmp_path / report["rows"]["file"]).read_bytes()).splitlines()
    ]
    assert {row["service"] for row in rows} == {"empty", "predict", "batch"}
    for group in ("empty", "predict", "batch"):
        assert report[group]["cpu_us"]["value"] > 0
    alone = [row["latency_us"] for row in rows if row["service"] == "predict" and "callers" in row]
    assert [len(latencies) for latencies in alone] == [16, 16]
    is_priced = project.bench.price_per_cpu_hour is not None
    assert (report["predict"]["cost_per_million"]["value"] is not None) == is_priced
    said = capsys.readouterr().out
    assert ("price_per_cpu_hour" in said) != is_priced
    assert "3.5" in said


@pytest.fixture
def _few_rows(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the plain service learns is no matter here."""
    few = slice(None, None, max(1, len(table.frame) // 1000))
    small = replace(table, frame=table.frame.iloc[few], target=table.target[few])
    monkeypatch.setattr("app.training.table.read_table", lambda _: small)


@pytest.mark.usefixtures("_few_rows")
@pytest.mark.parametrize("name", ["empty", "bare", "plain"])
def test_the_others_answer_the_same_request(
    name: str, settings: Settings, trained: Metadata, client: TestClient
) -> None:
    with TestClient(contestants.CONTESTANTS[name](settings)) as other:
        assert other.get("/health/ready").status_code == 200
        answer = other.post("/predict", json=example()).json()
    if name == "bare":
        assert answer["model_version"] == trained.version
        ours = client.post("/predict", json=example()).json()
        assert answer == {key: ours[key] for key in answer}


def test_ratios_are_those_of_the_same_round() -> None:
    by = {"/service": "empty", "/callers": 8}
    recipe = {"of": "/cpu_us", "where": PREDICT, "by": by, "q": 0.5}
    found = bench.quantile(ROWS, "", recipe)
    assert found["value"] == pytest.approx(3)
    assert (found["low"], found["high"]) == pytest.approx((3, 3))
    assert found["n"] == 3


def test_a_latency_is_a_quantile_of_all_answers_with_an_interval_over_rounds() -> None:
    recipe = {"of": "/latency_us", "where": PREDICT, "q": 1}
    found = bench.quantile(ROWS, "us", recipe)
    assert (found["value"], found["n"]) == (2400, 6)
    assert found["low"] < 2400
    assert found["interval"]["unit"] == "round"


def test_of_too_few_rounds_nothing_is_said_about_chance() -> None:
    recipe = {"of": "/cpu_us", "where": {"/service": "empty"}, "q": 0.5}
    assert "low" not in bench.quantile(ROWS[:2], "us", recipe)


def test_a_million_answers_cost_their_processor_time() -> None:
    recipe = {"of": "/cpu_us", "where": PREDICT, "q": 0.5, "times": 0.036 / 3600}
    # 330 us an answer are 330 s a million.
    assert bench.quantile(ROWS, "dollars", recipe)["value"] == pytest.approx(330 * 0.036 / 3600)


def measured(predict_us: float) -> list[Json]:
    """Rows as a whole run leaves them, without the services for comparison."""
    rows: list[Json] = []
    services = (("empty", 8, 100.0), ("predict", 8, predict_us), ("predict", 1, 1.0))
    for turn in range(3):
        rows.append({"service": "predict", "round": turn, "ready_s": 1.0})
        for name, callers, cpu in (*services, ("batch", 1, 8.0)):
            row = {"service": name, "callers": callers, "round": turn, "cpu_us": cpu}
            rows.append(row | {"per_second": 9.0, "memory_mb": 99.0, "latency_us": [1, 2]})
    return rows


def test_what_was_measured_is_held_against_what_was_promised() -> None:
    found = bench.measure(measured(330), price=3.6)
    ratio = found["ratios"]["predict_by_empty"]
    assert (ratio["value"], ratio["budget"], ratio["kept"]) == (pytest.approx(3.3), 3.5, True)
    assert not bench.measure(measured(360), 3.6)["ratios"]["predict_by_empty"]["kept"]
    assert found["batch"]["cpu_us"]["kept"]
    assert found["predict"]["cost_per_million"]["value"] == pytest.approx(330 * 3.6 / 3600)
    assert "plain" not in found  # it did not run


def test_promises_that_are_not_kept_are_named() -> None:
    assert bench.broken_promises(bench.measure(measured(330), None)) == []
    slow = [row | {"memory_mb": 141.0} for row in measured(360)]
    found = bench.broken_promises(bench.measure(slow, None))
    assert found == ["/ratios/predict_by_empty", "/predict/memory_mb"]


def test_without_a_price_the_cost_is_unknown() -> None:
    assert bench.measure(measured(330), None)["predict"]["cost_per_million"]["value"] is None
