"""The monitor: one look, the page, the gauges, and a process that outlives its store."""

import html
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from app.cli import main
from app.columns import columns
from app.demo import free_port
from app.metadata import Metadata, Reference
from app.prediction_log import PredictionLog, read_window
from app.predictor import load_champion
from app.project import Project
from app.settings import Settings
from app.training.split import split_rows
from app.training.table import Table
from app.watching.drift import Shift
from app.watching.look import OUTPUT
from app.watching.monitor import Gauges, describe, look_once
from app.watching.report import HOURLY_UP_TO, MOST_PLOTS, _bars
from app.watching.report import _traffic as traffic_plot

from .conftest import ROOT
from .traffic import Answered, answer, store_of, tell, worse_than_tested

PLOT = re.compile(r"<figure><h3>(.+?) <span")


@pytest.fixture
def own(settings: Settings, trained: Metadata, tmp_path: Path) -> Settings:
    assert trained.version
    return settings.model_copy(
        update={
            "database_url": f"sqlite:///{tmp_path}/app.db",
            "monitor_report": tmp_path / "pages" / "monitor.html",
        }
    )


@pytest.fixture
def strict(project: Project, table: Table) -> Project:
    """The project with floors that the shipped or your test rows reach."""
    rows = int(split_rows(table, project).test.sum())
    floors = {"rows": min(100, rows // 2), "labels": min(50, rows // 2)}
    drift = project.drift.model_copy(update=floors)
    return project.model_copy(update={"drift": drift})


def traffic(
    own: Settings, table: Table, project: Project, add: float = 0, *, half: bool = False
) -> None:
    """Stores answers to the test rows, or to the lower half by some column, all labelled."""
    rows = np.flatnonzero(split_rows(table, project).test)
    if half:
        values = table.inputs[rows]
        column = max(range(len(columns())), key=lambda c: len(np.unique(values[:, c])))
        rows = rows[np.argsort(values[:, column], kind="stable")][: len(rows) // 2]
    rows = np.random.default_rng(0).permutation(rows)  # a table may be sorted by its target
    store, model = store_of(own), load_champion(own.models_dir)
    ids = answer(store, table, rows, model, Answered(at=time.time() - 60, add=add))
    tell(store, table, rows[:200], ids[:200])
    store.close()


def shown(own: Settings, project: Project) -> str:
    gauges, registry = Gauges(), CollectorRegistry()
    registry.register(gauges)
    gauges.look = look_once(own, project)
    return generate_latest(registry).decode()


def test_traffic_like_the_test_rows_raises_no_alarm(
    own: Settings, table: Table, project: Project, strict: Project, trained: Metadata
) -> None:
    traffic(own, table, project)
    look = look_once(own, strict)
    assert look.alarms == []
    assert set(look.shifts) == {*(column.name for column in columns()), OUTPUT}
    assert all(shift.limit is not None for shift in look.shifts.values())
    assert list(look.qualities) == [trained.version]
    page = own.monitor_report.read_text(encoding="utf-8")
    assert "No drift shown" in page
    shown = [column.title for column in columns()][:MOST_PLOTS]
    assert PLOT.findall(page) == [*map(html.escape, shown), "Model output"]
    assert "<script" not in page
    assert not re.search(r"(src|href)=", page)


def test_other_traffic_and_worse_answers_raise_alarms_everywhere(
    own: Settings, table: Table, project: Project, strict: Project, trained: Metadata
) -> None:
    traffic(own, table, project, worse_than_tested(trained), half=True)
    look = look_once(own, strict)
    assert any("drifted" in alarm for alarm in look.alarms)
    assert any("worse" in alarm for alarm in look.alarms)
    page = own.monitor_report.read_text(encoding="utf-8")
    assert "Look at this" in page
    assert any("drifted" in line for line in describe(look))


def test_the_gauges_say_what_the_look_found(
    own: Settings, table: Table, project: Project, strict: Project, trained: Metadata
) -> None:
    traffic(own, table, project)
    text = shown(own, strict)
    rows = int(split_rows(table, project).test.sum())
    assert f"drift_window_rows {float(rows)}" in text
    for name in ("drift_psi", "drift_psi_limit"):
        assert f'{name}{{column="{columns()[0].name}"}}' in text
    for name in ("live_loss", "live_loss_low", "live_loss_limit", "live_labels", "live_waiting"):
        assert f'{name}{{model_version="{trained.version}"}}' in text


def test_with_too_few_cases_there_is_no_limit_to_compare_with(
    own: Settings, table: Table, project: Project
) -> None:
    traffic(own, table, project, half=True)
    many = {"rows": len(table.frame) + 1, "labels": len(table.frame) + 1}
    far = project.model_copy(update={"drift": project.drift.model_copy(update=many)})
    text = shown(own, far)
    assert "drift_psi{" in text
    assert "drift_psi_limit{" not in text
    assert "live_loss_limit{" not in text
    assert "Too few cases" in own.monitor_report.read_text(encoding="utf-8")


def test_it_works_before_the_first_prediction_and_before_the_first_model(
    own: Settings, project: Project, tmp_path: Path
) -> None:
    assert look_once(own, project).alarms == []
    assert "Nobody asked" in own.monitor_report.read_text(encoding="utf-8")
    empty = own.model_copy(update={"models_dir": tmp_path / "none"})
    assert "no trained model yet" in "\n".join(describe(look_once(empty, project)))
    assert "uv run app train" in own.monitor_report.read_text(encoding="utf-8")


def test_answers_in_the_shadow_are_not_counted_as_traffic(
    own: Settings, table: Table, project: Project
) -> None:
    store, model = store_of(own), load_champion(own.models_dir)
    answer(store, table, np.arange(20), model, Answered("shadow", "other", time.time()))
    answer(store, table, np.arange(3), model, Answered(at=time.time()))
    store.close()
    look = look_once(own, project)
    assert look.rows == 3
    assert sum(traffic_plot(look)["counts"]) == 3


def test_traffic_is_shown_by_the_hour_and_of_a_longer_time_by_the_day(
    own: Settings, table: Table, project: Project
) -> None:
    store, model = store_of(own), load_champion(own.models_dir)
    answer(store, table, np.arange(3), model, Answered(at=time.time()))
    store.close()
    for hours, unit, bars in ((24, "hour", 24), (HOURLY_UP_TO, "hour", 72), (96, "day", 4)):
        plot = traffic_plot(look_once(own.model_copy(update={"monitor_hours": hours}), project))
        assert (plot["unit"], len(plot["counts"])) == (unit, bars)


def test_a_bin_that_one_side_lacks_is_shown_and_an_empty_one_is_not() -> None:
    shift = Shift(psi=1.0, limit=0.1, expected=(4, 0, 0), found=(0, 2, 0))
    reference = Reference(edges=(1.0,), counts=(4, 0, 0), typical=0.5)
    assert _bars("output", shift, reference) == [("up to 1", 1.0, 0.0), ("above 1", 0.0, 1.0)]


def test_a_look_deletes_what_may_no_longer_be_kept(
    own: Settings, table: Table, project: Project
) -> None:
    store, model = store_of(own), load_champion(own.models_dir)
    now = time.time()
    for days in (89, 91):
        answer(store, table, np.arange(5), model, Answered(at=now - days * 86_400))
    look_once(own.model_copy(update={"retention_days": 90}), project)
    assert len(read_window(store, since=0).at) == 5
    store.close()


def test_once_ends_with_1_when_something_drifted(
    own: Settings,
    table: Table,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("MODELS_DIR", str(own.models_dir))
    monkeypatch.setenv("DATABASE_URL", own.database_url)
    monkeypatch.setenv("MONITOR_REPORT", str(own.monitor_report))
    assert main(["monitor", "--once"]) == 0
    rows = np.flatnonzero(split_rows(table, project).test)
    first = rows[np.resize([0], project.drift.rows)]  # one case, again and again
    store, model = store_of(own), load_champion(own.models_dir)
    answer(store, table, first, model, Answered(at=time.time()))
    store.close()
    assert main(["monitor", "--once"]) == 1
    said = capsys.readouterr()
    assert "drifted" in said.err
    assert f"{project.drift.rows} cases" in said.out


def scraped(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as response:
        return str(response.read().decode())


def start(own: Settings, port: int) -> "subprocess.Popen[str]":
    environment = os.environ | {
        "MODELS_DIR": str(own.models_dir),
        "DATABASE_URL": own.database_url,
        "MONITOR_REPORT": str(own.monitor_report),
        "MONITOR_PORT": str(port),
        "MONITOR_SECONDS": "1",
    }
    command = [sys.executable, "-m", "app", "monitor"]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(port: int, pattern: str, seconds: float = 20) -> None:
    deadline, text = time.monotonic() + seconds, ""
    while time.monotonic() < deadline:
        try:
            text = scraped(port)
        except OSError:
            text = ""
        if re.search(pattern, text, re.MULTILINE):
            return
        time.sleep(0.1)
    pytest.fail(f"{pattern} not in: {text}")


@pytest.mark.posix
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_it_goes_on_while_the_store_is_away_and_stops_on_sigterm(
    own: Settings, tmp_path: Path
) -> None:
    blocked = tmp_path / "folder"
    blocked.write_text("in the way of the store's folder")
    port = free_port()
    away = own.model_copy(update={"database_url": f"sqlite:///{blocked}/app.db"})
    process = start(away, port)
    try:
        wait_for(port, r"^monitor_failures_total [1-9]")
        assert "monitor_last_success_timestamp_seconds 0.0" in scraped(port)
        blocked.unlink()
        wait_for(port, r"^monitor_last_success_timestamp_seconds [1-9]")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
        assert process.returncode == 0
    finally:
        process.kill()
        process.communicate()


def test_a_busy_port_is_named(
    own: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.chdir(ROOT)
        monkeypatch.setenv("MONITOR_PORT", str(taken.getsockname()[1]))
        monkeypatch.setattr("app.service.logs.configure", lambda _: None)  # else for all tests
        monkeypatch.setenv("DATABASE_URL", own.database_url)
        assert main(["monitor"]) == 1
    assert "MONITOR_PORT" in capsys.readouterr().err


def test_the_log_of_predictions_is_not_changed_by_looking(
    own: Settings, table: Table, project: Project
) -> None:
    traffic(own, table, project)
    store = store_of(own)
    before = PredictionLog(store).summary()
    look_once(own, project)
    assert PredictionLog(store).summary() == before
    store.close()
