"""A learner's dependencies are locked without building or asking anything of the learner's."""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING

import pytest

from scaffold import interpreters
from scaffold.cohort import locking
from scaffold.update import relock
from tests.cohort.school import School, git, work
from tests.harm import source_distribution
from tests.small_pack import RENDERED, release, small_pack

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = '[project]\nname = "mine"\nversion = "1"\nrequires-python = ">=3.11,<3.14"\n'
INDEX = 'registry = "https://index.example/simple"'
LOCK = f"""\
version = 1
requires-python = ">=3.11, <3.14"

[[package]]
name = "packaging"
version = "25.0"
source = {{ {INDEX} }}

[[package]]
name = "mine"
version = "1"
source = {{ virtual = "." }}
"""
PLACES = "its pyproject.toml names places of its own to get packages from"


def refusal(more: str = "", lock: str = LOCK) -> str:
    return locking.refusal((PROJECT + more).encode(), lock.encode())


@pytest.mark.parametrize(
    "more",
    [
        'dependencies = ["evil @ https://evil.example/evil-1.tar.gz"]\n',
        'dependencies = ["evil @ git+https://evil.example/evil"]\n',
        'dependencies = ["./evil"]\n',
        '[project.optional-dependencies]\nx = ["evil@file:///evil.tar.gz"]\n',
        '[dependency-groups]\nx = ["idna", "evil @ https://evil.example/e.whl"]\n',
        '[tool.uv]\nconstraint-dependencies = ["evil @ https://evil.example/e.whl"]\n',
        '[tool.uv]\nindex-url = "https://evil.example/simple"\n',
        '[tool.uv]\nfind-links = ["/etc"]\n',
        '[tool.uv]\nkeyring-provider = "subprocess"\n',
        "[tool.uv]\nno-build = false\n",
        '[[tool.uv.index]]\nname = "school"\nurl = "https://evil.example/simple"\n',
        '[tool.uv.sources]\nidna = { git = "https://evil.example/idna" }\n',
        '[tool.uv.workspace]\nmembers = ["/etc"]\n',
    ],
)
def test_places_of_its_own_are_not_asked(more: str) -> None:
    assert refusal(more) == PLACES


@pytest.mark.parametrize(
    "source",
    [
        'url = "https://evil.example/evil-1.tar.gz"',
        'git = "https://evil.example/x.git?rev=1#aa"',
        'path = "/etc/passwd"',
        'directory = "/etc"',
        'registry = "/etc"',
        'virtual = "/etc"',
    ],
)
def test_nor_those_of_its_lock(source: str) -> None:
    said = refusal(lock=LOCK.replace(INDEX, source))
    assert said == "its uv.lock names places of its own to get packages from"


def test_what_is_no_project_is_not_locked() -> None:
    assert (
        refusal('dynamic = ["version"]\n') == "its pyproject.toml leaves to a program what it needs"
    )
    for odd in (
        "x = [[",
        "[tool]\nuv = 3\n",
        "[dependency-groups]\nx = 3\n",
        "dependencies = 3\n",
        "\0",
    ):
        assert refusal(odd) == "its pyproject.toml cannot be read", odd
    for odd in ("package = 3\n", "package = [3]\n", "x = " + "[" * 100_000):
        assert refusal(lock=odd) == "its uv.lock cannot be read", odd
    for odd in ("x = " + "[" * 100_000, "project = 3\ntool = 3\n"):
        assert locking.refusal(odd.encode(), LOCK.encode()) == "its pyproject.toml cannot be read"
        assert relock.declared(odd.encode()) == relock.declared(b"")


def test_ordinary_dependencies_are_locked() -> None:
    assert refusal() == ""
    assert (
        refusal(
            'dependencies = ["idna>=3 ; python_version < \'3.12\'", "uvicorn[standard]"]\n'
            '[dependency-groups]\ndev = ["ruff", {include-group = "x"}]\nx = ["mypy"]\n'
            '[tool.uv]\nrequired-version = ">=0.9"\ndefault-groups = ["dev"]\n'
            'exclude-dependencies = ["torch"]\n'
        )
        == ""
    )


@pytest.mark.skipif(interpreters.uv() is None, reason="uv is not installed")
def test_no_code_of_a_learner_runs_when_a_class_is_updated(school: School, tmp_path: Path) -> None:
    pins = f"{RENDERED}/constraints.txt"
    pack = small_pack(tmp_path / "pack", **{pins: "packaging==25.0\n"})
    asking = (pack / RENDERED / "pyproject.toml.jinja").read_text(encoding="utf-8")
    asking = asking.replace("dependencies = []", 'dependencies = ["packaging"]')
    release(pack, "v0.2.0", {f"{RENDERED}/pyproject.toml.jinja": asking, pins: "packaging==25.0\n"})
    release(pack, "v0.3.0", {pins: "packaging==26.0\n"})
    school.write(pack, "out/{username}.git", learners=("ada", "bob"))
    file = school.folder / "class.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("v0.1.0", "v0.2.0"), encoding="utf-8")
    school.states("handout", code=0)
    ran = tmp_path / "ran"
    source = tmp_path / "evil-1.0.tar.gz"
    source_distribution(source, ran)
    place = school.folder / "out" / "ada.git"
    ada = tmp_path / "ada"
    git(tmp_path, "clone", "--quiet", os.fspath(place), "ada")
    pyproject = (ada / "pyproject.toml").read_text(encoding="utf-8")
    evil = f'\n[project.optional-dependencies]\nx = ["evil @ {source.as_uri()}"]\n'
    work(place, ada, pyproject_dot_toml=pyproject + evil)
    states = school.states("update", code=0)
    assert not ran.exists()
    assert {one["state"] for one in states.values()} == {"done"}
    assert states["ada"]["reason"] == f"uv.lock stays: {PLACES}; its owner runs `uv lock`"
    assert states["bob"]["reason"] == ""
    locks = {
        name: git(school.folder / "out" / f"{name}.git", "show", "scaffold/v0.3.0:uv.lock")
        for name in ("ada", "bob")
    }
    found = {
        name: one["version"]
        for name, text in locks.items()
        for one in tomllib.loads(text)["package"]
        if one["name"] == "packaging"
    }
    assert found["ada"] == "25.0"
    assert int(found["bob"].partition(".")[0]) >= 26
