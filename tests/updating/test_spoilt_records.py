"""Records in the git directory that somebody removed, emptied, or that another version wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.updating.conftest import HALF_WAY
from tests.updating.state import leftovers, state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.updating.conftest import Workshop
    from tests.updating.quick import Quick


def test_a_pending_folder_that_says_nothing_is_cleared(quick: Quick, clean: Path) -> None:
    (clean / ".git/scaffold/top/pending").mkdir(parents=True)
    said = quick.run("update", "project", "--no-lock", "--json")
    assert (said.code, said.document["state"]) == (0, "updated"), said
    assert leftovers(clean) == []


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "text": (
        lambda place: (place / "state.json").write_text("half", encoding="utf-8"),
        "/state.json cannot be read: ",
    ),
    "another version": (
        lambda place: (place / "state.json").write_text('{"schema": 9}', encoding="utf-8"),
        " was written by another version of scaffold.",
    ),
    "a list": (
        lambda place: (place / "state.json").write_text("[]", encoding="utf-8"),
        " was written by another version of scaffold.",
    ),
}


@pytest.mark.parametrize("what", SPOILT)
@pytest.mark.parametrize("stage", ["pending", "undo"])
def test_a_spoilt_record_is_named_and_nothing_is_changed(
    workshop: Workshop, quick: Quick, what: str, stage: str
) -> None:
    spoil, problem = SPOILT[what]
    if stage == "pending":
        folder = workshop.lay_killed(HALF_WAY, quick)
    else:
        folder = workshop.lay("conflicts", quick.work / "project")
    place = folder / ".git/scaffold/top" / stage
    spoil(place)
    before = state(quick, folder)
    for words in ((), ("--undo",), ("--finish",)):
        if stage == "undo" and not words:
            continue  # a new update asks nothing of the last one
        said = quick.run("update", "project", *words)
        assert said.code == 3, said
        assert str(place) in said.error[0]
        assert problem in said.error[0]
        assert len(said.error) == 2
    assert not state(quick, folder).differs(before)


def test_an_undo_record_without_its_files_is_refused(quick: Quick, conflicts: Path) -> None:
    for kept in (conflicts / ".git/scaffold/top/undo").glob("before-*"):
        kept.unlink()
    before = state(quick, conflicts)
    said = quick.run("update", "project", "--undo")
    assert said.code == 3
    assert said.error[0].startswith("Error: Nothing was changed: ")
    assert not state(quick, conflicts).differs(before)


def test_what_a_power_cut_took_from_a_pending_change_is_named(
    workshop: Workshop, quick: Quick
) -> None:
    """A file was taken back by git, and its second copy never reached the disk."""
    folder = workshop.lay_killed(HALF_WAY, quick)
    place = folder / ".git/scaffold/top/pending"
    for one in json.loads((place / "state.json").read_text(encoding="utf-8"))["changes"]:
        if one["after"] and not (place / "tree" / one["path"]).exists():
            (place / one["after"]["kept"]).write_bytes(b"")
    (folder / ".git/index.lock").unlink()
    quick.git(folder, "reset", "-q", "--hard")
    said = quick.run("update", "project", "--json")
    assert (said.code, said.document["state"]) == (1, "completed"), said
    told = said.document["disturbed"]
    assert "README.md: its new version is gone, so it stays as it is" in told
    present = state(quick, folder)
    assert "M  README.md" not in present.status
    assert "M  settings.yml" in present.status
    assert leftovers(folder) == []
    assert quick.run("update", "project", "--undo").code == 0
