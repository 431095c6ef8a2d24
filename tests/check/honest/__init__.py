"""Repositories that were honestly finished, with real runs behind their numbers.

Each folder here holds what its author changed of a release of a starter, commit by commit, and
what the starter's own commands wrote when `record.py` ran them: the reports with their rows, two
tables of the README, a picture of the running page. `grow` puts them together again, byte for byte:
names, dates and so the ids of the commits are fixed, and the reports name them. Lock files are made
from the starter's `constraints.txt`, as the recorded commits had them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold import places
from scaffold.check.facts.given import Starters
from scaffold.project import Origin
from tests.check.growing import fill

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).parent
RELEASE = "v0.5.0"
"""The starter of all of them. Cut again before it is published, all have to be recorded again."""
BLOCKS = ("evidence", "numbers")
"""Tables of the README that `app report` writes."""
_starters = Starters()


def names() -> list[str]:
    """All of them, by the names of their folders."""
    return sorted(one.parent.name for one in HERE.glob("*/repository.toml"))


@cache
def plan(name: str) -> dict[str, Any]:
    """What its author did."""
    return tomllib.loads((HERE / name / "repository.toml").read_text(encoding="utf-8"))


@cache
def starter(name: str) -> Mapping[str, bytes]:
    """What its starter gave."""
    told = plan(name)
    answers = told["answers"] | {"template": told["template"]}
    origin = Origin(Path(), told["template"], RELEASE, places.EMBEDDED_SOURCE, answers)
    return _starters.given(origin).files


def grow(name: str, folder: Path) -> Path:
    """Make it, as it was published."""
    made = begin(name, folder)
    made |= {"worst": plan(name).get("worst", "")}
    recorded = HERE / name / "recorded"
    copy(recorded / "files", folder)
    last = plan(name)["last"]
    readme = answered(name, folder, made)
    for block in BLOCKS:
        text = (recorded / f"{block}.md").read_text(encoding="utf-8")
        readme = set_block(readme, block, text)
    _write(folder / "README.md", fill(folder, readme))
    commit(folder, last["message"], last["date"])
    return folder


def begin(name: str, folder: Path) -> dict[str, str]:
    """Make all commits but the last; their ids by number."""
    told = plan(name)
    for path, content in starter(name).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _write(folder / "uv.lock", lock((folder / "constraints.txt").read_text(encoding="utf-8")))
    commit(folder, f"Start from {told['template']} {RELEASE}", told["begun"])
    made = {}
    for number, step in enumerate(told["step"], 1):
        apply(folder, HERE / name / str(number), step)
        made[f"commit{number}"] = commit(folder, step["message"], step["date"])[:10]
    return made


def copy(files: Path, folder: Path) -> None:
    """Copy a tree over another. Times are not kept: by these git tells what has changed."""
    shutil.copytree(files, folder, dirs_exist_ok=True, copy_function=shutil.copyfile)


def apply(folder: Path, files: Path, step: dict[str, Any]) -> None:
    """Remove, replace and add what a commit does; each edit is of what stands there once."""
    for pattern in step.get("remove", ()):
        found = list(folder.glob(pattern))
        assert found, pattern
        for one in found:
            one.unlink()
    if files.is_dir():
        copy(files, folder)
    for one in step.get("edit", ()):
        place = folder / one["path"]
        text = place.read_text(encoding="utf-8")
        assert text.count(one["old"]) == 1, f"{one} stands there {text.count(one['old'])} times"
        _write(place, text.replace(one["old"], one["new"]))


def answered(name: str, folder: Path, made: dict[str, str]) -> str:
    """The README with the author's answers, the digits of links still to be filled."""
    told = plan(name)
    text = (folder / "README.md").read_text(encoding="utf-8")
    for question, said in told["answered"].items():
        answer = said.strip()
        for key, value in made.items():
            answer = answer.replace(f"<{key}>", value)
        pattern = rf"^_{question}: .*$"
        text, times = re.subn(pattern, lambda _, a=answer: a, text, flags=re.MULTILINE)  # type: ignore[misc]
        assert times == 1, question
    for one in told["readme"]:
        assert text.count(one["old"]) == 1, f"{one} stands there {text.count(one['old'])} times"
        text = text.replace(one["old"], one["new"])
    return text


def block(text: str, name: str) -> str:
    """What stands between two marks of the README."""
    return text.partition(f"<!-- {name} -->\n")[2].partition(f"<!-- /{name} -->")[0]


def set_block(text: str, name: str, content: str) -> str:
    """The README with something else there."""
    old = block(text, name)
    return text.replace(f"<!-- {name} -->\n{old}", f"<!-- {name} -->\n{content}", 1)


def lock(constraints: str) -> str:
    """A lock without addresses: the names and versions that the starter was tested with."""
    found = re.findall(r"^([\w.-]+)==([^\s;]+)", constraints, re.MULTILINE)
    parts = (f'[[package]]\nname = "{name}"\nversion = "{version}"\n' for name, version in found)
    return "version = 1\n\n" + "\n".join(parts)


def commit(folder: Path, message: str, date: str) -> str:
    """Commit everything, always with the same id."""
    _git(folder, "add", "--all", "--force")
    _git(folder, "commit", "--quiet", "--message", message, date=date)
    return _git(folder, "rev-parse", "HEAD")


def _git(folder: Path, *words: str, date: str = "") -> str:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "core.autocrlf=false")
    more = ("-c", "commit.gpgsign=false", "-c", "core.hooksPath=/nowhere")
    when = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}
    done = subprocess.run(
        ("git", *who, *more, *words),
        cwd=folder,
        env=os.environ | when,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"git {words}: {done.stderr}"
    return done.stdout.strip()


def _write(place: Path, text: str) -> None:
    place.write_text(text, encoding="utf-8", newline="\n")
