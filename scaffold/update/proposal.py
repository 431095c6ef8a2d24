"""An update, worked out away from the repository, and its application."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from scaffold import answers as answering
from scaffold import catalog, owners, questions, scratch
from scaffold import source as sources
from scaffold.errors import OutsideError, RequestError
from scaffold.lock import CONSTRAINTS, LOCK
from scaffold.questions import TEMPLATE
from scaffold.render import ANSWERS_FILE, render
from scaffold.update import notes, readme, relock, renames
from scaffold.update.content import Labels
from scaffold.update.files import File, look, read_tree
from scaffold.update.plan import Ours, Outcome, Release, plan
from scaffold.update.repository import ready
from scaffold.update.transaction import Change, Intent, carry_out
from scaffold.versions import newest, parse_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scaffold.project import Origin
    from scaffold.update.repository import Index, Repository

BEFORE_REF = "refs/worktree/scaffold/before-update"
README = "README.md"


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
    """

    version: str | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    locking: bool = True
    step: Callable[[str], None] = lambda text: None  # noqa: ARG005
    appearing: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Asked:
    """A question that is new, and the answer that was taken for it.

    Attributes:
        name: Its key.
        value: Its default.
        help: What it asks.
    """

    name: str
    value: Any
    help: str


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
    notes: tuple[notes.Note, ...]
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
                found.append(Change(one.old_path, self.before(one.old_path), None))
            if one.action == "removed":
                found.append(Change(one.path, self.before(one.path), None))
            elif one.result is not None:
                unmerged = self._unmerged(one) if one.action == "conflict" else None
                found.append(Change(one.path, self.before(one.path), one.result, unmerged))
        if self.lock.content is not None:
            old = self.before(LOCK)
            found.append(Change(LOCK, old, File(self.lock.content), in_index=LOCK in self.index))
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


def up_to_date(origin: Origin, wanted: Wanted) -> str | None:
    """The release to go to; None when the repository has it and nothing is answered anew.

    Quick where the source is embedded: neither git nor copier is started.

    Raises:
        RequestError: There is no such release, or it is older than the recorded one.
        OutsideError: The source cannot be reached, or lacks the recorded release.
    """
    source = sources.choose(origin.source)
    if source.folder is not None and parse_tag(origin.version) is None:
        raise _not_released(origin)
    tags = sources.tags(source)
    latest = newest(tags)
    asked = wanted.version and f"v{wanted.version.removeprefix('v')}"
    target = asked or latest
    have, want = parse_tag(origin.version), parse_tag(target or "")
    if have is None:
        raise _not_released(origin)
    if want is None or want.tag not in tags:
        raise RequestError(
            f"The source {origin.source} has no release {wanted.version or ''}".rstrip() + ".",
            f"Its releases: {', '.join(sorted(tags)) or 'none'}.",
        )
    if have.tag not in tags:
        raise OutsideError(
            f"The source {origin.source} has no {have.tag} any more, from which this was made.",
            "Update scaffold itself, or take another source: `scaffold switch --help`.",
        )
    if want < have:
        raise RequestError(
            f"{want.tag} is older than {have.tag}, which is here; updates go forward only.",
            "`scaffold update --undo` takes the last update back.",
        )
    return None if want == have and not wanted.data else want.tag


def _not_released(origin: Origin) -> RequestError:
    return RequestError(
        f"{origin.folder} was made from {origin.version}, which is no release.",
        "`scaffold adopt --help` tells how to bind it to one.",
    )


def propose(repository: Repository, origin: Origin, to: str, wanted: Wanted) -> Proposal:
    """Work out an update. Nothing is written in the repository, no git object either.

    Raises:
        RequestError: The repository is not in a state to be updated, or an answer will not do.
        OutsideError: The source cannot be read.
    """
    source = sources.choose(origin.source)
    repository, index = ready(repository)
    with ExitStack() as opened:
        wanted.step("Fetching the releases")
        old = opened.enter_context(sources.open_pack(source, origin.version))
        new = opened.enter_context(sources.open_pack(source, to))
        catalog.find(catalog.read(new.root), origin.template)
        questions.read(old.root)  # refuses what copier would choke on
        questionnaire = questions.read(new.root)
        known = _answers(questionnaire, origin, wanted.data)
        work = opened.enter_context(scratch.folder("scaffold-update-"))
        wanted.step(f"Rendering {origin.version} and {to}")
        render(old, origin.answers, work / "old")
        render(new, known, work / "new")
        before, after = read_tree(work / "old"), read_tree(work / "new")
        record = owners.read(old.root, origin.template), owners.read(new.root, origin.template)
        named = renames.read(new.root, origin.template)
        told = notes.between(new.root, origin.template, origin.version, to)
    release = Release(
        old=before,
        new=after,
        moved=renames.by_release(before, after, named),
        owners=_both(*record),
        answers_file=ANSWERS_FILE,
        labels=Labels(base=f"template {origin.version}", theirs=f"template {to}"),
    )
    wanted.step("Merging")
    ours = Ours(origin.folder, index, repository.hidden, repository.ignored)
    outcomes = plan(release, ours)
    proposal = Proposal(
        origin=origin,
        to=to,
        repository=repository,
        index=index,
        outcomes=tuple(outcomes),
        notes=tuple(told),
        advice=_advice(outcomes, after),
        asked=_asked(questionnaire, origin, known),
        lock=relock.UNCHANGED,
    )
    if wanted.locking and not proposal.conflicts:
        proposal = replace(proposal, lock=_relock(proposal, before, after, wanted))
    return proposal


def _answers(
    questionnaire: questions.Questionnaire, origin: Origin, data: Mapping[str, str]
) -> dict[str, Any]:
    """The recorded answers, those given anew, and the defaults of what is new."""
    given = {
        key: value for key, value in origin.answers.items() if questionnaire.named(key) is not None
    }
    answering.check_names(questionnaire, origin.template, data)
    if TEMPLATE in data:
        raise RequestError(
            "Another template is another repository.", "Make it: scaffold new, in a new folder."
        )
    context = {"_folder_name": origin.folder.name}
    return answering.complete(questionnaire, origin.template, {**given, **data}, context, ask=None)


def _asked(
    questionnaire: questions.Questionnaire, origin: Origin, known: Mapping[str, Any]
) -> tuple[Asked, ...]:
    fresh = [name for name in known if name not in origin.answers]
    found = [(name, questionnaire.named(name)) for name in fresh]
    return tuple(Asked(name, known[name], one.help) for name, one in found if one is not None)


def _both(old: owners.Owners, new: owners.Owners) -> owners.Owners:
    """Who owns what, by both releases: what was seeded once is seeded for ever."""
    seeded = {path: owner for path, owner in old.paths.items() if owner == "seeded"}
    return owners.Owners({**old.paths, **new.paths, **seeded})


def _advice(outcomes: list[Outcome], new: Mapping[str, File]) -> tuple[tuple[str, str], ...]:
    found = []
    for one in outcomes:
        if one.reworded and one.result is not None:
            words = dict(readme.wordings(new.get(README, one.result).data))
            found += [(signal, words.get(signal, "")) for signal in one.reworded]
    return tuple(found)


def _relock(
    proposal: Proposal, before: Mapping[str, File], after: Mapping[str, File], wanted: Wanted
) -> relock.Relocked:
    """What becomes of the lock when these files are as the update makes them."""
    results = {one.path: one.result for one in proposal.outcomes if one.result is not None}

    def then(path: str) -> bytes | None:
        file = results.get(path) or proposal.before(path)
        return None if file is None else file.data

    lock = proposal.before(LOCK)
    needed = {path: then(path) for path in ("pyproject.toml", README)}
    return relock.relock(
        relock.Before(
            lock=_data(lock),
            pyproject=_data(proposal.before("pyproject.toml")),
            pins=_data(before.get(CONSTRAINTS)) or b"",
        ),
        {path: content for path, content in needed.items() if content is not None},
        _data(after.get(CONSTRAINTS)) or b"",
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
        RequestError, OutsideError, OSError, git.GitFailure: As `transaction.carry_out`.
    """
    repository = proposal.repository
    repository.git("update-ref", BEFORE_REF, repository.head)
    return carry_out(repository, proposal.index, proposal.changes(), Intent("update", report))
