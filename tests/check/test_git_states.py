"""Squashed, shallow, dirty and absent histories: each gets the state that can be told of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.check import growing
from tests.check.growing import git, outcome, seen, why, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def mine(done: Path, tmp_path: Path) -> Path:
    return shutil.copytree(done, tmp_path / "bikes")


def test_a_squashed_history_is_fresh_though_the_measured_commit_is_gone(mine: Path) -> None:
    git(mine, "checkout", "--quiet", "--orphan", "squashed")
    growing.commit(mine, "All in one")
    git(mine, "branch", "--quiet", "-D", "main")
    verdict = seen(mine)
    assert outcome(verdict, "RC104") == "pass", why(verdict, "RC104")
    assert outcome(verdict, "CD106") == "fail"  # the commit that CD3 names is gone


def test_a_shallow_clone_is_fresh_and_says_what_it_lacks(done: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{done}", "shallow")
    verdict = seen(tmp_path / "shallow")
    assert outcome(verdict, "RC104") == "pass", why(verdict, "RC104")
    assert outcome(verdict, "CD106") == "unknown"
    assert any("shallow" in note for note in verdict.notes)
    todo = next(one.outcome.todo for one in verdict.results if one.rule == "CD106")
    assert todo == "git fetch --unshallow"


def test_changes_that_are_not_committed_are_named(mine: Path) -> None:
    write(
        mine, "app/routing.py", (mine / "app/routing.py").read_text(encoding="utf-8") + "\nX = 1\n"
    )
    write(mine, "app/new.py", "Y = 1\n")
    verdict = seen(mine)
    assert set(verdict.changed) == {"app/routing.py", "app/new.py"}
    assert any("2 files differ" in note for note in verdict.notes)


def test_numbers_are_not_about_code_that_is_not_committed(mine: Path) -> None:
    write(mine, "app/new.py", "Y = 1\n")
    verdict = seen(mine)
    assert "app/new.py was changed and is not committed" in why(verdict, "RC104")
    assert outcome(verdict, "RC104") == "fail"
    assert "consistent" not in {one.rung for one in verdict.numbers}


def test_what_is_written_about_numbers_need_not_be_committed(mine: Path) -> None:
    write(mine, "docs/notes.md", "# Notes\n")
    assert outcome(seen(mine), "RC104") == "pass"


def test_another_systems_line_ends_are_no_change(mine: Path) -> None:
    file = mine / "app/routing.py"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert seen(mine).changed == ()


def test_without_a_commit_freshness_is_unknown(mine: Path) -> None:
    shutil.rmtree(mine / ".git")
    verdict = seen(mine)
    assert outcome(verdict, "RC104") == "unknown"
    assert {one.rung for one in verdict.numbers} == {"recorded", "typed"}


def test_a_worktree_has_the_history_of_its_repository(mine: Path, tmp_path: Path) -> None:
    git(mine, "worktree", "add", "--quiet", str(tmp_path / "beside"), "HEAD")
    verdict = seen(tmp_path / "beside")
    assert outcome(verdict, "RC104") == "pass", why(verdict, "RC104")


def test_a_packed_branch_is_found(mine: Path) -> None:
    git(mine, "pack-refs", "--all")
    git(mine, "gc", "--quiet")
    verdict = seen(mine)
    assert outcome(verdict, "CD106") == "pass"


def test_each_number_stands_on_its_rung(mine: Path) -> None:
    readme = mine / "README.md"
    text = readme.read_text(encoding="utf-8")
    write(mine, "README.md", text.replace("[118 MB]", "[88 MB]"))
    rungs = {one.target.partition("#")[2] or one.text: one.rung for one in seen(mine).numbers}
    assert rungs["/champion/ap"] == "consistent"
    assert rungs["/predict/memory_mb"] == "wrong"
    assert rungs["/predict/cost_per_million"] == "recorded"
    assert rungs["0.05"] == "typed"


def test_numbers_of_a_stale_report_are_only_recorded(mine: Path) -> None:
    write(mine, "app/new.py", "Y = 1\n")
    growing.commit(mine, "new")
    rungs = {one.target.partition("#")[2]: one.rung for one in seen(mine).numbers}
    assert rungs["/champion/ap"] == "recorded"
