"""`scaffold update` beside `copier update` and `cruft update`, on the same files."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from benchmarks.timing import BIN, Command, interleave, report
from scaffold import places, releases

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEMPLATE = "supervised-api"
_SIGNER = ("-c", "user.name=Bench", "-c", "user.email=bench@example.org")


def compare(folder: Path, rounds: int) -> None:
    """An update with changes, and one with nothing new."""
    tags = list(releases.read_header(places.embedded_bundle()).tags)
    old, new = tags[-2], tags[-1]
    made = {tag: _generated(folder / f"from-{tag}", tag) for tag in (old, new)}
    cookie = _cookiecutter(folder / "cookie-pack", made)
    cruft = {tag: _cruft(folder / f"cruft-{tag}", cookie, tag) for tag in (old, new)}
    files = _changed(made[old], made[new])
    ours, peer = "scaffold update --no-lock", "copier update"
    for title, tag, goal in (
        (f"Updating from {old} to {new}, {files} files changed", old, 0.6),
        ("Updating, nothing new", new, 0.2),
    ):
        commands = [
            Command(ours, _in(folder / "a", "scaffold", "update", "--no-lock")),
            Command(peer, _in(folder / "b", "copier", "update", "--defaults", "--quiet")),
            Command("cruft update", _in(folder / "c", "cruft", "update", "--skip-apply-ask")),
        ]
        starts = (made[tag], made[tag], cruft[tag])
        fresh = [
            Command(one.name, one.words, _copied(start, folder / place))
            for one, start, place in zip(commands, starts, "abc", strict=True)
        ]
        report(title, interleave(fresh, folder, rounds), {(ours, peer): goal})


def _in(folder: Path, program: str, *words: str) -> list[str]:
    return ["env", f"--chdir={folder}", f"{BIN}/{program}", *words]


def _copied(start: Path, place: Path) -> Callable[[], None]:
    def fresh() -> None:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(start, place, symlinks=True)

    return fresh


def _generated(folder: Path, tag: str) -> Path:
    """A repository made from a release and committed, with an answer and a line of its owner."""
    given = ["--defaults", "--no-lock", "--no-git", "--ref", tag, "-d", "project_name=same"]
    _run(f"{BIN}/scaffold", "new", TEMPLATE, os.fspath(folder), *given)
    _commit(folder, "Start")
    readme = folder / "README.md"
    text = readme.read_text(encoding="utf-8")
    at = text.index("_PF1: ")
    end = text.index("\n", at)
    readme.write_text(f"{text[:at]}We asked three of them.{text[end:]}", encoding="utf-8")
    with (folder / ".gitignore").open("a", encoding="utf-8") as stream:
        stream.write("notes/\n")
    _commit(folder, "Mine")
    return folder


def _cookiecutter(pack: Path, made: dict[str, Path]) -> Path:
    """A cookiecutter template in git with the same two releases, which renders nothing."""
    for tag, start in made.items():
        inner = pack / "{{cookiecutter.name}}"
        shutil.rmtree(inner, ignore_errors=True)
        shutil.copytree(start, inner, ignore=shutil.ignore_patterns(".git"))
        (pack / "cookiecutter.json").write_text(
            '{"name": "baked", "_copy_without_render": ["*"]}', encoding="utf-8"
        )
        _commit(pack, tag)
        _run("git", "-C", os.fspath(pack), "tag", tag)
    return pack


def _cruft(folder: Path, pack: Path, tag: str) -> Path:
    """A repository made by cruft from one release of that template, and committed."""
    folder.mkdir()
    _run(f"{BIN}/cruft", "create", "--no-input", "-c", tag, "--output-dir", str(folder), str(pack))
    _commit(folder / "baked", "Start")
    return folder / "baked"


def _commit(folder: Path, message: str) -> None:
    if not (folder / ".git").exists():
        _run("git", "init", "--quiet", "--initial-branch=main", os.fspath(folder))
    at = ("git", "-C", os.fspath(folder), *_SIGNER)
    _run(*at, "add", "--all")
    _run(*at, "commit", "--quiet", "--message", message)


def _changed(old: Path, new: Path) -> int:
    words = ("git", "diff", "--no-index", "--name-only", os.fspath(old), os.fspath(new))
    listed = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    return sum("/.git/" not in line for line in listed.splitlines())


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
