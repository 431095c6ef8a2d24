"""Seconds, memory and answers, measured alike for every contestant."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

WARM = 3  # first searches that don't count
SHOWN = 5  # passages that an answer is made from
DEPTH = 50  # passages that hold ten distinct sections, also where sections are long
NEAREST = 10


def say(**facts: object) -> None:
    """Print one line for whoever started this process."""
    print(json.dumps(facts), flush=True)


def read(folder: Path, name: str) -> Any:
    """What was prepared for everyone."""
    return json.loads((folder / name).read_text(encoding="utf-8"))


def resident() -> float:
    """Memory of this process now, in MB (10^6 bytes)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def tell_ready(first: Callable[[], object]) -> None:
    """Answer once, and print how much processor time this process has used up to then."""
    first()
    say(ready_cpu_s=time.process_time())


def tell_ingest(work: Callable[[], int]) -> None:
    """Ingest, and print what it took; `work` gives the number of passages."""
    clock, used = time.perf_counter(), time.process_time()
    passages = work()
    used, clock = time.process_time() - used, time.perf_counter() - clock
    say(ingest_s=clock, ingest_cpu_s=used, passages=passages)


def tell_cost(way: str, ask: Callable[[Any], object], questions: Iterable[Any]) -> None:
    """Ask each question, and print what each takes in milliseconds, by the clock and processor.

    Args:
        way: Of searching.
        ask: Searches.
        questions: Asked one after the other; the first few twice, of which the second counts.
    """
    all_of_them = list(questions)
    for one in all_of_them[:WARM]:
        ask(one)
    latency, cpu = [], []
    for one in all_of_them:
        clock, used = time.perf_counter(), time.process_time()
        ask(one)
        cpu.append(1000 * (time.process_time() - used))
        latency.append(1000 * (time.perf_counter() - clock))
    say(way=way, latency_ms=latency, cpu_ms=cpu)


def run(verbs: Mapping[str, Callable[[Path], None]]) -> None:
    """Do what the command line says."""
    verbs[sys.argv[1]](Path(sys.argv[2]))
