"""What happens to a repository seldom, and must not cost a learner anything either."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.updates.matrix.desk import append, edited, swap
from tests.updates.matrix.fates import Expected, Fate, kept, merged, open_to
from tests.updates.matrix.git_facts import Git
from tests.updates.matrix.states.edits import MINE
from tests.updates.matrix.states.readme import README
from tests.updates.matrix.states.state import State, state
from tests.updates.matrix.tree import Entry

if TYPE_CHECKING:
    from tests.updates.matrix.desk import Desk


@state("the edit")
def edit_hidden_from_git(desk: Desk) -> Expected:
    """A file edited that git was told to take for unchanged (--assume-unchanged)."""
    return _hidden(desk, "--assume-unchanged")


@state("the edit")
def edit_left_out_of_git(desk: Desk) -> Expected:
    """A file edited that git was told to leave alone (--skip-worktree)."""
    return _hidden(desk, "--skip-worktree")


def _hidden(desk: Desk, how: str) -> Expected:
    path = desk.parts.contested.path
    desk.git("update-index", how, path)
    edit = swap(desk.parts.far, f"{desk.parts.far}  {MINE}")
    mine = desk.edit(path, edit)
    right = edited(desk.new[path], edit)
    return Expected({path: open_to(mine, right, actions=("kept", "merged"))}, refused=None)


@state("the file")
def file_no_longer_tracked(desk: Desk) -> Expected:
    """A file of the template's kept on disk, ignored and no longer tracked."""
    path = desk.parts.contested.path
    right = desk.edit_both(".gitignore", append(f"/{path}"))
    desk.git("rm", "--quiet", "--cached", path)
    desk.commit()
    fates = {path: kept(desk.read(path))}
    if desk.old[".gitignore"] != desk.new[".gitignore"]:
        fates[".gitignore"] = merged(right)
    return Expected(fates)


@state("the deletions")
def folder_deleted(desk: Desk) -> Expected:
    """A folder deleted in which the release changes, moves and adds files."""
    folder = desk.parts.folder
    gone = [path for path in desk.old if path.startswith(f"{folder}/")]
    desk.delete(*gone)
    desk.commit()
    quiet = frozenset({None, "kept", "removed", "added", "renamed"})
    came = [path for path in desk.new.keys() - desk.old.keys() if path.startswith(f"{folder}/")]
    moved = {
        path: Fate((None, desk.new[path]), quiet)
        for path in came
        if any(desk.old[one].content == desk.new[path].content for one in gone)
    }
    return Expected({path: Fate((None,), quiet) for path in gone if path not in desk.new} | moved)


@state("the other repository", "added_below")
def repository_inside_where_the_release_adds_a_folder(desk: Desk) -> Expected:
    """Another repository, untracked, where the release adds a folder."""
    assert desk.parts.added_below is not None
    folder, _ = desk.parts.added_below
    desk.write(f"{folder}/mine.py", "FIRST = 1\n")
    inner = Git(desk.project / folder, desk.environment)
    inner("init", "--quiet")
    inner("add", "--all")
    inner("commit", "--quiet", "--message", "Another one")
    below = {path: kept(None) for path in desk.new if path.startswith(f"{folder}/")}
    return Expected(dict(below))


@state("the edit")
def text_that_is_no_utf8(desk: Desk) -> Expected:
    """Lines in another encoding, in code and in the README."""
    path = desk.parts.contested.path
    line = "# mine: caf\N{LATIN SMALL LETTER E WITH ACUTE}\n".encode("latin-1")
    fates = {}
    for name, below in ((path, desk.parts.far), (README, "### Problem framing")):
        at = f"{below}\n".encode()
        old, new = desk.old[name].content, desk.new[name].content
        assert old.count(at) == new.count(at) == 1
        desk.write(name, old.replace(at, at + line))
        fates[name] = merged(Entry(new.replace(at, at + line), desk.new[name].kind))
    desk.commit()
    return Expected(fates)


@state("the removal")
def last_line_end_removed(desk: Desk) -> Expected:
    """No line end at the end of a file that the release changes above."""
    path = desk.parts.contested.path
    right = desk.edit_both(path, lambda text: text.removesuffix("\n"))
    desk.commit()
    return Expected({path: merged(right)})


@state("the mark")
def byte_order_mark_saved(desk: Desk) -> Expected:
    """A byte order mark at the begin of code and README, as some editors save them."""
    path = desk.parts.contested.path
    rights = {name: desk.edit_both(name, lambda text: f"\ufeff{text}") for name in (path, README)}
    desk.commit()
    return Expected({name: merged(right) for name, right in rights.items()})


@state("nothing")
def partial_clone(desk: Desk) -> Expected:
    """A clone that fetches files when they are needed (--filter=blob:none)."""
    desk.git("config", "uploadpack.allowFilter", "true")
    desk.git("config", "uploadpack.allowAnySHA1InWant", "true")
    place = desk.beside / "my-project"
    words = ("clone", "--quiet", "--filter=blob:none", desk.project.as_uri(), str(place))
    Git(desk.beside, desk.environment)(*words)
    desk.project = place
    return Expected()


@state("nothing")
def objects_named_by_sha256(desk: Desk) -> Expected:
    """A repository with the other object format (SHA-256)."""
    (desk.project / ".git").rename(desk.beside / "was.git")
    desk.git("init", "--quiet", "--object-format=sha256")
    desk.commit("Start")
    return Expected(refused=None, refusal=frozenset({2, 3}))


@state("the other repository")
def called_from_a_hook_of_another_repository(desk: Desk) -> Expected:
    """Variables of git that name another repository (a call from a hook)."""
    other = desk.beside / "other"
    other.mkdir()
    (other / "README.md").write_text("another\n", encoding="utf-8")
    git = Git(other, desk.environment)
    git("init", "--quiet", f"--separate-git-dir={desk.beside / 'other.git'}")
    git("add", "--all")
    git("commit", "--quiet", "--message", "Another one")
    desk.outside.append(desk.beside)
    desk.called_with |= {
        "GIT_DIR": os.fspath(desk.beside / "other.git"),
        "GIT_INDEX_FILE": os.fspath(desk.beside / "other.git" / "index"),
        "GIT_PREFIX": "",
        "GIT_WORK_TREE": os.fspath(other),
    }
    return Expected()


@state("the lock")
def index_locked(desk: Desk) -> Expected:
    """The index locked by another git, or by one that was killed."""
    (desk.project / ".git" / "index.lock").write_bytes(b"")
    return Expected(refused=True, refusal=frozenset({2, 3}))


@state("the new file")
def file_only_meant_to_be_added(desk: Desk) -> Expected:
    """A new file of which only the intent to add it is recorded (git add -N)."""
    desk.write("app/mine.py", "FIRST = 1\n")
    desk.git("add", "--intent-to-add", "app/mine.py")
    return Expected(refused=None)


@state("the edit")
def other_merge_drivers_named(desk: Desk) -> Expected:
    """Other merge drivers named in `.gitattributes`, code edited."""
    desk.edit(".gitattributes", append("*.py merge=binary", "*.md merge=union", "*.txt -diff"))
    path = desk.parts.contested.path
    right = desk.edit_both(path, swap(desk.parts.far, f"{desk.parts.far}  {MINE}"))
    desk.commit()
    return Expected({path: merged(right)})


STATES: tuple[State, ...] = (
    edit_hidden_from_git,
    edit_left_out_of_git,
    file_no_longer_tracked,
    folder_deleted,
    repository_inside_where_the_release_adds_a_folder,
    text_that_is_no_utf8,
    last_line_end_removed,
    byte_order_mark_saved,
    partial_clone,
    objects_named_by_sha256,
    called_from_a_hook_of_another_repository,
    index_locked,
    file_only_meant_to_be_added,
    other_merge_drivers_named,
)
