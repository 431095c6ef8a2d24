"""A generated starter to break: rendered from the working state, its packages synced once.

Faults are tried in copies side by side. All use the packages of the first; `python -m pytest`
puts the copy's own folder first on the path, so each tests its own `app`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS = 400  # for one run of the tests; a fault that makes them hang is caught too
NOT_COPIED = (".venv", ".git", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache")


@dataclass(frozen=True)
class Verdict:
    """How the tests of a starter ended.

    Attributes:
        caught: Whether they failed.
        by: The test that failed first, or what else stopped them; empty when nothing did.
    """

    caught: bool
    by: str


def generate(template: str, folder: Path) -> Path:
    """Make a starter from the working state in `folder` and install its packages."""
    made = folder / "starter"
    command = [sys.executable, "-m", "scaffold", "new", template, str(made), "--defaults"]
    subprocess.run(
        [*command, "--source", str(ROOT), "--ref", "HEAD"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    # Compiled now: the runs of the tests may not write bytecode, and would do it each time.
    sync = ["uv", "sync", "--locked", "--quiet", "--compile-bytecode"]
    subprocess.run(sync, cwd=made, check=True)
    return made


def copy(starter: Path, folder: Path) -> Path:
    """Copy the starter's files, without what tools left there."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(starter, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
    return folder


def judge(starter: Path, broken: Path) -> Verdict:
    """Run the tests of a copy with the packages of the starter, up to the first failure."""
    bin_folder = starter / ".venv" / ("Scripts" if os.name == "nt" else "bin")
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(broken)}
    command = [bin_folder / "python", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            command,
            cwd=broken,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Verdict(caught=True, by=f"not done after {SECONDS} s")
    if done.returncode == 0:
        return Verdict(caught=False, by="")
    lines = done.stdout.splitlines()
    failed = [line for line in lines if line.startswith(("FAILED tests/", "ERROR tests/"))]
    return Verdict(caught=True, by=failed[0].split(" - ")[0] if failed else f"{lines[-1:]}")
