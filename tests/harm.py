"""Code of a stranger's that leaves a mark where it ran."""

from __future__ import annotations

import io
import os
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def marking(mark: Path) -> str:
    """A line of Python that makes the file `mark`."""
    return f"open({os.fspath(mark)!r}, 'w').close()\n"


def source_distribution(path: Path, mark: Path) -> None:
    """Write the package `evil`, which uv has to run to know what it needs; it makes `mark` then."""
    setup = f'{marking(mark)}from setuptools import setup\nsetup(name="evil", version="1.0")\n'
    files = {
        "setup.py": setup,
        "PKG-INFO": "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n",
    }
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            facts = tarfile.TarInfo(f"evil-1.0/{name}")
            facts.size = len(text)
            archive.addfile(facts, io.BytesIO(text.encode()))


def self_building(mark: Path) -> dict[str, str]:
    """Files of a project that leaves its version to a program of its own, which makes `mark`."""
    return {
        "pyproject.toml": (
            '[project]\nname = "mine"\ndynamic = ["version"]\n'
            'requires-python = ">=3.11,<3.14"\n'
            '[build-system]\nrequires = []\nbuild-backend = "harm"\nbackend-path = ["."]\n'
        ),
        "harm.py": f"{marking(mark)}raise SystemExit(1)\n",
    }
