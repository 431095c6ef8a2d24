"""Files that are no longer, or already, where the release puts them; and links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.updates.matrix.desk import append, edited, insert_below, swap
from tests.updates.matrix.fates import Clash, Expected, Fate, kept, merged, open_to, unmentioned
from tests.updates.matrix.states.edits import MINE
from tests.updates.matrix.states.state import State, state

if TYPE_CHECKING:
    from tests.updates.matrix.desk import Desk

_OWN = "# On call, by me\n\nCall me.\n"


def _added(desk: Desk) -> str:
    assert desk.parts.added is not None
    return desk.parts.added


@state("the deletion", common=True)
def deleted_what_the_release_changes(desk: Desk) -> Expected:
    """A file deleted that the release changes."""
    desk.delete(desk.parts.contested.path)
    desk.commit()
    return Expected({desk.parts.contested.path: kept(None)})


@state("the deletion")
def deleted_what_the_release_leaves(desk: Desk) -> Expected:
    """A file deleted that the release does not change."""
    desk.delete(desk.parts.quiet.path)
    desk.commit()
    return Expected({desk.parts.quiet.path: unmentioned(None)})


@state("the deletion", "dropped")
def deleted_what_the_release_drops(desk: Desk) -> Expected:
    """A file deleted by both."""
    assert desk.parts.dropped is not None
    desk.delete(desk.parts.dropped.path)
    desk.commit()
    return Expected({desk.parts.dropped.path: open_to(None, actions=(None, "kept", "removed"))})


@state("the deletion", "renamed")
def deleted_what_the_release_renames(desk: Desk) -> Expected:
    """A file deleted that the release renames."""
    assert desk.parts.renamed is not None
    place, to = desk.parts.renamed
    desk.delete(place.path)
    desk.commit()
    return Expected(
        {
            place.path: open_to(None, actions=(None, "kept")),
            to: open_to(None, actions=(None, "kept")),
        }
    )


@state("the renaming", common=True)
def renamed_what_the_release_changes(desk: Desk) -> Expected:
    """A file renamed that the release changes."""
    path, mine = desk.parts.contested.path, "lib/renamed/mine.py"
    desk.rename(path, mine)
    desk.commit()
    arrived = open_to(desk.new[path], actions=("merged", "changed"))
    return Expected({path: unmentioned(None), mine: arrived})


@state("the renaming and the edit")
def renamed_and_edited_what_the_release_changes(desk: Desk) -> Expected:
    """A file renamed and edited that the release changes."""
    path, mine = desk.parts.contested.path, "lib/renamed/mine.py"
    edit = swap(desk.parts.far, f"{desk.parts.far}  {MINE}")
    desk.edit(path, edit)
    desk.rename(path, mine)
    desk.commit()
    right = edited(desk.new[path], edit)
    return Expected({path: unmentioned(None), mine: merged(right)})


@state("the own file", "renamed")
def own_file_where_the_release_renames_to(desk: Desk) -> Expected:
    """An own file at the place to which the release renames one."""
    assert desk.parts.renamed is not None
    place, to = desk.parts.renamed
    mine = desk.write(to, _OWN)
    desk.commit()
    anything = (None, "kept", "changed", "removed")
    return Expected(
        {
            to: kept(mine),
            place.path: open_to(desk.old[place.path], desk.new[to], None, actions=anything),
        }
    )


@state("nothing", "added", common=True)
def same_file_added(desk: Desk) -> Expected:
    """A file added that the release adds too, with the same bytes."""
    path = _added(desk)
    desk.write(path, desk.new[path].content)
    desk.commit()
    silent = (None, "kept", "merged", "changed", "added")
    return Expected({path: open_to(desk.new[path], actions=silent)})


@state("the own file", "added", common=True)
def other_file_added(desk: Desk) -> Expected:
    """A file added that the release adds too, with other bytes."""
    path = _added(desk)
    mine = desk.write(path, _OWN)
    desk.commit()
    return Expected({path: Clash(mine, desk.new[path], had_base=False)})


@state("the own file", "added", common=True)
def untracked_file_in_the_way(desk: Desk) -> Expected:
    """An untracked file where the release adds one."""
    return Expected({_added(desk): kept(desk.write(_added(desk), _OWN))})


@state("the own file", "added", common=True)
def ignored_file_in_the_way(desk: Desk) -> Expected:
    """An ignored file where the release adds one."""
    ignoring = append(f"/{_added(desk)}")
    right = desk.edit_both(".gitignore", ignoring)
    desk.commit()
    fates = {_added(desk): kept(desk.write(_added(desk), _OWN))}
    if desk.old[".gitignore"] != desk.new[".gitignore"]:
        fates[".gitignore"] = merged(right)
    return Expected(fates)


@state("the own file", "added_below")
def file_where_the_release_adds_a_folder(desk: Desk) -> Expected:
    """A file where the release adds a folder."""
    assert desk.parts.added_below is not None
    folder, _ = desk.parts.added_below
    mine = desk.write(folder, _OWN)
    desk.commit()
    return Expected({folder: open_to(mine, actions=(None, "kept")), **_all_below(desk, folder)})


@state("the own file", "added")
def folder_where_the_release_adds_a_file(desk: Desk) -> Expected:
    """A folder where the release adds a file."""
    desk.write(f"{_added(desk)}/mine.md", _OWN)
    desk.commit()
    return Expected({_added(desk): kept(None)})


@state("the link", common=True)
def link_in_place_of_a_file(desk: Desk) -> Expected:
    """A link to a file elsewhere in place of a file that the release changes."""
    path = desk.parts.contested.path
    target = desk.beside / "mine.py"
    target.write_bytes(desk.old[path].content)
    mine = desk.link(path, target)
    desk.commit()
    desk.outside.append(desk.beside)
    return Expected({path: kept(mine)})


@state("files elsewhere", common=True)
def link_in_place_of_a_folder(desk: Desk) -> Expected:
    """A link to a folder elsewhere in place of a folder of the template's."""
    folder = desk.parts.folder
    (desk.project / folder).rename(desk.beside / "moved")
    mine = desk.link(folder, desk.beside / "moved")
    desk.commit()
    desk.outside.append(desk.beside)
    dropped = {
        path: open_to(None, actions=(None, "kept", "removed"))
        for path in desk.old.keys() - desk.new.keys()
        if path.startswith(f"{folder}/")
    }
    return Expected(
        {folder: open_to(mine, actions=(None, "kept")), **_all_below(desk, folder), **dropped}
    )


@state("files elsewhere", "added_below")
def untracked_link_where_the_release_adds_a_folder(desk: Desk) -> Expected:
    """An untracked link to a folder elsewhere where the release adds a folder."""
    assert desk.parts.added_below is not None
    folder, _ = desk.parts.added_below
    mine = desk.link(folder, desk.beside)
    desk.outside.append(desk.beside)
    return Expected({folder: open_to(mine, actions=(None, "kept")), **_all_below(desk, folder)})


@state("files elsewhere", "added")
def link_that_leads_nowhere_in_the_way(desk: Desk) -> Expected:
    """A link to a file that does not exist where the release adds one."""
    mine = desk.link(_added(desk), desk.beside / "not-there.md")
    desk.outside.append(desk.beside)
    return Expected({_added(desk): kept(mine)})


@state("the data")
def data_folder_lives_elsewhere(desk: Desk) -> Expected:
    """The data folder replaced by a link to a disk elsewhere."""
    (desk.project / "data").rename(desk.beside / "data")
    (desk.beside / "data" / "mine.csv").write_text("mine,target\n7,1\n", encoding="utf-8")
    desk.link("data", desk.beside / "data")
    desk.commit()
    desk.outside.append(desk.beside)
    return Expected()


@state("the submodule", "added")
def submodule_where_the_release_adds_a_file(desk: Desk) -> Expected:
    """A submodule where the release adds a file."""
    add_submodule(desk, _added(desk))
    return Expected({_added(desk): kept(None)})


@state("the edit in the renamed file", "renamed")
def both_renamed_the_same_file(desk: Desk) -> Expected:
    """A file renamed by both, to different places, and edited."""
    assert desk.parts.renamed is not None
    place, to = desk.parts.renamed
    edit = insert_below(place.line, f"    {MINE}")
    mine = desk.edit(place.path, edit)
    desk.rename(place.path, "app/mine.py")
    desk.commit()
    right = edited(desk.new[to], edit)
    anywhere = (None, "kept", "merged", "renamed", "added")
    return Expected(
        {
            place.path: unmentioned(None),
            "app/mine.py": open_to(mine, right, None, actions=anywhere),
            to: open_to(right, desk.new[to], None, actions=anywhere),
        }
    )


def add_submodule(desk: Desk, path: str) -> None:
    """Add a repository beside the project as a submodule, and commit."""
    from tests.updates.matrix.git_facts import Git

    library = desk.beside / "library"
    library.mkdir()
    (library / "lib.py").write_text("LIBRARY = 1\n", encoding="utf-8")
    there = Git(library, desk.environment)
    there("init", "--quiet")
    there("add", "--all")
    there("commit", "--quiet", "--message", "A library")
    allow = ("-c", "protocol.file.allow=always")
    desk.git(*allow, "submodule", "--quiet", "add", str(library), path)
    desk.commit("Use a library")


def _all_below(desk: Desk, folder: str) -> dict[str, Fate]:
    """Nothing can arrive below `folder`, and the report says so of what would have."""
    return {
        path: kept(None) if desk.old.get(path) != entry else unmentioned(None)
        for path, entry in desk.new.items()
        if path.startswith(f"{folder}/")
    }


STATES: tuple[State, ...] = (
    deleted_what_the_release_changes,
    deleted_what_the_release_leaves,
    deleted_what_the_release_drops,
    deleted_what_the_release_renames,
    renamed_what_the_release_changes,
    renamed_and_edited_what_the_release_changes,
    both_renamed_the_same_file,
    own_file_where_the_release_renames_to,
    same_file_added,
    other_file_added,
    untracked_file_in_the_way,
    ignored_file_in_the_way,
    file_where_the_release_adds_a_folder,
    folder_where_the_release_adds_a_file,
    link_in_place_of_a_file,
    link_in_place_of_a_folder,
    untracked_link_where_the_release_adds_a_folder,
    link_that_leads_nowhere_in_the_way,
    data_folder_lives_elsewhere,
    submodule_where_the_release_adds_a_file,
)
