"""A generated repository whose packages are installed, for tests that run its commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
VERB_SECONDS = 600


def run(
    folder: Path, *words: str | Path, given: str | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    environment |= {"UV_PYTHON": sys.executable, "PYTHONPATH": ""}
    return subprocess.run(
        words,
        cwd=folder,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=VERB_SECONDS,
    )


def done(folder: Path, *words: str | Path, given: str | None = None) -> str:
    finished = run(folder, *words, given=given)
    assert finished.returncode == 0, (
        f"{words}\n{finished.stdout[-2000:]}\n{finished.stderr[-2000:]}"
    )
    return finished.stdout


@dataclass(frozen=True)
class Starter:
    """A generated repository; copies of it share its packages."""

    folder: Path
    python: Path

    def app(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run(self.folder, self.python, "-m", "app", *words)

    def plant(self, path: str, old: str, new: str) -> None:
        """Change one line of its code, as a careless commit would."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{path} no longer has {old!r} once: plant another fault"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def measure(self) -> subprocess.CompletedProcess[str]:
        """Make the index anew with the code as it is now, and evaluate."""
        for words in (("reset", "--yes"), ("ingest",)):
            finished = self.app(*words)
            assert finished.returncode == 0, finished.stderr
        return self.app("evaluate")


def made(folder: Path, template: str = "rag-app") -> Starter:
    """Generate the repository and install its packages."""
    words = ("pack", "render", template, folder, "--root", ROOT)
    done(ROOT, sys.executable, "-m", "scaffold", *words)
    done(folder, "uv", "lock", "--quiet")
    done(folder, "uv", "sync", "--quiet")
    where = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return Starter(folder, folder / ".venv" / where)


def copied(starter: Starter, folder: Path) -> Starter:
    """Copy a starter, without its packages and history, to be changed."""
    ignored = shutil.ignore_patterns(".venv", "__pycache__", ".git")
    return Starter(shutil.copytree(starter.folder, folder, ignore=ignored), starter.python)
