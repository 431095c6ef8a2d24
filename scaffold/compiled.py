"""A starter of one release in memory: which files it gives for which answers, without copier.

It understands what a pack that keeps the rules of docs/templates.md says, and that exactly as
copier does. At anything else it raises an `UnsureError`, after which the caller asks copier.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.version import InvalidVersion, Version

from scaffold import owners
from scaffold.pack.jinja import ENVOPS, STUB, SUFFIX
from scaffold.portable import is_git
from scaffold.questions import TEMPLATE
from scaffold.recorded import RELEASE, Recorded
from scaffold.render import ANSWERS_FILE
from scaffold.texts import Text, Texts, UnsureError, is_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scaffold.questions import Questionnaire
    from scaffold.source import Pack

    _Content = Path | Text
    """A file to copy, or one to render."""

_ANSWERS_NAME = "~{{ _copier_conf.answers_file }}~"
_ANSWERS = re.compile(
    r"(#[^~\r\n]*\n)*~\{\{ dict\(_copier_answers, \*\*\(release\|default\(\{\}\)\)\)\|to_nice_yaml"
    r" -\}\}~\n?"
)
"""The one form of an answers template that is sure to record what is handed in as `release`."""
_SILENT = {f"_message_{when}_{what}" for when in ("before", "after") for what in ("copy", "update")}
_UNDERSTOOD = {
    *("_min_copier_version", "_subdirectory", "_envops", "_exclude", "_skip_if_exists"),
    *_SILENT,
}
_ANCHORED = re.compile(r"/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_ROOM = 50_000_000


class _Made(Mapping[str, bytes]):
    """Files that are made when they are looked up."""

    def __init__(self, makers: Mapping[str, Callable[[], bytes]]) -> None:
        self._makers = makers

    def __getitem__(self, path: str) -> bytes:
        return self._makers[path]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


@dataclass(frozen=True)
class _Named:
    """A file whose name hangs on the answers."""

    parts: tuple[str | Text, ...]
    content: _Content

    def path(self, values: Mapping[str, Any]) -> str:
        """Where it goes; empty when it goes nowhere."""
        rendered = [one.render(values) if isinstance(one, Text) else one for one in self.parts]
        if "" in rendered:
            return ""
        return _checked(rendered)


class Compiled:
    """A starter, with its templates compiled and its plain files read once.

    Args:
        pack: The release.
        template: The starter's id.
        questionnaire: The questions of the pack.

    Raises:
        UnsureError: The pack says something whose meaning is not known here.
    """

    def __init__(self, pack: Pack, template: str, questionnaire: Questionnaire) -> None:
        self._template = template
        self._root = os.fspath(pack.root)
        self._release = {"_commit": pack.ref, "_src_path": pack.source.recorded}
        self._room = _ROOM
        self._kept: dict[Path, bytes] = {}
        settings = questionnaire.settings
        _check_settings(pack.root, settings)
        names = frozenset(one.name for one in questionnaire.questions)
        self._texts = Texts(pack.root, names | {RELEASE})
        self._recorded = Recorded(questionnaire, self._texts)
        self._exclude = [self._texts.text(one) for one in settings.get("_exclude", ())]
        self._fixed: dict[str, _Content] = {}
        self._executable: set[str] | None = set()
        self._named: list[_Named] = []
        self._lay_out(pack.root, self._subdirectory(settings))
        self._folders = {above for path in self._fixed for above in _above(path)}
        if self._folders & self._fixed.keys():
            raise UnsureError("a file where a folder goes")

    def executable(self) -> frozenset[str]:
        """Paths of the files that their owner may run.

        Raises:
            UnsureError: It hangs on the answers.
        """
        if self._executable is None:
            raise UnsureError("what may be run")
        return frozenset(self._executable)

    def files(self, answers: Mapping[str, Any]) -> Mapping[str, bytes]:
        """Every file for these answers.

        Raises:
            UnsureError: So does looking one up.
        """
        if answers.get(TEMPLATE) != self._template:
            raise UnsureError("another template")
        values = self._recorded.values(answers, self._release, self._root)
        contents = dict(self._fixed)
        folders = set(self._folders)
        for named in self._named:
            path = named.path(values)
            if not path:
                continue
            above = set(_above(path))
            if path in contents or path in folders or above & contents.keys():
                raise UnsureError(f"two files of the name {path}")
            contents[path] = named.content
            folders |= above
        excluded = list(self._excluded(values))
        if any(owners.covers(one, ANSWERS_FILE) for one in excluded):
            raise UnsureError("no answers file")
        return _Made(
            {
                path: partial(self._make, content, values)
                for path, content in contents.items()
                if not any(owners.covers(one, path) for one in excluded)
            }
        )

    def _make(self, content: _Content, values: Mapping[str, Any]) -> bytes:
        if isinstance(content, Text):
            try:
                return content.render(values).encode()
            except UnicodeEncodeError as error:
                raise UnsureError(str(error)) from error
        kept = self._kept.get(content)
        if kept is not None:
            return kept
        read = content.read_bytes()
        if len(read) <= self._room:
            self._room -= len(read)
            self._kept[content] = read
        return read

    def _subdirectory(self, settings: Mapping[str, Any]) -> str:
        text = self._texts.text(settings["_subdirectory"])
        said = text.render({TEMPLATE: self._template, RELEASE: self._release})
        return _checked(said.split("/"))

    def _excluded(self, values: Mapping[str, Any]) -> Iterator[str]:
        """The paths that are left out: literal ones, from the starter's top."""
        for text in self._exclude:
            said = text.render({**values, "_copier_operation": "copy"})
            for line in filter(None, _LINE_ENDS.split(said)):
                if not _ANCHORED.fullmatch(line):
                    raise UnsureError(f"what {line} leaves out")
                yield line

    def _lay_out(self, root: Path, subdirectory: str) -> None:
        top = root / subdirectory
        for source in _walk(top):
            parts = source.relative_to(top).parts
            if source.with_name(f"{source.name}{SUFFIX}").exists():
                continue  # the templated one of the two counts
            if not source.name.endswith(SUFFIX):
                if not all(map(is_plain, parts)) or parts == (ANSWERS_FILE,):
                    raise UnsureError(f"where {source.name} goes")
                if not (root / f"{'/'.join(parts)}{SUFFIX}").exists():  # copier looks here too
                    self._place(parts, source, source)
                continue
            parts = (*parts[:-1], source.name.removesuffix(SUFFIX))
            text = _text(source)
            if parts in {(_ANSWERS_NAME,), (ANSWERS_FILE,)}:
                if not _ANSWERS.fullmatch(text):
                    raise UnsureError("what the answers file records")
                parts = (ANSWERS_FILE,)
            plain = _included(root, text)
            text_file = source.relative_to(root).as_posix()
            self._place(parts, plain or self._texts.file(text_file), source)
        if ANSWERS_FILE not in self._fixed:
            raise UnsureError("no answers file")

    def _place(self, parts: tuple[str, ...], content: _Content, source: Path) -> None:
        runs = bool(source.stat().st_mode & stat.S_IXUSR)
        if not all(map(is_plain, parts)):
            if runs:
                self._executable = None
            rendered = (one if is_plain(one) else self._texts.text(one) for one in parts)
            self._named.append(_Named(tuple(rendered), content))
            return
        path = _checked(parts)
        if path in self._fixed:
            raise UnsureError(f"two files of the name {path}")
        self._fixed[path] = content
        if runs and self._executable is not None:
            self._executable.add(path)


def _included(root: Path, text: str) -> Path | None:
    """The plain file that a stub stands for; None where there is something to render."""
    stub = STUB.fullmatch(text)
    if stub is None:
        return None
    path = root / _checked(stub[1].split("/"))
    return path if is_plain(_text(path)) else None


def _check_settings(root: Path, settings: Mapping[str, Any]) -> None:
    """Raise `UnsureError` unless every setting's meaning is known here."""
    try:
        least = Version(settings.get("_min_copier_version", "0"))
    except (InvalidVersion, TypeError) as error:
        raise UnsureError(str(error)) from error
    exclude = settings.get("_exclude", [])
    if (
        not settings.keys() <= _UNDERSTOOD
        or settings.get("_envops") != ENVOPS
        or not isinstance(settings.get("_subdirectory"), str)
        or not isinstance(exclude, list)
        or not all(isinstance(one, str) for one in exclude)
        or least > Version(version("copier"))
        or [path.name for path in root.glob("copier.*")] != ["copier.yml"]
    ):
        raise UnsureError("the settings of the pack")


def _text(path: Path) -> str:
    """The text of a file, with the line ends that it has."""
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise UnsureError(str(error)) from error


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below a folder."""
    for entry in os.scandir(folder):
        if entry.is_symlink() or (entry.is_dir() and entry.name.endswith(SUFFIX)):
            raise UnsureError(f"what {entry.name} is")
        if entry.is_dir():
            yield from _walk(Path(entry.path))
        else:
            yield Path(entry.path)


def _checked(parts: Sequence[str]) -> str:
    """The path of these parts, if each names one thing on every system."""
    for part in parts:
        if part in {"", ".", ".."} or set(part) & set("/\\") or is_git(part):
            raise UnsureError(f"the name {part}")
    if ANSWERS_FILE in parts[:-1] or (len(parts) > 1 and parts[-1] == ANSWERS_FILE):
        raise UnsureError("an answers file of another place")
    return "/".join(parts)


def _above(path: str) -> Iterator[str]:
    """The folders above a file."""
    parts = path.split("/")
    return ("/".join(parts[:end]) for end in range(1, len(parts)))
