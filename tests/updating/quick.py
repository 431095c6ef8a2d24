"""Commands that run in a fork of this process, where everything is imported already.

A whole `scaffold update` takes a second as a process of its own and a quarter of one here; these
tests need hundreds. What is about the process itself (signals, encodings, a missing `fcntl`) still
starts a real one, with `Machine.run`.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import releases
from scaffold.cli.program import run
from tests.machine import Machine, Said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

for _name in ("copier", "git", "filelock", "rich.table", "scaffold.cli.told_update"):
    importlib.import_module(_name)  # once for all forks
for _name in ("scaffold.cli.verbs.update", "scaffold.cli.verbs.new", "scaffold.update.updating"):
    importlib.import_module(_name)

LONGEST_SECONDS = 100
BROKEN = 99


@dataclass
class Quick(Machine):
    """A machine whose commands run in forks.

    Attributes:
        bundles: Folder of the releases that the package would carry.
    """

    bundles: Path = Path()

    def run(
        self,
        *words: str,
        cwd: Path | None = None,
        env: Mapping[str, str | None] | None = None,
        python: tuple[str, ...] = (),
        before: tuple[str, ...] = (),
    ) -> Said:
        """Run `scaffold` with `words`; as a process of its own where options of one are given."""
        if python or before:
            return super().run(*words, cwd=cwd, env=env, python=python, before=before)
        return self.fork(*words, cwd=cwd, env=env)

    def fork(
        self,
        *words: str,
        cwd: Path | None = None,
        env: Mapping[str, str | None] | None = None,
        prepare: Callable[[], object] = lambda: None,
    ) -> Said:
        """Run `scaffold` with `words` in a fork.

        Args:
            words: What follows `scaffold`.
            cwd: Where; the work folder when None.
            env: Variables to add, or with None to remove.
            prepare: Is called in the fork just before.
        """
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if not child:
                code = BROKEN
                try:
                    self._become(cwd or self.work, env, out.fileno(), err.fileno())
                    prepare()
                    code = run(list(words))
                    sys.stderr.flush()
                except BaseException:  # noqa: BLE001 - nothing may get back into pytest
                    os.write(2, traceback.format_exc().encode())
                finally:
                    os._exit(code)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            said = []
            for stream in (out, err):
                stream.seek(0)
                said.append(stream.read().decode("utf-8", "replace"))
        return Said(code, *said)

    def _become(self, cwd: Path, env: Mapping[str, str | None] | None, out: int, err: int) -> None:
        """Make this process the command that it stands for."""
        signal.alarm(LONGEST_SECONDS)
        gc.disable()  # it would copy every page that the fork shares with us
        nowhere = os.open(os.devnull, os.O_RDONLY)
        for number, stream in enumerate((nowhere, out, err)):
            os.dup2(stream, number)
        sys.stdout, sys.stderr = (
            open(number, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            for number in (1, 2)
        )
        self.take_over(cwd, env)

    def take_over(self, cwd: Path, env: Mapping[str, str | None] | None = None) -> None:
        """Make this process, a fork, one of this machine."""
        os.environ.clear()
        os.environ.update(self.environment(env))
        tempfile.tempdir = None
        os.chdir(cwd)
        carried = sorted(self.bundles.glob("v*.bundle"))
        releases.shipped = lambda folder=None: carried  # type: ignore[assignment] # noqa: ARG005


def in_two(check: Callable[[int], object], numbers: Iterable[int]) -> None:
    """Call `check` with every number, half of them in each of two forks.

    Raises:
        AssertionError: With what failed in either.
    """
    numbers = list(numbers)
    workers = []
    for share in (numbers[::2], numbers[1::2]):
        told = tempfile.TemporaryFile()  # noqa: SIM115 - read below
        child = os.fork()
        if not child:
            code = BROKEN
            try:
                for number in share:
                    check(number)
                code = 0
            except BaseException:  # noqa: BLE001 - told by the parent
                os.write(told.fileno(), f"{number}: {traceback.format_exc()}".encode())
            finally:
                os._exit(code)
        workers.append((child, told))
    failed = []
    for child, told in workers:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        told.seek(0)
        if code:
            failed.append(told.read().decode() or f"a worker ended with {code}")
        told.close()
    assert not failed, "\n".join(failed)
