"""A generated repository: where it came from, how far behind it is, and what its owner did."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from scaffold import edits, git_folder, strangers
from scaffold import source as sources
from scaffold.edits import Edits
from scaffold.errors import RequestError, ScaffoldError
from scaffold.lock import LOCK
from scaffold.pristine import Pristine
from scaffold.questions import TEMPLATE
from scaffold.render import ANSWERS_FILE, recorded_answers
from scaffold.update import record
from scaffold.versions import newest, parse_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
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
        interrupted: Whether an update was killed and waits to be completed.
        trouble: Why something above is not known; empty otherwise.
    """

    origin: Origin
    newest: str | None
    edited: tuple[str, ...]
    deleted: tuple[str, ...]
    open_prompts: tuple[str, ...]
    locked: bool
    interrupted: bool = False
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
    """Where repositories stand, in the same order; what is unread stays that.

    Each source is asked once, and each of its releases opened once, however many were made of it.
    """
    known = [origin for origin in origins if isinstance(origin, Origin)]
    made_from = {name: _ask(name) for name in dict.fromkeys(origin.source for origin in known)}
    compared: dict[Path, _Compared] = {}
    for (source, version), group in _grouped(known).items():
        compared.update(_compare(made_from[source], version, group))
    return [
        origin
        if isinstance(origin, Unread)
        else _status(origin, made_from[origin.source], compared[origin.folder])
        for origin in origins
    ]


def open_prompts(readme: str) -> tuple[str, ...]:
    """Ids of the questions in a README whose placeholder still stands."""
    standing = set(_PLACEHOLDER.findall(readme))
    return tuple(one for one in dict.fromkeys(_ANCHOR.findall(readme)) if one in standing)


@dataclass(frozen=True)
class _Asked:
    """What a source said of itself.

    Attributes:
        source: The source; None if it cannot be read.
        newest: Its newest release, if it has one.
        trouble: Why it cannot be read.
    """

    source: sources.Source | None
    newest: str | None = None
    trouble: str = ""


_Compared = tuple[Edits, str]
"""What was done to a repository, and why that is not known."""


def _ask(recorded: str) -> _Asked:
    try:
        source = sources.choose(recorded)
        return _Asked(source, newest(sources.tags(source)))
    except (ScaffoldError, OSError, ValueError) as error:
        return _Asked(None, trouble=_reason(error))


def _grouped(origins: Sequence[Origin]) -> dict[tuple[str, str], list[Origin]]:
    """Repositories by the release that they were made from."""
    groups: dict[tuple[str, str], list[Origin]] = {}
    for origin in origins:
        groups.setdefault((origin.source, origin.version), []).append(origin)
    return groups


def _compare(
    asked: _Asked, version: str, group: Sequence[Origin]
) -> Iterator[tuple[Path, _Compared]]:
    """What was done to repositories of one release."""
    if asked.source is None:
        yield from ((origin.folder, (Edits(), asked.trouble)) for origin in group)
        return
    try:
        with sources.open_pack(asked.source, version) as pack:
            starter = cache(partial(Pristine, pack))
            for origin in group:
                yield origin.folder, _edits(origin, starter)
    except (ScaffoldError, OSError, ValueError) as error:
        yield from ((origin.folder, (Edits(), _reason(error))) for origin in group)


def _edits(origin: Origin, starter: Callable[[str], Pristine]) -> _Compared:
    try:
        look = partial(edits.find, origin.folder)
        return starter(origin.template).use(origin.answers, look), ""
    except (ScaffoldError, OSError, ValueError) as error:
        return Edits(), _reason(error)


def _reason(error: Exception) -> str:
    """Why something is not known of one repository; the others are told of all the same."""
    if isinstance(error, ScaffoldError):
        return error.problem
    return str(error).partition("\n")[0] or type(error).__name__


def _status(origin: Origin, asked: _Asked, compared: _Compared) -> Status:
    found, trouble = compared
    return Status(
        origin=origin,
        newest=asked.newest,
        edited=found.edited,
        deleted=found.deleted,
        open_prompts=open_prompts(_readme(origin.folder)),
        locked=os.path.isfile(origin.folder / LOCK),  # noqa: PTH113 - no error means no lock
        interrupted=_interrupted(origin.folder),
        trouble=trouble,
    )


def _interrupted(folder: Path) -> bool:
    """Whether an update was killed in the repository, or in another of the same git folder."""
    found = git_folder.find(folder)
    try:
        return found is not None and bool(record.pending(found))
    except OSError:  # such as a name that is too long
        return False


def _readme(folder: Path) -> str:
    """The README; without text where there is none, or none that can be a README."""
    try:
        content = strangers.read(folder / "README.md", _README_BYTES)
    except (OSError, ValueError):
        return ""
    return content.decode("utf-8", errors="replace")
