"""What learners put into their repositories to harm whoever collects them."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from scaffold import git as our_git
from scaffold.check import fetching
from scaffold.errors import RequestError
from tests.cohort.school import School, bare, git, work

if TYPE_CHECKING:
    from pathlib import Path

_MEMORY = 1_500_000_000
resource: Any = pytest.importorskip("resource")


def place(school: School, name: str) -> Path:
    return school.folder / "out" / f"{name}.git"


def bomb(repository: Path, *, depth: int = 9, width: int = 10) -> str:
    """A commit of a few kilobytes that lists as width ** depth files; the tip of main."""

    def tree(lines: list[str]) -> str:
        return _piped(repository, "mktree", text="".join(f"{line}\n" for line in lines))

    blob = _piped(repository, "hash-object", "-w", "--stdin", text="x")
    made = tree([f"100644 blob {blob}\tf{at}" for at in range(width)])
    for _ in range(depth - 1):
        made = tree([f"040000 tree {made}\td{at}" for at in range(width)])
    whole = tree([*git(repository, "ls-tree", "main").splitlines(), f"040000 tree {made}\tzz"])
    commit = git(repository, "commit-tree", whole, "-p", "main", "-m", "Mine").strip()
    git(repository, "update-ref", "refs/heads/main", commit)
    return commit


def _piped(repository: Path, *words: str, text: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=repository, input=text, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def limited(school: School, *words: str) -> subprocess.CompletedProcess[str]:
    """A command that may take so much memory, its workers too."""
    return subprocess.run(
        [sys.executable, "-m", "scaffold", "cohort", *words],
        cwd=school.folder,
        env=school.environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY)),
    )


def test_a_tree_that_lists_without_end_is_refused(handed_out: School) -> None:
    bomb(place(handed_out, "bob"))
    for verb in ("collect", "update"):
        done = limited(handed_out, verb)
        assert done.returncode == 1, done
        assert "one/bob: refused. The repository holds more than 20,000 files." in done.stdout
        assert "2  done" in done.stdout
    with pytest.raises(RequestError, match="more than 20,000 files"):
        fetching.refuse_large(place(handed_out, "bob"), "main")


def test_so_is_one_that_only_an_older_commit_holds(handed_out: School) -> None:
    file = handed_out.folder / "class.toml"
    due = "due = 2020-01-01T00:00:00Z\nmust_pass = ['PF101']\n"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}\n{due}", encoding="utf-8")
    repository = place(handed_out, "bob")
    before = git(repository, "rev-parse", "main").strip()
    commit = bomb(repository)
    tree = f"{before}^{{tree}}"
    after = git(repository, "commit-tree", tree, "-p", commit, "-m", "Gone again").strip()
    git(repository, "update-ref", "refs/heads/main", after)
    assert limited(handed_out, "collect").returncode == 0
    done = limited(handed_out, "report")
    assert done.returncode == 0, done
    row = next(one for one in done.stdout.splitlines() if one.startswith("bob"))
    assert "overdue" in row
    assert "can't be read" not in row


def test_output_is_bounded(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "x" * 2_000)
    words = ("log", "-1", "--format=%s")
    assert len(our_git.run(*words, folder=tmp_path, most=2_001)) == 2_001
    with pytest.raises(our_git.TooMuchError):
        our_git.run(*words, folder=tmp_path, most=2_000)
    with pytest.raises(our_git.GitFailure, match="Not a valid object"):
        our_git.run("ls-tree", "nothing", folder=tmp_path, most=10)


def test_hooks_of_a_repository_on_this_disk_do_not_run(
    handed_out: School, pack: Path, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    names = ("pre-receive", "update", "post-receive", "post-update", "reference-transaction")

    def hook(repository: Path) -> None:
        (repository / "hooks").mkdir(exist_ok=True)
        for name in names:
            path = repository / "hooks" / name
            path.write_text(f"#!/bin/sh\ntouch '{ran}'\n", encoding="utf-8")
            path.chmod(0o755)
        git(repository, "config", "core.alternateRefsCommand", f"touch '{ran}'; true")
        alternates = repository / "objects" / "info" / "alternates"
        alternates.parent.mkdir(exist_ok=True)
        alternates.write_text(f"{pack / '.git' / 'objects'}\n", encoding="utf-8")

    hook(place(handed_out, "ada"))
    assert handed_out.states("update", code=0)["ada"]["state"] == "done"
    assert not ran.exists()
    url = f'"{(handed_out.folder / "fresh").as_uri()}/{{username}}.git"'
    file = handed_out.folder / "class.toml"
    text = file.read_text(encoding="utf-8").replace('"out/{username}.git"', url)
    for name in ("ada", "bob", "cleo"):
        hook(bare(handed_out.folder / "fresh" / f"{name}.git"))
    file.write_text(text, encoding="utf-8")
    assert {one["state"] for one in handed_out.states("handout", code=0).values()} == {"done"}
    assert not ran.exists()
    file.write_text(text.replace(url, '"fresh2/{username}.git"'), encoding="utf-8")
    hook(bare(handed_out.folder / "fresh2" / "ada.git"))
    assert handed_out.states("handout", "--only", "ada", code=0)["ada"]["state"] == "done"
    assert not ran.exists()
    work(place(handed_out, "ada"), tmp_path / "ada", mine="x\n")
    assert ran.exists()  # what a learner pushes runs them: they were no blanks


@pytest.mark.parametrize("number", ["0x" + "f" * 100_000, "1" + ":1" * 400_000])
def test_a_number_without_end_is_refused_in_a_moment(
    handed_out: School, tmp_path: Path, number: str
) -> None:
    bob = tmp_path / "bob"
    git(tmp_path, "clone", "--quiet", str(place(handed_out, "bob")), "bob")
    with (bob / ".copier-answers.yml").open("a", encoding="utf-8") as stream:
        stream.write(f"z: {number}\n")
    work(place(handed_out, "bob"), bob)
    begun = time.monotonic()
    states = handed_out.states("update", code=1)
    assert time.monotonic() - begun < 30
    assert states["ada"]["state"] == "done"
    assert states["bob"]["state"] == "refused"
    said = ".copier-answers.yml cannot be read: a number has thousands of digits in line"
    assert states["bob"]["reason"].startswith(said)
