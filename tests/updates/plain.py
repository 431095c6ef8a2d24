"""A copier that has never heard of scaffold, run the way a learner or Renovate runs it.

Everything goes through the executable and through git; nothing of scaffold is imported, so what
these tests show holds for a repository whose owner has only copier.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

COPIER_VERSION = "9.19.1"

#: Configuration that must not decide a test: no system or user git settings, a fixed identity.
_GITCONFIG = """\
[user]
    name = A Learner
    email = learner@example.org
[init]
    defaultBranch = main
[commit]
    gpgsign = false
[advice]
    detachedHead = false
"""


@dataclass(frozen=True)
class Finished:
    """What a command left behind: exit code and both outputs as text."""

    code: int
    out: str
    err: str

    def ok(self) -> Finished:
        """Return self, or raise AssertionError showing what the command printed."""
        if self.code != 0:
            msg = f"exit code {self.code}\n{self.out}\n{self.err}"
            raise AssertionError(msg)
        return self


@dataclass(frozen=True)
class Plain:
    """A separately installed copier and a home folder of its own."""

    executable: Path
    home: Path

    @classmethod
    def at(cls, executable: Path, home: Path) -> Plain:
        """Prepare `home` so that no setting of the person running the tests leaks in."""
        home.mkdir(parents=True, exist_ok=True)
        (home / ".gitconfig").write_text(_GITCONFIG, encoding="utf-8")
        return cls(executable, home)

    def environment(self) -> dict[str, str]:
        """The environment of every command: `~` is our home folder, git asks nobody."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "COPIER", "XDG_"))}
        return kept | {
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "GIT_CONFIG_GLOBAL": str(self.home / ".gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
        }

    def run(self, *arguments: str, cwd: Path) -> Finished:
        """Run copier in `cwd`, without a terminal."""
        return self._run([str(self.executable), *arguments], cwd)

    def git(self, *arguments: str, cwd: Path) -> str:
        """Run git in `cwd`; its output, or AssertionError."""
        return self._run(["git", *arguments], cwd).ok().out

    def commit(self, message: str, *, cwd: Path) -> None:
        """Commit everything that git does not ignore, first making the repository if needed."""
        if not (cwd / ".git").exists():
            self.git("init", "--quiet", cwd=cwd)
        self.git("add", "--all", cwd=cwd)
        self.git("commit", "--quiet", "--allow-empty", "--message", message, cwd=cwd)

    def newest_version(self, project: Path) -> tuple[bool, str]:
        """What `copier check-update` says: is there an update, and the newest version."""
        said = self.run("check-update", "--output-format", "json", cwd=project).ok()
        answer = json.loads(said.out)
        return bool(answer["update_available"]), str(answer["latest_version"])

    def _run(self, command: list[str], cwd: Path) -> Finished:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
            encoding="utf-8",
        )
        return Finished(done.returncode, done.stdout, done.stderr)


def find_or_install(cache: Path) -> Path:
    """A copier executable that shares nothing with the running interpreter.

    Taken from the environment variable `COPIER`, else installed once into a virtual environment
    under `cache`, by uv where it exists and by pip elsewhere.

    Raises:
        RuntimeError: neither worked; the message says what to do.
    """
    if named := os.environ.get("COPIER"):
        found = shutil.which(named)
        if found is None:
            msg = f"COPIER={named} is not an executable."
            raise RuntimeError(msg)
        return Path(found).absolute()
    venv = cache / f"copier-{COPIER_VERSION}-python{sys.version_info[0]}.{sys.version_info[1]}"
    scripts = venv / ("Scripts" if os.name == "nt" else "bin")
    executable = scripts / ("copier.exe" if os.name == "nt" else "copier")
    whole = venv / "installed"  # written last: an interrupted installation is done again
    if whole.exists():
        return executable
    shutil.rmtree(venv, ignore_errors=True)
    requirement = f"copier=={COPIER_VERSION}"
    python = str(scripts / "python")
    uv = shutil.which("uv")
    if uv is not None:
        steps = [
            [uv, "venv", "--quiet", "--python", sys.executable, str(venv)],
            [uv, "pip", "install", "--quiet", "--python", python, requirement],
        ]
    else:
        steps = [
            [sys.executable, "-m", "venv", str(venv)],
            [python, "-m", "pip", "install", "--quiet", requirement],
        ]
    for step in steps:
        done = subprocess.run(step, capture_output=True, check=False, text=True, encoding="utf-8")
        if done.returncode != 0:
            why = f"{requirement} is needed by the update tests and could not be installed:"
            msg = f"{why}\n{done.stderr}\nSet COPIER to the executable of one that you have."
            raise RuntimeError(msg)
    whole.touch()
    return executable
