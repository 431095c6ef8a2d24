"""Binaries, modes, line ends, seeded and private files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.updates.matrix.desk import append, edited, swap
from tests.updates.matrix.fates import Clash, Expected, merged, open_to
from tests.updates.matrix.states.edits import MINE
from tests.updates.matrix.states.readme import answer_all, answered
from tests.updates.matrix.states.state import State, state

if TYPE_CHECKING:
    from tests.updates.matrix.desk import Desk

_MY_BYTES = b"\0mine\xff\r\n" + bytes(range(64))


@state("the binary", "still_binary")
def binary_changed_by_the_learner(desk: Desk) -> Expected:
    """A binary changed by the learner only."""
    assert desk.parts.still_binary is not None
    desk.write(desk.parts.still_binary, _MY_BYTES)
    desk.commit()
    return Expected()


@state("the binary", "binary")
def binary_changed_by_both(desk: Desk) -> Expected:
    """A binary changed by both."""
    assert desk.parts.binary is not None
    mine = desk.write(desk.parts.binary, _MY_BYTES)
    desk.commit()
    return Expected({desk.parts.binary: Clash(mine, desk.new[desk.parts.binary])})


@state("the data", common=True)
def seeded_data_replaced(desk: Desk) -> Expected:
    """The seeded data replaced, and one seeded file deleted."""
    changed, gone = desk.parts.seeded
    desk.write(changed, "mine,target\n7,1\n9,0\n")
    desk.write("data/mine/rows.bin", _MY_BYTES)
    desk.delete(gone)
    desk.commit()
    return Expected()


@state("the data", "seeded_new")
def own_file_where_the_release_seeds_one(desk: Desk) -> Expected:
    """An own file in a seeded folder where the release adds one."""
    assert desk.parts.seeded_new is not None
    desk.write(desk.parts.seeded_new, "mine,target\n7,1\n")
    desk.commit()
    return Expected()


@state(".env or the database", common=True)
def private_files_present(desk: Desk) -> Expected:
    """`.env` and a database present, both ignored."""
    desk.write(".env", "API_KEY=secret-7\n")
    desk.write("calls.sqlite3", b"SQLite format 3\0" + _MY_BYTES)
    desk.write("app/__pycache__/api.cpython-312.pyc", _MY_BYTES)
    return Expected()


@state("the mode", common=True)
def mode_changed_by_the_learner(desk: Desk) -> Expected:
    """A file made executable that the release changes."""
    path = desk.parts.contested.path
    desk.let_run(path)
    desk.commit()
    right = replace(desk.new[path], kind="program")
    return Expected({path: open_to(right, actions=("merged", "changed"))})


@state("the mode", "program")
def mode_taken_away_by_the_learner(desk: Desk) -> Expected:
    """A program made an ordinary file that the release changes."""
    assert desk.parts.program is not None
    (desk.project / desk.parts.program).chmod(0o644)
    desk.commit()
    right = replace(desk.new[desk.parts.program], kind="file")
    return Expected({desk.parts.program: open_to(right, actions=("merged", "changed"))})


@state("the edit", "switched")
def edited_what_the_release_makes_executable(desk: Desk) -> Expected:
    """A file edited that the release makes executable."""
    assert desk.parts.switched is not None
    right = desk.edit_both(desk.parts.switched, append(MINE))
    desk.commit()
    return Expected({desk.parts.switched: merged(right)})


@state("nothing", "switched")
def made_executable_by_both(desk: Desk) -> Expected:
    """A file made executable by both."""
    assert desk.parts.switched is not None
    desk.let_run(desk.parts.switched)
    desk.commit()
    silent = (None, "kept", "merged", "changed")
    return Expected({desk.parts.switched: open_to(desk.new[desk.parts.switched], actions=silent)})


@state("nothing")
def windows_settings(desk: Desk) -> Expected:
    """core.autocrlf=true, where .gitattributes asks for line feeds."""
    desk.git("config", "core.autocrlf", "true")
    _check_out_again(desk)
    return Expected()


@state("the edits", common=True)
def windows_checkout(desk: Desk) -> Expected:
    """A checkout with the line ends of Windows (core.autocrlf=true), code and README edited."""
    _use_line_ends_of_windows(desk)
    path = desk.parts.contested.path
    right = desk.edit_both(path, swap(desk.parts.far, f"{desk.parts.far}  {MINE}"))
    answer_all(desk)
    desk.commit()
    _check_out_again(desk)
    return replace(answered(desk, {path: merged(right)}), line_ends="crlf")


@state("the edit")
def windows_checkout_with_a_conflict(desk: Desk) -> Expected:
    """A checkout with the line ends of Windows, the same line edited by both."""
    _use_line_ends_of_windows(desk)
    place = desk.parts.contested
    mine = desk.edit(place.path, swap(place.line, f"{place.line}  {MINE}"))
    desk.commit()
    _check_out_again(desk)
    return Expected({place.path: Clash(mine, desk.new[place.path])}, line_ends="crlf")


@state("the edit")
def saved_with_line_ends_of_windows(desk: Desk) -> Expected:
    """An edited file saved with the line ends of Windows, where .gitattributes asks for others."""
    path = desk.parts.contested.path
    edit = swap(desk.parts.far, f"{desk.parts.far}  {MINE}")
    right = edited(desk.new[path], edit)
    desk.write(path, desk.edit(path, edit).with_crlf().content)
    desk.commit()
    return Expected({path: merged(right)}, line_ends="either")


@state("the edits", common=True)
def line_ends_of_windows_committed(desk: Desk) -> Expected:
    """Every text committed with the line ends of Windows, code and README edited."""
    desk.write(".gitattributes", "* -text\n")
    path = desk.parts.contested.path
    right = desk.edit_both(path, swap(desk.parts.far, f"{desk.parts.far}  {MINE}"))
    answer_all(desk)
    for name in desk.old:
        if (desk.project / name).is_file():
            desk.write(name, desk.read(name).with_crlf().content)
    desk.commit()
    return replace(answered(desk, {path: merged(right)}), line_ends="crlf as before")


def _use_line_ends_of_windows(desk: Desk) -> None:
    """Let .gitattributes leave line ends to the settings, and set them."""
    desk.edit(".gitattributes", swap("* text=auto eol=lf", "* text=auto"))
    desk.git("config", "core.autocrlf", "true")


def _check_out_again(desk: Desk) -> None:
    for name in desk.git.names("ls-files"):
        (desk.project / name).unlink()
    desk.git("checkout", "--", ".")
    assert desk.git("status", "--porcelain") == ""


STATES: tuple[State, ...] = (
    binary_changed_by_the_learner,
    binary_changed_by_both,
    seeded_data_replaced,
    own_file_where_the_release_seeds_one,
    private_files_present,
    mode_changed_by_the_learner,
    mode_taken_away_by_the_learner,
    edited_what_the_release_makes_executable,
    made_executable_by_both,
    windows_settings,
    windows_checkout,
    windows_checkout_with_a_conflict,
    saved_with_line_ends_of_windows,
    line_ends_of_windows_committed,
)
