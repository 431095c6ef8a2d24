"""A generated repository: where it came from, how far behind it is, and what its owner did."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold import catalog, scratch
from scaffold import source as sources
from scaffold.errors import RequestError, ScaffoldError
from scaffold.lock import LOCK
from scaffold.questions import TEMPLATE
from scaffold.render import ANSWERS_FILE, recorded_answers, render
from scaffold.versions import newest, parse_tag

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_ANCHOR = re.compile(r"<!-- signal:([A-Z]{2}\d+) -->")


@dataclass(frozen=True)
class Origin:
    """What a repository's answers file says.

    Attributes:
        folder: The repository.
        template: Id of its starter.
        version: The release it was made from or last updated to.
        source: What it records as its source.
        answers: The answers to the pack's questions.
    """

    folder: Path
    template: str
    version: str
    source: str
    answers: dict[str, Any]


@dataclass(frozen=True)
class Status:
    """Where one repository stands.

    Attributes:
        origin: What it was made from.
        newest: The newest release of its source; None if the source could not be asked.
        edited: Files of the starter that differ from what it gave, and those deleted.
        open_prompts: Ids of README questions that are not answered yet.
        locked: Whether there is a lock file.
        trouble: Why something above is not known; empty otherwise.
    """

    origin: Origin
    newest: str | None
    edited: tuple[str, ...]
    deleted: tuple[str, ...]
    open_prompts: tuple[str, ...]
    locked: bool
    trouble: str = ""

    @property
    def outdated(self) -> bool | None:
        """Whether a newer release exists; None when that is not known."""
        have, latest = parse_tag(self.origin.version), parse_tag(self.newest or "")
        return None if have is None or latest is None else have < latest


def read_origin(folder: Path) -> Origin:
    """Read where a repository came from.

    Raises:
        RequestError: It was not generated from a pack of ours.
    """
    content = recorded_answers(folder)
    missing = [key for key in (TEMPLATE, "_commit", "_src_path") if not content.get(key)]
    if missing:
        raise RequestError(
            f"{folder / ANSWERS_FILE} does not say {', '.join(missing)}.",
            f"Bring it back: git checkout HEAD -- {ANSWERS_FILE}",
        )
    answers = {key: value for key, value in content.items() if not key.startswith("_")}
    return Origin(
        folder, str(content[TEMPLATE]), str(content["_commit"]), str(content["_src_path"]), answers
    )


def statuses(origins: Sequence[Origin]) -> list[Status]:
    """Where repositories stand, asking each source once."""
    asked = {name: _newest(name) for name in dict.fromkeys(origin.source for origin in origins)}
    return [_status(origin, *asked[origin.source]) for origin in origins]


def open_prompts(readme: str) -> tuple[str, ...]:
    """Ids of the questions in a README whose placeholder still stands."""
    ids = dict.fromkeys(_ANCHOR.findall(readme))
    return tuple(one for one in ids if re.search(rf"^_{one}: ", readme, flags=re.MULTILINE))


def _newest(recorded: str) -> tuple[str | None, str]:
    try:
        return newest(sources.tags(_source(recorded))), ""
    except ScaffoldError as error:
        return None, error.problem


def _source(recorded: str) -> sources.Source:
    return sources.choose(recorded)


def _status(origin: Origin, latest: str | None, trouble: str) -> Status:
    edited, deleted, why = _compare(origin) if not trouble else ((), (), "")
    readme = origin.folder / "README.md"
    text = readme.read_text(encoding="utf-8", errors="replace") if readme.is_file() else ""
    return Status(
        origin=origin,
        newest=latest,
        edited=edited,
        deleted=deleted,
        open_prompts=open_prompts(text),
        locked=(origin.folder / LOCK).is_file(),
        trouble=trouble or why,
    )


def _compare(origin: Origin) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Paths that differ from a pristine render of the recorded release, and those that are gone."""
    try:
        with (
            sources.open_pack(_source(origin.source), origin.version) as pack,
            scratch.folder("scaffold-pristine-") as folder,
        ):
            catalog.find(catalog.read(pack.root), origin.template)
            pristine = folder / "tree"
            render(pack, origin.answers, pristine)
            given = sorted(
                path.relative_to(pristine).as_posix()
                for path in pristine.rglob("*")
                if path.is_file()
            )
            gone = [one for one in given if not (origin.folder / one).exists()]
            edited = [
                one for one in given if one not in gone and _differs(pristine, origin.folder, one)
            ]
    except ScaffoldError as error:
        return (), (), error.problem
    return tuple(edited), tuple(gone), ""


def _differs(pristine: Path, folder: Path, path: str) -> bool:
    """Whether a file was edited; another system's line ends are no edit."""
    ours = (pristine / path).read_bytes()
    try:
        theirs = (folder / path).read_bytes()
    except OSError:  # a folder now, or a link to one
        return True
    return ours != theirs and ours != theirs.replace(b"\r\n", b"\n")
