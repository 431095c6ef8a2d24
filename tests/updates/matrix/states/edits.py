"""Texts that the learner edited, and the release too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.updates.matrix.desk import edited, insert_below, swap
from tests.updates.matrix.fates import Clash, Expected, merged, moved, open_to, unmentioned
from tests.updates.matrix.states.state import State, state

if TYPE_CHECKING:
    from tests.updates.matrix.desk import Desk

MINE = "# mine: every member is called twice"
_DEPENDENCIES_END = "    # Yours, for {}, below this line:"


@state("nothing", common=True)
def untouched(desk: Desk) -> Expected:  # noqa: ARG001 - it is as it was generated
    """Nothing edited."""
    return Expected()


@state("own files", common=True)
def own_files_added(desk: Desk) -> Expected:
    """Files of the learner's own added."""
    desk.write("app/triage.py", '"""Whom to call first."""\n\nFIRST = 7\n')
    desk.write("docs/Notizen für später.md", "# Später\n\nNicht vergessen.")
    desk.write("notes/model.bin", b"\0mine\xff\r\n\0")
    desk.write("reports/mine.html", "<p>mine</p>\n")  # some releases ignore such files, git had it
    desk.write("reports/mine.pdf", b"%PDF\0mine")
    desk.commit()
    return Expected()


@state("the untracked file", common=True)
def untracked_file_present(desk: Desk) -> Expected:
    """A file that git does not know and does not ignore."""
    desk.write("loose.txt", "not committed, not ignored\n")
    return Expected()


@state("the edit")
def file_edited_that_the_release_leaves(desk: Desk) -> Expected:
    """A file edited that the release does not change."""
    desk.edit(desk.parts.quiet.path, insert_below(desk.parts.quiet.line, MINE))
    desk.commit()
    return Expected()


@state("the edit", common=True)
def code_edited_elsewhere(desk: Desk) -> Expected:
    """Code edited, away from the release's change."""
    path = desk.parts.contested.path
    right = desk.edit_both(path, swap(desk.parts.far, f"{desk.parts.far}  {MINE}"))
    desk.commit()
    return Expected({path: merged(right)})


@state("the edit", common=True)
def same_line_edited(desk: Desk) -> Expected:
    """The same line edited by both."""
    place = desk.parts.contested
    mine = desk.edit(place.path, swap(place.line, f"{place.line}  {MINE}"))
    desk.commit()
    return Expected({place.path: Clash(mine, desk.new[place.path])})


@state("the edits")
def edited_elsewhere_and_at_the_same_line(desk: Desk) -> Expected:
    """One file edited twice, one of the edits where the release changes it."""
    place, far = desk.parts.contested, desk.parts.far
    elsewhere = swap(far, f"{far}  {MINE}, on Mondays")
    mine = desk.edit(place.path, swap(place.line, f"{place.line}  {MINE}"), elsewhere)
    desk.commit()
    return Expected({place.path: Clash(mine, edited(desk.new[place.path], elsewhere))})


@state("nothing")
def release_change_made_already(desk: Desk) -> Expected:
    """The release's own change made by hand before."""
    path = desk.parts.contested.path
    desk.write(path, desk.new[path].content)
    desk.commit()
    return Expected({path: open_to(desk.new[path], actions=(None, "kept", "merged", "changed"))})


@state("the edit", "renamed", common=True)
def edited_what_the_release_renames(desk: Desk) -> Expected:
    """A file edited that the release renames."""
    assert desk.parts.renamed is not None
    place, to = desk.parts.renamed
    edit = insert_below(place.line, f"    {MINE}")
    desk.edit(place.path, edit)
    desk.commit()
    right = edited(desk.new[to], edit)
    return Expected({place.path: unmentioned(None), to: moved(right, place.path)})


@state("the edit", "renamed", "renamed_contested")
def same_line_edited_in_what_the_release_renames(desk: Desk) -> Expected:
    """The same line edited by both, in a file that the release renames too."""
    assert desk.parts.renamed is not None
    assert desk.parts.renamed_contested is not None
    place, to = desk.parts.renamed
    line = desk.parts.renamed_contested
    mine = desk.edit(place.path, swap(line, f"{line}  {MINE}"))
    desk.commit()
    return Expected({place.path: unmentioned(None), to: Clash(mine, desk.new[to])})


@state("the edit", "dropped", common=True)
def edited_what_the_release_drops(desk: Desk) -> Expected:
    """A file edited that the release drops."""
    assert desk.parts.dropped is not None
    place = desk.parts.dropped
    mine = desk.edit(place.path, insert_below(place.line, MINE))
    desk.commit()
    return Expected({place.path: open_to(mine, actions=("kept",))})


@state("the edit", "unlinked", common=True)
def edited_what_became_another_file(desk: Desk) -> Expected:
    """A file edited that is gone, much of it now in another file."""
    assert desk.parts.unlinked is not None
    place, to = desk.parts.unlinked
    edit = insert_below(place.line, MINE)
    mine = desk.edit(place.path, edit)
    desk.commit()
    return Expected(
        {
            place.path: open_to(mine, None, actions=("kept", None)),
            to: open_to(desk.new[to], edited(desk.new[to], edit), actions=("added", "renamed")),
        }
    )


@state("the text", "emptied")
def text_written_into_an_empty_file_that_the_release_drops(desk: Desk) -> Expected:
    """An empty file filled that the release drops."""
    assert desk.parts.emptied is not None
    mine = desk.write(desk.parts.emptied, f"{MINE}\n")
    desk.commit()
    return Expected({desk.parts.emptied: open_to(mine, actions=("kept",))})


@state("the dependency", common=True)
def own_dependency_added(desk: Desk) -> Expected:
    """A dependency of the learner's own added."""
    job = "answering" if desk.journey.template == "rag-app" else "serving"
    add = insert_below(_DEPENDENCIES_END.format(job), '    "httpx2>=0.1",')
    right = desk.edit_both("pyproject.toml", add)
    desk.commit()
    if desk.old["pyproject.toml"] == desk.new["pyproject.toml"]:
        return Expected()
    return Expected({"pyproject.toml": merged(right)})


@state("the pin", "dependency")
def dependency_raised_less(desk: Desk) -> Expected:
    """A dependency raised by both, further by the release."""
    return _pinned_lower(desk, "dependency")


@state("the pin", "dependency")
def dependency_raised_further(desk: Desk) -> Expected:
    """A dependency raised by both, further by the learner."""
    return _pinned_higher(desk, "dependency")


@state("the pin", "action")
def action_raised_less(desk: Desk) -> Expected:
    """An action raised by both, further by the release."""
    return _pinned_lower(desk, "action")


@state("the pin", "action")
def action_raised_further(desk: Desk) -> Expected:
    """An action raised by both, further by the learner."""
    return _pinned_higher(desk, "action")


@state("the pin", "image")
def image_raised_less(desk: Desk) -> Expected:
    """An image raised by both, further by the release."""
    return _pinned_lower(desk, "image")


@state("the pin", "image")
def image_raised_further(desk: Desk) -> Expected:
    """An image raised by both, further by the learner."""
    return _pinned_higher(desk, "image")


def _pinned_lower(desk: Desk, name: str) -> Expected:
    pin = getattr(desk.parts, name)
    desk.edit(pin.path, swap(pin.old, pin.lower))
    desk.commit()
    right = open_to(desk.new[pin.path], actions=("merged", "changed"))
    return Expected({pin.path: right}, given_up=frozenset({pin.lower}))


def _pinned_higher(desk: Desk, name: str) -> Expected:
    pin = getattr(desk.parts, name)
    desk.edit(pin.path, swap(pin.old, pin.higher))
    desk.commit()
    right = edited(desk.new[pin.path], swap(pin.new, pin.higher))
    return Expected({pin.path: replace(merged(right), actions=frozenset({"merged", "kept"}))})


STATES: tuple[State, ...] = (
    untouched,
    own_files_added,
    untracked_file_present,
    file_edited_that_the_release_leaves,
    code_edited_elsewhere,
    same_line_edited,
    edited_elsewhere_and_at_the_same_line,
    release_change_made_already,
    edited_what_the_release_renames,
    same_line_edited_in_what_the_release_renames,
    edited_what_the_release_drops,
    edited_what_became_another_file,
    text_written_into_an_empty_file_that_the_release_drops,
    own_dependency_added,
    dependency_raised_less,
    dependency_raised_further,
    action_raised_less,
    action_raised_further,
    image_raised_less,
    image_raised_further,
)
