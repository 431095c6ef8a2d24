"""The oracle of the update tests: names everything that an update took away or left out."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

from tests.learner import ANCHOR, Deeds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_MARKS = ("<<<<<<< ", ">>>>>>> ")
_NOT_THE_PROJECT = {".git", ".venv", "__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache"}


def check(project: Path, deeds: Deeds, *, new: Path | None = None) -> None:
    """Compare an updated project with what its owner had done.

    Args:
        project: the updated repository; staged, committed or neither.
        deeds: what the owner did before the update.
        new: pristine render of the new release with the same answers. With it the update must
            also have arrived: an engine that touches nothing loses nothing.

    Raises:
        AssertionError: one line for each loss.
    """
    found = list(losses(project, deeds, new=new))
    if found:
        raise AssertionError("the update lost something:\n" + "\n".join(found))


def losses(project: Path, deeds: Deeds, *, new: Path | None = None) -> Iterator[str]:
    """Yield one line for each thing that the update took away or left out."""
    yield from _conflicts(project)
    yield from _whole_files(project, deeds)
    yield from _lines(project, deeds)
    yield from _answers(project, deeds)
    if new is not None:
        yield from _not_arrived(project, deeds, files_of(new))


def files_of(folder: Path) -> dict[str, bytes]:
    """All files under a folder except git's and the tools' own, by relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _NOT_THE_PROJECT & set(path.relative_to(folder).parts)
    }


def _conflicts(project: Path) -> Iterator[str]:
    unmerged = _git(project, "ls-files", "--unmerged", "-z").split("\0")
    for path in sorted({entry.partition("\t")[2] for entry in unmerged if entry}):
        yield f"conflict: {path} is unmerged in the index"
    for path, content in files_of(project).items():
        if path.endswith((".rej", ".orig")):
            yield f"conflict: {path} was left behind"
        lines = _text(content)
        if any(line.startswith(_MARKS) for line in lines):
            yield f"conflict: {path} holds conflict markers"


def _whole_files(project: Path, deeds: Deeds) -> Iterator[str]:
    for path, content in deeds.private.items():
        if _bytes(project / path) != content:
            yield f"private: {path} changed or is gone"
    for path in sorted(deeds.deleted):
        if (project / path).exists():
            yield f"deleted: {path} is back"
    for path in sorted(deeds.added):
        if not deeds.is_seeded(path) and _bytes(project / path) != deeds.after[path]:
            yield f"own file: {path} changed or is gone"
    present = {path for path in files_of(project) if deeds.is_seeded(path)}
    had = {path for path in deeds.after if deeds.is_seeded(path)}
    for path in sorted(had):
        if _bytes(project / path) != deeds.after[path]:
            yield f"seeded: {path} changed or is gone"
    for path in sorted(present - had - deeds.deleted):
        yield f"seeded: {path} appeared"


def _lines(project: Path, deeds: Deeds) -> Iterator[str]:
    for path in _edited(deeds):
        now = _bytes(project / path)
        if now is None:
            yield f"edited: {path} is gone"
            continue
        before, after = _text(deeds.before[path]), _text(deeds.after[path])
        mine = Counter(after) - Counter(before)
        for line in (mine - Counter(_text(now))).elements():
            yield f"edited: {path} lost the line {line!r}"
        if not _in_order([line for line in after if mine[line]], _text(now)):
            yield f"edited: {path} has the learner's lines in another order"


def _answers(project: Path, deeds: Deeds) -> Iterator[str]:
    if deeds.answers:
        readme = _text(_bytes(project / "README.md") or b"")
        yield from (f"answer: {one}" for one in answers_moved(readme, deeds.answers))


def answers_moved(readme: list[str], answers: Mapping[str, str]) -> Iterator[str]:
    """Yield one line for each answer that does not stand under its own question any more.

    Args:
        readme: lines of the README after an update.
        answers: signal id -> the answer as it stood.
    """
    blocks = _blocks(readme) if answers else {}
    for signal, answer in answers.items():
        if answer not in blocks.get(signal, ""):
            yield f"{signal} is no longer under its own question"
    for signal in sorted(blocks.keys() - answers.keys()):
        strangers = [other for other, text in answers.items() if text in blocks[signal]]
        if strangers:
            yield f"{signal} holds the answer to {', '.join(strangers)}"


def only_mine_is_missing(
    given: Iterable[list[str]], mine: Iterable[list[str]], after: Iterable[list[str]]
) -> list[str]:
    """Lines that no release ever had and the learner did, and that are nowhere any more.

    It does not ask in which file they are now, so it holds for files that anybody renamed; and a
    line within conflict markers is there.

    Args:
        given: lines of all files of both releases.
        mine: lines of all the learner's files before the update.
        after: lines of all files after it.
    """
    templates = {line for lines in given for line in lines}
    had = Counter(line for lines in mine for line in lines if line not in templates)
    have = Counter(line for lines in after for line in lines)
    return sorted((had - have).elements())


def _blocks(lines: list[str]) -> dict[str, str]:
    """Text under each signal anchor, up to the next anchor or heading."""
    blocks: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        if found := ANCHOR.match(line):
            current = blocks.setdefault(found["id"], [])
        elif line.startswith("#"):
            current = []
        else:
            current.append(line)
    return {signal: "\n".join(text) for signal, text in blocks.items()}


def _not_arrived(project: Path, deeds: Deeds, new: dict[str, bytes]) -> Iterator[str]:
    edited = set(_edited(deeds))
    for path, content in new.items():
        if deeds.is_seeded(path) or path in deeds.deleted or path in deeds.added:
            continue
        now = _bytes(project / path)
        if now is None:
            yield f"arrival: {path} is missing"
        elif path not in edited and now != content:
            yield f"arrival: {path} is not the new release's"
        elif path in edited:
            yield from _merged_wrongly(path, deeds, _text(content), _text(now))
    for path in sorted(deeds.before.keys() - new.keys() - deeds.deleted - edited):
        if not deeds.is_seeded(path) and (project / path).exists():
            yield f"arrival: {path} was dropped by the release and is still there"


def _merged_wrongly(path: str, deeds: Deeds, new: list[str], now: list[str]) -> Iterator[str]:
    """A merge is right when it holds the new release's lines and the learner's, and no others."""
    before, after = Counter(_text(deeds.before[path])), Counter(_text(deeds.after[path]))
    wanted = (Counter(new) - (before - after)) + (after - before)
    for line in (wanted - Counter(now)).elements():
        yield f"arrival: {path} lacks the line {line!r}"
    for line in (Counter(now) - wanted).elements():
        yield f"arrival: {path} has a line too many: {line!r}"
    theirs = [line for line in new if before[line] == after[line] and Counter(new)[line] == 1]
    if not _in_order(theirs, now):
        yield f"arrival: {path} has the release's lines in another order"


def _edited(deeds: Deeds) -> list[str]:
    return sorted(
        path
        for path in deeds.before.keys() & deeds.after.keys()
        if deeds.before[path] != deeds.after[path] and not deeds.is_seeded(path)
    )


def _in_order(wanted: Iterable[str], lines: Iterable[str]) -> bool:
    rest = iter(lines)
    return all(any(line == candidate for candidate in rest) for line in wanted)


def _text(content: bytes) -> list[str]:
    return content.decode("utf-8", "replace").splitlines()


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _git(project: Path, *arguments: str) -> str:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=project,
        env=clean,
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return done.stdout
