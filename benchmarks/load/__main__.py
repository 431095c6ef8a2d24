"""Each starter's service under 1, 8 and 64 clients; prints a table and writes docs/load.md.

    make bench-load

docs/load.md says what is measured and how.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

from benchmarks.load import clients, services
from benchmarks.load.page import Row, page, table

PAGE = Path(__file__).parents[2] / "docs" / "load.md"
CROWDS = (1, 8, 64)


@dataclass(frozen=True)
class Level:
    """How many clients, and whether one address may send as much as it likes."""

    clients: int
    limited: bool = False


LEVELS = (*(Level(crowd) for crowd in CROWDS), Level(CROWDS[-1], limited=True))


def measure(starter: services.Starter, folder: Path, level: Level, seconds: float) -> Row:
    """Ask a new process for so long.

    Raises:
        SystemExit: It died, lost a record, cut off an answer, failed, or refused without saying
            when to come back.
    """
    settings = {} if level.limited else {"RATE_LIMIT_PER_MINUTE": "0"}
    with services.serving(starter, folder, settings) as service:
        asked = services.requests(starter, folder, service)
        clients.ask(service.port, asked, 1, 1)  # the first answers of a process take longer
        before = services.busy(), services.spent(service.process.pid), services.spent(os.getpid())
        seen = clients.ask(service.port, asked, level.clients, seconds)
        after = services.busy(), services.spent(service.process.pid), services.spent(os.getpid())
        peak, lost = service.peak(), service.lost()
        service.get("/health/ready")
    all_of_it, its, ours = (end - start for start, end in zip(before, after, strict=True))
    took = sorted(seen.took.get(starter.status, []))
    wrong = {
        status: count
        for status, count in seen.statuses.items()
        if count and status not in {starter.status, *clients.REFUSALS}
    }
    if wrong or lost or seen.without_later or len(took) < 2:  # noqa: PLR2004 - for quantiles
        raise SystemExit(
            f"{starter.template} at {level}: {dict(seen.statuses)}, {lost} records lost, "
            f"{seen.without_later} refusals without Retry-After"
        )
    cuts = quantiles(took, n=100, method="inclusive")
    return Row(
        template=starter.template,
        clients=level.clients,
        limited=level.limited,
        throughput=len(took) / seen.seconds,
        p50=cuts[49],
        p99=cuts[98],
        processor=its / seen.seconds,
        peak=peak,
        statuses={int(status): count for status, count in seen.statuses.items() if count},
        others=max(0.0, all_of_it - its - ours) / seen.seconds,  # the clocks tick apart
    )


def main() -> None:
    """Prepare all, measure one after the other, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=60, help="of each row (60)")
    parser.add_argument("--dry", action="store_true", help="print only; docs/load.md stays")
    given = parser.parse_args()
    rows: list[Row] = []
    for starter in services.STARTERS:
        folder = services.prepare(starter)
        for level in LEVELS:
            rows.append(measure(starter, folder, level, given.seconds))
            print(table(rows[-1:])[-1], flush=True)
    print()
    print("\n".join(table(rows)))
    command = " ".join(["python -m benchmarks.load", *sys.argv[1:]])
    machine = (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} processors, services on {services.python(folder)}"
    )
    if not given.dry:
        asks = {one.template: one.asks for one in services.STARTERS}
        PAGE.write_text(page(rows, asks, command, machine, given.seconds), encoding="utf-8")


if __name__ == "__main__":
    main()
