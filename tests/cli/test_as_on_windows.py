"""Windows by simulation: without `fcntl`, `os.fork` and SIGKILL. Not run on Windows itself."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_filling import complete

if TYPE_CHECKING:
    from tests.machine import Machine

PRELUDE = """
import os, signal, sys

class NotHere:
    def find_spec(self, name, path=None, target=None):
        if name == "fcntl":
            raise ImportError(name)

sys.meta_path.insert(0, NotHere())
del os.fork, signal.SIGKILL
sys.argv = ["scaffold", *sys.argv[1:]]
from scaffold.cli import main
main()
"""


def run(machine: Machine, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-c", PRELUDE, *words],
        cwd=machine.work,
        env=machine.env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("place", ["new", "existing"])
def test_a_repository_is_made_without_what_only_unix_has(fresh: Machine, place: str) -> None:
    if place == "existing":
        (fresh.work / place).mkdir()
    done = run(fresh, "new", "supervised-api", place, "--defaults", "--no-lock")
    assert (done.returncode, done.stderr.count("Error")) == (0, 0), done.stderr
    complete(fresh, fresh.work / place)
    assert {path.name for path in fresh.work.iterdir()} == {place}
    again = run(fresh, "new", "supervised-api", place, "--defaults")
    assert again.returncode == 2
    assert run(fresh, "status", place).returncode == 0
