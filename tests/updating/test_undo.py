"""Taking an update back: everything as it was, and nothing else touched."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.updating.learner import append, begin, edit, resolve
from tests.updating.state import State, leftovers, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updating.conftest import Workshop
    from tests.updating.quick import Quick

BEFORE_UPDATE = "refs/worktree/scaffold/before-update"
BEFORE_UNDO = "refs/worktree/scaffold/before-undo"
NOTHING_TO_UNDO = ["Error: There is no update to take back here.", "Begin one: scaffold update"]


def saved(machine: Quick, folder: Path) -> dict[str, str]:
    """The paths and contents that the ref of the state before an undo holds."""
    names = machine.git(folder, "ls-tree", "-r", "--name-only", "-z", BEFORE_UNDO)
    return {
        name: machine.git(folder, "show", f"{BEFORE_UNDO}:./{name}")
        for name in filter(None, names.split("\0"))
        if not name.endswith(".bin")
    }


@pytest.mark.parametrize("start", ["clean", "colliding"])
def test_an_update_is_taken_back_exactly(workshop: Workshop, quick: Quick, start: str) -> None:
    folder = workshop.lay(start, quick.work / "project")
    before = state(quick, folder)
    assert quick.run("update", "project").code == (1 if start == "colliding" else 0)
    assert state(quick, folder) != before
    said = quick.run("update", "project", "--undo")
    assert said.code == 0, said
    assert said.out.splitlines() == [
        "Taken back: this is tiny v0.1.0 again.",
        f"What was here before is saved: git show {BEFORE_UNDO}",
    ]
    assert not state(quick, folder).differs(before)
    assert leftovers(folder) == []
    assert quick.git(folder, "diff", "--quiet") == ""  # not even a date that git must look at


def test_a_finished_update_is_taken_back_exactly(
    workshop: Workshop, quick: Quick, resolved: Path
) -> None:
    before = state(quick, workshop.lay("colliding", resolved))
    workshop.lay("resolved", resolved)
    assert quick.run("update", "project", "--finish").code == 0
    assert quick.run("update", "project", "--undo").code == 0
    assert not state(quick, resolved).differs(before)


def test_a_resolution_is_taken_back_and_saved(
    workshop: Workshop, quick: Quick, conflicts: Path
) -> None:
    before = state(quick, workshop.lay("colliding", conflicts))
    workshop.lay("conflicts", conflicts)
    resolve(conflicts)
    append(conflicts, "app/rule.py", "RESOLVED = True")
    quick.git(conflicts, "add", "app/rule.py")
    assert quick.run("update", "project", "--undo").code == 0
    assert not state(quick, conflicts).differs(before)
    assert "RESOLVED = True" in saved(quick, conflicts)["app/rule.py"]


def test_what_was_there_before_an_undo_is_saved_whole(quick: Quick, updated: Path) -> None:
    append(updated, "settings.yml", "written: after the update")
    append(updated, "app/mine.py", "STAGED = True")
    quick.git(updated, "add", "app/mine.py")
    append(updated, "app/mine.py", "NOT_STAGED = True")
    (updated / "data/rows.csv").unlink()
    present = state(quick, updated)
    assert quick.run("update", "project", "--undo").code == 0
    held = saved(quick, updated)
    tracked = {line.partition("\t")[2] for line in present.index.splitlines()}
    assert held.keys() == {name for name in tracked if not name.endswith((".bin", "rows.csv"))}
    assert all(content == present.text(name) for name, content in held.items())
    assert quick.git(updated, "log", "-1", "--format=%P", BEFORE_UNDO).split() == [
        quick.git(updated, "rev-parse", "HEAD").strip()
    ]


def test_edits_elsewhere_stay_staged_or_not(
    workshop: Workshop, quick: Quick, updated: Path
) -> None:
    before = state(quick, workshop.lay("clean", updated))
    workshop.lay("updated", updated)
    append(updated, "app/mine.py", "STAGED = True")
    append(updated, "new.py", "NEW = True")
    quick.git(updated, "add", "app/mine.py", "new.py")
    append(updated, "app/mine.py", "NOT_STAGED = True")
    append(updated, "notes.txt", "more")
    append(updated, ".env", "more")
    present = state(quick, updated)
    assert quick.run("update", "project", "--undo").code == 0
    after = state(quick, updated)
    mine = {"app/mine.py", "new.py", "notes.txt", ".env"}
    for path in after.files.keys() | before.files.keys():
        wanted = present if path in mine else before
        assert after.files.get(path) == wanted.files.get(path), path
    assert after.status.splitlines() == ["MM app/mine.py", "A  new.py", "?? notes.txt", "!! .env"]
    staged = quick.git(updated, "show", ":app/mine.py")
    assert "STAGED = True" in staged
    assert "NOT_STAGED" not in staged


def test_after_a_commit_it_refuses_and_names_the_state_before(quick: Quick, updated: Path) -> None:
    before = quick.git(updated, "rev-parse", "HEAD").strip()
    quick.git(updated, "commit", "-qm", "Update")
    present = state(quick, updated)
    said = quick.run("update", "project", "--undo")
    assert (said.code, said.error) == (
        1,
        [
            (f"Error: There is a commit since the update; the state before it is {BEFORE_UPDATE}."),
            (
                f"See it: git diff {BEFORE_UPDATE}. Go back with git revert, or "
                f"git checkout {BEFORE_UPDATE} -- FILE."
            ),
        ],
    )
    assert not state(quick, updated).differs(present)
    assert quick.git(updated, "rev-parse", BEFORE_UPDATE).strip() == before
    quick.git(updated, "diff", BEFORE_UPDATE)
    quick.git(updated, "checkout", BEFORE_UPDATE, "--", "settings.yml")
    assert "region" not in (updated / "settings.yml").read_text(encoding="utf-8")


def test_it_can_be_taken_back_once_and_then_begun_anew(quick: Quick, colliding: Path) -> None:
    before = state(quick, colliding)
    assert quick.run("update", "project").code == 1
    after = state(quick, colliding)
    for _ in range(2):
        assert quick.run("update", "project", "--undo").code == 0
        assert not state(quick, colliding).differs(before)
        again = quick.run("update", "project", "--undo")
        assert (again.code, again.error) == (2, NOTHING_TO_UNDO)
        assert not state(quick, colliding).differs(before)
        assert quick.run("update", "project").code == 1
        assert not state(quick, colliding).differs(after)


def test_where_nothing_was_updated_there_is_nothing_to_take_back(quick: Quick, clean: Path) -> None:
    before = state(quick, clean)
    said = quick.run("update", "project", "--undo")
    assert (said.code, said.error) == (2, NOTHING_TO_UNDO)
    assert not state(quick, clean).differs(before)


def test_a_second_update_is_taken_back_to_the_first(
    workshop: Workshop, quick: Quick, updated: Path
) -> None:
    quick.git(updated, "commit", "-qm", "Update")
    source = quick.home / "three.bundle"
    quick.git(workshop.pack, "bundle", "create", "-q", os.fspath(source), "--all")
    edit(updated, ".copier-answers.yml", "~/.local/share/scaffold/templates.bundle", str(source))
    quick.git(updated, "commit", "-qam", "Another source")
    before = state(quick, updated)
    assert quick.run("update", "project").code == 0
    assert "log: warning" in (updated / "settings.yml").read_text(encoding="utf-8")
    assert quick.run("update", "project", "--undo").code == 0
    assert not state(quick, updated).differs(before)


def locked(machine: Quick, folder: Path, *, ignored: bool = False) -> Path:
    """A repository with a lock of uv's."""
    machine.run("new", "tiny", str(folder), "--defaults", "--no-lock", "--ref", "v0.1.0")
    lock = '[[package]]\nname = "tiny"\nversion = "0.1.0"\nsource = { virtual = "." }\n'
    (folder / "uv.lock").write_text(
        f'version = 1\nrevision = 3\nrequires-python = ">=3.11"\n\n{lock}', encoding="utf-8"
    )
    if ignored:
        append(folder, ".git/info/exclude", "uv.lock")
    machine.git(folder, "add", "--all")
    machine.git(folder, "commit", "-qm", "Lock", "--allow-empty")
    return folder


@pytest.mark.parametrize("ignored", [False, True], ids=["committed", "ignored"])
def test_a_lock_that_followed_is_taken_back_too(quick: Quick, *, ignored: bool) -> None:
    folder = locked(quick, quick.work / "project", ignored=ignored)
    before = state(quick, folder)
    said = quick.run("update", "project", "--json")
    assert (said.code, said.document["lock"]["state"]) == (0, "refreshed"), said
    assert 'version = "0.2.0"' in (folder / "uv.lock").read_text(encoding="utf-8")
    shown = quick.git(folder, "status", "--porcelain", "--", "uv.lock")
    assert shown == ("" if ignored else "M  uv.lock\n")
    assert quick.run("update", "project", "--undo").code == 0
    assert not state(quick, folder).differs(before)


def test_a_lock_that_followed_at_the_end_is_taken_back_too(quick: Quick) -> None:
    folder = locked(quick, quick.work / "project")
    edit(folder, "app/rule.py", "LIMIT = 10", "LIMIT = 11")
    quick.git(folder, "commit", "-qam", "Mine")
    before = state(quick, folder)
    said = quick.run("update", "project", "--json")
    assert (said.code, said.document["lock"]["state"]) == (1, "unchanged"), said
    resolve(folder)
    said = quick.run("update", "project", "--finish", "--json")
    assert (said.code, said.document["lock"]["state"]) == (0, "refreshed"), said
    assert "M  uv.lock" in state(quick, folder).status
    assert quick.run("update", "project", "--undo").code == 0
    assert not state(quick, folder).differs(before)


# --- other places -----------------------------------------------------------------------------


def round_trip(machine: Quick, folder: Path, start: Path | None = None) -> tuple[State, State]:
    """Update a colliding repository, finish and take it back; the states before and after.

    Args:
        machine: Where.
        folder: The generated repository.
        start: The work tree that is looked at, if it is another folder.
    """
    top = start or folder
    before = state(machine, top)
    where = os.fspath(folder)
    assert machine.run("update", where, "--no-lock").code == 1
    resolve(folder)
    assert machine.run("update", where, "--finish", "--no-lock").code == 0
    after = state(machine, top)
    assert machine.run("update", where, "--undo").code == 0
    assert not state(machine, top).differs(before)
    return before, after


def bigger(machine: Quick) -> tuple[Path, Path]:
    """A repository with a generated one in a subfolder, and files of its own beside it."""
    top = machine.work / "bigger"
    top.mkdir()
    machine.git(top, "init", "-q", "-b", "main")
    append(top, "README.md", "Bigger")
    append(top, "settings.yml", "of: the bigger one")
    machine.git(top, "add", "--all")
    machine.git(top, "commit", "-qm", "Bigger")
    made = begin(machine, machine.work / "project", collide=True)
    shutil.rmtree(made / ".git")
    (top / "parts").mkdir()
    folder = top / "parts" / "mine"
    made.rename(folder)
    machine.git(top, "add", "--all")
    machine.git(top, "commit", "-qm", "Part")
    return top, folder


def test_in_a_subfolder_of_a_bigger_repository_the_rest_stays_as_it_is(quick: Quick) -> None:
    top, folder = bigger(quick)
    append(top, "README.md", "edited meanwhile")
    append(top, "new.txt", "staged")
    quick.git(top, "add", "new.txt")
    before, after = round_trip(quick, folder, top)
    for path in before.files.keys() | after.files.keys():
        if not path.startswith("parts/mine"):
            assert before.files.get(path) == after.files.get(path)
    assert " M README.md" in after.status
    assert "A  new.txt" in after.status
    assert "M  parts/mine/settings.yml" in after.status


def test_in_a_subfolder_that_a_link_leads_to(quick: Quick) -> None:
    top, folder = bigger(quick)
    link = quick.work / "link"
    link.symlink_to(folder)
    _, after = round_trip(quick, link, top)
    assert "M  parts/mine/settings.yml" in after.status


def test_two_subfolders_of_a_repository_are_taken_back_each_for_itself(quick: Quick) -> None:
    top, folder = bigger(quick)
    other = top / "parts" / "other"
    shutil.copytree(folder, other)
    quick.git(top, "add", "--all")
    quick.git(top, "commit", "-qm", "Another")
    before = state(quick, top)
    assert quick.run("update", os.fspath(folder), "--no-lock").code == 1
    only_one = state(quick, top)
    assert quick.run("update", os.fspath(other), "--no-lock").code == 1
    assert quick.run("update", os.fspath(other), "--undo").code == 0
    assert not state(quick, top).differs(only_one)
    assert quick.run("update", os.fspath(folder), "--undo").code == 0
    assert not state(quick, top).differs(before)


def test_in_a_linked_worktree_the_main_one_stays_as_it_is(quick: Quick, colliding: Path) -> None:
    tree = quick.work / "tree"
    quick.git(colliding, "worktree", "add", "-q", "-b", "topic", os.fspath(tree))
    main = state(quick, colliding)
    round_trip(quick, tree)
    assert not state(quick, colliding).differs(main)
    assert leftovers(tree, colliding / ".git/worktrees/tree") == []
    assert quick.run("update", "project", "--undo").error == NOTHING_TO_UNDO


def test_on_a_detached_head_and_in_a_shallow_clone(quick: Quick, colliding: Path) -> None:
    quick.git(quick.work, "clone", "-q", "--depth=1", f"file://{colliding}", "shallow")
    quick.git(quick.work / "shallow", "checkout", "-q", "--detach")
    before, _ = round_trip(quick, quick.work / "shallow")
    assert before.head.split()[1] == "HEAD"
