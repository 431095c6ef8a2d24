"""The message of an update's commit: what it brings, for its owner to read before merging."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.update.plan import Outcome
    from scaffold.update.proposal import Proposal

_ACTIONS = {
    "merged": "Merged with what you changed",
    "renamed": "Moved",
    "changed": "Changed",
    "added": "Added",
    "removed": "Removed",
    "kept": "Kept as they are, because yours",
}
_WIDTH = 100


def message(proposed: Proposal, trailer: str, source: str = "") -> str:
    """The message; its last line is the trailer.

    Args:
        proposed: The update.
        trailer: What names it.
        source: From where later updates come, if that is another place than before.
    """
    origin = proposed.origin
    title = f"Update {origin.template} from {origin.version} to {proposed.to}"
    return "\n".join([title, "", *_body(proposed, source), trailer, ""])


def _body(proposed: Proposal, source: str) -> Iterator[str]:
    yield "It merges without a conflict with what was on your default branch."
    yield f"Read it, then: git merge origin/scaffold/{proposed.to}"
    yield ""
    if source:
        yield f"Once it is merged, updates come from {source}"
        yield "and no more from the templates inside scaffold."
        yield ""
    for action, words in _ACTIONS.items():
        group = [one for one in proposed.outcomes if one.action == action]
        if group:
            yield f"{words}:"
            yield from (f"- {_file(one)}" for one in group)
            yield ""
    yield from _lock(proposed)
    for note in proposed.notes:
        yield f"{note.version} brings:"
        yield from (line.rstrip() for line in note.text.splitlines())
        yield ""
    if proposed.advice:
        yield "Questions that are worded otherwise now; your answers stay, read them again:"
        yield from (f"- {name}: {' '.join(words.split())}" for name, words in proposed.advice)
        yield ""
    if proposed.asked:
        yield "New questions, and the answers that were taken (scaffold update --data KEY=VALUE):"
        yield from (f"- {one.name} = {one.value}: {one.help}" for one in proposed.asked)
        yield ""


def _file(one: Outcome) -> str:
    moved = f" (from {one.old_path})" if one.old_path else ""
    note = f": {one.note}" if one.note else ""
    return f"{one.path}{moved}{note}"


def _lock(proposed: Proposal) -> Iterator[str]:
    if proposed.lock.state == "refreshed":
        yield "uv.lock follows the versions that were tested with this release."
        yield ""
    elif proposed.lock.state == "kept":
        yield f"uv.lock stays as it is ({proposed.lock.reason}). After merging: uv lock"
        yield ""
