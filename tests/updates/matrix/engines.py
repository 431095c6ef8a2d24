"""What makes an update: scaffold, or something to compare it with."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.updates.matrix.desk import Desk

_PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Ended:
    """How an update ended.

    Attributes:
        code: The exit code.
        out: Standard output.
        err: Standard error.
    """

    code: int
    out: str
    err: str

    @property
    def document(self) -> Mapping[str, Any] | None:
        """The one JSON document on standard output, if that is what there is."""
        try:
            document = json.loads(self.out)
        except ValueError:
            return None
        return document if isinstance(document, dict) else None


class Engine(Protocol):
    """Anything that updates the repository on a desk."""

    def __call__(self, desk: Desk) -> Ended:
        """Update to the newest release."""


@dataclass(frozen=True)
class Scaffold:
    """The command `scaffold update`.

    Attributes:
        site: Folder with the package, which carries the releases of one pack.
    """

    site: Path

    def __call__(self, desk: Desk) -> Ended:
        """Update, without touching the lock and so without a network."""
        command = [sys.executable, "-P", "-m", "scaffold", *self.words(desk)]
        return run(command, desk.folder, self.environment(desk))

    @staticmethod
    def words(desk: Desk) -> list[str]:
        """What follows `scaffold`."""
        to = ["--to", desk.journey.new] if desk.journey.by_name else []
        return ["update", "--json", "--no-lock", *to, str(desk.project)]

    def environment(self, desk: Desk) -> dict[str, str]:
        """Variables with which the package of the site is found."""
        return {**desk.environment, **desk.called_with, "PYTHONPATH": str(self.site)}


@dataclass(frozen=True)
class Copier:
    """The command `copier update`, as a learner or Renovate runs it."""

    executable: Path

    def __call__(self, desk: Desk) -> Ended:
        """Update with the recorded answers."""
        words = [str(self.executable), "update", "--defaults", "--quiet"]
        return run(words, desk.project, {**desk.environment, **desk.called_with})


def run(command: list[str], cwd: Path, environment: Mapping[str, str]) -> Ended:
    """Run a command without a terminal."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=_PATIENCE_SECONDS,
    )
    return Ended(
        done.returncode, *(out.decode("utf-8", "replace") for out in (done.stdout, done.stderr))
    )
