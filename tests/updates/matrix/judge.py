"""The oracle of the matrix: names everything that is not as it must be after an update.

It knows the two pristine releases, what git and the disk said before and after, and what the state
expects. It imports nothing of scaffold.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.losses import answers_moved, only_mine_is_missing
from tests.updates.matrix.conflicts import LABEL_MINE, Sides, read_sides
from tests.updates.matrix.fates import Clash, Expected, Fate, kept, moved, taken, unmentioned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.updates.matrix.git_facts import Facts
    from tests.updates.matrix.journeys import Journey
    from tests.updates.matrix.tree import Entry, Tree


@dataclass(frozen=True)
class Case:
    """An update that was made.

    Attributes:
        journey: From where to where.
        old: The old release.
        new: The new release.
        before: The repository before.
        after: The repository afterwards.
        expected: What the state leads to.
        code: The exit code.
    """

    journey: Journey
    old: Tree
    new: Tree
    before: Facts
    after: Facts
    expected: Expected
    code: int

    @property
    def is_refused(self) -> bool:
        """Whether it must be refused, or may be and was."""
        if self.expected.refused is None:
            return self.code in self.expected.refusal
        return self.expected.refused

    @property
    def clashes(self) -> frozenset[str]:
        """Paths that must have a conflict, and those that may have one and do."""
        may = self.expected.may_clash
        found = self.after.unmerged
        return self.expected.conflicts | (found if may is None else found & may)


def complaints(case: Case) -> Iterator[str]:
    """Yield one line for each thing in the repository that is wrong; a report is judged apart."""
    if case.is_refused:
        yield from _changed_though_refused(case)
        return
    yield from losses(case)
    for path in sorted({*case.before.tree, *case.after.tree, *case.old, *case.new}):
        if path in case.clashes:
            continue
        yield from _one_path(case, path, fate_of(case, path))
    yield from _conflicts(case)
    yield from index_complaints(case)
    yield from around_complaints(case)


def losses(case: Case) -> Iterator[str]:
    """What only the learner has must still be there, wherever that is now."""
    mine, after = case.before.tree, case.after.tree
    gone = only_mine_is_missing(
        [one.lines for one in (*case.old.values(), *case.new.values())],
        [one.lines for one in mine.values()],
        [one.lines for one in after.values()],
    )
    for line in gone:
        if line not in case.expected.given_up:
            yield f"lost: the line {line!r}"
    given = {*case.old.values(), *case.new.values()}
    left = {one.content for one in after.values()}
    for path, entry in mine.items():
        if entry not in given and not entry.is_text and entry.content not in left:
            yield f"lost: the bytes of {path}"
        if entry.kind == "link" and after.get(path) != entry:
            yield f"lost: the link {path}"
    for path in case.old.keys() - mine.keys():
        if path in after and path not in case.expected.fates:
            yield f"lost: the deletion of {path}"
    readme = after["README.md"].lines if "README.md" in after else []
    for complaint in answers_moved(readme, case.expected.answers):
        yield f"lost: {complaint}"


def fate_of(case: Case, path: str) -> Fate:
    """What must have become of a path: what the state says, or what follows from the releases."""
    said = case.expected.fates.get(path)
    if isinstance(said, Fate):
        return said
    before = case.before.tree.get(path)
    if case.journey.is_seeded(path) or path in case.before.untracked:
        return unmentioned(before)
    if before is None:
        return _absent(case, path)
    old, new = case.old.get(path), case.new.get(path)
    if old == new:
        return unmentioned(before.with_lf())
    if before.with_lf() == old:
        return taken(new, "changed") if new is not None else Fate((None,), frozenset({"removed"}))
    raise AssertionError(f"the state does not say what becomes of {path}")


def _absent(case: Case, path: str) -> Fate:
    """The fate of a path at which the learner has nothing."""
    old, new = case.old.get(path), case.new.get(path)
    if old is None and new is not None:
        return _arrives(case, path)
    return kept(None) if new not in {old, None} else unmentioned(None)


def _arrives(case: Case, path: str) -> Fate:
    """A file that only the new release has; of one that it renames the report says from where."""
    renamed = case.journey.parts.renamed
    if renamed is not None and path == renamed[1]:
        return moved(case.new[path], renamed[0].path)
    return taken(case.new[path], "added")


def _one_path(case: Case, path: str, fate: Fate) -> Iterator[str]:
    now = case.after.tree.get(path)
    if fate.entries and not any(_same(now, one, fate) for one in fate.entries):
        yield f"{_kind(case, path, now)}: {path} {_difference(fate.entries[0], now)}"
    if now is not None and now.is_text:
        yield from _line_ends(case, path, now)


def _same(now: Entry | None, right: Entry | None, fate: Fate) -> bool:
    if now is None or right is None:
        return now is right
    if fate.blank_lines:
        return now.with_lf() == right.with_lf()
    return now.kind == right.kind and _filled(now) == _filled(right)


def _filled(entry: Entry) -> list[str]:
    return [line for line in entry.lines if line]


def _kind(case: Case, path: str, now: Entry | None) -> str:
    """Whether a wrong file is a change that did not arrive, or something else."""
    before = case.before.tree.get(path)
    return "arrived" if now is not None and before is not None and now == before else "tree"


def _difference(right: Entry | None, now: Entry | None) -> str:
    if now is None:
        return "is not there"
    if right is None:
        return "is there and must not be"
    if now.kind != right.kind:
        return f"is a {now.kind} and must be a {right.kind}"
    lacks = list((Counter(right.lines) - Counter(now.lines)).elements())
    more = list((Counter(now.lines) - Counter(right.lines)).elements())
    if not lacks and not more:
        return "has its lines in another order, or other bytes"
    return f"lacks {lacks[:4]!r} and has too many {more[:4]!r}"


def _line_ends(case: Case, path: str, now: Entry) -> Iterator[str]:
    if path in case.before.untracked or case.journey.is_seeded(path):
        return
    lines, returns = now.content.count(b"\n"), now.content.count(b"\r\n")
    wanted = case.expected.line_ends
    if wanted == "crlf as before":
        wanted = "crlf" if path in case.before.tree else "either"
    if (wanted == "lf" and returns) or (wanted == "crlf" and returns != lines):
        yield f"line ends: {path} has {returns} of {lines} as on Windows"
    if wanted == "either" and returns not in {0, lines}:
        yield f"line ends: {path} mixes them"


def _conflicts(case: Case) -> Iterator[str]:
    found = case.after.unmerged
    for path in sorted(case.expected.conflicts - found):
        yield f"conflict: {path} must be unmerged in the index and is not"
    for path in sorted(found - case.clashes):
        yield f"conflict: {path} is unmerged in the index and must not be"
    for path, entry in case.after.tree.items():
        if path.endswith((".rej", ".orig")) and path not in case.before.tree:
            yield f"conflict: {path} was left behind"
        if path not in case.clashes and any(one.startswith("<<<<<<< ") for one in entry.lines):
            yield f"conflict: {path} holds markers and must not"
    for path, clash in case.expected.fates.items():
        if isinstance(clash, Clash):
            yield from _one_conflict(case, path, clash)


def _one_conflict(case: Case, path: str, clash: Clash) -> Iterator[str]:
    now = case.after.tree.get(path)
    if now is None:
        yield f"conflict: {path} is not there"
        return
    stages = set(case.after.stages.get(path, {}))
    wanted = {1, 2, 3} if clash.had_base else {2, 3}
    if stages != wanted:
        yield f"conflict: {path} has the stages {sorted(stages)}, not {sorted(wanted)}"
    if not clash.mine.is_text:
        if now != clash.mine:
            yield f"lost: {path} has not the learner's bytes"
        return
    yield from _line_ends(case, path, now)
    sides = read_sides(now.lines)
    if sides is None:
        yield f"conflict: {path} has no whole markers"
        return
    yield from _sides(case, path, clash, sides)


def _sides(case: Case, path: str, clash: Clash, sides: Sides) -> Iterator[str]:
    labels = {(LABEL_MINE, f"template {case.journey.new}")}
    if sides.labels != labels:
        yield f"conflict: {path} has markers that say {sorted(sides.labels)}"
    if sides.theirs != clash.theirs.lines:
        lacks = list((Counter(clash.theirs.lines) - Counter(sides.theirs)).elements())
        yield f"conflict: {path}, with the template's side, is not the release's; lacks {lacks[:4]}"
    base = Counter(case.old[path].lines) if clash.had_base and path in case.old else Counter[str]()
    if not clash.had_base and sides.mine != clash.mine.lines:
        yield f"conflict: {path}, with the learner's side, is not the learner's"
    lost = list((Counter(clash.mine.lines) - base - Counter(sides.mine)).elements())
    if lost and path in case.old:
        yield f"lost: {path}, with the learner's side, lacks {lost[:4]}"


def index_complaints(case: Case) -> Iterator[str]:
    before, after = case.before, case.after
    loose = after.unstaged - case.clashes
    if loose:
        yield f"index: not staged: {sorted(loose)}"
    if after.untracked - before.untracked:
        yield f"index: untracked now: {sorted(after.untracked - before.untracked)}"
    for path in before.untracked & after.stages.keys():
        yield f"index: {path} was untracked and is not"
    modules = {p: s for p, s in before.stages.items() if 0 in s and s[0][0] == "160000"}
    for path, stages in modules.items():
        if after.stages.get(path) != stages:
            yield f"lost: the submodule {path}"
    if after.head != before.head:
        yield f"index: HEAD moved from {before.head} to {after.head}"
    if after.refs != before.refs:
        yield "index: references changed"
    if after.begun != before.begun:
        yield f"index: begun and not ended: {sorted(set(after.begun) - set(before.begun))}"


def around_complaints(case: Case) -> Iterator[str]:
    before, after = case.before, case.after
    for path in sorted(before.outside.keys() | after.outside.keys()):
        if before.outside.get(path) != after.outside.get(path):
            yield f"outside: {path} was changed, and is no part of the project"
    if before.elsewhere != after.elsewhere:
        yield "outside: the bigger repository's index or status changed"
    for folder in sorted(after.empty - before.empty):
        yield f"tree: the folder {folder} was left empty"


def _changed_though_refused(case: Case) -> Iterator[str]:
    for name in (
        "tree",
        "empty",
        "head",
        "refs",
        "saved",
        "stages",
        "untracked",
        "begun",
        "outside",
    ):
        if getattr(case.before, name) != getattr(case.after, name):
            yield f"refused: and yet changed: {name}"
