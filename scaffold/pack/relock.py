"""The tested set of a template: `constraints.txt`, resolved once for all systems and Pythons."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import interpreters
from scaffold.errors import OutsideError
from scaffold.pack.hosts import find_host
from scaffold.pack.plumbing import workspace
from scaffold.pack.release import replace_file
from scaffold.pack.render import render_working
from scaffold.pack.tree import read_working

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_LOWEST = ".".join(map(str, interpreters.FITTING[0]))
_PIN = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)==(\S+)(?: ; (.+))?")
_SECONDS = 600


@dataclass(frozen=True)
class Moved:
    """A package whose pins differ from before.

    Attributes:
        name: The package.
        old: Its versions before, one for each marker.
        new: Its versions now.
    """

    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True)
class Relocked:
    """What refreshing a tested set changed.

    Attributes:
        file: The `constraints.txt` that was written.
        added: Packages that are new in it.
        removed: Packages that are no longer in it.
        moved: Packages whose version or marker changed.
    """

    file: Path
    added: tuple[str, ...]
    removed: tuple[str, ...]
    moved: tuple[Moved, ...]


def relock(pack_root: Path, template: str) -> Relocked:
    """Resolve a template's packages anew and write its `constraints.txt`.

    Args:
        pack_root: The folder that holds `copier.yml` and `templates/`.
        template: The template's id.

    Raises:
        RequestError: There is no such template, or it cannot be rendered.
        OutsideError: uv is missing, found no solution, or named where a package comes from.
    """
    with workspace() as work:
        project = work / "project"
        render_working(pack_root, template, {}, project)
        pins = _resolve(project)
    path = f"templates/{template}/template/constraints.txt"
    before = _by_name((read_working(pack_root).text(path) or "").splitlines())
    now = _by_name(pins)
    file = pack_root / path
    replace_file(file, "".join(f"{pin}\n" for pin in pins).encode())
    return Relocked(
        file,
        added=tuple(sorted(now.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - now.keys())),
        moved=tuple(
            Moved(name, before[name], now[name])
            for name in sorted(now.keys() & before.keys())
            if now[name] != before[name]
        ),
    )


def _resolve(project: Path) -> list[str]:
    """One universal resolution of everything that the project may install."""
    uv = interpreters.uv()
    if uv is None:
        raise OutsideError("uv is not installed.", "Install it: python -m pip install uv")
    declared = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [part for name in declared.get("dependency-groups", {}) for part in ("--group", name)]
    python = interpreters.fitting()
    try:
        done = subprocess.run(
            [
                *(uv, "pip", "compile", "--quiet", "--color=never", "--universal"),
                *("--python-version", _LOWEST, *(("--python", python) if python else ())),
                *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
                *("--all-extras", *groups, "pyproject.toml"),
            ],
            cwd=project,
            env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise OutsideError(
            f"uv did not end within {_SECONDS} s.", "Check the network, then try again."
        ) from error
    if done.returncode != 0:
        said = " ".join(done.stderr.split())
        raise OutsideError(
            f"uv found no set of packages: {said}",
            "Check the network and the ranges in the template's pyproject.toml.",
        )
    return sorted(_checked(line.strip()) for line in done.stdout.splitlines() if line.strip())


def _checked(line: str) -> str:
    if not _PIN.fullmatch(line) or find_host(line.encode()):
        raise OutsideError(
            f"uv wrote a line that is no plain pin: {line.split('@', maxsplit=1)[0].strip()}",
            "Every package must come from an index by name and version, not from an address.",
        )
    return line


def _by_name(lines: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The versions of each package, with their markers."""
    found: dict[str, list[str]] = {}
    for line in lines:
        match = _PIN.fullmatch(line.strip())
        if match:
            version = f"{match[2]} ; {match[3]}" if match[3] else match[2]
            found.setdefault(match[1], []).append(version)
    return {name: tuple(sorted(versions)) for name, versions in found.items()}
