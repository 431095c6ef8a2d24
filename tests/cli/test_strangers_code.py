"""Locking what a stranger's template declares runs none of the stranger's code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from typing import TYPE_CHECKING

import pytest

from scaffold import interpreters, unbuilt
from tests.harm import self_building, source_distribution
from tests.small_pack import RENDERED, git, release, small_pack, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine import Machine, Said

pytestmark = pytest.mark.skipif(interpreters.uv() is None, reason="uv is not installed")
PROJECT = '[project]\nname = "mine"\nversion = "1"\nrequires-python = ">=3.11,<3.14"\n'
BUILT = "evil would have to be built, which runs its code"
LATER = "Later: "


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """The file that a stranger's code makes if it runs."""
    return tmp_path / "ran"


@pytest.fixture
def evil(tmp_path: Path, mark: Path) -> Path:
    """A source distribution that marks."""
    made = tmp_path / "evil-1.0.tar.gz"
    source_distribution(made, mark)
    return made


def stranger(tmp_path: Path, files: dict[str, str]) -> Path:
    """A stranger's pack, whose newest release has these files in its starter."""
    pack = small_pack(tmp_path / "stranger")
    (pack / RENDERED / "pyproject.toml.jinja").unlink()
    release(pack, "v0.2.0", {f"{RENDERED}/{name}": text for name, text in files.items()})
    return pack


def from_folder(folder: Path) -> str:
    """Settings of uv: packages are had from this folder alone."""
    return f"no-index = true\nfind-links = [{json.dumps(os.fspath(folder))}]\n"


def wheel(folder: Path, version: str) -> None:
    """A package that needs no building."""
    about = f"plain-{version}.dist-info"
    with zipfile.ZipFile(folder / f"plain-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: plain\nVersion: {version}\n"
        )
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")


def new(machine: Machine, *words: str) -> Said:
    return machine.run("new", "supervised-api", "mine", "--defaults", *words)


def made_without_a_lock(machine: Machine, said: Said, reason: str) -> None:
    assert said.code == 0, said.err
    assert f"Not locked: {reason}. {LATER}" in " ".join(said.out.split())
    assert not (machine.work / "mine/uv.lock").exists()
    assert machine.git(machine.work / "mine", "status", "--porcelain") == ""
    assert "pyproject.toml" in machine.git(machine.work / "mine", "ls-files")


def does_run(machine: Machine, mark: Path) -> None:
    """Uv alone runs it, so that a test of its not running could fail."""
    uv = interpreters.uv()
    assert uv is not None
    command = [uv, "lock", "--no-build", "--python", sys.executable]
    done = subprocess.run(command, cwd=machine.work / "mine", capture_output=True, check=False)
    assert done.returncode
    assert mark.exists()


def test_no_dependency_of_a_stranger_is_built(
    machine: Machine, tmp_path: Path, mark: Path, evil: Path
) -> None:
    pyproject = f'{PROJECT}dependencies = ["evil @ {evil.as_uri()}"]\n'
    pack = stranger(tmp_path, {"pyproject.toml": pyproject})
    said = new(machine, "--source", os.fspath(pack))
    made_without_a_lock(machine, said, BUILT)
    assert not mark.exists()


def test_nor_one_that_only_the_tested_set_names(
    machine: Machine, tmp_path: Path, mark: Path, evil: Path
) -> None:
    pins = f"evil @ {evil.as_uri()}\n"
    pyproject = f'{PROJECT}dependencies = ["evil"]\n'
    pack = stranger(tmp_path, {"pyproject.toml": pyproject, "constraints.txt": pins})
    made_without_a_lock(machine, new(machine, "--source", os.fspath(pack)), BUILT)
    assert not mark.exists()


def test_nor_one_that_lies_beside_a_setting_that_allows_it(
    machine: Machine, tmp_path: Path, mark: Path, evil: Path
) -> None:
    places = from_folder(evil.parent)
    files = {
        "pyproject.toml": f'{PROJECT}dependencies = ["evil"]\n[tool.uv]\n{places}',
        "uv.toml": f"no-build = false\n{places}",
    }
    pack = stranger(tmp_path, files)
    made_without_a_lock(machine, new(machine, "--source", os.fspath(pack)), BUILT)
    assert not mark.exists()


def test_nor_the_project_itself(machine: Machine, tmp_path: Path, mark: Path) -> None:
    pack = stranger(tmp_path, self_building(mark))
    reason = "its pyproject.toml leaves to a program what it needs, which may run code"
    made_without_a_lock(machine, new(machine, "--source", os.fspath(pack)), reason)
    assert not mark.exists()
    does_run(machine, mark)


def test_nor_a_member_of_its_workspace(machine: Machine, tmp_path: Path, mark: Path) -> None:
    member = {
        f"member/{name}": text.replace("mine", "member")
        for name, text in self_building(mark).items()
    }
    pyproject = f'{PROJECT}[tool.uv.workspace]\nmembers = ["member"]\n'
    pack = stranger(tmp_path, {"pyproject.toml": pyproject, **member})
    reason = "its pyproject.toml sets workspace of uv, which may run code"
    made_without_a_lock(machine, new(machine, "--source", os.fspath(pack)), reason)
    assert not mark.exists()
    does_run(machine, mark)


def test_nor_for_a_class_with_templates_of_its_own(
    machine: Machine, tmp_path: Path, mark: Path, evil: Path
) -> None:
    pyproject = f'{PROJECT}dependencies = ["evil @ {evil.as_uri()}"]\n'
    pack = stranger(tmp_path, {"pyproject.toml": pyproject})
    source = json.dumps(os.fspath(pack))
    write(
        tmp_path,
        "class.toml",
        f'name = "C"\nsource = {source}\nwhere = "out/{{username}}"\n'
        '[assignments.one]\ntemplate = "supervised-api"\n',
    )
    write(tmp_path, "roster.csv", "username,name,email\nada,Ada,ada@example.org\n")
    said = new(machine, "--class", os.fspath(tmp_path / "class.toml"))
    made_without_a_lock(machine, said, BUILT)
    done = machine.run("cohort", "handout", "--class", os.fspath(tmp_path), "--json")
    assert done.document["outcomes"][0]["reason"] == f"not locked: {BUILT}"
    assert (tmp_path / "out/ada/pyproject.toml").is_file()
    assert not mark.exists()


@pytest.mark.parametrize("finishing", [False, True])
def test_nor_by_an_update(
    machine: Machine, tmp_path: Path, mark: Path, evil: Path, *, finishing: bool
) -> None:
    pack = stranger(tmp_path, {"pyproject.toml": PROJECT, "line.txt": "one\n"})
    asking = f'{PROJECT}dependencies = ["evil @ {evil.as_uri()}"]\n'
    release(
        pack,
        "v0.3.0",
        {f"{RENDERED}/pyproject.toml": asking, f"{RENDERED}/line.txt": "two\n"},
    )
    said = new(machine, "--source", os.fspath(pack), "--ref", "v0.2.0")
    assert said.code == 0, said.err
    mine = machine.work / "mine"
    locked = (mine / "uv.lock").read_bytes()
    if finishing:
        write(mine, "line.txt", "mine\n")
        machine.git(mine, "commit", "--quiet", "--all", "-m", "Mine")
        assert machine.run("update", cwd=mine).code == 1
        write(mine, "line.txt", "both\n")
        said = machine.run("update", "--finish", cwd=mine)
    else:
        said = machine.run("update", cwd=mine)
    assert said.code == 0, said.err
    told = " ".join(said.out.split())
    assert BUILT in told
    assert "uv lock" in told
    assert (mine / "uv.lock").read_bytes() == locked
    assert not mark.exists()


def test_nor_by_an_update_that_locks_what_had_no_lock(
    machine: Machine, tmp_path: Path, mark: Path, evil: Path
) -> None:
    pins = f"evil @ {evil.as_uri()}\n"
    pyproject = f'{PROJECT}dependencies = ["evil"]\n'
    pack = stranger(tmp_path, {"pyproject.toml": pyproject, "constraints.txt": pins})
    said = new(machine, "--source", os.fspath(pack), "--no-lock")
    assert said.code == 0, said.err
    for words in ((), ("--preview",)):
        said = machine.run("update", *words, cwd=machine.work / "mine")
        assert said.code == 0, said.err
        assert f"Still not locked: {BUILT}." in " ".join(said.out.split())
    assert not mark.exists()


def test_a_strangers_ordinary_template_is_locked_to_its_tested_set(
    machine: Machine, tmp_path: Path
) -> None:
    for version in ("1.0", "2.0"):
        wheel(tmp_path, version)
    settings = f"[tool.uv]\n{from_folder(tmp_path)}"
    files = {
        "pyproject.toml": f'{PROJECT}dependencies = ["plain"]\n{settings}',
        "constraints.txt": "plain==1.0\n",
    }
    pack = stranger(tmp_path, files)
    said = new(machine, "--source", os.fspath(pack))
    assert "Not locked" not in said.out, said.out
    text = (machine.work / "mine/uv.lock").read_text(encoding="utf-8")
    found = {one["name"]: one["version"] for one in tomllib.loads(text)["package"]}
    assert found["plain"] == "1.0"
    assert "constraints" not in text
    assert git(machine.work / "mine", "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("", ""),
        ('[[tool.uv.index]]\nname = "school"\nurl = "https://index.example/simple"\n', ""),
        ('dynamic = ["dependencies"]\n', unbuilt.DYNAMIC),
        ('[tool.uv]\ncache-dir = "/elsewhere"\n', "sets cache-dir of uv"),
        ("[tool.uv]\nno-build-isolation = true\n", "sets no-build-isolation of uv"),
        ("x = [[", unbuilt.UNREAD),
        ("[tool]\nuv = 3\n", unbuilt.UNREAD),
        ("x = " + "[" * 100_000, unbuilt.UNREAD),
        ("\xff", unbuilt.UNREAD),
    ],
)
def test_what_could_run_code_all_the_same_is_not_locked(more: str, reason: str) -> None:
    assert unbuilt.refusal((PROJECT + more).encode("latin-1")) == reason
