"""The git that is there, or is not, and what its owner set."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.machine import Machine, listing, told
from tests.small_pack import RENDERED, release, small_pack, write

NO_GIT = [
    "Error: git is not installed, or not on PATH.",
    "`scaffold doctor` names the command that installs it.",
]


def path_with(machine: Machine, **programs: str) -> str:
    """A PATH that has only these programs, each a shell script."""
    folder = machine.root / "bin"
    folder.mkdir(exist_ok=True)
    for name, script in programs.items():
        (folder / name).write_text(script, encoding="utf-8")
        (folder / name).chmod(0o755)
    return os.fspath(folder)


@pytest.mark.parametrize(
    "words",
    [
        ("new", "supervised-api", "x", "--defaults"),
        ("list",),
        ("show", "supervised-api"),
        ("list", "--source", "https://127.0.0.1:9/x"),
    ],
    ids=" ".join,
)
def test_without_git_each_command_says_so(fresh: Machine, words: tuple[str, ...]) -> None:
    said = fresh.run(*words, env={"PATH": path_with(fresh)})
    assert (said.code, said.error, said.out) == (3, NO_GIT, "")
    assert listing(fresh.work) == {}
    assert listing(fresh.temporary) == {}


def test_without_git_the_status_knows_all_that_was_laid_out_before(machine: Machine) -> None:
    assert machine.new("x").code == 0
    said = machine.run("status", "x", "--json", env={"PATH": path_with(machine)})
    assert said.code == 0
    told = said.document["repositories"][0]
    assert (told["trouble"], told["edited"], told["outdated"]) == ("", [], False)


def test_without_git_the_status_says_what_it_does_not_know(machine: Machine) -> None:
    assert machine.new("x").code == 0
    shutil.rmtree(machine.embedded.parent / "unpacked")
    said = machine.run("status", "x", "--json", env={"PATH": path_with(machine)})
    assert said.code == 0
    assert said.document["repositories"][0]["trouble"] == NO_GIT[0].removeprefix("Error: ")


def test_without_git_the_doctor_works_and_names_what_installs_it(fresh: Machine) -> None:
    said = fresh.run("doctor", "--json", env={"PATH": path_with(fresh)})
    assert said.code == 1
    checks = {check["name"]: check for check in said.document["checks"]}
    assert checks["git"]["state"] == "missing"
    assert "git" in checks["git"]["remedy"]
    assert said.document["ready"] is False
    told = fresh.run("doctor", env={"PATH": path_with(fresh)})
    assert told.code == 1
    assert "Missing: git, git identity" in told.out


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("#!/bin/sh\necho 'error: broken library' >&2\nexit 127\n", "broken library"),
        ("#!/bin/sh\nkill -9 $$\n", ""),
        ("no program at all", "Exec format error"),
    ],
)
def test_a_git_too_broken_to_run_is_no_bug_of_ours(
    fresh: Machine, script: str, reason: str
) -> None:
    said = fresh.run("list", env={"PATH": path_with(fresh, git=script)})
    assert said.code == 3
    assert said.error[0].startswith("Error: git is on PATH but does not work: ")
    assert reason in said.error[0]
    assert said.error[1:] == [
        "Run `git --version`; `scaffold doctor` names the command that installs it."
    ]


def test_without_an_identity_everything_is_staged_and_the_words_that_commit_it_are_told(
    machine: Machine,
) -> None:
    machine.configure("")
    said = machine.new("x", env={"HOSTNAME": "host.example"})
    assert said.code == 0, said.err
    lines = said.out.splitlines()
    assert "Nothing is committed: git does not know you yet." in lines
    assert lines[-3:] == [
        '  git config --global user.name "Your Name"',
        "  git config --global user.email you@example.org",
        '  git commit -m "Start from supervised-api v0.1.1"',
    ]
    staged = machine.git(machine.work / "x", "diff", "--cached", "--name-only").splitlines()
    assert ".copier-answers.yml" in staged
    assert "?? " not in machine.git(machine.work / "x", "status", "--porcelain")
    assert machine.git(machine.work / "x", "for-each-ref") == ""


@pytest.mark.parametrize(
    "settings",
    ["[user]\n\tname = Only Name\n", "[user]\n\temail = only@mail.example\n"],
)
def test_half_an_identity_is_none(machine: Machine, settings: str) -> None:
    machine.configure(settings)
    said = machine.new("x", "--json")
    assert (said.code, said.document["committed"]) == (0, False), said.err


def test_an_author_in_the_environment_without_a_committer_is_no_identity(machine: Machine) -> None:
    machine.configure("")
    env: dict[str, str | None] = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org"}
    said = machine.new("x", "--json", env=env)
    assert (said.code, said.document["committed"]) == (0, False), said.err


def test_hostile_settings_do_not_reach_the_first_commit(machine: Machine) -> None:
    hook = '#!/bin/sh\ntouch "$HOME/hook-ran"\nexit 1\n'
    for place in ("template/hooks", "hooks"):
        for name in (
            "pre-commit",
            "commit-msg",
            "post-commit",
            "post-checkout",
            "post-index-change",
        ):
            write(machine.home, f"{place}/{name}", hook)
            (machine.home / place / name).chmod(0o755)
    write(machine.home, "ignore", "*.toml\n/data\n.python-version\nuv.lock\n")
    machine.configure(
        "[user]\n\tname = Ada\n\temail = ada@example.org\n\tsigningKey = none\n"
        "[commit]\n\tgpgSign = true\n\tverbose = true\n\ttemplate = /nowhere\n"
        "[gpg]\n\tprogram = /bin/false\n"
        f"[init]\n\ttemplateDir = {machine.home}/template\n\tdefaultBranch = trunk\n"
        f"[core]\n\thooksPath = {machine.home}/hooks\n\tautocrlf = true\n\tsafecrlf = true\n"
        f"\texcludesFile = {machine.home}/ignore\n\tfsmonitor = {machine.home}/hooks/pre-commit\n"
        "\teditor = /bin/false\n"
    )
    said = machine.new("x")
    assert said.code == 0, said.err
    made = machine.work / "x"
    assert not (machine.home / "hook-ran").exists()
    assert not (made / ".git" / "hooks").exists()
    tracked = set(machine.git(made, "ls-files").splitlines())
    assert {"pyproject.toml", "data/rows.csv", ".python-version"} <= tracked
    assert machine.git(made, "branch", "--show-current").strip() == "main"
    assert b"\r" not in (made / "README.md").read_bytes()
    machine.configure("[core]\n\tautocrlf = true\n")
    assert machine.git(made, "status", "--porcelain") == ""


def test_a_hook_that_runs_us_lends_no_repository(machine: Machine) -> None:
    other = machine.root / "other"
    other.mkdir()
    machine.git(other, "init", "--quiet")
    before = listing(other)
    env: dict[str, str | None] = {
        "GIT_DIR": os.fspath(other / ".git"),
        "GIT_WORK_TREE": os.fspath(other),
        "GIT_INDEX_FILE": os.fspath(other / ".git/index"),
        "GIT_OBJECT_DIRECTORY": os.fspath(other / ".git/objects"),
    }
    said = machine.new("x", env=env)
    assert said.code == 0, said.err
    assert listing(other) == before
    assert machine.git(machine.work / "x", "log", "--oneline").count("\n") == 1


def test_inside_another_repository_the_new_one_is_its_own(machine: Machine) -> None:
    machine.git(machine.work, "init", "--quiet")
    machine.git(machine.work, "commit", "--quiet", "--allow-empty", "-m", "outer")
    assert machine.new("inner").code == 0
    assert machine.git(machine.work, "log", "--format=%s").split() == ["outer"]
    assert machine.git(machine.work, "diff", "--cached", "--name-only") == ""
    top = machine.git(machine.work / "inner", "rev-parse", "--show-toplevel").strip()
    assert Path(top).name == "inner"


def test_without_git_wanted_there_is_no_repository(machine: Machine) -> None:
    said = machine.new("x", "--no-git", "--json")
    assert said.code == 0, said.err
    assert (said.document["repository"], said.document["committed"]) == (False, False)
    assert not (machine.work / "x/.git").exists()


def without_uv(machine: Machine, *words: str) -> list[str]:
    """The lines that `scaffold new` prints where there is no uv."""
    # uv may lie beside the Python that runs these tests, where it would be found too.
    code = "from scaffold import interpreters, cli; interpreters.uv = lambda: None; cli.main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, "new", "supervised-api", "x", "--defaults", *words],
        cwd=machine.work,
        env=machine.environment(),
        capture_output=True,
        check=False,
    )
    said = told(done)
    assert said.code == 0, said.err
    return said.out.splitlines()


def test_without_uv_the_repository_is_made_and_a_line_says_how_to_lock_later(
    machine: Machine,
) -> None:
    lines = without_uv(machine)
    assert "Not locked: uv is not installed. Later: uv lock, then commit uv.lock." in lines
    assert lines.index("  python -m pip install uv") == lines.index("  uv sync") - 1


def test_without_uv_the_tested_versions_are_locked_before_uv_takes_the_newest(
    machine: Machine, tmp_path: Path
) -> None:
    pack = small_pack(tmp_path / "tested")
    release(pack, "v0.2.0", {f"{RENDERED}/constraints.txt": "plain==1.0\n"})
    lines = without_uv(machine, "--source", os.fspath(pack))
    assert (
        "Not locked: uv is not installed. Later: scaffold update --to v0.2.0 "
        "(the versions that were tested; uv lock takes the newest)."
    ) in lines
    first = lines.index("  python -m pip install uv")
    assert lines[first + 1 : first + 3] == ["  scaffold update --to v0.2.0", "  uv sync"]
