"""Locking a generated repository to the set of packages that its release was tested with."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import interpreters, scratch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LOCK = "uv.lock"
CONSTRAINTS = "constraints.txt"
PYPROJECT = "pyproject.toml"
_SECONDS = 180


@dataclass(frozen=True)
class Locked:
    """What came of locking.

    Attributes:
        done: Whether there is a lock now.
        reason: Why not, in a few words; empty when done.
        said: All that uv said then.
    """

    done: bool
    reason: str = ""
    said: str = ""


def can_lock(folder: Path) -> bool:
    """Whether a repository has no lock, and tested versions that it can be locked to."""
    needed = (folder / PYPROJECT, folder / CONSTRAINTS)
    return all(map(os.path.isfile, needed)) and not os.path.lexists(folder / LOCK)


def lock(folder: Path, options: Sequence[str] = ()) -> Locked:
    """Write `uv.lock` into `folder`, with exactly the versions of its `constraints.txt`.

    uv takes the constraints from a copy of `pyproject.toml` in a temporary folder, and keeps the
    versions when it then locks an unchanged copy: so `pyproject.toml` stays as the template wrote
    it, and nothing else in `folder`, such as a `uv.toml`, is obeyed.
    A missing uv or network is no error: the repository can be locked later.

    Args:
        folder: A generated repository.
        options: Of uv, such as `--no-build`.
    """
    outcome = lock_to(folder, read_pins(folder / CONSTRAINTS), options)
    if not outcome.done:
        (folder / LOCK).unlink(missing_ok=True)
    return outcome


def lock_to(folder: Path, pins: list[str], options: Sequence[str] = ()) -> Locked:
    """Bring the lock of `folder` to versions that some requirements allow, and no further.

    Args:
        folder: Holds `pyproject.toml`, and `uv.lock` if there is one: its versions stay where they
            may. Nothing else is read.
        pins: Requirements such as `name>=1.2 ; marker`.
        options: As `lock` has them.
    """
    uv, python = interpreters.uv(), interpreters.fitting()
    if uv is None:
        return Locked(done=False, reason="uv is not installed")
    if python is None:
        return Locked(done=False, reason="there is no Python 3.11, 3.12 or 3.13")
    return _locked_to(folder, pins, [uv, "lock", "--quiet", "--python", python, *options])


def _locked_to(folder: Path, pins: list[str], command: list[str]) -> Locked:
    with scratch.folder("scaffold-lock-") as model:
        for needed in (PYPROJECT, "README.md", LOCK):
            if (folder / needed).is_file():
                shutil.copy(folder / needed, model / needed)
        _constrain(model / PYPROJECT, pins)
        outcome = _uv_lock(command, model)
        if outcome.done:
            shutil.copy(folder / PYPROJECT, model / PYPROJECT)
            outcome = _uv_lock(command, model)
        if outcome.done:
            shutil.copy(model / LOCK, folder / LOCK)
        return outcome


def read_pins(path: Path) -> list[str]:
    """The lines of a `constraints.txt`, without comments; none if there is no such file."""
    return pins_in(path.read_text(encoding="utf-8")) if path.is_file() else []


def pins_in(text: str) -> list[str]:
    """The lines of the text of a `constraints.txt`, without comments."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _constrain(pyproject: Path, pins: list[str]) -> None:
    """Append the pins as uv's constraints; a `[tool.uv]` table may be there already."""
    text = pyproject.read_text(encoding="utf-8")
    quoted = ", ".join("'" + pin.replace("'", '"') + "'" for pin in pins)
    entry = f"constraint-dependencies = [{quoted}]\n"
    if "\n[tool.uv]\n" in text:
        text = text.replace("\n[tool.uv]\n", f"\n[tool.uv]\n{entry}", 1)
    else:
        text = f"{text.rstrip()}\n\n[tool.uv]\n{entry}"
    pyproject.write_text(text, encoding="utf-8", newline="\n")


def _uv_lock(command: list[str], folder: Path) -> Locked:
    """Run `uv lock`; without a network once more from uv's own cache."""
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    environment |= {"UV_PYTHON_DOWNLOADS": "never", "UV_HTTP_RETRIES": "1", "NO_COLOR": "1"}
    said = ""
    for extra in ([], ["--offline"]):
        try:
            done = subprocess.run(
                [*command, *extra],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Locked(done=False, reason=f"uv was not done after {_SECONDS} seconds")
        except OSError as error:
            return Locked(done=False, reason=f"uv did not start: {error}")
        if done.returncode == 0:
            return Locked(done=True)
        said = said or done.stderr
    return Locked(done=False, reason=_why(said), said=said)


def _why(message: str) -> str:
    """The line of uv's message that says what happened, without its tree of causes."""
    lines = [line.strip(" │├╰─▶·" + chr(215)) for line in message.splitlines() if line.strip()]
    if any(word in message for word in ("Failed to fetch", "error sending request", "dns error")):
        return "no package index could be reached"
    return lines[0].removeprefix("error: ") if lines else "uv gave no reason"
