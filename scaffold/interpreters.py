"""Finding uv, and a Python that generated repositories accept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

FITTING = ((3, 11), (3, 13))
"""Lowest and highest Python version that the starters are tested on."""


def uv() -> str | None:
    """Path of uv: on PATH, or beside this Python where pip puts it; None if there is none."""
    found = shutil.which("uv")
    if found is not None:
        return found
    beside = Path(sys.executable).with_name("uv.exe" if os.name == "nt" else "uv")
    return os.fspath(beside) if beside.is_file() else None


def fitting() -> str | None:
    """The first Python that fits the starters: this one, `UV_PYTHON`, else one found on PATH.

    Each candidate is started, because a shim on PATH may lead nowhere.
    """
    lowest, highest = FITTING
    if lowest <= sys.version_info[:2] <= highest:
        return sys.executable
    names = [f"python3.{minor}" for minor in range(highest[1], lowest[1] - 1, -1)]
    for candidate in [
        os.environ.get("UV_PYTHON"),
        *map(shutil.which, [*names, "python3", "python"]),
    ]:
        if candidate is not None and _version(candidate) is not None:
            return candidate
    return None


def _version(python: str) -> tuple[int, int] | None:
    """Version of an interpreter if it starts and fits."""
    code = "import sys; print(sys.version_info[0], sys.version_info[1])"
    try:
        told = subprocess.run(
            [python, "-c", code], capture_output=True, text=True, timeout=20, check=True
        ).stdout.split()
        version = (int(told[0]), int(told[1]))
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
    return version if FITTING[0] <= version <= FITTING[1] else None
