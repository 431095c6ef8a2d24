"""A starter with other people's data: schema.py, project.toml and data/ change, nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGES = ("statsmodels==0.15.0", "palmerpenguins==0.1.6", "scikit-learn==1.9.1")
WRITE = """
import sys, pathlib
from importlib.resources import files
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes
def write(frame, name):
    frame.to_csv(pathlib.Path(sys.argv[1]) / f"{name}.csv", index=False)
write(pd.read_csv(files("palmerpenguins") / "data" / "penguins.csv"), "penguins")
fair = pd.read_csv(files("statsmodels") / "datasets" / "fair" / "fair.csv")
write(fair.assign(affair=(fair["affairs"] > 0).astype(int)), "fair")
write(load_diabetes(as_frame=True).frame, "diabetes")
write(load_breast_cancer(as_frame=True).frame, "breast_cancer")
"""

pytestmark = pytest.mark.generated


@dataclass(frozen=True)
class Swap:
    """One data set, and what its owner would decide about it.

    Attributes:
        name: Of the file in `data/`; the shipped data where there is no such file.
        rows: How many the file has.
        target: Column to predict.
        drop: Columns that are no features: known only afterwards, or names of things.
        changes: What the owner writes otherwise than proposed, by section of project.toml.
    """

    name: str
    rows: int
    target: str
    drop: tuple[str, ...] = ()
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)


SWAPS = (
    Swap("penguins", 344, "species"),
    Swap("fair", 6366, "affair", ("affairs",)),
    Swap("rand_hie", 20190, "visits", ("person", "race", "site", "spending", "high_use")),
    Swap("diabetes", 442, "target"),
    Swap("breast_cancer", 569, "target"),
)
# Whose starter runs all its own tests each time: a choice of three, and a number. SCAFFOLD_ALL=1
# runs them with every data set.
TESTED_WHOLE = {"penguins", "diabetes"}
EVERYTHING = bool(os.environ.get("SCAFFOLD_ALL"))


@dataclass(frozen=True)
class Project:
    """A generated repository with packages of its own."""

    folder: Path

    def run(self, *words: str | Path, fails: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a command in it; `fails` says that it has to end with 1."""
        command = ["uv", "run", "--offline", *map(str, words)]
        kept = {name: text for name, text in os.environ.items() if name != "VIRTUAL_ENV"}
        done = subprocess.run(
            command, cwd=self.folder, env=kept, capture_output=True, text=True, check=False
        )
        told = f"{command}\n{done.stdout[-6000:]}\n{done.stderr[-4000:]}"
        assert done.returncode == int(fails), told
        return done

    def git(self, *words: str) -> str:
        """Run git in it and return what it says."""
        names = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        return subprocess.check_output(["git", *names, *words], cwd=self.folder, text=True)

    def metadata(self) -> dict[str, Any]:
        """Return what is known of the model that is served."""
        models = self.folder / "models"
        version = (models / "champion").read_text(encoding="utf-8").strip()
        read: dict[str, Any] = json.loads((models / version / "metadata.json").read_text("utf-8"))
        return read


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data sets as CSV, out of the packages that bring them."""
    folder = tmp_path_factory.mktemp("tables")
    wanted = [word for package in PACKAGES for word in ("--with", package)]
    command = ["uv", "run", "--quiet", "--no-project", *wanted, "python", "-c", WRITE, folder]
    subprocess.run(command, check=True)
    return folder


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The starter of the working tree, committed, its packages in uv's cache."""
    made = Project(tmp_path_factory.mktemp("starter") / "my-api")
    words = ("-m", "scaffold", "pack", "render", "supervised-api", made.folder, "--root", ROOT)
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    subprocess.run(["uv", "lock", "--quiet"], cwd=made.folder, check=True)
    subprocess.run(["uv", "sync", "--quiet"], cwd=made.folder, check=True)
    made.git("init", "--quiet")
    made.git("add", "--all")
    made.git("commit", "--quiet", "--message", "As generated")
    return made


def _as_toml(sections: dict[str, dict[str, Any]]) -> str:
    lines: list[str] = []
    for name, values in sections.items():
        lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module", params=SWAPS, ids=lambda swap: swap.name)
def swap(request: pytest.FixtureRequest) -> Swap:
    """One data set after the other."""
    chosen: Swap = request.param
    return chosen


@pytest.fixture(scope="module")
def swapped(
    swap: Swap, starter: Project, tables: Path, tmp_path_factory: pytest.TempPathFactory
) -> Project:
    """A starter whose owner put in a data set and trained, as the README says."""
    ours = Project(tmp_path_factory.mktemp(swap.name) / "my-api")
    shutil.copytree(starter.folder, ours.folder, ignore=shutil.ignore_patterns(".venv"))
    subprocess.run(["uv", "sync", "--quiet", "--offline"], cwd=ours.folder, check=True)
    data = ours.folder / "data"
    words: list[str] = []
    if swap.name == "rand_hie":
        file = data / "rand_hie.csv.gz"
    else:
        (data / "rand_hie.csv.gz").unlink()
        (data / "prepare.py").unlink()
        file = Path(shutil.copy(tables / f"{swap.name}.csv", data))
    if swap.name == "breast_cancer":
        words = ["--renamed", "data/clean.csv"]
    file = file.relative_to(ours.folder)
    profiled = json.loads(ours.run("app", "profile", file, "--json").stdout)
    assert profiled["rows"] == swap.rows
    words += ["--target", swap.target, *(("--drop", *swap.drop) if swap.drop else ())]
    words += ["--output", "app/schema.py", "--force"]
    told = ours.run("app", "draft-schema", file, *words).stderr
    advised = tomllib.loads(told[told.index("[data]") :])
    digest = hashlib.sha256((ours.folder / advised["data"]["path"]).read_bytes()).hexdigest()
    (data / "README.md").write_text(f"# {swap.name}\n\nsha256 {digest}\n", encoding="utf-8")
    written = {"project": {"title": swap.name, "question": f"What is {swap.target}?"}}
    for section, values in advised.items():
        written[section] = values | swap.changes.get(section, {})
    (ours.folder / "project.toml").write_text(_as_toml(written), encoding="utf-8")
    ours.run("app", "train")
    return ours


def test_only_the_schema_the_project_file_and_the_data_change(swapped: Project) -> None:
    lines = swapped.git("status", "--porcelain", "--untracked-files=all").splitlines()
    changed = {line[3:] for line in lines}
    allowed = {"app/schema.py", "project.toml"}
    assert allowed <= changed
    assert not {path for path in changed - allowed if not path.startswith("data/")}


def test_the_leak_is_suspected_before_it_becomes_a_feature(swap: Swap, swapped: Project) -> None:
    path = tomllib.loads((swapped.folder / "project.toml").read_text("utf-8"))["data"]["path"]
    told = json.loads(swapped.run("app", "profile", path, "--target", swap.target, "--json").stdout)
    suspected = {
        column["name"]
        for column in told["columns"]
        if any("almost perfectly" in warning for warning in column["warnings"])
    }
    assert suspected == ({"affairs"} if swap.name == "fair" else set())


def test_the_model_is_exact_and_no_worse_than_the_rule(swapped: Project) -> None:
    metadata = swapped.metadata()
    assert metadata["parity"]["share_within"] >= 0.99
    unseen = metadata["metrics"]["unseen"]
    classifies = metadata["task"] == "classification"
    primary = "ap" if classifies else "mae"
    model, rule = (unseen[name]["numbers"][primary] for name in (metadata["kind"], "rule"))
    assert model >= rule if classifies else model <= rule


def test_what_was_drafted_pleases_linter_formatter_and_strict_types(swapped: Project) -> None:
    for words in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]):
        swapped.run(*words)


@pytest.fixture
def address(swapped: Project) -> Iterator[str]:
    """Where the swapped service answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    python = swapped.folder / ".venv" / "bin" / "python"
    with (swapped.folder.parent / "server.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [python, "-m", "app", "serve", "--port", str(port)],
            cwd=swapped.folder,
            stdout=log,
            stderr=log,
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=30)


def _ask(address: str, body: dict[str, Any]) -> dict[str, Any]:
    content = json.dumps(body).encode()
    request = urllib.request.Request(address, content, {"Content-Type": "application/json"})
    for _ in range(100):
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                answer: dict[str, Any] = json.load(response)
                return answer
        except urllib.error.HTTPError:
            raise
        except OSError:  # not listening yet
            time.sleep(0.2)
    pytest.fail(f"{address} does not answer")


def test_it_answers_one_case_and_many(swapped: Project, address: str) -> None:
    alone = json.loads(swapped.run("app", "predict", "--example").stdout)
    one = _ask(f"{address}/predict", alone["input"])
    many = _ask(f"{address}/predict/batch", {"cases": [alone["input"]] * 3})
    output = "probability" if "probability" in one else "value"
    assert one[output] == pytest.approx(alone[output])
    assert [answer[output] for answer in many["answers"]] == [pytest.approx(alone[output])] * 3


def test_it_is_watched(swapped: Project) -> None:
    swapped.run("app", "monitor", "--once")


def test_its_own_tests_survive(swap: Swap, swapped: Project) -> None:
    whole = EVERYTHING or swap.name in TESTED_WHOLE
    swapped.run("pytest", "-q", *(["-x"] if whole else ["--collect-only"]))


def test_what_can_not_be_learned_from_is_refused_column_by_column(
    starter: Project, tmp_path: Path
) -> None:
    file = tmp_path / "members.csv"
    rows = [f"2024-01-{day:02},gold,,{day % 9},{day % 2}" for day in range(1, 29)]
    file.write_text("\n".join(["joined,plan,note,visits,stays", *rows]), encoding="utf-8")
    told = starter.run("app", "draft-schema", file, "--target", "stays", fails=True).stderr
    for name, why in (("joined", "a date"), ("plan", "the same"), ("note", "every cell is empty")):
        (line,) = [line for line in told.splitlines() if line.startswith(f"  {name}:")]
        assert why in line
        assert f"--drop {name}" in line
    words = ("--target", "stays", "--drop", "joined", "plan", "note")
    assert "visits: int" in starter.run("app", "draft-schema", file, *words).stdout
