"""A learner at random: edits, moves, deletes, renames, adds; and what no update may do to that."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal, get_args

from hypothesis import strategies as st

from tests.updates.matrix.conflicts import read_sides
from tests.updates.matrix.judge import Case, around_complaints, index_complaints, losses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.updates.matrix.desk import Desk
    from tests.updates.matrix.engines import Ended

Kind = Literal[
    "insert",
    "remove",
    "replace",
    "move",
    "delete",
    "rename",
    "rename folder",
    "add",
    "leave",
    "mode",
]

#: Places at which a learner may have a file of their own, some of them taken by the newest release.
_NAMES = (
    "app/mine.py",
    "app/proofs.py",
    "data/extra.csv",
    "docs/guides/mine.md",
    "docs/oncall.md",
    "docs/Später lesen.md",
    "ops",
    "ops/alerts.yml",
    "tests/unit/test_mine.py",
)
#: Where the release moves what: of such files only the lines are followed.
_MOVED = {
    "app/evidence.py": "app/proofs.py",
    "app/report.py": "app/proofs.py",
    "docs/howto/first-day.md": "docs/guides/first-day.md",
    "docs/howto/last-day.md": "docs/guides/last-day.md",
}
#: Only the tools write it.
_NOT_EDITED = {".copier-answers.yml"}


@dataclass(frozen=True)
class Deed:
    """One thing done; numbers are taken modulo what there is, so that each means something."""

    kind: Kind
    which: int
    where: int
    much: int
    to: int


deeds = st.lists(
    st.builds(
        Deed,
        st.sampled_from(get_args(Kind)),
        st.integers(0, 99),
        st.integers(0, 199),
        st.integers(1, 4),
        st.integers(0, 199),
    ),
    min_size=1,
    max_size=8,
)


@dataclass
class Played:
    """What was done, as far as the files do not say it.

    Attributes:
        renamed: Old path -> the learner's path.
        lines: How many lines the learner wrote; each is another.
    """

    renamed: dict[str, str] = field(default_factory=dict)
    lines: int = 0

    def line(self) -> str:
        """A line that nobody else ever wrote."""
        self.lines += 1
        return f"# mine, the {self.lines}. time"


def play(desk: Desk, wanted: list[Deed]) -> Played:
    """Do it all, and commit it."""
    played = Played()
    for deed in wanted:
        if deed.kind not in {"add", "leave"}:
            _do(desk, deed, played)
    for deed in wanted:
        if deed.kind == "add":
            _add(desk, deed, played)
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "--allow-empty", "--message", "Make it mine")
    for deed in wanted:
        if deed.kind == "leave":  # it stays untracked
            _add(desk, deed, played)
    return played


def _do(desk: Desk, deed: Deed, played: Played) -> None:
    files = sorted(
        path
        for path in desk.old
        if path not in _NOT_EDITED and desk.old[path].is_text and (desk.project / path).is_file()
    )
    path = files[deed.which % len(files)]
    if deed.kind == "delete":
        desk.delete(path)
    elif deed.kind == "rename":
        to = f"kept/{deed.to}/{PurePosixPath(path).name}"
        if not (desk.project / to).exists():
            desk.rename(path, to)
            played.renamed[path] = to
    elif deed.kind == "rename folder":
        _rename_folder(desk, str(PurePosixPath(path).parent), f"kept/{deed.to}", played)
    elif deed.kind == "mode":
        desk.let_run(path)
    else:
        lines = _edited(desk.read(path).lines, deed, played)
        desk.write(path, "".join(f"{line}\n" for line in lines))


def _rename_folder(desk: Desk, folder: str, to: str, played: Played) -> None:
    if folder == "." or (desk.project / to).exists():
        return
    for path in [one for one in desk.old if one.startswith(f"{folder}/")]:
        if (desk.project / path).is_file() and not desk.journey.is_seeded(path):
            played.renamed[path] = f"{to}/{path.removeprefix(f'{folder}/')}"
            desk.rename(path, played.renamed[path])


def _edited(lines: list[str], deed: Deed, played: Played) -> list[str]:
    at = deed.where % (len(lines) + 1)
    end = at if deed.kind == "insert" else min(len(lines), at + deed.much)
    rest = lines[:at] + lines[end:]
    if deed.kind == "move":
        to = deed.to % (len(rest) + 1)
        return rest[:to] + lines[at:end] + rest[to:]
    mine = [] if deed.kind == "remove" else [played.line() for _ in range(deed.much)]
    return lines[:at] + mine + lines[end:]


def _add(desk: Desk, deed: Deed, played: Played) -> None:
    path = _NAMES[deed.which % len(_NAMES)]
    place = desk.project / path
    if place.exists() or any((desk.project / one).is_file() for one in PurePosixPath(path).parents):
        return
    desk.write(path, "".join(f"{played.line()}\n" for _ in range(deed.much)))


def complaints(case: Case, ended: Ended, played: Played) -> Iterator[str]:
    """Yield one line for each thing that is lost, missing or told wrongly."""
    yield from losses(case)
    yield from index_complaints(case)
    yield from around_complaints(case)
    yield from _told(case, ended)
    for path in sorted(case.before.tree.keys() | case.old.keys() | case.new.keys()):
        yield from _one_path(case, path, played)


def _told(case: Case, ended: Ended) -> Iterator[str]:
    document = ended.document
    if document is None or "error" in document:
        yield f"exit: the code is {ended.code}, and it said {ended.out[-300:]} {ended.err[-300:]}"
        return
    told = {one["path"] for one in document["files"] if one["action"] == "conflict"}
    if told != case.after.unmerged:
        yield f"conflict: told are {sorted(told)}, unmerged {sorted(case.after.unmerged)}"
    marked = {p for p, one in case.after.tree.items() if read_sides(one.lines) is not None}
    if marked != {p for p in told if case.after.tree[p].is_text}:
        yield f"conflict: told are {sorted(told)}, marked {sorted(marked)}"
    if ended.code != (1 if told else 0):
        yield f"exit: the code is {ended.code} with conflicts in {sorted(told)}"


def _one_path(case: Case, path: str, played: Played) -> Iterator[str]:
    before, after = case.before.tree.get(path), case.after.tree.get(path)
    old, new = case.old.get(path), case.new.get(path)
    if case.journey.is_seeded(path) or path in case.before.untracked:
        if after != before:
            yield f"lost: {path} was the learner's alone, and changed"
    elif before is None and old is not None:
        if after is not None:
            yield f"lost: the deletion of {path}"
    elif before is not None and old is None:
        if path not in played.renamed.values() and new is None and after != before:
            yield f"lost: {path} is the learner's own, and changed"
    elif before == old and not _is_moved_onto(case, path):
        if after != new and not _is_in_the_way(case, path):
            yield f"arrived: {path} is not the new release's"
    elif before is not None and old is not None:
        yield from _edited_path(case, path)


def _is_moved_onto(case: Case, path: str) -> bool:
    """Whether the release moves something here that the learner did not leave as it was."""
    sources = [old for old, new in _MOVED.items() if new == path and old in case.old]
    return any(case.before.tree.get(old) != case.old[old] for old in sources)


def _is_in_the_way(case: Case, path: str) -> bool:
    """Whether something of the learner's lies where this goes, or where it moves to."""
    goes = {path, _MOVED.get(path, path)}
    places = {str(one) for place in goes for one in (place, *PurePosixPath(place).parents)}
    mine = case.before.tree.keys() - case.old.keys()
    return bool(mine & places) or any(one.startswith(f"{place}/") for one in mine for place in goes)


def _edited_path(case: Case, path: str) -> Iterator[str]:
    """A file of the template's that the learner edited."""
    before, old = case.before.tree[path], case.old[path]
    now = {p: case.after.tree[p] for p in (path, _MOVED.get(path)) if p in case.after.tree}
    if not now:
        if before.content != old.content:  # a mode alone does not keep what the release drops
            yield f"lost: {path} is gone"
        return
    if before.kind != old.kind and before.kind not in {one.kind for one in now.values()}:
        yield f"lost: {path} is no {before.kind} any more"
    new = case.new.get(_MOVED.get(path, path))
    if new is None:
        return
    have = {line for one in now.values() for line in one.lines}
    for line in _once(before.lines) & _once(old.lines) & _once(new.lines):
        if line not in have:
            yield f"lost: {path} lacks {line!r}, which nobody removed"


def _once(lines: list[str]) -> set[str]:
    return {line for line, count in Counter(lines).items() if count == 1}
