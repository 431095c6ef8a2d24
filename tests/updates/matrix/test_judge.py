"""The oracle of the matrix finds what it is there to find: wrong engines do not pass it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.updates.matrix import fakes
from tests.updates.matrix.bases import Base
from tests.updates.matrix.cells import make
from tests.updates.matrix.fakes import Faulty
from tests.updates.matrix.journeys import TINY, Journey
from tests.updates.matrix.states import STATES

if TYPE_CHECKING:
    from tests.updates.matrix.desk import Desk
    from tests.updates.matrix.engines import Engine

BaseOf = Callable[[Journey], Base]

#: A state in which the right engine does nothing else than overwrite.
_EASY = "untouched"
_OWN = "mine.txt"


def _complaints(base: Base, name: str, engine: Engine, folder: Path) -> list[str]:
    state = next(one for one in STATES if one.name == name)
    return make(state, base, engine, folder / "cell").complaints()


def test_a_right_update_has_no_complaints(base_of: BaseOf, tmp_path: Path) -> None:
    assert _complaints(base_of(TINY), _EASY, fakes.overwrite, tmp_path) == []


@pytest.mark.parametrize("state", [one.name for one in STATES if one.applies_to(TINY.parts)])
def test_an_engine_that_touches_nothing_never_passes(
    state: str, base_of: BaseOf, tmp_path: Path
) -> None:
    found = _complaints(base_of(TINY), state, fakes.idle, tmp_path)
    assert [one for one in found if one.startswith(("arrived: ", "exit: "))]


@pytest.mark.parametrize(
    ("state", "complaint"),
    [
        ("code-edited-elsewhere", "lost: the line '    return f\"{score:.0%}"),
        ("same-line-edited", "lost: the line '    return min(HIGHEST"),
        ("edited-what-the-release-renames", "lost: the line '    # mine: every"),
        ("edited-what-the-release-drops", "lost: the line '# mine: every"),
        ("readme-answered", "lost: PF1 is no longer under its own question"),
        ("deleted-what-the-release-changes", "tree: app/scoring.py is there and must not be"),
        ("deleted-what-the-release-leaves", "tree: docs/runbook.md is there and must not be"),
        ("other-file-added", "conflict: docs/oncall.md must be unmerged"),
        ("untracked-file-in-the-way", "lost: the line '# On call, by me'"),
        ("ignored-file-in-the-way", "lost: the line '# On call, by me'"),
        ("link-in-place-of-a-file", "outside: beside/mine.py was changed"),
        ("link-in-place-of-a-folder", "outside: beside/moved/deploy.md was changed"),
        ("untracked-link-where-the-release-adds-a-folder", "outside: beside/alerts.yml"),
        ("binary-changed-by-the-learner", "lost: the bytes of docs/seal.bin"),
        ("binary-changed-by-both", "lost: docs/diagram.bin has not the learner's bytes"),
        ("mode-changed-by-the-learner", "tree: app/scoring.py is a file and must be a program"),
        ("windows-checkout", "line ends: Dockerfile has 0 of"),
        ("section-moved", "tree: README.md lacks"),
        ("dirty-file", "refused: and yet changed: tree"),
        ("no-commit-yet", "exit: the code is 0 and must be 2"),
        ("dependency-raised-further", "lost: the line '    \"fastapi>=0.171.2\",'"),
    ],
)
def test_an_engine_that_overwrites_is_told_what_it_lost(
    state: str, complaint: str, base_of: BaseOf, tmp_path: Path
) -> None:
    found = _complaints(base_of(TINY), state, fakes.overwrite, tmp_path)
    assert [one for one in found if one.startswith(complaint)], found


def _leaves_a_lock(desk: Desk, _: dict[str, Any]) -> None:
    (desk.git.directory() / "index.lock").touch()


def _leaves_a_journal(desk: Desk, _: dict[str, Any]) -> None:
    (desk.git.directory() / "scaffold" / "7" / "pending").mkdir(parents=True)


def _commits(desk: Desk, _: dict[str, Any]) -> None:
    desk.commit("Update")


def _unstages(desk: Desk, _: dict[str, Any]) -> None:
    desk.git("reset", "--quiet")


def _leaves_a_rejected_patch(desk: Desk, _: dict[str, Any]) -> None:
    desk.write("README.md.rej", "@@ -1 +1 @@\n")
    desk.git("add", "--all")


def _leaves_an_empty_folder(desk: Desk, _: dict[str, Any]) -> None:
    (desk.project / "docs" / "howto").mkdir()


def _leaves_a_file(desk: Desk, _: dict[str, Any]) -> None:
    desk.write(_OWN, "whose?\n")


def _leaves_temporary_files(desk: Desk, _: dict[str, Any]) -> None:
    (Path(desk.environment["TMPDIR"]) / "scaffold-pack-1").mkdir()


def _adds_a_seeded_file(desk: Desk, _: dict[str, Any]) -> None:
    desk.write("data/extra.csv", desk.new["data/extra.csv"].content)
    desk.git("add", "--all")


def _forgets_a_mode(desk: Desk, _: dict[str, Any]) -> None:
    (desk.project / "tools/start.sh").chmod(0o644)
    desk.git("add", "--all")


def _saves_another_commit(desk: Desk, _: dict[str, Any]) -> None:
    desk.git("update-ref", "-d", "refs/worktree/scaffold/before-update")


def _makes_a_branch(desk: Desk, _: dict[str, Any]) -> None:
    desk.git("branch", "scaffold-update")


def _forgets_a_file_in_the_report(_: Desk, document: dict[str, Any]) -> None:
    del document["files"][0]


def _names_a_file_twice(_: Desk, document: dict[str, Any]) -> None:
    document["files"].append(document["files"][0])


def _names_a_quiet_file(_: Desk, document: dict[str, Any]) -> None:
    document["files"].append({**document["files"][0], "path": "docs/runbook.md"})


def _says_changed_of_what_is_new(_: Desk, document: dict[str, Any]) -> None:
    for one in document["files"]:
        one["action"] = "changed" if one["action"] == "added" else one["action"]


def _says_added_of_what_was_renamed(_: Desk, document: dict[str, Any]) -> None:
    for one in document["files"]:
        if one["action"] == "renamed":
            one.update({"action": "added", "from": None})


def _forgets_the_notes(_: Desk, document: dict[str, Any]) -> None:
    document["release_notes"] = []


def _forgets_a_question(_: Desk, document: dict[str, Any]) -> None:
    document["new_questions"] = []


def _gives_advice_that_nobody_needs(_: Desk, document: dict[str, Any]) -> None:
    document["advice"] = [{"id": "PF2", "question": document["files"][0]["path"]}]


def _says_the_wrong_version(_: Desk, document: dict[str, Any]) -> None:
    document["from"] = "v0.0.9"


def _says_that_there_are_conflicts(_: Desk, document: dict[str, Any]) -> None:
    document["state"] = "conflicts"


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        (_leaves_a_lock, "index: begun and not ended: ['index.lock']"),
        (_leaves_a_journal, "index: begun and not ended: ['scaffold/7/pending']"),
        (_commits, "index: HEAD moved"),
        (_unstages, "index: not staged: "),
        (_leaves_a_rejected_patch, "conflict: README.md.rej was left behind"),
        (_leaves_an_empty_folder, "tree: the folder docs/howto was left empty"),
        (_leaves_a_file, "tree: mine.txt is there and must not be"),
        (_leaves_temporary_files, "temporary: scaffold-pack-1 was left behind"),
        (_adds_a_seeded_file, "tree: data/extra.csv is there and must not be"),
        (_forgets_a_mode, "arrived: tools/start.sh is a file and must be a program"),
        (_saves_another_commit, "index: refs/worktree/scaffold/before-update is None"),
        (_makes_a_branch, "index: references changed"),
        (_forgets_a_file_in_the_report, "report: .copier-answers.yml is said to be None"),
        (_names_a_file_twice, "report: .copier-answers.yml is named more than once"),
        (_names_a_quiet_file, "report: docs/runbook.md is said to be changed, not None"),
        (_says_changed_of_what_is_new, "report: docs/oncall.md is said to be changed, not added"),
        (_says_added_of_what_was_renamed, "report: app/proofs.py is said to be added"),
        (_forgets_the_notes, "report: notes are of []"),
        (_forgets_a_question, "report: new questions are ()"),
        (_gives_advice_that_nobody_needs, "report: advice is on ['PF2'], not on []"),
        (_says_the_wrong_version, "report: it says [1, 'tiny-api', 'v0.0.9'"),
        (_says_that_there_are_conflicts, "report: it says [1, 'tiny-api', 'v0.1.1'"),
    ],
    ids=lambda one: getattr(one, "__name__", "").strip("_"),
)
def test_one_fault_is_one_complaint(
    fault: Callable[[Desk, dict[str, Any]], None],
    complaint: str,
    base_of: BaseOf,
    tmp_path: Path,
) -> None:
    found = _complaints(base_of(TINY), _EASY, Faulty(fault), tmp_path)
    assert [one for one in found if one.startswith(complaint)], found


def test_a_wrong_exit_code_is_a_complaint(base_of: BaseOf, tmp_path: Path) -> None:
    engine = Faulty(lambda _, __: None, code=1)
    found = _complaints(base_of(TINY), _EASY, engine, tmp_path)
    assert found == ["exit: the code is 1 and must be 0"]
