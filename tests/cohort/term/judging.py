"""What an update of the class did to one repository, held against what it had to do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.updates.matrix.git_facts import Git, environment
from tests.updates.matrix.judge import Case, complaints

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.cohort.term.learners import Repository
    from tests.updates.matrix.git_facts import Facts


def update_complaints(
    one: Repository, told: Mapping[str, Any], before: Before, folder: Path
) -> Iterator[str]:
    """Yield one line for each thing that is wrong with an update.

    Args:
        one: The repository, with what is expected of it.
        told: The outcome of its task.
        before: The repository before the update.
        folder: Where clones may be made.
    """
    for complaint in _complaints(one, told, before, folder):
        state = one.state.name if one.state else "untouched"
        yield f"{one.key} ({state}, {one.base.journey.name}): {complaint}"


class Before:
    """A repository before an update."""

    def __init__(self, one: Repository, folder: Path) -> None:
        self.facts: Facts = one.facts(folder)
        self.head = one.head()
        self.branches = one.branches()


def _complaints(
    one: Repository, told: Mapping[str, Any], before: Before, folder: Path
) -> Iterator[str]:
    assert one.expected is not None
    new = one.base.journey.new
    branch = f"scaffold/{new}"
    if one.head() != before.head:
        yield "the default branch moved"
    may = one.expected.may_clash
    must = one.expected.conflicts
    files = frozenset(told["files"])
    if must or (told["state"] == "conflicts" and (may is None or may)):
        if told["state"] != "conflicts":
            yield f"is {told['state']} ({told['reason']}) and must have conflicts in {sorted(must)}"
        elif not must <= files or (may is not None and not files <= must | may):
            yield f"conflicts are told in {sorted(files)}, and are in {sorted(must)}"
        if one.branches() != before.branches:
            yield f"something was pushed in spite of conflicts: {sorted(one.branches())}"
        return
    if told["state"] != "done":
        yield f"is {told['state']} ({told['reason']}, {told['files']}) and must be done"
        return
    if one.branches() != before.branches | {branch}:
        yield f"branches are {sorted(one.branches())}, and were {sorted(before.branches)}"
        return
    yield from _commit(one, told, before, branch)
    after = one.facts(folder, branch)
    merged = replace(
        after,
        head=before.facts.head,
        refs=before.facts.refs,
        saved=before.facts.saved,
        unstaged=after.unstaged - before.facts.unstaged,
    )
    yield from complaints(
        Case(one.base.journey, one.base.old, one.base.new, before.facts, merged, one.expected, 0)
    )


def _commit(one: Repository, told: Mapping[str, Any], before: Before, branch: str) -> Iterator[str]:
    """One commit on top of the default branch, which says what it brings."""
    git = Git(one.bare, environment(one.room, one.room))
    commit, parents, author, message = git("log", "-1", "--format=%H%n%P%n%an%n%B", branch).split(
        "\n", 3
    )
    if parents != before.head:
        yield f"{branch} is not one commit on top of the default branch: {parents}"
    if told["commit"] != commit or told["branch"] != branch:
        yield f"told are {told['commit']} and {told['branch']}, pushed were {commit} and {branch}"
    if author != "Tess Teacher":
        yield f"{branch} is by {author}"
    if one.base.journey.new not in message or len(message.split()) < 5:
        yield f"the commit says only {message!r}"
