"""A virtual environment for each contestant, and what it weighs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import BIN

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache" / "bench"
TEMPLATE = "rag-app"


@dataclass(frozen=True)
class Environment:
    """Where a contestant runs.

    Attributes:
        name: Of the contestant.
        python: Its interpreter.
        megabytes: All that is installed, in 10^6 bytes.
    """

    name: str
    python: Path
    megabytes: float


def render(template: str = TEMPLATE) -> Path:
    """The generated repository, from the working state of this one, with its own environment."""
    starter = CACHE / template
    shutil.rmtree(starter, ignore_errors=True)
    starter.parent.mkdir(parents=True, exist_ok=True)
    source = ["--source", str(ROOT), "--ref", "HEAD", "--defaults"]
    _run([f"{BIN}/scaffold", "new", template, str(starter), *source])
    _run(["uv", "sync", "--quiet", "--locked", "--no-dev", "--directory", str(starter)])
    return starter


def of_starter(starter: Path) -> Environment:
    """The generated repository's own."""
    return _found("rag-app", starter / ".venv")


def of_requirements(name: str) -> Environment:
    """A peer's, from the versions in `NAME.txt`; made anew, because it is weighed."""
    folder = CACHE / name
    _run(["uv", "venv", "--quiet", "--clear", str(folder)])
    listed = HERE / f"{name}.txt"
    python = str(folder / "bin" / "python")
    _run(["uv", "pip", "install", "--quiet", "--python", python, "--requirement", str(listed)])
    return _found(name, folder)


def _found(name: str, folder: Path) -> Environment:
    (packages,) = folder.glob("lib/python*/site-packages")
    return Environment(name, folder / "bin" / "python", weight(packages))


def weight(folder: Path) -> float:
    """What lies in a folder, in 10^6 bytes, without what Python compiled in passing.

    A file with several names counts once for each: on another machine it is not shared.
    """
    files = (one for one in folder.rglob("*") if one.is_file() and not one.is_symlink())
    return sum(one.stat().st_size for one in files if one.suffix != ".pyc") / 1e6


def _run(words: list[str]) -> None:
    environment = os.environ | {"UV_PYTHON": os.environ.get("UV_PYTHON", sys.executable)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")
