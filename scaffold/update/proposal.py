"""An update, worked out away from the repository, and its application."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from scaffold import git
from scaffold.errors import RequestError
from scaffold.lock import CONSTRAINTS, LOCK
from scaffold.render import ANSWERS_FILE
from scaffold.update import readme, relock
from scaffold.update.content import Labels
from scaffold.update.files import File, look
from scaffold.update.leg import render_both
from scaffold.update.plan import Ours, Outcome, Release, plan
from scaffold.update.record import REFS
from scaffold.update.repository import open_repository, ready
from scaffold.update.transaction import Change, Intent, carry_out

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scaffold.project import Origin
    from scaffold.update.leg import Asked, Leg, Rendered
    from scaffold.update.notes import Note
    from scaffold.update.repository import Index, Repository

    Step = Callable[[str], None]

BEFORE_REF = f"{REFS}/before-update"
README = "README.md"


@dataclass(frozen=True)
class Means:
    """How an update gets what takes long. Whoever updates many repositories may share it.

    Attributes:
        render: Renders both ends of a leg, as `leg.render_both`.
        relock: Makes the lock that fits, as `relock.relock`.
    """

    render: Callable[[Origin, Leg, Mapping[str, str], Callable[[str], None]], Rendered] = (
        render_both
    )
    relock: Callable[
        [relock.Before, Mapping[str, bytes], bytes, Callable[[str], None]], relock.Relocked
    ] = relock.relock


@dataclass(frozen=True)
class Wanted:
    """What somebody asks an update for.

    Attributes:
        version: A release; the newest when None.
        data: Questions that are answered anew, as `KEY=VALUE` gave them.
        locking: Whether the lock follows changed dependencies.
        step: Is told, in a few words, what happens now.
        appearing: Is called once, just before the repository changes. Until then an interruption
            leaves nothing behind; from then on it is too late for one.
        means: How releases are rendered, and a lock is made.
    """

    version: str | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    locking: bool = True
    step: Callable[[str], None] = lambda text: None  # noqa: ARG005
    appearing: Callable[[], None] = lambda: None
    means: Means = field(default_factory=Means)


@dataclass(frozen=True)
class Proposal:
    """What an update would do.

    Attributes:
        origin: What the repository is now.
        to: The release that it gets.
        repository: Its git repository.
        index: The index that it was worked out from.
        outcomes: What becomes of each file.
        notes: What the releases between say of themselves.
        advice: README questions that are worded otherwise above an answer: id and new words.
        asked: Questions that are new.
        lock: What becomes of `uv.lock`.
    """

    origin: Origin
    to: str
    repository: Repository
    index: Index
    outcomes: tuple[Outcome, ...]
    notes: tuple[Note, ...]
    advice: tuple[tuple[str, str], ...]
    asked: tuple[Asked, ...]
    lock: relock.Relocked

    @property
    def conflicts(self) -> tuple[Outcome, ...]:
        """The files in which something is left to decide."""
        return tuple(one for one in self.outcomes if one.action == "conflict")

    def before(self, path: str) -> File | None:
        """A file as it is now."""
        found = look(self.origin.folder, path)
        return found if isinstance(found, File) else None

    def changes(self) -> list[Change]:
        """What has to be written."""
        found = []
        for one in self.outcomes:
            if one.old_path is not None:
                found.append(Change(one.old_path, self.before(one.old_path), None, to=one.path))
            if one.action == "removed":
                found.append(Change(one.path, self.before(one.path), None))
            elif one.result is not None:
                unmerged = self._unmerged(one) if one.action == "conflict" else None
                found.append(Change(one.path, self.before(one.path), one.result, unmerged))
        if self.lock.content is not None:
            old = self.before(LOCK)
            staged = LOCK in self.index or self.lock.state == "made"
            found.append(Change(LOCK, old, File(self.lock.content), in_index=staged))
        return found

    def _unmerged(self, one: Outcome) -> dict[int, File]:
        """What git's index holds of a conflict: what was common, ours, the release's."""
        base, theirs = one.sides or (None, None)
        ours = self.before(one.old_path or one.path)
        return {
            stage: file
            for stage, file in enumerate((base, ours, theirs), start=1)
            if file is not None
        }


def propose(
    repository: Repository,
    origin: Origin,
    leg: Leg,
    wanted: Wanted,
    admit: Callable[[Repository], tuple[Repository, Index]] = ready,
) -> Proposal:
    """Work out an update. Nothing is written in the repository, no git object either.

    Args:
        repository: Where.
        origin: What it is now.
        leg: From where to where.
        wanted: What was asked for.
        admit: Refuses a repository, or reads its index: `repository.ready`, or `readable` where
            nothing is to be applied.

    Raises:
        RequestError: The repository is not in a state to be updated, or an answer will not do.
        OutsideError: The source cannot be read.
    """
    repository, index = admit(repository)
    rendered = wanted.means.render(origin, leg, wanted.data, wanted.step)
    release = Release(
        old=rendered.old,
        new=rendered.new,
        moved=rendered.moved,
        owners=rendered.owners,
        answers_file=ANSWERS_FILE,
        labels=Labels(base=f"template {leg.version}", theirs=f"template {leg.to}"),
    )
    wanted.step("Merging")
    ours = Ours(origin.folder, index, repository.hidden, repository.ignored)
    outcomes = plan(release, ours)
    proposal = Proposal(
        origin=origin,
        to=leg.to,
        repository=repository,
        index=index,
        outcomes=tuple(outcomes),
        notes=rendered.notes,
        advice=_advice(outcomes, rendered.new),
        asked=rendered.asked,
        lock=relock.UNCHANGED,
    )
    if wanted.locking and not proposal.conflicts:
        foreign = not (leg.source.ours and leg.new_source.ours)
        lock = _relock(proposal, rendered, wanted, foreign=foreign)
        proposal = replace(proposal, lock=lock)
    return proposal


def _advice(outcomes: list[Outcome], new: Mapping[str, File]) -> tuple[tuple[str, str], ...]:
    found = []
    for one in outcomes:
        if one.reworded and one.result is not None:
            words = dict(readme.wordings(new.get(README, one.result).data))
            found += [(signal, words.get(signal, "")) for signal in one.reworded]
    return tuple(found)


def _relock(
    proposal: Proposal, rendered: Rendered, wanted: Wanted, *, foreign: bool
) -> relock.Relocked:
    """What becomes of the lock when these files are as the update makes them."""
    results = {one.path: one.result for one in proposal.outcomes if one.result is not None}

    def then(path: str) -> bytes | None:
        file = results.get(path) or proposal.before(path)
        return None if file is None else file.data

    lock = proposal.before(LOCK)
    needed = {path: then(path) for path in ("pyproject.toml", README)}
    return wanted.means.relock(
        relock.Before(
            lock=_data(lock),
            pyproject=_data(proposal.before("pyproject.toml")),
            pins=_data(rendered.old.get(CONSTRAINTS)) or b"",
            foreign=foreign,
        ),
        {path: content for path, content in needed.items() if content is not None},
        _data(rendered.new.get(CONSTRAINTS)) or b"",
        wanted.step,
    )


def _data(file: File | None) -> bytes | None:
    return None if file is None else file.data


def apply(proposal: Proposal, report: Mapping[str, Any]) -> dict[str, Any]:
    """Carry an update out: the files, and everything staged. The caller holds `record.alone`.

    Args:
        proposal: What to do.
        report: What is told of it, kept for whoever completes or undoes it.

    Raises:
        RequestError: Somebody changed the repository since it was worked out.
        RequestError, OutsideError, OSError, git.GitFailure: As `transaction.carry_out`.
    """
    repository, changes = proposal.repository, proposal.changes()
    _refuse_if_changed(proposal, changes)
    known = repository.git("for-each-ref", "--format=%(objectname)", BEFORE_REF).strip()
    repository.git("update-ref", BEFORE_REF, repository.head)
    try:
        return carry_out(repository, proposal.index, changes, Intent("update", report))
    except (RequestError, OSError, git.GitFailure):  # nothing was changed, so this neither
        repository.git("update-ref", *((BEFORE_REF, known) if known else ("-d", BEFORE_REF)))
        raise


def _refuse_if_changed(proposal: Proposal, changes: list[Change]) -> None:
    """Working an update out takes a second, in which an editor may save a file.

    From here on, a file is compared with what it was just before it is replaced.
    """
    now = open_repository(proposal.repository.folder)
    _, index = ready(now)
    appeared = any(
        one.before is not None and one.in_index and one.path not in index for one in changes
    )
    if appeared or index != proposal.index or now.head != proposal.repository.head:
        raise RequestError(
            "The repository was changed while its update was worked out; nothing was updated.",
            "Run it again.",
        )
