"""A repository that was made without a lock gets that of the tested versions later."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from scaffold import interpreters
from tests.cli.test_strangers_code import PROJECT, from_folder, wheel
from tests.machine import listing
from tests.small_pack import write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine import Machine

pytestmark = pytest.mark.skipif(interpreters.uv() is None, reason="uv is not installed")


@pytest.fixture
def unlocked(machine: Machine, tmp_path: Path) -> Path:
    """A committed repository of the newest release, with a tested version and without a lock."""
    for version in ("1.0", "2.0"):
        wheel(tmp_path, version)
    made = machine.work / "mine"
    assert machine.new("mine").code == 0
    settings = f"[tool.uv]\n{from_folder(tmp_path)}"
    write(made, "pyproject.toml", f'{PROJECT}dependencies = ["plain"]\n{settings}')
    write(made, "constraints.txt", "plain==1.0\n")
    machine.git(made, "add", "--all")
    machine.git(made, "commit", "--quiet", "-m", "Needs plain")
    return made


def versions(folder: Path) -> dict[str, str]:
    content = tomllib.loads((folder / "uv.lock").read_text(encoding="utf-8"))
    return {one["name"]: one["version"] for one in content["package"]}


def test_an_update_locks_the_tested_versions_and_stages_the_lock(
    machine: Machine, unlocked: Path
) -> None:
    status = machine.run("status", "mine").out
    assert "missing: `scaffold update` locks the tested versions" in " ".join(status.split())
    said = machine.run("update", "mine")
    assert (said.code, said.error) == (0, [])
    assert versions(unlocked)["plain"] == "1.0"
    assert machine.git(unlocked, "status", "--porcelain") == "A  uv.lock\n"
    commit = 'git commit -m "Lock the tested versions"'
    assert commit in said.out
    again = machine.run("update", "mine")
    assert "staged and not committed" in again.out
    assert commit in again.out
    assert "Lock" not in machine.run("status", "mine").out
    machine.git(unlocked, "commit", "--quiet", "-m", "Lock")
    assert machine.run("update", "mine", "--json").document["state"] == "newest"


def test_one_that_stays_at_an_older_release_is_locked_too(machine: Machine, tmp_path: Path) -> None:
    wheel(tmp_path, "1.0")
    assert machine.new("mine", "--ref", "v0.1.0").code == 0
    made = machine.work / "mine"
    settings = f"[tool.uv]\n{from_folder(tmp_path)}"
    write(made, "pyproject.toml", f'{PROJECT}dependencies = ["plain"]\n{settings}')
    write(made, "constraints.txt", "plain==1.0\n")
    machine.git(made, "add", "--all")
    machine.git(made, "commit", "--quiet", "-m", "Needs plain")
    said = machine.run("update", "mine", "--to", "v0.1.0")
    assert said.code == 0
    assert "This is supervised-api v0.1.0." in said.out
    assert versions(made)["plain"] == "1.0"


def test_it_is_taken_back_like_an_update(machine: Machine, unlocked: Path) -> None:
    assert machine.run("update", "mine", "--json").document["state"] == "locked"
    assert machine.run("update", "mine", "--undo").code == 0
    assert machine.git(unlocked, "status", "--porcelain", "--ignored") == ""


def test_a_preview_says_it_and_writes_nothing(machine: Machine, unlocked: Path) -> None:
    before = listing(unlocked)
    said = machine.run("update", "mine", "--preview")
    assert (said.code, said.error) == (0, [])
    assert "the tested versions would be locked" in said.out
    assert listing(unlocked) == before


@pytest.mark.parametrize("words", [(), ("--preview",)])
def test_what_keeps_it_from_being_locked_is_told(
    machine: Machine, unlocked: Path, words: tuple[str, ...]
) -> None:
    write(unlocked, "constraints.txt", "plain==3.0\n")
    machine.git(unlocked, "commit", "--quiet", "--all", "-m", "A version that is nowhere")
    said = machine.run("update", "mine", *words, "--json")
    assert (said.code, said.document["state"]) == (0, "newest")
    assert said.document["lock"]["state"] == "missing"
    assert said.document["lock"]["reason"]
    assert "Still not locked: " in machine.run("update", "mine", *words).out
    assert machine.git(unlocked, "status", "--porcelain") == ""


def test_changes_that_are_not_committed_are_not_mixed_with_the_lock(
    machine: Machine, unlocked: Path
) -> None:
    write(unlocked, "constraints.txt", "plain==2.0\n")
    said = machine.run("update", "mine")
    assert said.code == 0
    reason = "Still not locked: There are changes that are not committed: constraints.txt."
    assert reason in " ".join(said.out.split())
    assert not (unlocked / "uv.lock").exists()
    assert "git stash" in machine.run("update", "mine", "--preview").out


@pytest.mark.parametrize("left", ["asked", "ignored", "untested"])
def test_who_wants_no_lock_or_has_no_tested_versions_gets_none(
    machine: Machine, unlocked: Path, left: str
) -> None:
    words = ("--no-lock",) if left == "asked" else ()
    if left == "ignored":
        write(unlocked, ".gitignore", "uv.lock\n")
    if left == "untested":
        (unlocked / "constraints.txt").unlink()
    machine.git(unlocked, "commit", "--quiet", "--allow-empty", "--all", "-m", "So I want it")
    said = machine.run("update", "mine", *words)
    assert said.out.endswith("is the newest release; nothing to do.\n")
    assert not (unlocked / "uv.lock").exists()


def test_an_update_of_such_a_repository_names_the_lock_as_the_next_step(
    machine: Machine,
) -> None:
    assert machine.new("mine", "--ref", "v0.1.0").code == 0
    made = machine.work / "mine"
    write(made, "constraints.txt", "plain==1.0\n")
    machine.git(made, "add", "--all")
    machine.git(made, "commit", "--quiet", "-m", "Tested")
    status = " ".join(machine.run("status", "mine").out.split())
    assert "missing: `scaffold update --to v0.1.0` locks the tested versions" in status
    said = machine.run("update", "mine")
    assert said.code == 0
    assert "uv sync" not in said.out  # it would lock what is newest
    last = " ".join(said.out.splitlines()[-1].split())
    assert last == "scaffold update once more, then: lock the tested versions"
