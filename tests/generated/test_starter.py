"""A starter as its owner gets it: from the wheel, on each Python, with and without a network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from scaffold import catalog
from tests import interpreters

ROOT = Path(__file__).parents[2]
TEMPLATES = [starter.id for starter in catalog.read(ROOT)]
EVERYTHING = bool(os.environ.get("SCAFFOLD_ALL"))
# Where a starter's tests run each time; each Python has one starter, much of which is shared.
# On the others they are collected, which imports everything. SCAFFOLD_ALL=1 runs all on all.
WHOLE = {"supervised-api": "3.11", "rag-app": "3.12", "multi-agent": "3.13"}
# Under the user's own name: Postgres does not start as root, and a namespace in which root is the
# only user leaves it nobody to start as.
_AS_MYSELF = () if os.geteuid() == 0 else ("--map-current-user", "--keep-caps")
_LOOPBACK = ("sh", "-c", 'ip link set lo up && exec "$@"', "-")
OFFLINE = ("unshare", *_AS_MYSELF, "--net", *_LOOPBACK)

pytestmark = pytest.mark.generated


@dataclass(frozen=True)
class Machine:
    """A Python with the wheel of scaffold in an environment of its own, and an empty home."""

    version: str
    python: str
    scaffold: Path
    home: Path
    environment: dict[str, str]

    def run(
        self, *words: str | Path, folder: Path, network: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as the owner would; without `network` there is only the loopback."""
        command = [*(() if network else OFFLINE), *map(str, words)]
        done = subprocess.run(
            command, cwd=folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        ["uv", "build", "--quiet", "--wheel", "--python", sys.executable, "-o", folder, ROOT],
        check=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module", params=interpreters.VERSIONS)
def machine(
    request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> Machine:
    python = interpreters.require(request.param)
    home = tmp_path_factory.mktemp(f"home-{request.param}")
    venv = home / "venv"
    subprocess.run(["uv", "venv", "--quiet", "--python", python, venv], check=True)
    subprocess.run(
        ["uv", "pip", "install", "--quiet", "--python", venv / "bin" / "python", wheel], check=True
    )
    (home / ".gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@example.org\n")
    cache = subprocess.run(["uv", "cache", "dir"], capture_output=True, text=True, check=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = kept | {
        "HOME": str(home),
        "UV_CACHE_DIR": cache.stdout.strip(),
        "UV_PYTHON": python,
        "UV_PYTHON_DOWNLOADS": "never",
    }
    environment.pop("VIRTUAL_ENV", None)
    return Machine(request.param, python, venv / "bin" / "scaffold", home, environment)


@pytest.fixture(scope="module", params=TEMPLATES)
def project(request: pytest.FixtureRequest, machine: Machine) -> Path:
    """A repository generated with a network, its packages synced."""
    folder = machine.home / "work"
    folder.mkdir(exist_ok=True)
    made = folder / f"my-{request.param}"
    machine.run(machine.scaffold, "new", request.param, made.name, "--defaults", folder=folder)
    machine.run("uv", "sync", "--locked", "--quiet", folder=made)
    return made


def test_its_committed_lock_holds_exactly_the_tested_versions(project: Path) -> None:
    tracked = subprocess.check_output(["git", "ls-files"], cwd=project, text=True).split()
    assert "uv.lock" in tracked
    locked = tomllib.loads((project / "uv.lock").read_text(encoding="utf-8"))["package"]
    own = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = {(one["name"], one["version"]) for one in locked if one["name"] != own["name"]}
    pins = re.findall(
        r"^([\w.-]+)==([^\s;]+)", (project / "constraints.txt").read_text(), re.MULTILINE
    )
    assert versions == set(pins)


def test_one_commit_and_a_clean_tree(project: Path) -> None:
    count = subprocess.check_output(["git", "rev-list", "--count", "HEAD"], cwd=project, text=True)
    assert count.strip() == "1"
    state = subprocess.check_output(["git", "status", "--porcelain"], cwd=project, text=True)
    assert state == ""
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert answers["_src_path"] == "~/.local/share/scaffold/templates.bundle"
    assert re.fullmatch(r"v\d+\.\d+\.\d+", answers["_commit"])


def test_its_demo_needs_no_network(machine: Machine, project: Path) -> None:
    machine.run("uv", "run", "--offline", "app", "demo", folder=project, network=False)


def test_its_tests_need_no_network(machine: Machine, project: Path) -> None:
    whole = EVERYTHING or machine.version == WHOLE[project.name.removeprefix("my-")]
    words = ["uv", "run", "--offline", "pytest", "-q", *([] if whole else ["--collect-only"])]
    done = machine.run(*words, folder=project, network=False)
    said = done.stdout.splitlines()[-1]  # above it stand names of tests
    assert re.search(r"\d+ passed" if whole else r"\d+ tests collected", said)
    assert not re.search("skipped|error|failed", said)


def test_linter_formatter_and_strict_types_find_nothing(machine: Machine, project: Path) -> None:
    for words in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]):
        machine.run("uv", "run", "--offline", *words, folder=project)


def test_without_a_network_it_is_generated_all_the_same(machine: Machine, tmp_path: Path) -> None:
    bare = machine.environment | {"UV_CACHE_DIR": str(tmp_path / "cache")}
    alone = Machine(machine.version, machine.python, machine.scaffold, machine.home, bare)
    words = ("new", "supervised-api", "my-api", "--defaults")
    done = alone.run(machine.scaffold, *words, folder=tmp_path, network=False)
    assert "Not locked: no package index could be reached. Later: scaffold update" in done.stdout
    made = tmp_path / "my-api"
    assert not (made / "uv.lock").exists()
    test_one_commit_and_a_clean_tree(made)
    shutil.rmtree(made)
