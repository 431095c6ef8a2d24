"""`class.toml`: what a class is, read and checked. All complaints come at once."""

from __future__ import annotations

import datetime
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold import __version__, names
from scaffold.cohort.fields import Fields, complain
from scaffold.cohort.patterns import PLACEHOLDERS, odd, placeholders
from scaffold.errors import RequestError
from scaffold.versions import parse_tag

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "class.toml"
PER_MINUTE = 60
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_])?")
_MOST_BYTES = 1_000_000
_MOST_PER_MINUTE = 100_000
_OF_CLASS = (
    *("name", "id", "scaffold", "source", "roster", "where", "create", "per_minute"),
    *("published", "assignments"),
)
_OF_ASSIGNMENT = ("template", "version", "name", "due", "must_pass", "answers")


@dataclass(frozen=True)
class Assignment:
    """One starter that a class gets.

    Attributes:
        id: Its key in `class.toml`: small letters, digits and dashes.
        template: The starter's id.
        version: The release; the newest one at hand-out when None.
        name: What its repositories are called, `{name}`.
        due: Until when it counts as in time.
        must_pass: Rules, or families of rules, that have to pass.
        answers: Answers to questions of the template.
    """

    id: str
    template: str
    version: str | None = None
    name: str = ""
    due: datetime.datetime | None = None
    must_pass: tuple[str, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Class:
    """What `class.toml` says.

    Attributes:
        file: The file; relative paths in it are relative to its folder.
        name: Of the class, for people.
        id: What names the class in commits: small letters, digits and dashes.
        scaffold: The oldest version of this program that will do; empty when any.
        source: Where templates come from; the embedded releases when None.
        roster: The CSV file of learners.
        where: Pattern of the place of a repository; empty where each learner makes their own.
        create: Command that makes a remote that does not exist, word by word, with placeholders.
        per_minute: Pushes and creations on a host per minute; 0 for no limit.
        published: The URL at which learners find the file; empty when nowhere.
        assignments: By id, in the order of the file.
    """

    file: Path
    name: str
    id: str
    scaffold: str
    source: str | None
    roster: Path
    where: str
    create: tuple[str, ...]
    per_minute: int
    published: str
    assignments: Mapping[str, Assignment]

    @property
    def folder(self) -> Path:
        """The instructor's folder."""
        return self.file.parent


class MissingError(RequestError):
    """There is no class at all."""


def read(path: Path) -> Class:
    """Read a class.

    Args:
        path: `class.toml`, or the folder that holds it.

    Raises:
        MissingError: There is none.
        RequestError: It is wrong (with every complaint), or needs a newer version of this program.
    """
    file = path.expanduser().absolute()
    file = file / FILE if file.is_dir() else file
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise RequestError(f"{file} is too large to be a class.", "Name a class.toml.")
        text = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingError(
            f"There is no class in {path}: {file} does not exist.",
            "Make one: scaffold cohort init; or name it: --class FILE.",
        ) from error
    except OSError as error:
        raise RequestError(
            f"{file} cannot be read: {error.strerror or error}.", "Name a class.toml with --class."
        ) from error
    return parse(text, file)


def parse(text: bytes, file: Path, *, shown: str = "") -> Class:
    """Understand the content of a `class.toml`.

    Args:
        text: The content.
        file: What it is, or stands for: relative paths are relative to its folder.
        shown: What messages call it; `file` when empty.

    Raises:
        RequestError: As `read`.
    """
    shown = shown or str(file)
    try:
        content = tomllib.loads(text.decode("utf-8").removeprefix("\ufeff"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        reason = str(error) or type(error).__name__
        raise RequestError(
            f"{shown} is no TOML: {reason}.".replace("\n", " "),
            "Texts stand in double quotes, dates without any, as 2027-02-01T23:59:00+01:00; "
            "docs/cohort.md shows a whole file.",
        ) from error
    _refuse_newer(content, shown)
    top = Fields(content, "")
    top.only(_OF_CLASS)
    name = top.text("name", needed=True)
    source, where = top.address("source"), top.pattern("where")
    assignments = {one.id: one for one in _assignments(top)}
    _check_where(top, where, assignments)
    found = Class(
        file=file,
        name=name,
        id=_class_id(top, name),
        scaffold=top.text("scaffold"),
        source=source or None,
        roster=file.parent / Path(top.text("roster") or "roster.csv").expanduser(),
        where=where,
        create=_create(top),
        per_minute=top.number("per_minute", PER_MINUTE, most=_MOST_PER_MINUTE),
        published=top.address("published"),
        assignments=assignments,
    )
    complain(shown, top.complaints)
    return found


def _refuse_newer(content: Mapping[str, Any], shown: str) -> None:
    """Before anything else: a newer program's file may hold keys that this one does not know."""
    wanted = content.get("scaffold")
    have = parse_tag(f"v{__version__}")
    need = parse_tag(f"v{wanted.removeprefix('v')}") if isinstance(wanted, str) else None
    if need is not None and have is not None and have < need:
        raise RequestError(
            f"{shown} needs scaffold {need} or newer; this is {have}.", "Update scaffold first."
        )


def _class_id(top: Fields, name: str) -> str:
    given = top.text("id")
    if given and not _ID.fullmatch(given):
        top.complain("id", "needs small letters, digits and dashes only")
    if top.get("scaffold") and parse_tag(f"v{top.text('scaffold').removeprefix('v')}") is None:
        top.complain("scaffold", 'is no version such as "0.5.0"')
    return given or names.slug(name, otherwise="class")


def _create(top: Fields) -> tuple[str, ...]:
    words = top.texts("create")
    for word in words:
        problem = odd(word, (*PLACEHOLDERS, "place"))
        if problem:
            top.complain("create", problem)
    if words and not {"username", "place"} & placeholders(" ".join(words)):
        top.complain("create", "needs {username} or {place}: it makes one learner's repository")
    return words


def _check_where(top: Fields, where: str, assignments: Mapping[str, Assignment]) -> None:
    used = placeholders(where)
    if not where:
        return
    if "username" not in used:
        top.complain("where", "needs {username}: each learner has a repository of their own")
    if len(assignments) > 1 and not used & {"name", "assignment"}:
        top.complain("where", "needs {name} or {assignment}: there are several assignments")


def _assignments(top: Fields) -> list[Assignment]:
    tables = top.table("assignments")
    if not tables and not any(one.startswith("assignments") for one in top.complaints):
        top.complain("assignments", "needs at least one table, such as [assignments.first-api]")
    return [_assignment(top, key, table) for key, table in tables.items()]


def _assignment(top: Fields, key: str, table: Any) -> Assignment:
    path = f"assignments.{key}"
    if not _ID.fullmatch(key):
        top.complain(path, "its name needs small letters, digits and dashes only")
    one = Fields(table, path, top.complaints)
    one.only(_OF_ASSIGNMENT)
    version = one.text("version")
    if version and parse_tag(version) is None:
        one.complain("version", f'{version!r} is no release; write it as "v1.2.3"')
    name = one.text("name") or key
    if not _NAME.fullmatch(name) or name.endswith((".git", ".lock")) or ".." in name:
        one.complain("name", "needs letters, digits, dots and dashes only")
    return Assignment(
        id=key,
        template=one.text("template", needed=True),
        version=version or None,
        name=name,
        due=_due(one),
        must_pass=_must_pass(one),
        answers=_answers(one),
    )


def _due(one: Fields) -> datetime.datetime | None:
    value = one.get("due")
    if value is None:
        return None
    if not isinstance(value, datetime.datetime):
        what = "has no time" if isinstance(value, datetime.date) else "is no date with a time"
        one.complain("due", f"{what}; write it as 2027-02-01T23:59:00+01:00, without quotes")
        return None
    if value.tzinfo is None:
        one.complain("due", "has no offset from UTC; write it as 2027-02-01T23:59:00+01:00")
        return None
    return value


def _must_pass(one: Fields) -> tuple[str, ...]:
    given = one.texts("must_pass")
    if not given:
        return ()
    from scaffold.check.config import choice
    from scaffold.check.rules import catalogue

    known = catalogue()
    for rule in given:
        try:
            choice([rule], [], known)
        except RequestError as error:
            one.complain("must_pass", f"will not do: {error.problem.rstrip('.')}")
    return tuple(rule.strip().upper() for rule in given)


def _answers(one: Fields) -> dict[str, Any]:
    found = one.table("answers")
    for key, value in found.items():
        if not isinstance(value, str | bool | int | float):
            one.complain(f"answers.{key}", "needs a text, a number, true or false")
    if "template" in found:
        one.complain("answers.template", f"belongs one line above: template = ... in [{one.path}]")
    return dict(found)
