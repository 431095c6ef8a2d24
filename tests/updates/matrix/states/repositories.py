"""Repositories of every shape, and those in which an update is refused."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.updates.matrix.desk import insert_below, swap
from tests.updates.matrix.fates import Clash, Expected
from tests.updates.matrix.git_facts import Git
from tests.updates.matrix.states.edits import MINE
from tests.updates.matrix.states.places import add_submodule
from tests.updates.matrix.states.state import State, state

if TYPE_CHECKING:
    from tests.updates.matrix.desk import Desk

#: Settings of a git that does everything otherwise.
_HOSTILE = {
    "apply.whitespace": "error-all",
    "color.ui": "always",
    "commit.gpgSign": "true",
    "core.pager": "false",
    "core.quotePath": "true",
    "core.safecrlf": "true",
    "diff.algorithm": "patience",
    "diff.external": "false",
    "diff.mnemonicPrefix": "true",
    "diff.noprefix": "true",
    "diff.renames": "copies",
    "index.version": "4",
    "merge.conflictStyle": "diff3",
    "merge.renames": "false",
    "status.showUntrackedFiles": "no",
    "submodule.recurse": "true",
}


@state("HEAD", common=True)
def detached_head(desk: Desk) -> Expected:
    """A detached HEAD."""
    desk.git("checkout", "--quiet", "--detach")
    return Expected()


@state("the other working tree", common=True)
def linked_worktree(desk: Desk) -> Expected:
    """A linked working tree."""
    place = desk.beside / "linked" / "my-project"
    desk.git("worktree", "add", "--quiet", "-b", "elsewhere", str(place))
    desk.outside.append(desk.project)
    desk.project = place
    return Expected()


@state("nothing", common=True)
def shallow_clone(desk: Desk) -> Expected:
    """A shallow clone."""
    desk.write("app/mine.py", "FIRST = 1\n")
    desk.commit()
    place = desk.beside / "my-project"
    words = ("clone", "--quiet", "--depth=1", desk.project.as_uri(), str(place))
    Git(desk.beside, desk.environment)(*words)
    desk.project = place
    assert desk.git("rev-parse", "--is-shallow-repository").strip() == "true"
    return Expected()


@state("files elsewhere", common=True)
def folder_of_a_bigger_repository(desk: Desk) -> Expected:
    """A folder of a bigger repository that is dirty elsewhere."""
    top = desk.beside / "big"
    place = top / "services" / "my-project"
    place.parent.mkdir(parents=True)
    desk.project.rename(place)
    git = Git(place, desk.environment)
    (place / ".git").rename(desk.beside / "was.git")
    for name in ("README.md", "app/scoring.py", "other/staged.txt"):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text("of the bigger one\n", encoding="utf-8")
    whole = Git(top, desk.environment)
    whole("init", "--quiet")
    git("add", "--all", ":/")
    git("commit", "--quiet", "--message", "Many services")
    (top / "README.md").write_text("edited and not staged\n", encoding="utf-8")
    (top / "other/staged.txt").write_text("edited and staged\n", encoding="utf-8")
    whole("add", "other/staged.txt")
    (top / "untracked.txt").write_text("untracked\n", encoding="utf-8")
    desk.project = place
    desk.outside.append(top)
    return Expected()


@state("nothing", common=True)
def squashed_history(desk: Desk) -> Expected:
    """A squashed history."""
    desk.write("app/mine.py", "FIRST = 1\n")
    desk.commit()
    desk.write("app/mine.py", "FIRST = 2\n")
    desk.commit("Second")
    tree = desk.git("rev-parse", "HEAD^{tree}").strip()
    squashed = desk.git("commit-tree", tree, "-m", "All at once").strip()
    desk.git("reset", "--quiet", "--hard", squashed)
    desk.git("reflog", "expire", "--expire=now", "--all")
    desk.git("gc", "--quiet", "--prune=now")
    return Expected()


@state("the submodule", common=True)
def submodule_present(desk: Desk) -> Expected:
    """A submodule present."""
    add_submodule(desk, "vendor/library")
    return Expected()


@state("nothing")
def git_directory_elsewhere(desk: Desk) -> Expected:
    """A git directory apart from the working tree."""
    desk.git("init", "--quiet", f"--separate-git-dir={desk.beside / 'apart.git'}")
    return Expected()


@state("nothing")
def folder_with_an_odd_name(desk: Desk) -> Expected:
    """A folder with spaces, quotes and an umlaut in its path."""
    place = desk.beside / "Mein Prüfstück (1), it's" / "-my project"
    place.parent.mkdir()
    desk.project = desk.project.rename(place)
    return Expected()


@state("nothing")
def reached_through_a_link(desk: Desk) -> Expected:
    """The folder reached through a link."""
    link = desk.beside / "link"
    link.symlink_to(desk.project, target_is_directory=True)
    desk.project = link
    return Expected()


@state("the edit", common=True)
def git_that_does_everything_otherwise(desk: Desk) -> Expected:
    """Settings and hooks of git that change what it prints and does; the same line edited."""
    place = desk.parts.contested
    mine = desk.edit(place.path, swap(place.line, f"{place.line}  {MINE}"))
    desk.commit()
    hooks = desk.beside / "hooks"
    hooks.mkdir()
    for name in ("pre-commit", "post-checkout", "post-index-change"):
        (hooks / name).write_text("#!/bin/sh\necho no >&2\nexit 1\n", encoding="utf-8")
        (hooks / name).chmod(0o755)
    for key, value in {**_HOSTILE, "core.hooksPath": os.fspath(hooks)}.items():
        desk.git("config", key, value)
    return Expected({place.path: Clash(mine, desk.new[place.path])})


@state("all", common=True)
def no_commit_yet(desk: Desk) -> Expected:
    """No commit yet (an unborn HEAD)."""
    desk.git("update-ref", "-d", "HEAD")
    return Expected(refused=True)


@state("the edit", common=True)
def dirty_file(desk: Desk) -> Expected:
    """An edit that is not committed."""
    desk.edit(desk.parts.quiet.path, insert_below(desk.parts.quiet.line, MINE))
    return Expected(refused=True)


@state("the edit")
def staged_file(desk: Desk) -> Expected:
    """An edit that is staged and not committed."""
    desk.edit(desk.parts.contested.path, swap(desk.parts.far, f"{desk.parts.far}  {MINE}"))
    desk.git("add", "--all")
    return Expected(refused=True)


@state("the deletion")
def deletion_not_committed(desk: Desk) -> Expected:
    """A deletion that is not committed."""
    desk.delete(desk.parts.contested.path)
    return Expected(refused=True)


@state("the merge")
def merge_not_ended(desk: Desk) -> Expected:
    """A merge of the learner's own with a conflict."""
    path, line = desk.parts.quiet.path, desk.parts.quiet.line
    desk.git("checkout", "--quiet", "-b", "side")
    desk.edit(path, swap(line, f"{line}  # of the side"))
    desk.commit("Side")
    desk.git("checkout", "--quiet", "-")
    desk.edit(path, swap(line, f"{line}  {MINE}"))
    desk.commit()
    desk.git("merge", "--quiet", "side", check=False)
    assert desk.git("ls-files", "--unmerged")
    return Expected(refused=True)


STATES: tuple[State, ...] = (
    detached_head,
    linked_worktree,
    shallow_clone,
    folder_of_a_bigger_repository,
    squashed_history,
    submodule_present,
    git_directory_elsewhere,
    folder_with_an_odd_name,
    reached_through_a_link,
    git_that_does_everything_otherwise,
    no_commit_yet,
    dirty_file,
    staged_file,
    deletion_not_committed,
    merge_not_ended,
)
