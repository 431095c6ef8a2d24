"""The Pythons on this machine that generated repositories promise to run on."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

VERSIONS = ("3.11", "3.12", "3.13")


@cache
def find(version: str) -> str | None:
    """Path of a Python of that version that really starts; a shim may not."""
    managed = Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin/python{version}")
    for candidate in [*sorted(map(str, managed)), shutil.which(f"python{version}")]:
        if candidate is not None and _starts(candidate, version):
            return candidate
    return None


def require(version: str) -> str:
    """The Python of that version, or a skip that names the missing one."""
    found = find(version)
    if found is None:
        pytest.skip(f"Python {version} is not on this machine")
    return found


def _starts(python: str, version: str) -> bool:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        told = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return told.stdout.strip() == version
