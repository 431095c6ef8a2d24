"""Collecting: everybody's newest state, and nothing of it carried out."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.cohort.remote import Refs
from tests import packs
from tests.cohort.school import LEARNERS, School, bare, git, work

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updating.server import GitServer


def clone(school: School, name: str) -> Path:
    return school.folder / "repositories" / "one" / name


def test_clones_follow_whatever_learners_push(handed_out: School, tmp_path: Path) -> None:
    out = handed_out.folder / "out"
    assert {one["state"] for one in handed_out.states("collect", code=0).values()} == {"done"}
    ada = work(out / "ada.git", tmp_path / "ada", app__mine_dot_py="x = 1\n")
    git(ada, "rm", "--quiet", "app/text.py")
    work(out / "ada.git", ada)
    bob = work(out / "bob.git", tmp_path / "bob", notes="once\n")
    git(bob, "checkout", "--quiet", "--orphan", "fresh")
    git(bob, "rm", "--quiet", "-rf", ".")
    (bob / "only").write_text("this\n", encoding="utf-8")
    git(bob, "add", "only")
    git(bob, "commit", "--quiet", "-m", "All mine")
    git(bob, "push", "--quiet", "--force", "origin", "fresh:main")
    cleo = work(out / "cleo.git", tmp_path / "cleo", side="x\n")
    git(cleo, "push", "--quiet", "origin", "HEAD:trunk", "HEAD:other")
    git(out / "cleo.git", "symbolic-ref", "HEAD", "refs/heads/trunk")
    git(cleo, "push", "--quiet", "origin", ":main")
    states = handed_out.states("collect", code=0)
    assert states["cleo"]["branch"] == "trunk"
    for name, head in (("ada", "HEAD"), ("bob", "fresh"), ("cleo", "HEAD")):
        commit = git(tmp_path / name, "rev-parse", head).strip()
        assert states[name]["commit"] == commit
        assert git(clone(handed_out, name), "rev-parse", "HEAD").strip() == commit
        assert git(clone(handed_out, name), "status", "--porcelain") == ""
    assert not (clone(handed_out, "ada") / "app" / "text.py").exists()
    assert [one.name for one in clone(handed_out, "bob").iterdir()] == [".git", "only"]
    branches = git(clone(handed_out, "cleo"), "for-each-ref", "--format=%(refname)").split()
    assert "refs/remotes/origin/other" in branches
    assert "refs/remotes/origin/main" not in branches


def test_what_is_gone_denied_or_unreachable_is_told_apart(
    school: School, pack: Path, server: GitServer
) -> None:
    school.on_host(pack, server)
    school.states("handout", "--no-lock", code=0)
    school.states("collect", code=0)
    shutil.rmtree(server.root / "ada.git")
    states = school.states("collect", code=1)
    assert {name: one["state"] for name, one in states.items()} == {
        "ada": "gone",
        "bob": "done",
        "cleo": "done",
    }
    assert states["ada"]["reason"].endswith("the last clone stays")
    assert (clone(school, "ada") / "README.md").is_file()
    for status, state, code in ((403, "denied", 1), (401, "denied", 1), (500, "failed", 3)):
        server.status = status
        states = school.states("collect", code=code)
        assert {one["state"] for one in states.values()} == {state}, status
    server.status = 0
    states = school.states("collect", "--only-failed", code=1)
    assert {name: one["state"] for name, one in states.items()} == {
        "ada": "gone",
        "bob": "done",
        "cleo": "done",
    }


def test_trying_again_is_advised_where_it_may_help(
    school: School, pack: Path, server: GitServer
) -> None:
    school.write(pack, f"{server.url}/{{username}}.git")
    done = school.run("handout", "--no-lock")
    assert done.returncode == 1
    assert "make the repository first, or let the host do it: `create` in class.toml" in done.stdout
    assert "--only-failed" not in done.stdout
    for name in LEARNERS:
        bare(server.root / f"{name}.git")
    school.states("handout", "--no-lock", code=0)
    shutil.rmtree(server.root / "ada.git")
    for verb in ("collect", "update"):
        said = school.run(verb).stdout
        assert "ask its owner: a new place goes into the roster's column `repo`" in said
        assert "--only-failed" not in said
    server.status = 403
    said = school.run("collect").stdout
    assert "once its cause is mended: scaffold cohort collect --only-failed" in said
    assert "ask its owner" not in said


def test_what_nobody_has_seen_is_not_there_yet(
    school: School, pack: Path, server: GitServer
) -> None:
    school.write(pack, f"{server.url}/{{username}}.git")
    bare(server.root / "ada.git")
    school.states("handout", "--no-lock", "--only", "ada", code=0)
    shutil.rmtree(server.root / "ada.git")
    states = school.states("collect", code=1)
    assert {one["state"] for one in states.values()} == {"gone"}
    not_yet = "is not there yet: hand it out, or its learner has not made it"
    assert not_yet not in states["ada"]["reason"]
    assert f"{server.url}/bob.git {not_yet}" in states["bob"]["reason"]
    assert school.run("nudge").returncode == 0
    told = (school.folder / "nudges/one/bob.md").read_text(encoding="utf-8")
    assert "**Next:** your repository is not there yet:" in told
    assert "hand it out" not in told


def test_an_empty_repository_holds_nothing_to_collect(school: School, pack: Path) -> None:
    school.write(pack, "out/{username}.git")
    for name in LEARNERS:
        bare(school.folder / "out" / f"{name}.git")
    states = school.states("collect", code=1)
    assert {one["state"] for one in states.values()} == {"gone"}
    assert "has no commit" in states["ada"]["reason"]


def test_nothing_of_a_learner_is_carried_out(handed_out: School, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    with (handed_out.home / ".gitconfig").open("a", encoding="utf-8") as stream:
        stream.write(
            f'[filter "trap"]\n\tsmudge = "touch {trap}; cat"\n\tprocess = "touch {trap}"\n'
            f"[core]\n\thooksPath = {tmp_path / 'hooks'}\n"
        )
    (tmp_path / "hooks").mkdir()
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        path = tmp_path / "hooks" / hook
        path.write_text(f"#!/bin/sh\ntouch {trap}\n", encoding="utf-8")
        path.chmod(0o755)
    ada = tmp_path / "ada"
    git(tmp_path, "clone", "--quiet", os.fspath(handed_out.folder / "out" / "ada.git"), "ada")
    (ada / "link").symlink_to("/etc/passwd")
    with (ada / ".gitattributes").open("a", encoding="utf-8") as stream:
        stream.write("*.txt filter=trap\n*.utf16 working-tree-encoding=UTF-16\n")
    (ada / "a.txt").write_text("one\r\ntwo\n", encoding="utf-8", newline="")
    (ada / ".gitmodules").write_text(
        f'[submodule "x"]\n\tpath = x\n\turl = {handed_out.folder}/out/bob.git\n', encoding="utf-8"
    )
    tip = git(handed_out.folder / "out" / "bob.git", "rev-parse", "main").strip()
    git(ada, "add", "--all")
    git(ada, "update-index", "--add", "--cacheinfo", f"160000,{tip},x")
    git(ada, "commit", "--quiet", "-m", "Traps")
    git(ada, "push", "--quiet", "origin", "HEAD")
    for _ in range(2):
        assert handed_out.states("collect", code=0)["ada"]["state"] == "done"
    mine = clone(handed_out, "ada")
    assert not trap.exists()
    assert not (mine / "link").is_symlink()
    assert (mine / "link").read_text(encoding="utf-8") == "/etc/passwd"
    assert not list((mine / "x").iterdir())
    assert not (mine / ".git" / "modules").exists()
    assert git(mine, "config", "core.hooksPath").strip() == "/dev/null"


def test_a_broken_clone_is_made_anew(handed_out: School) -> None:
    handed_out.states("collect", code=0)
    (clone(handed_out, "ada") / ".git" / "index.lock").write_text("", encoding="utf-8")
    for pack_file in (clone(handed_out, "bob") / ".git" / "objects").rglob("*.*"):
        pack_file.chmod(0o600)
        pack_file.write_bytes(b"spoilt")
    shutil.rmtree(clone(handed_out, "cleo") / ".git")
    assert {one["state"] for one in handed_out.states("collect", code=0).values()} == {"done"}
    for name in LEARNERS:
        assert git(clone(handed_out, name), "fsck", "--strict") is not None
        assert git(clone(handed_out, name), "status", "--porcelain") == ""


GIT_THAT_ENDS = """#!/bin/sh
for word; do
  case $word in --git-dir=*) folder=${word#*=} ;; esac
done
case " $* " in
  *" $ENDS_AT "*) printf x > "$folder/../pushed"; kill -9 $PPID; exit 1 ;;
esac
exec "$REAL_GIT" "$@"
"""


def killed(school: School, folder: Path, moment: str) -> None:
    """Collect, with the process killed as it runs one of git's commands."""
    packs.write(folder, "bin/git", GIT_THAT_ENDS)
    (folder / "bin" / "git").chmod(0o755)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("REAL_GIT", shutil.which("git") or "")
        patched.setenv("ENDS_AT", moment)
        patched.setenv("PATH", os.fspath(folder / "bin"), prepend=os.pathsep)
        assert school.run("collect", "--only", "ada").returncode != 0


@pytest.mark.skipif(os.name == "nt", reason="its git is a shell script")
def test_a_clone_that_was_left_half_written_is_nobodys_state(
    handed_out: School, tmp_path: Path
) -> None:
    handed_out.states("collect", code=0)
    place = handed_out.folder / "out" / "ada.git"
    mine = work(place, tmp_path / "ada", pushed="whole\n")
    git(mine, "push", "--quiet", "origin", "HEAD:trunk")
    git(place, "symbolic-ref", "HEAD", "refs/heads/trunk")
    ada = clone(handed_out, "ada")
    for moment in ("reset", "fetch"):  # the second time it does not get as far as the first
        killed(handed_out, tmp_path, moment)
        assert (ada / "pushed").read_text(encoding="utf-8") == "x"
        row = reported(handed_out)["ada"]
        assert row["state"] == "not collected"
        assert row["reason"] == "Its clone was left half written. Run `scaffold cohort collect`."
        handed_out.run("nudge")
        assert not (handed_out.folder / "nudges" / "one" / "ada.md").exists()
        assert (handed_out.folder / "nudges" / "one" / "bob.md").exists()
    assert handed_out.states("collect", code=0)["ada"]["state"] == "done"
    assert (ada / "pushed").read_text(encoding="utf-8") == "whole\n"
    assert reported(handed_out)["ada"]["state"] == "read"


def test_a_lock_of_another_git_is_no_sign_of_that(handed_out: School) -> None:
    handed_out.states("collect", code=0)
    (clone(handed_out, "ada") / ".git" / "index.lock").touch()
    assert reported(handed_out)["ada"]["state"] == "read"


def reported(school: School) -> dict[str, dict[str, Any]]:
    done = school.run("report", "--json")
    return {one["username"]: one for one in json.loads(done.stdout)["learners"]}


def test_a_learner_who_moved_is_collected_from_there(handed_out: School, tmp_path: Path) -> None:
    work(handed_out.folder / "out" / "ada.git", tmp_path / "first", at_the_date="mine\n")
    before = handed_out.states("collect", code=0)["ada"]["commit"]
    out = handed_out.folder / "out"
    (out / "ada.git").rename(out / "renamed.git")
    work(out / "renamed.git", tmp_path / "ada", moved="yes\n")
    assert handed_out.states("collect", code=1)["ada"]["state"] == "gone"
    roster = handed_out.folder / "roster.csv"
    rows = roster.read_text(encoding="utf-8").splitlines()
    moved = [f"{row},{'out/renamed.git' if row.startswith('ada') else ''}" for row in rows[1:]]
    roster.write_text("\n".join([f"{rows[0]},repo", *moved, ""]), encoding="utf-8")
    assert handed_out.states("collect", code=0)["ada"]["state"] == "done"
    assert (clone(handed_out, "ada") / "moved").read_text(encoding="utf-8") == "yes\n"
    kept = handed_out.folder / ".cohort" / "before" / "one" / "ada-1"
    assert git(kept, "rev-parse", "origin/main").strip() == before
    roster.write_text("\n".join([*rows, ""]), encoding="utf-8")
    (out / "renamed.git").rename(out / "ada.git")
    assert handed_out.states("collect", code=0)["ada"]["state"] == "done"
    assert {one.name for one in kept.parent.iterdir()} == {"ada-1", "ada-2"}


def test_folders_of_learners_are_collected_too(school: School, pack: Path) -> None:
    school.write(pack, "out/{username}")
    school.states("handout", "--no-lock", code=0)
    (school.folder / "out" / "ada" / "uncommitted").write_text("x", encoding="utf-8")
    states = school.states("collect", code=0)
    assert {one["state"] for one in states.values()} == {"done"}
    assert not (clone(school, "ada") / "uncommitted").exists()
    assert (clone(school, "ada") / "README.md").is_file()


def test_a_branch_of_an_update_is_never_taken_for_the_learners() -> None:
    both = Refs({"work": "1" * 40, "scaffold/v0.5.0": "2" * 40})
    assert both.default == "work"
    assert Refs({"scaffold/v0.5.0": "2" * 40}).default == ""
    assert Refs({"work": "1" * 40, "other": "2" * 40}).default == ""
