"""Which source and release a repository is bound to, and how that is changed.

Both are written in its answers file, and a few files depend on them; so a binding is changed by the
same engine as a release, and can be taken back like an update.
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold import catalog, places, scratch
from scaffold import source as sources
from scaffold.errors import RequestError, ScaffoldError
from scaffold.render import ANSWERS_FILE, render
from scaffold.update.files import look, read_tree
from scaffold.update.leg import Leg
from scaffold.versions import parse_tag

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scaffold.project import Origin
    from scaffold.source import Source
    from scaffold.update.files import File

EMBEDDED = "embedded"
"""What a person calls the templates that travel in this program."""

_SHORT = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/"}
_MOST_RELEASES = 20
_LEAST_ALIKE = 0.5


def named(source: str) -> Source:
    """The source that a person or an answers file names, as we write it.

    Raises:
        RequestError: There is no such source.
    """
    if source in {EMBEDDED, places.EMBEDDED_SOURCE}:
        return sources.embedded()
    text = source.removeprefix("git+")
    for short, url in _SHORT.items():
        if text.startswith(short):
            text = url + text.removeprefix(short)
    scp = re.fullmatch(r"git@(github\.com|gitlab\.com):(.+)", text)
    return sources.parse(f"https://{scp[1]}/{scp[2]}" if scp else text)


def switch(origin: Origin, to: Source) -> Leg | None:
    """The way to another source, at the release that a repository has.

    Returns:
        None where it has that source already.

    Raises:
        RequestError: The other source lacks that release.
        OutsideError: It cannot be read.
    """
    if to.recorded == origin.source:
        return None
    if parse_tag(origin.version) is None:
        raise RequestError(
            f"{origin.folder} was made from {origin.version}, which is no release.",
            "Bind it to one first: scaffold adopt --source ...",
        )
    known = sources.tags(to)
    if origin.version not in known:
        raise RequestError(
            f"The source {to.recorded} has no {origin.version}, which this repository has.",
            f"It has {_listed(known)}. Its maintainer can tag {origin.version} too.",
        )
    return Leg(_old_source(origin, to), origin.version, to, origin.version)


def adopt(
    origin: Origin, to: Source, version: str | None, step: Callable[[str], None]
) -> tuple[Leg, str]:
    """The way from what plain copier wrote to a release and a source as we write them.

    Args:
        origin: What the answers file says.
        to: The source to bind it to.
        version: The release it is at; the recorded one, else the nearest, when None.
        step: Is told what happens.

    Returns:
        The way, and how the release was found, for a person.

    Raises:
        RequestError: There is no such release, or none that looks like this repository.
        OutsideError: The source cannot be read.
    """
    known = sources.tags(to)
    tag = version and f"v{version.removeprefix('v')}"
    told = "as you said"
    if tag is None and origin.version in known:
        tag, told = origin.version, "as its answers file says"
    if tag is None:
        step("Comparing with the releases")
        tag, told = _nearest(origin, to, known)
    if tag not in known:
        raise RequestError(
            f"The source {to.recorded} has no release {tag}.", f"It has {_listed(known)}."
        )
    return Leg(replace(to, recorded=origin.source), tag, to, tag), told


def _old_source(origin: Origin, to: Source) -> Source:
    """The source of now, if it can still be read; else the other one under its name."""
    try:
        old = sources.choose(origin.source)
        if origin.version in sources.tags(old):
            return old
    except ScaffoldError:
        pass
    return replace(to, recorded=origin.source)


def _nearest(origin: Origin, to: Source, known: list[str]) -> tuple[str, str]:
    """The release whose files are most like the repository's, and how alike they are."""
    versions = sorted(filter(None, map(parse_tag, known)), reverse=True)[:_MOST_RELEASES]
    best, same, total = "", 0, 0
    for one in versions:
        given = _given(origin, to, one.tag)
        alike = sum(look(origin.folder, path) == file for path, file in given.items())
        if given and alike / len(given) > (same / total if total else 0):
            best, same, total = one.tag, alike, len(given)
    if not total or same / total < _LEAST_ALIKE:
        raise RequestError(
            f"No release of {to.recorded} looks like {origin.folder}.",
            "If you know which one it was made from: scaffold adopt --version VERSION",
        )
    return best, f"{same} of its {total} files are the same here"


def _given(origin: Origin, to: Source, tag: str) -> dict[str, File]:
    """What a release gives with the recorded answers; nothing where it lacks the template."""
    try:
        with ExitStack() as opened:
            pack = opened.enter_context(sources.open_pack(to, tag))
            catalog.find(catalog.read(pack.root), origin.template)
            folder: Path = opened.enter_context(scratch.folder("scaffold-adopt-"))
            render(pack, origin.answers, folder / "tree")
            found = read_tree(folder / "tree")
    except RequestError:
        return {}
    found.pop(ANSWERS_FILE, None)
    return found


def _listed(tags: list[str]) -> str:
    versions = sorted(filter(None, map(parse_tag, tags)))
    return ", ".join(version.tag for version in versions) or "no release"
