"""A generated repository: where it came from, how far behind it is, and what its owner did."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold import catalog, questions, scratch, strangers
from scaffold import source as sources
from scaffold.errors import RequestError, ScaffoldError
from scaffold.lock import LOCK
from scaffold.questions import TEMPLATE
from scaffold.render import ANSWERS_FILE, recorded_answers, render
from scaffold.versions import newest, parse_tag

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_ANCHOR = re.compile(r"<!-- signal:([A-Z]{2}[0-9]+) -->")
_PLACEHOLDER = re.compile(r"^_([A-Z]{2}[0-9]+): ", flags=re.MULTILINE)
_README_BYTES = 5_000_000
_LONGEST = 1_000


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


@dataclass(frozen=True)
class Unread:
    """A repository of which nothing is known.

    Attributes:
        folder: The repository.
        problem: Why, in one line.
        remedy: What to do about it, in one line.
    """

    folder: Path
    problem: str
    remedy: str

    @property
    def outdated(self) -> None:
        """Not known."""
        return


def read_origin(folder: Path) -> Origin:
    """Read where a repository came from.

    Raises:
        RequestError: It was not generated from a pack of ours, or what it says of that is no
            plain text of at most 1,000 characters.
    """
    content = recorded_answers(folder)
    missing = [key for key in (TEMPLATE, "_commit", "_src_path") if not content.get(key)]
    if missing:
        raise RequestError(
            f"{folder / ANSWERS_FILE} does not say {', '.join(missing)}.",
            f"Bring it back: git checkout HEAD -- {ANSWERS_FILE}",
        )
    for key in (TEMPLATE, "_commit", "_src_path"):
        complaint = _complaint(content[key])
        if complaint:
            raise RequestError(
                f"{folder / ANSWERS_FILE} says a {key} that cannot be right: {complaint}.",
                f"Bring it back: git checkout HEAD -- {ANSWERS_FILE}",
            )
    answers = {key: value for key, value in content.items() if not key.startswith("_")}
    return Origin(folder, content[TEMPLATE], content["_commit"], content["_src_path"], answers)


def _complaint(value: Any) -> str:
    """What is wrong with the name of a template, a version or a source; empty if nothing is."""
    if not isinstance(value, str):
        return "it is no text"
    if len(value) > _LONGEST:
        return f"it is longer than {_LONGEST:,} characters"
    if {unicodedata.category(mark) for mark in value} & {"Cc", "Cs", "Zl", "Zp"}:
        return "it holds a line break or another control character"
    return ""


def try_origin(folder: Path) -> Origin | Unread:
    """Read where a repository came from, or why that cannot be read."""
    try:
        return read_origin(folder)
    except ScaffoldError as error:
        return Unread(folder, error.problem, error.remedy)
    except (OSError, ValueError) as error:
        return Unread(folder, f"{folder} cannot be read: {_reason(error)}.", "Look at it with ls.")


def statuses(origins: Sequence[Origin | Unread]) -> list[Status | Unread]:
    """Where repositories stand, asking each source once; what is unread stays that."""
    known = [origin for origin in origins if isinstance(origin, Origin)]
    asked = {name: _newest(name) for name in dict.fromkeys(origin.source for origin in known)}
    return [
        origin if isinstance(origin, Unread) else _status(origin, *asked[origin.source])
        for origin in origins
    ]


def open_prompts(readme: str) -> tuple[str, ...]:
    """Ids of the questions in a README whose placeholder still stands."""
    standing = set(_PLACEHOLDER.findall(readme))
    return tuple(one for one in dict.fromkeys(_ANCHOR.findall(readme)) if one in standing)


def _newest(recorded: str) -> tuple[str | None, str]:
    try:
        return newest(sources.tags(_source(recorded))), ""
    except (ScaffoldError, OSError, ValueError) as error:
        return None, _reason(error)


def _reason(error: Exception) -> str:
    """Why something is not known of one repository; the others are told of all the same."""
    if isinstance(error, ScaffoldError):
        return error.problem
    return str(error).partition("\n")[0] or type(error).__name__


def _source(recorded: str) -> sources.Source:
    return sources.choose(recorded)


def _status(origin: Origin, latest: str | None, trouble: str) -> Status:
    edited, deleted, why = _compare(origin) if not trouble else ((), (), "")
    return Status(
        origin=origin,
        newest=latest,
        edited=edited,
        deleted=deleted,
        open_prompts=open_prompts(_readme(origin.folder)),
        locked=os.path.isfile(origin.folder / LOCK),  # noqa: PTH113 - no error means no lock
        trouble=trouble or why,
    )


def _readme(folder: Path) -> str:
    """The README; without text where there is none, or none that can be a README."""
    try:
        content = strangers.read(folder / "README.md", _README_BYTES)
    except (OSError, ValueError):
        return ""
    return content.decode("utf-8", errors="replace")


def _compare(origin: Origin) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Paths that differ from a pristine render of the recorded release, and those that are gone."""
    try:
        with (
            sources.open_pack(_source(origin.source), origin.version) as pack,
            scratch.folder("scaffold-pristine-") as folder,
        ):
            catalog.find(catalog.read(pack.root), origin.template)
            questions.read(pack.root)  # refuses what copier would choke on
            pristine = folder / "tree"
            render(pack, origin.answers, pristine)
            given = sorted(
                path.relative_to(pristine).as_posix()
                for path in pristine.rglob("*")
                if path.is_file()
            )
            gone = [one for one in given if _is_gone(origin.folder, one)]
            edited = [
                one for one in given if one not in gone and _differs(pristine, origin.folder, one)
            ]
    except (ScaffoldError, OSError, ValueError) as error:
        return (), (), _reason(error)
    return tuple(edited), tuple(gone), ""


def _is_gone(folder: Path, path: str) -> bool:
    """Whether nothing is there any more; a link that leads nowhere is something."""
    if _below_link(folder, path):
        return False
    try:
        (folder / path).lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:  # it may not be looked at
        return False
    return False


def _differs(pristine: Path, folder: Path, path: str) -> bool:
    """Whether a file was edited; another system's line ends are no edit.

    No link is followed, and nothing is read that is too large to be the same.
    """
    if _below_link(folder, path):
        return True
    ours = (pristine / path).read_bytes()
    try:
        theirs = strangers.read(folder / path, 2 * len(ours))
    except (OSError, strangers.RefusedError):  # a folder now, or a link, or far larger
        return True
    return ours != theirs and ours != theirs.replace(b"\r\n", b"\n")


def _below_link(folder: Path, path: str) -> bool:
    """Whether a folder between the repository and one of its files is a link."""
    parents = PurePosixPath(path).parents
    return any((folder / parent).is_symlink() for parent in parents if parent.name)
