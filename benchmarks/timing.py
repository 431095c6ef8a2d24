"""Timing commands in turn, so that all of them see the same machine."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Measured:
    """One command's figures over all rounds, in seconds."""

    cpu: list[float]
    wall: list[float]

    def __str__(self) -> str:
        cpu, wall = statistics.median(self.cpu), statistics.median(self.wall)
        return f"{cpu:6.3f} s CPU (least {min(self.cpu):.3f}), {wall:6.3f} s wall"


@dataclass(frozen=True)
class Command:
    """A command to time; `fresh` clears what the round before left."""

    name: str
    words: list[str]
    fresh: Callable[[], None] = lambda: None


def run_once(command: Command, folder: Path) -> tuple[float, float]:
    """CPU and wall seconds of one run.

    Raises:
        SystemExit: The command failed; a benchmark of errors is worth nothing.
    """
    command.fresh()
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command.words, cwd=folder, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise SystemExit(f"{command.name} failed:\n{done.stdout}{done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def interleave(commands: list[Command], folder: Path, rounds: int) -> dict[str, Measured]:
    """Time commands in turn; the first round warms up and does not count."""
    found = {command.name: Measured([], []) for command in commands}
    for number in range(rounds + 1):
        for command in commands:
            cpu, wall = run_once(command, folder)
            if number:
                found[command.name].cpu.append(cpu)
                found[command.name].wall.append(wall)
    return found


def report(title: str, found: dict[str, Measured], goals: dict[tuple[str, str], float]) -> None:
    """Print the figures and the ratio of each pair beside its goal."""
    print(f"\n{title}")
    for name, measured in found.items():
        print(f"  {name:<34} {measured}")
    for (ours, peer), goal in goals.items():
        pairs = zip(found[ours].cpu, found[peer].cpu, strict=True)
        ratio = statistics.median(a / b for a, b in pairs)
        verdict = "met" if ratio <= goal else "MISSED"
        print(f"  ratio {ours} / {peer}: {ratio:.2f} (goal {goal:.2f}: {verdict})")
