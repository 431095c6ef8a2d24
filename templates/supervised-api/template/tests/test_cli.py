"""The command line: each verb does its job, and mistakes get two clear lines."""

import io
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import main
from app.columns import example
from app.metadata import Metadata
from app.project import read_project
from app.registry import CHALLENGER, CHAMPION, HISTORY
from app.settings import Settings

from .conftest import ROOT
from .live import served
from .small import quick_boosting, table_of

SMALL = """
[data]
path = "small.csv"
target = "y"
task = "regression"
[baseline]
column = "hint"
"""


CASE = re.compile(r"^ +\S.* \(what happened: (.+)\)$", re.MULTILINE)


@pytest.mark.usefixtures("at_root")
def test_the_demo_trains_and_asks_a_real_server_about_three_cases(
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MODELS_DIR", str(tmp_path / "models"))
    assert main(["demo"]) == 0
    assert (tmp_path / "models" / CHAMPION).exists()
    said = capsys.readouterr().out
    truths = CASE.findall(said)
    assert len(truths) == 3
    decides = read_project(settings.project_file).threshold is not None
    assert all((truth in {"yes", "no"}) == decides for truth in truths)
    assert "app/schema.py" in said


@pytest.mark.usefixtures("at_root")
def test_the_demo_takes_the_model_that_is_there(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.demo.running_server", served)
    before = (settings.models_dir / HISTORY).read_bytes()
    assert main(["demo"]) == 0
    said = capsys.readouterr().out
    assert "A trained model is there" in said
    assert len(CASE.findall(said)) == 3
    assert (settings.models_dir / HISTORY).read_bytes() == before


@pytest.fixture
def small_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A project with a small table, which trains in a moment; returns the folder of its models."""
    (tmp_path / "project.toml").write_text(SMALL, encoding="utf-8")
    monkeypatch.setattr("app.training.run.read_table", lambda _: table_of("regression"))
    monkeypatch.setattr("app.training.candidates.boosting", quick_boosting)
    monkeypatch.setenv("PROJECT_FILE", str(tmp_path / "project.toml"))
    monkeypatch.setenv("MODELS_DIR", str(tmp_path / "models"))
    return tmp_path / "models"


def test_train_makes_a_challenger_or_only_keeps_a_model(
    small_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--no-promote"]) == 0
    assert not (small_project / CHAMPION).exists()
    assert main(["train", "--model", "linear", "--challenger"]) == 0
    linear = (small_project / CHALLENGER).read_text(encoding="utf-8").strip()
    assert not (small_project / CHAMPION).exists()
    capsys.readouterr()
    assert main(["models"]) == 0
    kept, challenger = capsys.readouterr().out.splitlines()
    assert CHALLENGER not in kept
    assert challenger.split()[:2] == [linear, "linear"]


@pytest.mark.usefixtures("at_root")
def test_predict_reads_a_file_or_makes_an_example(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], trained: Metadata
) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(example()), encoding="utf-8")
    answers = []
    for arguments in (["predict", str(file)], ["predict", "--example"]):
        assert main(arguments) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] == answers[1]
    assert answers[0]["model_version"] == trained.version


@pytest.mark.usefixtures("at_root")
def test_predict_reads_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = io.TextIOWrapper(io.BytesIO(json.dumps(example()).encode()))
    monkeypatch.setattr(sys, "stdin", typed)
    assert main(["predict", "-"]) == 0
    assert {"probability", "value"} & json.loads(capsys.readouterr().out).keys()


@pytest.mark.usefixtures("at_root")
@pytest.mark.parametrize("text", ["{}", "not JSON", json.dumps(example() | {"odd": 1})])
def test_predict_says_what_is_wrong_with_its_input(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "case.json"
    file.write_text(text, encoding="utf-8")
    assert main(["predict", str(file)]) == 1
    assert capsys.readouterr().err.count("\n") == 2


@pytest.mark.posix
@pytest.mark.skipif(sys.platform == "win32", reason="there a closed pipe is another error")
@pytest.mark.usefixtures("at_root")
def test_a_reader_who_has_seen_enough_gets_no_traceback() -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "app", "predict", "--example"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")


def test_predict_names_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "no-such-file.json"]) == 1
    assert "error: no-such-file.json is not here.\n" in capsys.readouterr().err
    assert main(["predict", str(ROOT)]) == 1
    said = capsys.readouterr().err
    assert "can't be read: " in said
    assert "Errno" not in said


def test_a_folder_without_a_project_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for verb in ("demo", "train"):
        assert main([verb]) == 1
        assert "project.toml is not here" in capsys.readouterr().err


@pytest.mark.usefixtures("at_root")
def test_a_busy_port_is_named_and_another_offered(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 1
    message = capsys.readouterr().err
    assert str(port) in message
    assert "--port" in message


@pytest.mark.usefixtures("at_root")
def test_a_host_of_another_machine_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--host", "192.0.2.1"]) == 1
    assert "192.0.2.1" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["no-such-verb"], ["serve", "--port", "many"]])
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    assert main(arguments) == 2


@pytest.mark.parametrize(
    "verb", ["demo", "train", "models", "promote", "rollback", "serve", "predict", "smoke"]
)
def test_each_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == 0
    assert len(capsys.readouterr().out) > 200


def test_help_speaks_to_whoever_uses_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert "app VERB --help" in said
    assert "import" not in said


def test_help_needs_no_heavy_import() -> None:
    code = "import sys, app.cli; sys.exit(any(m in sys.modules for m in ('pydantic', 'numpy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("verb", ["demo", "train", "serve"])
def test_a_package_that_is_not_installed_is_named(verb: str) -> None:
    bare = [sys.executable, "-S", "-m", "app", verb]  # -S: without any installed package
    answer = subprocess.run(bare, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert answer.returncode == 1
    assert "is not installed" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_module_of_ours_that_is_not_there_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise ModuleNotFoundError(name="app.gone")

    monkeypatch.setattr("app.verbs.serving._demo", broken)
    with pytest.raises(ModuleNotFoundError):
        main(["demo"])


def test_an_interruption_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.verbs.serving._demo", interrupted)
    assert main(["demo"]) == 130
