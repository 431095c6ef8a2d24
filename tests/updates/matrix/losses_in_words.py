"""What an update took from a learner, in few words, for any engine.

It asks less than the oracle of the matrix: no report, no index, no labels, and a file counts as
right wherever it is. So it can be put to copier and cruft too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.updates.matrix.cookies import RECORDS
from tests.updates.matrix.fates import Clash, Fate
from tests.updates.matrix.judge import Case, losses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.updates.matrix.cells import Outcome
    from tests.updates.matrix.tree import Entry

NOTHING = "nothing"


def in_words(outcome: Outcome, stake: str) -> str:
    """What became of a repository: `nothing` if all is as it should be.

    Args:
        outcome: The repository after an update.
        stake: What of the learner's could be lost.
    """
    case, code = _without_records(outcome.case), outcome.case.code
    same = case.before.tree == case.after.tree and case.before.stages == case.after.stages
    if case.expected.refused:
        lost = bool(list(losses(case)))
        return f"{stake} lost" if lost else "refused" if same else "not refused"
    if code and same:
        return "refused"
    said = [*_lost(case, stake), *_conflicts(case, code), *_missing(case), *_too_many(case)]
    return ", ".join(said) or NOTHING


def _without_records(case: Case) -> Case:
    """The case without the files in which the tools keep what they need."""
    before, after = (
        replace(facts, tree={p: one for p, one in facts.tree.items() if p not in RECORDS})
        for facts in (case.before, case.after)
    )
    return replace(case, before=before, after=after)


def _lost(case: Case, stake: str) -> Iterator[str]:
    before, after = case.before.tree, case.after.tree
    back = [path for path in case.old.keys() - before.keys() if path in after]
    modes = [
        path
        for path, entry in before.items()
        if path in case.old and path in after
        if case.old[path].kind != entry.kind != after[path].kind
        and case.old[path].kind == after[path].kind
    ]
    outside = case.before.outside != case.after.outside
    modules = [
        path
        for path, stages in case.before.stages.items()
        if stages.get(0, ("", ""))[0] == "160000" and case.after.stages.get(path) != stages
    ]
    if outside or back or modes or modules or list(losses(case)):
        yield f"{stake} lost"


def _conflicts(case: Case, code: int) -> Iterator[str]:
    found = set(case.after.unmerged)
    for path, entry in case.after.tree.items():
        if any(line.startswith("<<<<<<< ") for line in entry.lines):
            found.add(path)
        elif path.endswith(".rej") and path not in case.before.tree:
            found.add(path.removesuffix(".rej"))
    for kind, paths in (
        ("conflict", found & case.clashes),
        ("needless conflict", found - case.clashes - (case.expected.may_clash or set())),
    ):
        if paths:
            yield kind if code else f"{kind} (exit code 0)"
    if case.expected.conflicts - found and not code:
        yield "no conflict told"


def _missing(case: Case) -> Iterator[str]:
    """Changes of the release that did not arrive."""
    missing = [
        path
        for path in {*case.old, *case.new, *case.expected.fates}
        if path not in RECORDS and not case.journey.is_seeded(path) and _is_missing(case, path)
    ]
    if missing:
        yield f"{len(missing)} of the release's changes missing"


def _too_many(case: Case) -> Iterator[str]:
    """Files of the release at places that the learner has taken."""
    too_many = [
        path
        for path, said in case.expected.fates.items()
        if isinstance(said, Fate) and said.entries == (None,)
        if path not in case.before.tree and path in case.after.tree
    ]
    if too_many:
        yield f"{len(too_many)} of the release's files where none may be"


def _is_missing(case: Case, path: str) -> bool:
    before, after = case.before.tree.get(path), case.after.tree.get(path)
    said = case.expected.fates.get(path)
    if isinstance(said, Clash):
        return False
    if isinstance(said, Fate):
        return bool(said.entries) and not any(
            _has_arrived(case, path, right) for right in said.entries
        )
    old, new = case.old.get(path), case.new.get(path)
    if old == new or (before.with_lf() if before is not None else None) != old:
        return False
    return (after.with_lf() if after is not None else None) != new


def _has_arrived(case: Case, path: str, right: Entry | None) -> bool:
    """Whether every line that the release brings to a file is in it."""
    before, after = case.before.tree.get(path), case.after.tree.get(path)
    if right is None:
        return True
    released = {line for one in case.new.values() for line in one.lines}
    mine = set(before.lines) if before is not None else set()
    return not (released & set(right.lines)) - mine - set(after.lines if after else ())
