"""The way of an update: from one release to another, and what both render."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold import answers as answering
from scaffold import catalog, owners, questions, scratch
from scaffold import source as sources
from scaffold.errors import OutsideError, RequestError
from scaffold.questions import TEMPLATE
from scaffold.render import render
from scaffold.update import notes, renames
from scaffold.update.files import read_tree
from scaffold.versions import newest, parse_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scaffold.project import Origin
    from scaffold.source import Pack, Source
    from scaffold.update.files import File


@dataclass(frozen=True)
class Leg:
    """From where to where.

    Attributes:
        source: That the repository has now.
        version: The release that it has.
        new_source: That it gets: the same, unless that is what changes.
        to: The release that it gets.
    """

    source: Source
    version: str
    new_source: Source
    to: str


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
class Rendered:
    """What both ends of a leg give, with one owner's answers.

    Attributes:
        old: Files of the older release, by path.
        new: Files of the newer one.
        moved: Files that moved between them.
        owners: Who owns which path, by both.
        notes: What the releases between say of themselves, newest first.
        asked: Questions that are new.
    """

    old: Mapping[str, File]
    new: Mapping[str, File]
    moved: Mapping[str, str]
    owners: owners.Owners
    notes: tuple[notes.Note, ...]
    asked: tuple[Asked, ...]


def choose(origin: Origin, version: str | None, *, anew: bool) -> Leg | None:
    """The way to a release; None when the repository has it already.

    Quick where the source is embedded: neither git nor copier is started.

    Args:
        origin: What the repository is now.
        version: The release to go to; the newest when None.
        anew: Whether questions are answered anew, which is a way even to the same release.

    Raises:
        RequestError: There is no such release, or it is older than the recorded one.
        OutsideError: The source cannot be reached, or lacks the recorded release.
    """
    source = sources.choose(origin.source)
    if source.folder is not None and parse_tag(origin.version) is None:
        raise _not_released(origin)
    tags = sources.tags(source)
    latest = newest(tags)
    asked = version and f"v{version.removeprefix('v')}"
    target = asked or latest
    have, want = parse_tag(origin.version), parse_tag(target or "")
    if have is None:
        raise _not_released(origin)
    if want is None or want.tag not in tags:
        raise RequestError(
            f"The source {origin.source} has no release {version or ''}".rstrip() + ".",
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
    return None if want == have and not anew else Leg(source, have.tag, source, want.tag)


def _not_released(origin: Origin) -> RequestError:
    return RequestError(
        f"{origin.folder} was made from {origin.version}, which is no release.",
        "`scaffold adopt --help` tells how to bind it to one.",
    )


def render_both(
    origin: Origin, leg: Leg, data: Mapping[str, str], step: Callable[[str], None]
) -> Rendered:
    """Render the releases at both ends of a leg.

    Args:
        origin: Whose answers are taken.
        leg: The way.
        data: Questions that are answered anew.
        step: Is told what happens.

    Raises:
        RequestError: A template is broken, or an answer will not do.
        OutsideError: A source cannot be read.
    """
    with ExitStack() as opened:
        step("Fetching the releases")
        old = opened.enter_context(sources.open_pack(leg.source, leg.version))
        new = opened.enter_context(sources.open_pack(leg.new_source, leg.to))
        work = opened.enter_context(scratch.folder("scaffold-update-"))
        return render_packs(origin, (old, new), data, work, step)


def render_packs(
    origin: Origin,
    packs: tuple[Pack, Pack],
    data: Mapping[str, str],
    work: Path,
    step: Callable[[str], None],
) -> Rendered:
    """Render two states of the templates that are laid out already, into an empty folder."""
    old, new = packs
    catalog.find(catalog.read(new.root), origin.template)
    questions.read(old.root)  # refuses what copier would choke on
    questionnaire = questions.read(new.root)
    known = new_answers(questionnaire, origin, data)
    step(f"Rendering {old.ref} and {new.ref}" if old.ref != new.ref else f"Rendering {new.ref}")
    render(old, origin.answers, work / "old")
    render(new, known, work / "new")
    trees = read_tree(work / "old"), read_tree(work / "new")
    return compared(origin, packs, trees, (questionnaire, known))


def compared(
    origin: Origin,
    packs: tuple[Pack, Pack],
    trees: tuple[Mapping[str, File], Mapping[str, File]],
    answered: tuple[questions.Questionnaire, Mapping[str, Any]],
) -> Rendered:
    """What there is to know of two renders of one owner's answers.

    Args:
        origin: Whose answers they are.
        packs: The older and the newer release.
        trees: What they give.
        answered: The questions of the newer one, and all answers to them.
    """
    (old, new), (before, after), template = packs, trees, origin.template
    return Rendered(
        old=before,
        new=after,
        moved=renames.by_release(before, after, renames.read(new.root, template)),
        owners=_both(owners.read(old.root, template), owners.read(new.root, template)),
        notes=tuple(notes.between(new.root, template, old.ref, new.ref)),
        asked=_asked(answered[0], origin, answered[1]),
    )


def new_answers(
    questionnaire: questions.Questionnaire, origin: Origin, data: Mapping[str, str]
) -> dict[str, Any]:
    """The recorded answers, those given anew, and the defaults of what is new.

    Raises:
        RequestError: An answer will not do.
    """
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
