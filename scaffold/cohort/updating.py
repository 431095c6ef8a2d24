"""What many updates share: releases that are compiled once, and locks that are made once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from scaffold import catalog
from scaffold.cohort import locking
from scaffold.cohort.shared import Shared, Store
from scaffold.lock import PYPROJECT
from scaffold.update import leg, relock
from scaffold.update.proposal import Means

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scaffold.cohort.templates import Starters
    from scaffold.project import Origin
    from scaffold.source import Source
    from scaffold.update.leg import Leg, Rendered
    from scaffold.update.relock import Before, Relocked


class Sharing:
    """The means of one worker's updates.

    Args:
        starters: The releases of a source.
        locks: Folder of the locks that were made in this run.
    """

    def __init__(self, starters: Callable[[Source], Starters], locks: Path) -> None:
        self._starters = starters
        self._locks = Store(locks)
        self.means = Means(self._render, self._relock)

    def _render(
        self, origin: Origin, way: Leg, data: Mapping[str, str], step: Callable[[str], None]
    ) -> Rendered:
        """As `leg.render_both`, from what is compiled."""
        old, new = self._starters(way.source), self._starters(way.new_source)
        packs, template = (old.pack(way.version), new.pack(way.to)), origin.template
        catalog.find(catalog.read(packs[1].root), template)
        asked = new.questions(way.to)
        known = leg.new_answers(asked, origin, data)
        step(f"Rendering {way.version} and {way.to}")
        trees = (
            old.pristine(way.version, template).tree(origin.answers),
            new.pristine(way.to, template).tree(known),
        )
        return leg.compared(origin, packs, trees, (asked, known))

    def _relock(
        self,
        before: Before,
        files: Mapping[str, bytes],
        pins: bytes,
        step: Callable[[str], None],
    ) -> Relocked:
        """As `relock.relock`; who has the same lock, dependencies and pins shares the result."""

        def make() -> Shared:
            made = relock.relock(before, files, pins, step, locking.lock_to)
            text = None if made.content is None else made.content.decode("utf-8")
            return Shared(text, made.reason, made.state)

        pyproject = files.get(PYPROJECT, b"")
        if before.lock is None:
            return relock.UNCHANGED
        about = [
            relock.declared(before.pyproject),
            relock.declared(pyproject),
            locking.refusal(pyproject, before.lock),
            *(hashlib.sha256(one).hexdigest() for one in (before.lock, before.pins, pins)),
        ]
        found = self._locks.get(about, make)
        content = None if found.content is None else found.content.encode()
        state: Any = found.state
        return relock.Relocked(state, content, found.reason)
