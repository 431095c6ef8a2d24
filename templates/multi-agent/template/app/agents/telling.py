"""A run in words, for a terminal."""

from collections.abc import Callable, Iterator

from app.agents.state import Evidence, Json
from app.runs.calls import Asked, Call
from app.runs.observer import Ended, Nobody
from app.runs.run_log import Run
from app.runs.wording import printable

ANSWERS = {"yes": "Yes.", "no": "No.", "conditional": "Yes, on conditions.", "informative": ""}
MOST_ROWS = 5
MOST_SIGNS = 160


class Steps(Nobody):
    """Tells each call as it begins, and which fail.

    Args:
        say: Gets a line.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def begun(self, asked: Asked) -> None:
        """Tells who does what."""
        self._say(f"  {asked.agent:<11} {_does(asked)}")

    def ended(self, asked: Asked, how: Ended) -> None:
        """Tells what failed; why, `app show` tells."""
        if how.status == "failed":
            self._say(f"  {asked.agent:<11} {_does(asked)}: failed")


def _does(asked: Asked) -> str:
    return printable(asked.name) if asked.kind == "tool" else "thinks"


def memo(content: Json) -> Iterator[str]:
    """Gives a memo, line by line."""
    yield content["title"]
    if words := ANSWERS.get(content["answer"]):
        yield f"  {words}"
    for line in content["lines"]:
        yield f"  - {line['text']}  [{', '.join(line['cites'])}]"
    for one in content["exceptions"]:
        yield f"  Exception asked for: {one['subject']}. {one['rule']} {one['reason']}"
    for question in content["open_questions"]:
        yield f"  Open: {question}"


def evidence(items: list[Evidence]) -> Iterator[str]:
    """Gives what a memo rests on, a few rows of each."""
    for one in items:
        arguments = ", ".join(f"{name}={value}" for name, value in one["arguments"].items())
        yield f"  [{one['id']}] {one['tool']}({' '.join(arguments.split())})"[:MOST_SIGNS]
        for row in one["found"]["rows"][:MOST_ROWS]:
            yield "      " + "  ".join(str(value) for value in row.values())[:MOST_SIGNS]
        if (more := one["found"]["row_count"] - MOST_ROWS) > 0:
            yield f"      ... and {more} more"


def calls(items: list[Call]) -> Iterator[str]:
    """Gives the calls of a run, with seconds since its first."""
    for one in items:
        begun = one.started - items[0].started
        took = f"{one.finished - one.started:6.2f} s" if one.finished else "not ended"
        what = one.name if one.kind == "tool" else "model"
        tokens = f"{one.tokens:,.0f} tokens" if one.kind == "model" else ""
        line = f"  {begun:7.2f}  {took:>9}  {one.agent:<11} {what:<18} {one.status:<7} {tokens}"
        yield line.rstrip()
        if one.problem:
            yield f"           {one.problem[:MOST_SIGNS]}"


def ending(run: Run) -> Iterator[str]:
    """Gives how a run ended, or what it waits for, and what it used."""
    if run.status == "waiting":
        yield f"Run {run.run_id} waits for your decision:"
        for action in (run.request or {}).get("action_requests", []):
            yield f"  {action['description']}"
    elif run.status == "running":
        yield f"Run {run.run_id} broke off or goes on elsewhere:  uv run app resume {run.run_id}"
    elif run.outcome == "published":
        count = len((run.published or {}).get("exceptions", []))
        yield f"Published, with {count} exceptions on record. Run {run.run_id}."
    else:
        yield f"{run.outcome.capitalize()}: {run.reason}"
    for problem in run.problems:
        yield f"  Reviewer: {problem}"
    spent = run.spent
    calls = "call" if spent.model_calls == 1 else "calls"
    dollars = "unknown cost" if spent.dollars is None else f"{spent.dollars:.4g} dollars"
    yield (
        f"{spent.model_calls} {calls} of models, {spent.tool_calls} of tools, "
        f"{spent.tokens:,} tokens, {dollars}, {run.seconds:.1f} s."
    )
