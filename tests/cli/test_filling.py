"""Into folders that exist: empty ones, links to them, and fresh clones of empty repositories."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from scaffold import staging
from tests.machine import Machine, listing


def complete(machine: Machine, folder: Path) -> None:
    """Assert that a generated repository is whole: its files, one commit, nothing beside."""
    assert machine.git(folder, "log", "--format=%s").splitlines() == [
        "Start from supervised-api v0.1.1"
    ]
    assert machine.git(folder, "status", "--porcelain", "--ignored") == ""
    tracked = machine.git(folder, "ls-files").splitlines()
    assert {".copier-answers.yml", "README.md", "app/text.py", "data/rows.csv"} <= set(tracked)
    assert not [path for path in folder.iterdir() if path.name.startswith(".scaffold")]


def test_an_empty_folder_is_filled(machine: Machine) -> None:
    (machine.work / "empty").mkdir()
    assert machine.new("empty").code == 0
    complete(machine, machine.work / "empty")


def test_the_present_folder_is_filled_and_gives_its_name(machine: Machine) -> None:
    here = machine.work / "visit forecast"
    here.mkdir()
    said = machine.new(".", "--json", cwd=here)
    assert said.code == 0, said.err
    assert said.document["answers"]["project_name"] == "visit forecast"
    complete(machine, here)
    assert "cd " not in machine.run("status", cwd=here).out


def test_a_link_to_an_empty_folder_stays_a_link(machine: Machine) -> None:
    (machine.root / "elsewhere").mkdir()
    (machine.work / "link").symlink_to(machine.root / "elsewhere")
    assert machine.new("link").code == 0
    assert (machine.work / "link").is_symlink()
    complete(machine, machine.root / "elsewhere")


def empty_clone(machine: Machine, branch: str) -> Path:
    """A fresh clone of an empty repository, whose branch has this name."""
    machine.git(machine.root, "init", "--quiet", "--bare", "-b", branch, "remote.git")
    machine.git(machine.work, "clone", "--quiet", os.fspath(machine.root / "remote.git"), "clone")
    return machine.work / "clone"


@pytest.mark.parametrize("branch", ["main", "trunk"])
def test_a_fresh_clone_keeps_its_remote_its_branch_and_its_settings(
    machine: Machine, branch: str
) -> None:
    clone = empty_clone(machine, branch)
    machine.git(clone, "config", "user.email", "other@example.org")
    said = machine.new(".", cwd=clone)
    assert said.code == 0, said.err
    complete(machine, clone)
    assert machine.git(clone, "branch", "--show-current").strip() == branch
    assert machine.git(clone, "log", "--format=%ae").strip() == "other@example.org"
    machine.git(clone, "push", "--quiet", "origin", branch)
    remote = machine.git(machine.root / "remote.git", "log", "--format=%s", branch)
    assert remote.count("\n") == 1


def test_a_fresh_clone_filled_without_git_keeps_its_repository_untouched(machine: Machine) -> None:
    clone = empty_clone(machine, "main")
    before = listing(clone / ".git")
    assert machine.new(".", "--no-git", cwd=clone).code == 0
    assert listing(clone / ".git") == before
    assert (clone / "README.md").is_file()


def test_a_failing_commit_leaves_a_clone_as_it_was(machine: Machine) -> None:
    clone = empty_clone(machine, "main")
    (clone / ".git/index.lock").touch()
    before = listing(machine.work)
    said = machine.new(".", cwd=clone)
    assert said.code == 3
    assert said.error[0].startswith(f"Error: {clone} was not made: Unable to create ")
    assert said.error[1:] == ["Mend that and run it again."]
    assert listing(machine.work) == before


def test_a_linked_git_folder_is_refused(machine: Machine) -> None:
    clone = empty_clone(machine, "main")
    (clone / ".git").rename(machine.root / "git-of-clone")
    (clone / ".git").write_text(f"gitdir: {machine.root}/git-of-clone\n", encoding="utf-8")
    said = machine.new(".", cwd=clone)
    assert (said.code, said.error) == (
        2,
        [
            f"Error: The folder {clone} holds a linked .git.",
            "Choose another name; only a fresh clone of an empty repository can be filled.",
        ],
    )


@pytest.mark.parametrize("existing", [False, True])
@pytest.mark.parametrize("number", [2, 6])
def test_of_commands_at_once_into_one_folder_exactly_one_wins(
    machine: Machine, existing: bool, number: int
) -> None:
    target = machine.work / "x"
    if existing:
        target.mkdir()
    words = ("new", "supervised-api", "x", "--defaults", "--no-lock", "--data")
    started = [machine.start(*words, f"author=A{one}") for one in range(number)]
    ended = [process.communicate(timeout=120)[1].decode() for process in started]
    codes = [process.returncode for process in started]
    assert sorted(codes) == [0] + [2] * (number - 1), ended
    complete(machine, target)
    winner = codes.index(0)
    assert f"author: A{winner}" in (target / ".copier-answers.yml").read_text(encoding="utf-8")
    assert {path.name for path in machine.work.iterdir()} == {"x"}
    appeared = f"Error: {target} appeared while its repository was being made."
    for code, told in zip(codes, ended, strict=True):
        if code:
            problem, remedy = told.splitlines()[-2:]
            assert problem == appeared or " is not empty: it holds " in problem
            assert remedy.startswith("Choose another name")


def test_a_folder_of_another_user_or_program_is_left_alone(machine: Machine) -> None:
    (machine.work / ".scaffold-new-link").symlink_to(machine.home)
    (machine.work / ".scaffold-new-file").write_text("mine", encoding="utf-8")
    assert machine.new("x").code == 0
    assert (machine.work / ".scaffold-new-link").is_symlink()
    assert (machine.work / ".scaffold-new-file").is_file()
    assert (machine.home / ".gitconfig").is_file()


def test_a_planted_journal_moves_nothing_out_of_its_folder(machine: Machine) -> None:
    planted = machine.work / "stranger" / ".scaffold-new-planted"
    (planted / "tree").mkdir(parents=True)
    (planted / "lock").touch()
    (planted / "evil").write_text("evil", encoding="utf-8")
    (planted / "journal.json").write_text('{"names": ["../evil"]}', encoding="utf-8")
    said = machine.new("stranger/x")
    assert said.code == 0, said.err
    assert not planted.exists()
    assert not list(machine.root.rglob("evil"))


def test_the_folder_has_the_mode_of_any_new_folder(machine: Machine) -> None:
    (machine.work / "other").mkdir()
    assert machine.new("x").code == 0
    assert (machine.work / "x").stat().st_mode == (machine.work / "other").stat().st_mode


def test_a_stage_that_another_command_is_about_to_sweep_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock's file is there an instant before it is held; another command may come just then."""
    plain = staging.FileLock
    removing: list[Path] = []

    class Late(plain):  # type: ignore[misc, valid-type]
        def acquire(self, *words: Any, **options: Any) -> Any:
            if not removing:
                Path(self.lock_file).touch()
                with monkeypatch.context() as meanwhile:
                    meanwhile.setattr(staging, "FileLock", plain)
                    meanwhile.setattr(staging.scratch, "remove", removing.append)
                    staging.sweep(tmp_path)  # has let go of the lock, and not yet removed
            return super().acquire(*words, **options)

    monkeypatch.setattr(staging, "FileLock", Late)
    with staging.open_stage(tmp_path) as stage:
        stage.tree.mkdir()
        assert len(removing) == 1
        staging.scratch.remove(removing[0])
        assert stage.tree.is_dir()
    assert list(tmp_path.iterdir()) == []
