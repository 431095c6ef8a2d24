"""The calls of a run as bars on one scale of time, each with what it was asked and gave."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.agents.state import Evidence, Json
from app.agents.watching import fingerprint
from app.page.wording import dollars
from app.runs.calls import Call

SCALE = 1000  # units from the first call to the last end
THINNEST = 4.0


@dataclass(frozen=True)
class Bar:
    """A call as it is drawn.

    Attributes:
        n: From 1, in the order in which calls began.
        kind: Of a model or of a tool.
        agent: Who made it.
        name: Of the model or tool.
        status: In words.
        state: The same as one word: done, failed, begun.
        begun: Seconds since the first call.
        took: Seconds in words.
        used: Tokens and dollars in words; empty for a tool.
        x: Where the bar begins, 0 to 1000.
        width: Of the bar.
        evidence: What a tool was asked and gave; None while nobody has handed it on.
        arguments: Of a tool call without evidence, as its agent wrote them; cut off where long.
        problem: Why it failed.
    """

    n: int
    kind: str
    agent: str
    name: str
    status: str
    state: str
    begun: float
    took: str
    used: str
    x: float
    width: float
    evidence: Evidence | None
    arguments: str
    problem: str


def seconds(duration: float) -> str:
    """Returns a duration in words."""
    return f"{duration * 1000:.0f} ms" if duration < 1 else f"{duration:,.1f} s"


def bars(calls: Sequence[Call], evidence: Sequence[Evidence], *, goes_on: bool) -> list[Bar]:
    """Returns the bars of a run.

    Waiting for a person, or for a process that takes a dead run up, is part of the scale.

    Args:
        calls: Of the run, oldest first.
        evidence: Of the run.
        goes_on: Whether somebody works on it; where nobody does, a call without an end was cut off.
    """
    if not calls:
        return []
    first = calls[0].started
    whole = max(one.finished or one.started for one in calls) - first or 1.0
    left = list(evidence)
    without_end = "goes on" if goes_on else "cut off"
    return [
        _bar(n, one, (first, whole), _taken(one, left), without_end)
        for n, one in enumerate(calls, 1)
    ]


def _bar(
    n: int, call: Call, span: tuple[float, float], evidence: Evidence | None, without_end: str
) -> Bar:
    first, whole = span
    begun = call.started - first
    end = whole if call.finished is None else call.finished - first
    width = max((end - begun) / whole * SCALE, THINNEST)
    return Bar(
        n=n,
        kind=call.kind,
        agent=call.agent,
        name=call.name,
        status=without_end if call.finished is None else call.status,
        state="begun" if call.finished is None else call.status,
        begun=begun,
        took="" if call.finished is None else seconds(call.finished - call.started),
        used=_used(call),
        x=round(min(begun / whole * SCALE, SCALE - width), 1),
        width=round(width, 1),
        evidence=evidence,
        arguments="" if evidence else call.arguments,
        problem=call.problem,
    )


def _used(call: Call) -> str:
    if call.kind != "model":
        return ""
    # A playbook costs nothing, and an unknown price is not nothing.
    cost = "" if call.dollars == 0 else f", {dollars(call.dollars)}"
    return f"{call.tokens:,.0f} tokens{cost}"


def _taken(call: Call, left: list[Evidence]) -> Evidence | None:
    """Returns the evidence that a call gave, and takes it from what is left."""
    if call.kind != "tool" or call.status != "done":
        return None
    for one in left:
        worker = one["id"].rpartition(".")[0]
        if worker == call.agent and call.ref.endswith(fingerprint(one["tool"], one["arguments"])):
            left.remove(one)
            return one
    return None


def nodes(names: Sequence[str]) -> str:
    """Returns nodes of the graph in words; those that run side by side are counted."""
    counts = Counter(one for one in names if not one.startswith("__"))
    return ", ".join(name if n == 1 else f"{name} ({n} at once)" for name, n in counts.items())


def columns(rows: Sequence[Json]) -> list[str]:
    """Returns the names of the columns of some rows, in the order in which they come."""
    return list(dict.fromkeys(name for row in rows for name in row))
