"""The instructor: a machine of their own, a class folder, and the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.machine import Machine, Said, told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tests.cohort.term.git_server import GitServer

USER, TOKEN = "teacher", "ghp_t0ken0fTheInstructor0123456789abcdef"
_PATIENCE_SECONDS = 400
_CREATE = """\
import os, pathlib, subprocess, sys, tempfile
root, name = pathlib.Path(sys.argv[1]), sys.argv[2] + ".git"
if (root / name).exists():
    sys.exit("It is there already.")
half = tempfile.mkdtemp(dir=root.parent)
subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", half], check=True)
os.rename(half, root / name)  # as on a host: there is all of it, or nothing
with open(str(root) + ".created", "a") as log:
    log.write(name + "\\n")
"""


@dataclass
class Instructor:
    """Who runs `scaffold cohort`.

    Attributes:
        machine: Home, temporary files and environment; `machine.site` is the package in use.
        folder: The class folder.
    """

    machine: Machine
    folder: Path

    @classmethod
    def at(cls, root: Path, site: Path) -> Instructor:
        """Somebody with an empty home and an empty class folder below `root`."""
        machine = Machine(root, site)
        folder = machine.work / "class"
        folder.mkdir()
        return cls(machine, folder)

    def use(self, site: Path) -> None:
        """Install another version of the program."""
        self.machine.site = site
        self.machine.env["PYTHONPATH"] = os.fspath(site)

    def remember(self, token: str = TOKEN) -> None:
        """Let git's credential helper know the token."""
        helper = self.machine.root / "helper.sh"
        helper.write_text(f"#!/bin/sh\necho username={USER}\necho password={token}\n", "utf-8")
        helper.chmod(0o755)
        self._settings(f'[credential]\n\thelper = "{helper}"\n')

    def rewrite(self, server: GitServer) -> None:
        """Let git put the token into the server's URLs."""
        self._settings(f'[url "{server.url_for(USER)}/"]\n\tinsteadOf = {server.url}/\n')

    def _settings(self, more: str) -> None:
        who = "[user]\n\tname = Tess Teacher\n\temail = tess@example.org\n"
        self.machine.configure(f"{who}{more}")

    def write_class(self, text: str) -> None:
        """Write `class.toml`."""
        (self.folder / "class.toml").write_text(text, encoding="utf-8")

    def write_roster(self, lines: Iterable[str], name: str = "roster.csv") -> None:
        """Write the roster."""
        (self.folder / name).write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")

    def create(self, server: GitServer, pattern: str = "{username}-{name}") -> list[str]:
        """The command of `class.toml` that makes a repository on the server."""
        script = self.machine.root / "create.py"
        script.write_text(_CREATE, encoding="utf-8")
        return [sys.executable, os.fspath(script), os.fspath(server.root), pattern]

    def created(self, server: GitServer) -> list[str]:
        """The repositories for which that command was called, in order."""
        log = server.root.with_name(f"{server.root.name}.created")
        return log.read_text(encoding="utf-8").split() if log.exists() else []

    def words(self, verb: str, *words: str) -> list[str]:
        """The whole command; packages are not locked, so that no index is asked."""
        more = ["--class", os.fspath(self.folder)]
        more += ["--no-lock"] if verb in {"handout", "update"} else []
        return self.machine.command("cohort", verb, *words, *more)

    def run(self, verb: str, *words: str, env: Mapping[str, str] | None = None) -> Said:
        """Run a verb to its end."""
        return told(
            subprocess.run(
                self.words(verb, *words),
                cwd=self.machine.work,
                env=self.machine.environment(env),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PATIENCE_SECONDS,
                check=False,
            )
        )

    def start(self, verb: str, *words: str) -> subprocess.Popen[bytes]:
        """Start a verb in a process group of its own; what it says goes to files."""
        said = self.machine.root / "said.txt"
        with said.open("ab") as out:
            return subprocess.Popen(
                self.words(verb, *words),
                cwd=self.machine.work,
                env=self.machine.environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def outcomes(self, verb: str, *words: str, code: int | None = None) -> dict[str, Any]:
        """Run a bulk verb with `--json`: task -> its outcome.

        Raises:
            AssertionError: The exit code is another than `code`, or two outcomes have one task.
        """
        said = self.run(verb, *words, "--json")
        assert code is None or said.code == code, f"{verb}: {said}"
        assert said.out.startswith("{"), said
        found = said.document["outcomes"]
        keyed = {one["key"]: one for one in found}
        assert len(keyed) == len(found), "two outcomes for one task"
        return keyed

    def journals(self) -> dict[str, list[dict[str, Any]]]:
        """Every journal, each line read."""
        return {
            path.name: [json.loads(line) for line in path.read_text("utf-8").splitlines()]
            for path in sorted((self.folder / ".cohort/journal").glob("*"))
        }


def toml(value: object) -> str:
    """A text or a list of texts as TOML has it."""
    return json.dumps(value, ensure_ascii=False)
