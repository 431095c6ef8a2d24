"""A machine of one's own: a home, a folder for temporary files, the package, and git's settings."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Said:
    """What a command gave back.

    Attributes:
        code: Its exit code.
        out: Standard output.
        err: Standard error.
    """

    code: int
    out: str
    err: str

    @property
    def error(self) -> list[str]:
        """The lines on standard error, without those that tell what is being done."""
        return [line for line in self.err.splitlines() if not line.endswith(" ...")]

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on standard output."""
        document = json.loads(self.out)
        assert isinstance(document, dict)
        return document


@dataclass
class Machine:
    """Where commands run, and with what environment.

    Attributes:
        root: Everything is below it.
        site: Folder that holds the package.
        env: The environment of every command.
    """

    root: Path
    site: Path
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for folder in (self.home, self.work, self.temporary):
            folder.mkdir(parents=True, exist_ok=True)
        self.configure("[user]\n\tname = Ada Muster\n\temail = ada@example.org\n")
        self.env = {
            "HOME": os.fspath(self.home),
            "PATH": os.environ["PATH"],
            "TMPDIR": os.fspath(self.temporary),
            "PYTHONPATH": os.fspath(self.site),
            "GIT_CONFIG_GLOBAL": os.fspath(self.home / ".gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "LC_ALL": "C.UTF-8",
            "TERM": "dumb",
            **self.env,
        }

    @property
    def home(self) -> Path:
        """The user's home."""
        return self.root / "home"

    @property
    def work(self) -> Path:
        """Where commands run."""
        return self.root / "work"

    @property
    def temporary(self) -> Path:
        """TMPDIR."""
        return self.root / "tmp"

    @property
    def embedded(self) -> Path:
        """The joined bundle."""
        return self.home / ".local/share/scaffold/templates.bundle"

    def configure(self, settings: str) -> None:
        """Write git's settings of the user."""
        (self.home / ".gitconfig").write_text(settings, encoding="utf-8")

    def command(self, *words: str, python: tuple[str, ...] = ()) -> list[str]:
        """The real command, from the copied package."""
        return [sys.executable, "-P", *python, "-m", "scaffold", *words]

    def run(
        self,
        *words: str,
        cwd: Path | None = None,
        env: Mapping[str, str | None] | None = None,
        python: tuple[str, ...] = (),
        before: tuple[str, ...] = (),
    ) -> Said:
        """Run `scaffold` with `words`.

        Args:
            words: What follows `scaffold`.
            cwd: Where; the work folder when None.
            env: Variables to add, or with None to remove.
            python: Options of the interpreter.
            before: A command to run it under, for instance `unshare`.
        """
        return told(
            subprocess.run(
                [*before, *self.command(*words, python=python)],
                cwd=cwd or self.work,
                env=self.environment(env),
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=120,
                check=False,
            )
        )

    def start(self, *words: str, cwd: Path | None = None, **env: str) -> subprocess.Popen[bytes]:
        """Start `scaffold` in a process group of its own."""
        return subprocess.Popen(
            self.command(*words),
            cwd=cwd or self.work,
            env=self.environment(dict(env)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def environment(self, env: Mapping[str, str | None] | None = None) -> dict[str, str]:
        """The environment with changes."""
        merged = {**self.env, **(env or {})}
        return {name: value for name, value in merged.items() if value is not None}

    def new(self, *words: str, **options: Any) -> Said:
        """Run `scaffold new supervised-api --defaults --no-lock` with further words."""
        return self.run("new", "supervised-api", "--defaults", "--no-lock", *words, **options)

    def git(self, folder: Path, *words: str) -> str:
        """Run git as the user of this machine would."""
        return subprocess.run(
            ["git", *words], cwd=folder, env=self.env, capture_output=True, text=True, check=True
        ).stdout


def told(done: subprocess.CompletedProcess[bytes]) -> Said:
    """What a finished process said."""
    return Said(
        done.returncode,
        done.stdout.decode("utf-8", "replace"),
        done.stderr.decode("utf-8", "replace"),
    )


def stop(process: subprocess.Popen[bytes], number: signal.Signals) -> Said:
    """Send a signal to the whole process group, as a terminal does, and wait."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    out, err = process.communicate(timeout=60)
    return Said(process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


def listing(folder: Path) -> dict[str, str]:
    """Every path below a folder, and what it is: `folder`, `link` or the bytes' digest."""
    import hashlib

    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"link {path.readlink()}"
        elif path.is_dir():
            found[name] = "folder"
        else:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found
