"""A repository takes its updates from another source, or from the first one after plain copier."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.small_pack import bundles, git, small_pack

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine import Machine, Said

FORK = "https://school.example/pack.git"
WORKFLOW = ".github/workflows/template-update.yml"
EMBEDDED = "~/.local/share/scaffold/templates.bundle"


@pytest.fixture
def project(machine: Machine) -> Path:
    """A repository made from v0.1.0 of the embedded templates, committed."""
    assert machine.new("mine", "--ref", "v0.1.0").code == 0
    return machine.work / "mine"


def reach(machine: Machine, pack: Path) -> None:
    """Let git find the school's fork on this disk."""
    with (machine.home / ".gitconfig").open("a", encoding="utf-8") as settings:
        settings.write(f'[url "{pack}"]\n\tinsteadOf = {FORK}\n')


def answers(project: Path) -> dict[str, str]:
    found = yaml.safe_load((project / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def state(machine: Machine, project: Path) -> tuple[str, str, str]:
    """HEAD, the index, and what differs from it."""
    words = ("rev-parse", "HEAD"), ("ls-files", "-s"), ("status", "--porcelain", "--ignored")
    head, index, status = (machine.git(project, *one) for one in words)
    return head, index, status


def ok(said: Said) -> Said:
    assert said.code == 0, said
    return said


def test_another_source_is_recorded_and_brings_the_files_that_depend_on_it(
    machine: Machine, project: Path, pack: Path
) -> None:
    reach(machine, pack)
    before = state(machine, project)
    said = ok(machine.run("switch", FORK, "--json", cwd=project))
    assert said.document["source"] == answers(project)["_src_path"] == FORK
    assert answers(project)["_commit"] == "v0.1.0"
    changed = {one["path"]: one["action"] for one in said.document["files"]}
    assert changed == {".copier-answers.yml": "changed", WORKFLOW: "added"}
    assert machine.git(project, "status", "--porcelain") == (
        f"M  .copier-answers.yml\nA  {WORKFLOW}\n"
    )
    ok(machine.run("update", "--undo", cwd=project))
    assert state(machine, project) == before


def test_and_after_it_updates_come_from_there_and_a_way_back_leads_home(
    machine: Machine, project: Path, pack: Path
) -> None:
    reach(machine, pack)
    ok(machine.run("switch", FORK, cwd=project))
    machine.git(project, "commit", "--quiet", "-m", "fork")
    ok(machine.run("update", "--no-lock", cwd=project))
    machine.git(project, "commit", "--quiet", "-m", "update")
    assert (answers(project)["_commit"], answers(project)["_src_path"]) == ("v0.1.1", FORK)
    assert (project / "app/more.py").is_file()
    ok(machine.run("switch", "embedded", cwd=project))
    assert answers(project)["_src_path"] == EMBEDDED
    assert not (project / WORKFLOW).exists()


def test_a_source_without_the_release_is_refused(
    machine: Machine, project: Path, tmp_path: Path
) -> None:
    other = small_pack(tmp_path / "other")
    git(other, "tag", "--delete", "v0.1.0")
    said = machine.run("switch", os.fspath(other), cwd=project)
    assert (said.code, said.error) == (
        2,
        [
            f"Error: The source {other} has no v0.1.0, which this repository has.",
            "It has v0.1.1. Its maintainer can tag v0.1.0 too.",
        ],
    )
    assert machine.git(project, "status", "--porcelain") == ""


def test_a_source_that_is_gone_can_still_be_left(
    machine: Machine, project: Path, tmp_path: Path, releases: Path
) -> None:
    gone = tmp_path / "gone.bundle"
    shutil.copy(machine.embedded, gone)
    ok(machine.run("switch", os.fspath(gone), cwd=project))
    machine.git(project, "commit", "--quiet", "-m", "elsewhere")
    gone.unlink()
    assert machine.run("update", cwd=project).code == 2
    ok(machine.run("switch", "embedded", cwd=project))
    assert answers(project)["_src_path"] == EMBEDDED
    assert releases.is_dir()


def test_the_same_source_is_nothing_to_do(machine: Machine, project: Path) -> None:
    said = ok(machine.run("switch", "embedded", cwd=project))
    assert said.out == f"{EMBEDDED} is its source already; nothing to do.\n"
    assert machine.git(project, "status", "--porcelain") == ""


def test_a_source_with_a_secret_is_refused(machine: Machine, project: Path) -> None:
    said = machine.run("switch", "https://token@school.example/pack.git", cwd=project)
    assert said.code == 2
    assert "token@" not in said.err


def test_uncommitted_work_is_refused(machine: Machine, project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.bundle"
    shutil.copy(machine.embedded, other)
    (project / "README.md").write_text("mine\n", encoding="utf-8")
    said = machine.run("switch", os.fspath(other), cwd=project)
    assert (said.code, said.error[0]) == (
        2,
        "Error: There are changes that are not committed: README.md.",
    )


def copied(machine: Machine, source: str, tag: str) -> Path:
    """A repository that plain copier made."""
    project = machine.work / "plain"
    words = ["copy", "--defaults", "--quiet", "--vcs-ref", tag, "-d", "template=supervised-api"]
    subprocess.run(
        [sys.executable, "-m", "copier", *words, source, os.fspath(project)],
        env=machine.env,
        check=True,
        capture_output=True,
    )
    machine.git(project, "init", "--quiet", "-b", "main")
    machine.git(project, "add", "--all")
    machine.git(project, "commit", "--quiet", "-m", "Start")
    return project


def rewrite(machine: Machine, project: Path, old: str, new: str) -> None:
    file = project / ".copier-answers.yml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    machine.git(project, "commit", "--quiet", "-am", "As copier wrote it")


def test_what_plain_copier_made_from_a_bundle_is_adopted_and_then_updated(
    machine: Machine,
) -> None:
    project = copied(machine, os.fspath(machine.embedded), "v0.1.0")
    said = ok(machine.run("adopt", "--source", "embedded", "--json", cwd=project))
    assert said.document["found"] == "as its answers file says"
    assert answers(project)["_src_path"] == EMBEDDED
    machine.git(project, "commit", "--quiet", "-m", "adopt")
    ok(machine.run("update", "--no-lock", cwd=project))
    assert answers(project)["_commit"] == "v0.1.1"


def test_a_short_name_becomes_the_address_that_it_stands_for(machine: Machine, pack: Path) -> None:
    project = copied(machine, os.fspath(pack), "v0.1.0")
    rewrite(machine, project, os.fspath(pack), "gh:school/pack")
    with (machine.home / ".gitconfig").open("a", encoding="utf-8") as settings:
        settings.write(f'[url "{pack}"]\n\tinsteadOf = https://github.com/school/pack.git\n')
    ok(machine.run("adopt", cwd=project))
    assert answers(project)["_src_path"] == "https://github.com/school/pack.git"
    assert (project / WORKFLOW).is_file()


def test_a_commit_between_releases_is_bound_to_the_nearest_release(machine: Machine) -> None:
    project = copied(machine, os.fspath(machine.embedded), "v0.1.1")
    rewrite(machine, project, "v0.1.1", "v0.1.0-7-gabcdef0")
    said = machine.run("update", cwd=project)
    assert (said.code, said.error) == (
        2,
        [
            f"Error: {project} was made from v0.1.0-7-gabcdef0, which is no release.",
            "`scaffold adopt --help` tells how to bind it to one.",
        ],
    )
    said = ok(machine.run("adopt", "--source", "embedded", "--json", cwd=project))
    assert said.document["to"] == "v0.1.1"
    given = len(machine.git(project, "ls-files").splitlines()) - 1  # all but the answers file
    assert said.document["found"] == f"{given} of its {given} files are the same here"


def test_a_repository_that_looks_like_no_release_is_refused_unless_one_is_named(
    machine: Machine,
) -> None:
    project = copied(machine, os.fspath(machine.embedded), "v0.1.0")
    for path in machine.git(project, "ls-files").splitlines():
        if path != ".copier-answers.yml":
            (project / path).write_text("rewritten\n", encoding="utf-8")
    rewrite(machine, project, "v0.1.0", "abc1234")
    said = machine.run("adopt", "--source", "embedded", cwd=project)
    assert said.code == 2
    assert said.error == [
        f"Error: No release of {EMBEDDED} looks like {project}.",
        "If you know which one it was made from: scaffold adopt --version VERSION",
    ]
    said = machine.run("adopt", "--source", "embedded", "--version", "9.9.9", cwd=project)
    assert (said.code, said.error) == (
        2,
        [
            f"Error: The source {EMBEDDED} has no release v9.9.9.",
            "It has v0.1.0, v0.1.1.",
        ],
    )
    ok(machine.run("adopt", "--source", "embedded", "--version", "0.1.0", cwd=project))
    assert answers(project)["_commit"] == "v0.1.0"
    assert machine.git(project, "diff", "HEAD", "--name-only") == ".copier-answers.yml\n"


def test_a_fork_of_its_own_releases_is_updated_from(machine: Machine, tmp_path: Path) -> None:
    """A bootcamp cuts v0.1.1.post1 after ours: learners who switched get it."""
    from tests.small_pack import RENDERED, release

    fork = small_pack(tmp_path / "fork")
    release(fork, "v0.1.1.post1", {f"{RENDERED}/app/school.py": '"""Of the school."""\n'})
    made = bundles(fork, tmp_path / "made", ("v0.1.0", "v0.1.1", "v0.1.1.post1"))
    assert len(list(made.iterdir())) == 3
    assert machine.new("mine").code == 0
    project = machine.work / "mine"
    ok(machine.run("switch", os.fspath(fork), cwd=project))
    machine.git(project, "commit", "--quiet", "-m", "fork")
    said = ok(machine.run("update", "--no-lock", "--json", cwd=project))
    assert said.document["to"] == "v0.1.1.post1"
    assert (project / "app/school.py").is_file()
