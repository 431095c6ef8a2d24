"""A class of a test's own: a folder with class.toml and a roster, and learners with real git."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.updating.server import GitServer

REPOSITORY = Path(__file__).parents[2]
LEARNERS = ("ada", "bob", "cleo")
_SIGNER = ("-c", "user.name=Learner", "-c", "user.email=learner@example.org")


@dataclass(frozen=True)
class School:
    """The folder of a class.

    Attributes:
        folder: Holds class.toml.
        home: The instructor's home.
        package: The folder that holds the package.
    """

    folder: Path
    home: Path
    package: Path = REPOSITORY

    def on_host(self, pack: Path, server: GitServer, learners: tuple[str, ...] = LEARNERS) -> None:
        """Write the class, with an empty repository for each learner on a host."""
        self.write(pack, f"{server.url}/{{username}}.git", learners=learners)
        for name in learners:
            bare(server.root / f"{name}.git")

    def write(
        self, pack: Path | None, where: str, *more: str, learners: tuple[str, ...] = LEARNERS
    ) -> None:
        """Write the class: one assignment, `one`, of the small pack's template.

        Its templates are those inside the program where `pack` is None.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        top = [one for one in more if not one.startswith("[")]
        tables = [one for one in more if one.startswith("[")]
        lines = [
            'name = "The class"',
            *([f"source = {json.dumps(os.fspath(pack))}"] if pack else []),
            f"where = {json.dumps(where)}",
            "per_minute = 0",
            *top,
            "[assignments.one]",
            'template = "supervised-api"',
            'version = "v0.1.0"',
            *tables,
        ]
        (self.folder / "class.toml").write_text("\n".join(lines), encoding="utf-8")
        rows = [f"{name},{name.title()} Surname,{name}@example.org\n" for name in learners]
        (self.folder / "roster.csv").write_text(
            "username,name,email\n" + "".join(rows), encoding="utf-8"
        )

    @property
    def environment(self) -> dict[str, str]:
        """In which the instructor works."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        return {
            **kept,
            "HOME": os.fspath(self.home),
            "GIT_CONFIG_GLOBAL": os.fspath(self.home / ".gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "PYTHONPATH": os.fspath(self.package),
        }

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start a command of the instructor, in a session of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "scaffold", "cohort", *words],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the instructor."""
        process = self.begin(*words)
        out, err = process.communicate(timeout=300)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def states(self, *words: str, code: int | None = None) -> dict[str, dict[str, Any]]:
        """Run a bulk command; what came of each learner's task, by username."""
        done = self.run(*words, "--json")
        assert code is None or done.returncode == code, (done.returncode, done.stdout, done.stderr)
        outcomes = json.loads(done.stdout)["outcomes"]
        return {one["key"].partition("/")[2]: one for one in outcomes}

    def journal(self, verb: str) -> list[dict[str, Any]]:
        """The lines of the newest journal of a verb."""
        newest = max((self.folder / ".cohort" / "journal").glob(f"{verb}-*.jsonl"))
        return [json.loads(line) for line in newest.read_text(encoding="utf-8").splitlines()]

    def everything_written(self) -> str:
        """The text of every file that the program keeps in the class's folder."""
        kept = (self.folder / ".cohort", self.folder / "repositories")
        files = [file for top in kept for file in top.rglob("*") if file.is_file()]
        return "".join(file.read_bytes().decode("utf-8", "replace") for file in files)


def git(folder: Path, *words: str) -> str:
    """Run git as a learner."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *_SIGNER, *words],
        cwd=folder,
        env={**kept, "GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


def work(place: Path | str, folder: Path, **files: str) -> Path:
    """Clone a place, write files (`__` stands for `/`, `_dot_` for a dot), and push them."""
    if not folder.exists():
        git(folder.parent, "clone", "--quiet", os.fspath(place), os.fspath(folder))
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "Mine")
    git(folder, "push", "--quiet", "origin", "HEAD")
    return folder


def bare(place: Path, *, pushable: bool = True) -> Path:
    """An empty bare repository that a server may serve."""
    place.parent.mkdir(parents=True, exist_ok=True)
    git(place.parent, "init", "--quiet", "--bare", os.fspath(place))
    git(place, "config", "http.receivepack", str(pushable).lower())
    return place


def wait_for_an_end(school: School, verb: str) -> None:
    """Wait until a task of a run that was begun has ended."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        journals = list((school.folder / ".cohort" / "journal").glob(f"{verb}-*.jsonl"))
        if journals and b'"event": "end"' in journals[0].read_bytes():
            return
        time.sleep(0.005)
    raise AssertionError("no task ended in a minute")
