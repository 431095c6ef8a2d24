"""Somebody goes on working between the kill of a command and the next one."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.updating.conftest import ALL, HALF_WAY, HALF_WAY_BACK, MOMENTS, Moment, Workshop
from tests.updating.learner import THEIRS, append, edit
from tests.updating.state import State, leftovers, state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.updating.quick import Quick

LINE = "# written in between"


@dataclass(frozen=True)
class Work:
    """What somebody does in between.

    Attributes:
        does: Does it; gets the machine and the repository.
        kept: Where `LINE` must be afterwards: the file, `somewhere` in git or the tree, or nowhere.
        disturbs: Whether it touches a file of the change, so that something has to be said.
    """

    does: Callable[[Quick, Path], object]
    kept: str = ""
    disturbs: bool = False


def writes(path: str) -> Work:
    """Adds a line to the end of a file, which may not be there."""
    return Work(lambda _, folder: append(folder, path, LINE), path, disturbs=True)


def runs(*commands: str, first: Callable[[Path], object] = bool) -> Work:
    """Removes git's lock, as git itself advises, and runs some git commands."""

    def do(machine: Quick, folder: Path) -> None:
        (folder / ".git/index.lock").unlink(missing_ok=True)
        first(folder)
        for command in commands:
            words = ["git", *command.split()]
            subprocess.run(words, cwd=folder, env=machine.env, capture_output=True, check=False)

    return Work(do)


def swaps(path: str, by: str) -> Work:
    """Puts something else in a file's place."""

    def do(_: Quick, folder: Path) -> None:
        place = folder / path
        place.unlink(missing_ok=True)
        if by == "folder":
            append(folder, f"{path}/inside", LINE)
        elif by == "link":
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to("../notes.txt")

    kept = {"folder": f"{path}/inside"}.get(by, "")
    return Work(do, kept, disturbs=True)


def starts_line(path: str) -> Work:
    """Adds a line at the beginning of a file."""

    def do(_: Quick, folder: Path) -> None:
        text = (folder / path).read_text(encoding="utf-8") if (folder / path).exists() else ""
        (folder / path).write_text(f"{LINE}\n{text}", encoding="utf-8")

    return Work(do, path, disturbs=True)


def with_line(work: Work, path: str, kept: str) -> Work:
    """The same after a line was added to a file."""

    def do(machine: Quick, folder: Path) -> None:
        append(folder, path, LINE)
        work.does(machine, folder)

    return Work(do, kept, disturbs=True)


IN_BETWEEN = {
    "nothing": Work(lambda machine, folder: None),  # noqa: ARG005
    "edits a file that is replaced early": writes("README.md"),
    "edits a file that is replaced late": writes("settings.yml"),
    "edits the beginning of a file that is replaced late": starts_line("settings.yml"),
    "edits the file with a conflict": writes("app/rule.py"),
    "edits a file that moves": writes("app/before.py"),
    "edits a file at its new place": writes("app/after.py"),
    "edits a file that goes": writes("docs/hosting.md"),
    "edits a file that comes": writes("monitoring/rules/slow.yml"),
    "edits a binary": writes("logo.bin"),
    "edits a file that changes its mode": writes("run.sh"),
    "edits a file of their own": Work(lambda _, folder: append(folder, "app/mine.py", LINE)),
    "deletes a file": swaps("settings.yml", "nothing"),
    "puts a folder in the place of a file": swaps("settings.yml", "folder"),
    "puts a link in the place of a file": swaps("settings.yml", "link"),
    "puts a link where a file comes": swaps("monitoring/rules/slow.yml", "link"),
    "puts a file where a folder comes": Work(
        lambda _, folder: (
            shutil.rmtree(folder / "monitoring", ignore_errors=True),
            append(folder, "monitoring", LINE),
        ),
        "monitoring",
        disturbs=True,
    ),
    "looks": runs("status", "diff", "log --oneline"),
    "stages all": runs("add --all"),
    "stages an edit": with_line(runs("add settings.yml"), "settings.yml", "settings.yml"),
    "stages a file of their own": runs(
        "add app/mine.py", first=lambda folder: append(folder, "app/mine.py", LINE)
    ),
    "commits all": runs("commit -a -q -m between"),
    "commits an edit": with_line(
        runs("commit -q -m between -- settings.yml"), "settings.yml", "settings.yml"
    ),
    "goes back": runs("reset --hard -q"),
    "gives the files back": runs("checkout -- ."),
    "goes back after an edit": with_line(runs("reset --hard -q"), "settings.yml", ""),
    "puts all aside": runs("stash -q"),
    "puts new files aside too": runs("stash -q --include-untracked"),
    "puts an edit aside": with_line(runs("stash -q"), "settings.yml", "somewhere"),
    "goes to another branch": runs("checkout -q -b other"),
    "cleans": runs("clean -q -f -d"),
}


def somewhere(machine: Quick, folder: Path) -> bool:
    """Whether git can still give `LINE` back from a commit that somebody can name."""
    commits = machine.git(folder, "rev-list", "--all", "--reflog").split()
    words = ["git", "grep", "-q", "-F", "-e", LINE, *commits, "--", "."]
    return subprocess.run(words, cwd=folder, env=machine.env, check=False).returncode == 0


def arrived(present: State, start: State, goal: State, disturbed: list[str]) -> None:
    """Each file of the change is as it should be, or something is said of it."""
    for path in start.files.keys() | goal.files.keys():
        wanted = goal.files.get(path)
        if wanted == start.files.get(path) or (wanted or start.files[path])[0] == "folder":
            continue
        named = any(line.startswith(f"{path}: ") for line in disturbed)
        assert named or present.files.get(path) == wanted, path


@pytest.mark.parametrize(
    "moment", MOMENTS if ALL else (HALF_WAY, HALF_WAY_BACK), ids=lambda one: one.name
)
@pytest.mark.parametrize("what", IN_BETWEEN)
def test_no_line_written_after_a_kill_is_lost_and_the_rest_of_the_change_arrives(
    workshop: Workshop, quick: Quick, what: str, moment: Moment
) -> None:
    goal_stage = "conflicts" if moment.start == "colliding" else "colliding"
    start = state(quick, workshop.lay(moment.start, quick.work / "project"))
    goal = state(quick, workshop.lay(goal_stage, quick.work / "project"))
    folder = workshop.lay_killed(moment, quick)
    work = IN_BETWEEN[what]
    work.does(quick, folder)

    said = quick.run("update", "project", "--json", "--no-lock")
    assert said.code in {0, 1}, said
    told = said.document
    assert told["state"] == "completed", said
    disturbed = told.get("disturbed", [])
    present = state(quick, folder)
    arrived(present, start, goal, disturbed)
    assert leftovers(folder) == []
    if work.kept == "somewhere":
        assert somewhere(quick, folder) or LINE in _text(folder, "settings.yml")
    elif work.kept:
        assert LINE.encode() in present.files[work.kept][1]
    conflicts = moment.start == "colliding"
    assert said.code == (1 if conflicts or disturbed else 0)
    assert work.disturbs or disturbed == []
    if what not in {"puts new files aside too", "cleans"}:
        held = b"".join(content for _, content in present.files.values())
        assert all(line.encode() in held for line in THEIRS)

    again = quick.run("update", "project", "--undo", "--json")
    if moment.words != ("--undo",):
        committed = present.head.split()[0] != start.head.split()[0]
        assert again.code == (1 if committed or " is no file " in again.out else 0), again
    assert leftovers(folder) == []
    if work.kept:
        kept = "settings.yml" if work.kept == "somewhere" else work.kept
        assert LINE in _text(folder, kept) or somewhere(quick, folder)


def _text(folder: Path, path: str) -> str:
    place = folder / path
    return place.read_text(encoding="utf-8", errors="replace") if place.is_file() else ""


def test_a_file_edited_on_the_line_that_the_release_changes_gets_markers(
    workshop: Workshop, quick: Quick
) -> None:
    folder = workshop.lay_killed(HALF_WAY, quick)
    edit(folder, "settings.yml", "log: info\n", "log: info\nmine: here\n")
    said = quick.run("update", "project", "--json")
    assert said.code == 1
    assert [line for line in said.document["disturbed"] if "settings.yml" in line] == [
        "settings.yml: you changed it meanwhile; conflicts at line 3"
    ]
    text = (folder / "settings.yml").read_text(encoding="utf-8")
    assert "mine: here" in text
    assert "region: europe" in text
    assert text.count("<<<<<<< ") == text.count(">>>>>>> ") == 1
    left = quick.run("update", "project", "--finish")
    assert left.code == 1
    assert "settings.yml line 3" in left.error[0]
