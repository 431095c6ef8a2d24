"""Running the drivers, each in its contestant's environment, and gathering what they print."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.retrieval.environments import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.retrieval.environments import Environment

DRIVERS = "benchmarks.retrieval.drivers"


def _environment(starter: Path) -> dict[str, str]:
    # Only the word vectors of the starter are imported in a peer's environment.
    return os.environ | {
        "PYTHONPATH": str(starter),
        "PROJECT_FILE": str(starter / "project.toml"),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def drive(environment: Environment, starter: Path, driver: str, verb: str, folder: Path) -> Any:
    """What a driver printed: facts by name, and below `ways` those of each way of searching.

    `ready_s` is added: from the start of the process to its first answer, by the clock.

    Raises:
        SystemExit: It failed.
    """
    words = [str(environment.python), "-m", f"{DRIVERS}.{driver}", verb, str(folder)]
    facts: dict[str, Any] = {"ways": {}}
    started = time.perf_counter()
    with subprocess.Popen(
        words, cwd=ROOT, env=_environment(starter), stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            gather(facts, json.loads(line), time.perf_counter() - started)
    if process.returncode:
        raise SystemExit(f"{driver} {verb} failed; its error is above")
    return facts


def gather(facts: dict[str, Any], said: dict[str, Any], seconds: float) -> None:
    """Add one line of a driver to what is known.

    Args:
        facts: Is added to.
        said: The line.
        seconds: From the start of the process to the line.
    """
    if "ready_cpu_s" in said:
        said |= {"ready_s": seconds}
    way = said.pop("way", None)
    place = facts if way is None else facts["ways"].setdefault(way, {})
    place.update(said)


@contextmanager
def serving(environment: Environment, starter: Path, folder: Path) -> Iterator[str]:
    """Yield the address of a Postgres server that runs meanwhile."""
    words = [str(environment.python), "-m", f"{DRIVERS}.server", "serve", str(folder)]
    with subprocess.Popen(
        words,
        cwd=ROOT,
        env=_environment(starter),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise SystemExit("no Postgres server could be started; its error is above")
        yield str(json.loads(line)["url"])
        process.stdin.close()
