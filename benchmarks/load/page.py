"""The table, and the page around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Row:
    """One starter at one level.

    Attributes:
        template: Its id.
        clients: How many asked at the same time.
        limited: Whether the limit for one address was as shipped; else there was none.
        throughput: Answers a second; refusals do not count.
        p50: Seconds to an answer; half take longer.
        p99: Seconds; one in a hundred takes longer.
        processor: Share of one processor that the service used.
        peak: Most memory that it held, in 10^6 bytes.
        statuses: How often each came.
        others: Processors' worth that everything else on the machine used meanwhile.
    """

    template: str
    clients: int
    limited: bool
    throughput: float
    p50: float
    p99: float
    processor: float
    peak: float
    statuses: Mapping[int, int]
    others: float


HEAD = (
    "| starter | clients | answers/s | p50 | p99 | processor | peak MB | statuses | others |",
    "|---|---|---|---|---|---|---|---|---|",
)


def table(rows: Sequence[Row]) -> list[str]:
    """Return the lines of the table."""
    return [*HEAD, *map(_line, rows)]


def _line(row: Row) -> str:
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(row.statuses.items()))
    crowd = f"{row.clients}, one address" if row.limited else str(row.clients)
    return (
        f"| {row.template} | {crowd} | {row.throughput:,.1f} | {_time(row.p50)} | {_time(row.p99)} "
        f"| {row.processor:.0%} | {row.peak:.0f} | {statuses} | {row.others:.2f} |"
    )


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def page(
    rows: Sequence[Row], asks: Mapping[str, str], command: str, machine: str, seconds: float
) -> str:
    """Return docs/load.md.

    Args:
        rows: What was measured.
        asks: What clients asked, by starter.
        command: That made the page.
        machine: Where and when.
        seconds: Of each row.
    """
    quiet = max(row.others for row in rows)
    asked = "\n".join(f"- `{template}`: {what}." for template, what in asks.items())
    return f"""# The services under load

For people who ask what one process of a starter takes, and what happens when more come. Written by

```
{command}
```

on {machine}. Each row is a new process, as it is shipped, on its SQLite file, and {seconds:.0f}
seconds. The clients are on the same machine, each on a connection that stays open, and ask again as
soon as they have an answer, also when they are refused: nobody real is so rude. `others` is what
everything else on the machine used meanwhile, in processors; it was {quiet:.2f} at most. Times
stretch with it.

Asked was

{asked}

Without `one address` the limit for one client (`RATE_LIMIT_PER_MINUTE`) is off, because here all
clients have the same address. With it, it is as shipped.

{chr(10).join(table(rows))}

`p50` and `p99` are of answers, not of refusals. 503 means that as many answers
(`ANSWERS_AT_ONCE`) or runs (`RUNS_AT_ONCE`) are under way as there may be, 429 that one address
asks too often; each says in `Retry-After` when to come back. `peak` is the most memory that the
process held, ever. The command fails, and writes nothing, when a service dies, cuts an answer off,
answers with another status, loses a record, refuses without `Retry-After`, or is not ready
afterwards.

Refusals leave half a second late (`app/service/backpressure.py`): without that, 64 clients who ask
again at once keep one process busy with refusing, and little is left for the answers.

These are numbers of one machine. `app bench` of each starter measures what an answer costs beside a
bare route, in the same run, which travels better.
"""
