"""Ending an update that had conflicts."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.updating.learner import append, begin, edit, resolve
from tests.updating.state import leftovers, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updating.conftest import Workshop
    from tests.updating.quick import Quick

KEEP = "Keep what is right, delete the marker lines (<<<<<<<, =======, >>>>>>>), run this again."
MARKED = """\
\"\"\"The rule.\"\"\"

<<<<<<< yours
LIMIT = 11
=======
LIMIT = 20
>>>>>>> template v0.2.0
"""


def refused(machine: Quick, folder: Path, problem: str, remedy: str = KEEP) -> None:
    """Finishing is refused with these words, and changes nothing."""
    before = state(machine, folder)
    said = machine.run("update", "project", "--finish")
    assert (said.code, said.error) == (1, [f"Error: Not resolved yet: {problem}.", remedy])
    assert not state(machine, folder).differs(before)


def test_each_marker_that_is_left_is_named_with_its_line(quick: Quick, conflicts: Path) -> None:
    assert (conflicts / "app/rule.py").read_text(encoding="utf-8") == MARKED
    refused(quick, conflicts, "app/rule.py line 3, 5, 7")
    edit(conflicts, "app/rule.py", "=======\n", "")
    refused(quick, conflicts, "app/rule.py line 3, 6")
    edit(conflicts, "app/rule.py", "<<<<<<< yours\n", "")
    refused(quick, conflicts, "app/rule.py line 5")
    quick.git(conflicts, "add", "app/rule.py")
    refused(quick, conflicts, "app/rule.py line 5")
    edit(conflicts, "app/rule.py", ">>>>>>> template v0.2.0\n", "")
    assert quick.run("update", "project", "--finish").code == 0


def test_a_rejected_patch_that_is_left_is_named(quick: Quick, resolved: Path) -> None:
    (resolved / "app/rule.py.rej").write_text("@@ -1 +1 @@\n", encoding="utf-8")
    refused(
        quick,
        resolved,
        "app/rule.py.rej",
        "Work the .rej files in and delete them, then run this again.",
    )
    edit(resolved, "app/rule.py", "LIMIT = 20", "<<<<<<< yours\nLIMIT = 20")
    refused(
        quick,
        resolved,
        "app/rule.py line 4; app/rule.py.rej",
        "Work the .rej files in and delete them, then run this again.",
    )


@pytest.mark.parametrize("staged", [False, True], ids=["only in the file", "with git add"])
def test_what_was_resolved_is_staged(quick: Quick, resolved: Path, *, staged: bool) -> None:
    if staged:
        quick.git(resolved, "add", "app/rule.py")
    said = quick.run("update", "project", "--finish", "--json")
    assert said.code == 0, said
    told = said.document
    assert told["state"] == "finished"
    assert told["resolved"] == ([] if staged else ["app/rule.py"])
    after = state(quick, resolved)
    assert "M  app/rule.py" in after.status.splitlines()
    assert not [line for line in after.index.splitlines() if line.split()[2] != "0"]
    assert after.text("app/rule.py") == '"""The rule."""\n\nLIMIT = 11\nLIMIT = 20\n'
    assert leftovers(resolved) == []
    quick.git(resolved, "commit", "-qm", "Update")


def test_resolving_by_deleting_the_file_removes_it(quick: Quick, conflicts: Path) -> None:
    (conflicts / "app/rule.py").unlink()
    assert quick.run("update", "project", "--finish").code == 0
    assert "D  app/rule.py" in state(quick, conflicts).status.splitlines()
    quick.git(conflicts, "commit", "-qm", "Update")


def test_resolving_in_favour_of_ones_own_side_leaves_the_file_as_committed(
    quick: Quick, conflicts: Path
) -> None:
    quick.git(conflicts, "checkout", "--ours", "--", "app/rule.py")
    assert quick.run("update", "project", "--finish").code == 0
    assert "app/rule.py" not in state(quick, conflicts).status


def test_twice_says_that_nothing_is_left(quick: Quick, resolved: Path) -> None:
    assert quick.run("update", "project", "--finish").code == 0
    present = state(quick, resolved)
    said = quick.run("update", "project", "--finish")
    assert said.code == 0
    assert said.out.startswith("Nothing is left to resolve.")
    assert not state(quick, resolved).differs(present)


def test_after_the_learner_resolved_and_committed_nothing_is_left(
    quick: Quick, resolved: Path
) -> None:
    quick.git(resolved, "commit", "-qam", "Resolved")
    present = state(quick, resolved)
    said = quick.run("update", "project", "--finish")
    assert said.code == 0, said
    assert not state(quick, resolved).differs(present)
    assert quick.run("update", "project", "--undo").code == 1


def test_after_the_learner_committed_the_markers_they_are_named(
    quick: Quick, conflicts: Path
) -> None:
    quick.git(conflicts, "commit", "-qam", "Oh")
    refused(quick, conflicts, "app/rule.py line 3, 5, 7")


def test_where_nothing_was_updated_there_is_nothing_to_finish(quick: Quick, clean: Path) -> None:
    said = quick.run("update", "project", "--finish")
    assert (said.code, said.error) == (
        2,
        ["Error: There is no update to finish here.", "Begin one: scaffold update"],
    )
    before = state(quick, clean)
    assert quick.run("update", "project", "--undo").code == 2
    assert not state(quick, clean).differs(before)


UNDERLINED = "Title\n=======\n\nText\n"


def test_a_file_with_underlines_of_its_own_is_finished(quick: Quick, conflicts: Path) -> None:
    resolve(conflicts)
    append(conflicts, "app/rule.py", UNDERLINED)
    assert quick.run("update", "project", "--finish").code == 0
    assert UNDERLINED in (conflicts / "app/rule.py").read_text(encoding="utf-8")


@pytest.fixture
def windows(quick: Quick) -> Path:
    """A repository whose colliding file is committed with line ends of Windows."""
    folder = begin(quick, quick.work / "project", collide=True)
    (folder / ".gitattributes").write_text("*.bin binary\n", encoding="utf-8")
    text = (folder / "app/rule.py").read_bytes().replace(b"\n", b"\r\n")
    (folder / "app/rule.py").write_bytes(text)
    quick.git(folder, "commit", "-qam", "Windows")
    assert quick.run("update", "project", "--no-lock").code == 1
    return folder


def test_markers_with_line_ends_of_windows_are_found_and_can_be_resolved(
    quick: Quick, windows: Path
) -> None:
    text = (windows / "app/rule.py").read_bytes()
    assert text == MARKED.replace("\n", "\r\n").encode()
    refused(quick, windows, "app/rule.py line 3, 5, 7")
    kept = [
        line
        for line in text.splitlines(keepends=True)
        if not line.startswith((b"<<<", b"===", b">>>"))
    ]
    (windows / "app/rule.py").write_bytes(b"".join(kept))
    assert quick.run("update", "project", "--finish", "--no-lock").code == 0
    words = ["git", "cat-file", "blob", ":app/rule.py"]
    staged = subprocess.run(words, cwd=windows, env=quick.env, capture_output=True, check=True)
    assert staged.stdout == b'"""The rule."""\r\n\r\nLIMIT = 11\r\nLIMIT = 20\r\n'


def test_conflicts_of_plain_copier_are_finished_too(quick: Quick, colliding: Path) -> None:
    (colliding / "notes.txt").unlink()  # copier wants no untracked file
    words = [sys.executable, "-m", "copier", "update", "--defaults", "--quiet"]
    done = subprocess.run(
        words, cwd=colliding, env=quick.env, capture_output=True, text=True, check=False
    )
    assert "UU app/rule.py" in state(quick, colliding).status, done.stderr
    refused(quick, colliding, "app/rule.py line 3, 5, 7")
    resolve(colliding)
    said = quick.run("update", "project", "--finish", "--json")
    assert (said.code, said.document["resolved"]) == (0, ["app/rule.py"])
    assert "M  app/rule.py" in state(quick, colliding).status.splitlines()
    assert leftovers(colliding) == []


def test_a_resolved_file_keeps_its_mode(quick: Quick, conflicts: Path) -> None:
    resolve(conflicts)
    (conflicts / "app/rule.py").chmod(0o755)
    assert quick.run("update", "project", "--finish").code == 0
    assert quick.git(conflicts, "ls-files", "-s", "app/rule.py").startswith("100755 ")


def test_a_binary_that_both_changed_is_finished_with_either_side(
    workshop: Workshop, quick: Quick
) -> None:
    for side, wanted in (("--ours", b"\0mine"), ("--theirs", bytes(range(1, 201)))):
        folder = workshop.lay("clean", quick.work / "project")
        (folder / "logo.bin").write_bytes(b"\0mine")
        quick.git(folder, "commit", "-qam", "Mine")
        assert quick.run("update", "project", "--no-lock").code == 1
        assert (folder / "logo.bin").read_bytes() == b"\0mine"
        quick.git(folder, "checkout", side, "--", "logo.bin")
        assert quick.run("update", "project", "--finish", "--no-lock").code == 0
        assert (folder / "logo.bin").read_bytes() == wanted
        assert "UU" not in state(quick, folder).status
        assert quick.run("update", "project", "--undo").code == 0
        assert (folder / "logo.bin").read_bytes() == b"\0mine"


def test_a_file_that_became_something_else_is_left_to_its_owner(
    quick: Quick, conflicts: Path
) -> None:
    (conflicts / "app/rule.py").unlink()
    (conflicts / "app/rule.py").symlink_to("work.py")
    present = state(quick, conflicts)
    said = quick.run("update", "project", "--finish")
    assert (said.code, said.error) == (
        2,
        [
            "Error: app/rule.py is no file any more.",
            "Stage it yourself: git add app/rule.py, then run this again.",
        ],
    )
    assert not state(quick, conflicts).differs(present)
    quick.git(conflicts, "add", "app/rule.py")
    assert quick.run("update", "project", "--finish").code == 0
    assert os.readlink(conflicts / "app/rule.py") == "work.py"  # noqa: PTH115


def test_an_update_that_is_staged_is_named_with_both_ways_on(quick: Quick, updated: Path) -> None:
    before = state(quick, updated)
    for words in ((), ("--preview",)):
        said = quick.run("update", "project", *words)
        assert (said.code, said.error) == (0, [])
        assert "An update is staged and not committed" in said.out
        assert 'git commit -m "Update to tiny v0.2.0"' in said.out
        assert "scaffold update --undo" in said.out
    assert quick.run("update", "project", "--json").document["state"] == "staged"
    said = quick.run("update", "project", "-d", "region=asia")  # something else to do
    assert (said.code, said.error) == (
        2,
        [
            "Error: An update to v0.2.0 is staged and not committed.",
            "Keep it: git commit. Or take it back: scaffold update --undo",
        ],
    )
    assert not state(quick, updated).differs(before)
    quick.git(updated, "commit", "-qm", "Update")
    assert "nothing to do" in quick.run("update", "project").out


def test_conflicts_are_not_the_newest_release_with_nothing_to_do(
    quick: Quick, conflicts: Path, workshop: Workshop
) -> None:
    said = quick.run("update", "project")
    assert (said.code, said.error) == (
        2,
        [
            "Error: Conflicts are not resolved yet: app/rule.py.",
            "Resolve them, then: scaffold update --finish",
        ],
    )
    workshop.lay("resolved", conflicts)
    assert quick.run("update", "project", "--finish", "--no-lock").code == 0
    assert "An update is staged and not committed" in quick.run("update", "project").out
