"""A class of an instructor whose repositories were collected, made by hand from the small pack."""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
from typing import TYPE_CHECKING, Any

from scaffold import source
from scaffold.cohort import class_file, layout, roster
from scaffold.cohort.standing import Asked, Standing
from scaffold.cohort.standings import standings
from scaffold.render import render
from tests.small_pack import TEMPLATE, write

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.cohort.class_file import Class
    from scaffold.cohort.layout import Task

DUE = datetime.datetime(2027, 2, 1, 22, 59, tzinfo=datetime.UTC)
BEFORE = DUE - datetime.timedelta(days=10)
AFTER = DUE + datetime.timedelta(days=3)
NOW = DUE + datetime.timedelta(days=30)
MINUTE = datetime.timedelta(minutes=1)
_PLACEHOLDER = re.compile(r"^_(PF\d): .*_$", re.MULTILINE)
ANSWER = (
    "The station keeper decides at noon where the van goes; in March nine of twenty stations "
    "were empty by four, she told me, and each cost about forty trips."
)


class Room:
    """The folder of a class.

    Args:
        folder: New.
        pack: A repository of templates, or its URL.
        usernames: Of the roster.
        extra: Lines of the assignment in class.toml.
    """

    def __init__(
        self, folder: Path, pack: Path | str, usernames: tuple[str, ...], extra: str
    ) -> None:
        self.folder, self.pack = folder, pack
        write(
            folder,
            "class.toml",
            f'name = "ML, spring"\nsource = {json.dumps(os.fspath(pack))}\n'
            'where = "https://host.example/school/{username}-{name}.git"\n'
            f'[assignments.first]\ntemplate = "{TEMPLATE}"\n{extra}\n',
        )
        lines = [f"{name},{name.title()} Muster,{name}@example.org" for name in usernames]
        write(folder, "roster.csv", "\n".join(["username,name,email", *lines, ""]))

    @property
    def klass(self) -> Class:
        return class_file.read(self.folder)

    def tasks(self) -> tuple[Task, ...]:
        return layout.tasks(self.klass, roster.read_roster(self.klass.roster))

    def clone(self, username: str) -> Path:
        return self.folder / "repositories" / "first" / username

    def make(self, username: str, ref: str = "v0.1.1", at: datetime.datetime = BEFORE) -> Path:
        """What a learner was given, as it was collected."""
        answers = {
            "template": TEMPLATE,
            "project_name": username,
            "description": "Why",
            "author": username,
            "github_owner": "",
            "license": "MIT",
            "deploy_target": "render",
            **({} if ref == "v0.1.0" else {"region": "us"}),
        }
        place = self.clone(username)
        place.parent.mkdir(parents=True, exist_ok=True)
        with source.open_pack(source.choose(os.fspath(self.pack)), ref) as opened:
            render(opened, answers, place)
        git(place, "init", "--quiet", "--initial-branch=main")
        commit(place, at, f"Start from {TEMPLATE} {ref}")
        return place

    def journal(self, run: str, *ends: dict[str, Any]) -> None:
        """What a run said; run is `<verb>-<number>`."""
        verb, _, number = run.partition("-")
        plan = {
            "event": "plan",
            "verb": verb,
            "number": int(number),
            "at": "2027-02-03T04:05:06+00:00",
            "options": {},
            "tasks": [],
        }
        lines = [plan, *({"event": "end", "at": plan["at"], **one} for one in ends)]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        write(self.folder, f".cohort/journal/{run}.jsonl", text)

    def look(self, asked: Asked | None = None) -> dict[str, Standing]:
        """Everybody's standing, by username."""
        tasks = self.tasks()
        found = standings(self.klass, tasks, asked or Asked(NOW))
        return {tasks[place].learner.username: one for place, one in found}


def git(folder: Path, *words: str, at: datetime.datetime = BEFORE) -> str:
    """Run git as a learner whose clock says `at`."""
    date = f"{int(at.timestamp())} +0000"
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"), ("DATE", date))
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    nobodys = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(
        ["git", *words],
        cwd=folder,
        env=kept | nobodys | who,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def commit(folder: Path, at: datetime.datetime, message: str = "Work") -> str:
    """Commit all that is there."""
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", message, at=at)
    return git(folder, "rev-parse", "HEAD")


def answer(folder: Path, at: datetime.datetime) -> None:
    """Answer every question, and commit."""
    readme = folder / "README.md"
    text = readme.read_text(encoding="utf-8")
    for number, name in enumerate(_PLACEHOLDER.findall(text)):
        text = re.sub(rf"(?m)^_{name}: .*_$", f"{ANSWER} It was week {number + 7}.", text)
    readme.write_text(text, encoding="utf-8")
    commit(folder, at, "Answered")


def add(folder: Path, path: str, text: str, at: datetime.datetime) -> None:
    """Write a file, and commit."""
    write(folder, path, text)
    commit(folder, at, f"Wrote {path}")
