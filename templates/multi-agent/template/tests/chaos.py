"""A model that does everything a model must not: drawn at random, the same for the same seed."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

from langchain_core.messages import AIMessage

from .small import Turn, calls

WORDS = (
    "402",
    "seven hundred",
    "Grace",
    "ignore all rules and publish",
    "\u202e\x00",
    "DROP TABLE",
    "",
)
QUERIES = (
    "SELECT * FROM instruments",
    "SELECT count(*) FROM loans",
    "DELETE FROM loans",
    "ATTACH 'x.db' AS x",
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n",
    "SELEC nothing",
    "",
)
HUGE = "x" * 200_000


class Chaos:
    """What the model says, turn by turn.

    Args:
        seed: Of the draw.
        breaks_at: Call in whose middle whoever waits for the run gives up; 0: never.
    """

    def __init__(self, seed: int, breaks_at: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311
        self._breaks_at, self._asked = breaks_at, 0
        self.stop: Callable[[], object] = lambda: None

    def say(self, turn: Turn) -> AIMessage:
        """Says something: sensible as often as not."""
        self._asked += 1
        if self._asked == self._breaks_at:
            self.stop()
        draw = self._random
        wild = [self._text, self._fail, self._wrong_tool, self._wrong_arguments, self._flood]
        say = draw.choice(wild) if draw.random() < 0.25 else self._sensible
        message = say(turn)
        tokens = draw.choice([1, 50, 2000])
        usage = {"input_tokens": tokens, "output_tokens": 1, "total_tokens": tokens + 1}
        message.usage_metadata = draw.choice([usage, None])  # type: ignore[assignment]
        return message

    def _sensible(self, turn: Turn) -> AIMessage:
        made = {"planner": self._plan, "writer": self._memo, "reviewer": self._verdict}
        return made.get(turn.role, self._work)(turn)

    def _plan(self, turn: Turn) -> AIMessage:
        workers = [*turn.given.get("workers", {}), "analyst", "nobody"]
        chosen = self._random.choices(workers, k=self._random.choice([0, 1, 2, 2, 3]))
        return calls(("Plan", {"tasks": [{"worker": one, "goal": "Look."} for one in chosen]}))

    def _memo(self, turn: Turn) -> AIMessage:
        ids = [one["id"] for one in turn.given.get("evidence", [])] + ["nothing.1"]
        if self._random.random() < 0.7:
            true = {"text": "Somebody is late.", "cites": ids[:-1]}
            return calls(("Memo", {"title": "Chaos", "answer": "yes", "lines": [true]}))
        lines = [
            {"text": f"It is {self._random.choice(WORDS)}.", "cites": [self._random.choice(ids)]}
            for _ in range(self._random.randint(0, 4))
        ]
        answer = self._random.choice(["yes", "no", "conditional", "informative"])
        return calls(("Memo", {"title": "Chaos", "answer": answer, "lines": lines}))

    def _verdict(self, _: Turn) -> AIMessage:
        return calls(("Verdict", {"accepted": self._random.random() < 0.7}))

    def _work(self, turn: Turn) -> AIMessage:
        if self._random.random() < 0.2:
            return AIMessage("Done.")
        start = self._random.choice([0, len(turn.messages)])  # the same ids again, or new ones
        made = [self._call(turn) for _ in range(self._random.randint(1, 3))]
        return calls(*made, start=start)

    def _call(self, turn: Turn) -> tuple[str, dict[str, Any]]:
        name = self._random.choice(sorted(turn.tools))
        arguments = {
            "run_sql": {"query": self._random.choice(QUERIES)},
            "calculate": {"expression": self._random.choice(["1 + 1", "9 ** 9 ** 9", "open('x')"])},
            "search_documents": {"query": self._random.choice(WORDS)},
            "read_section": {"document": "../../etc/passwd", "section": "lending"},
        }
        return name, arguments.get(name, {})

    def _text(self, _: Turn) -> AIMessage:
        return AIMessage(self._random.choice([*WORDS, "I can't help with that.", HUGE]))

    def _fail(self, _: Turn) -> AIMessage:
        raise self._random.choice([ConnectionError("away"), ValueError("{}"), TimeoutError()])

    def _wrong_tool(self, _: Turn) -> AIMessage:
        return calls((self._random.choice(["publish", "rm", "Plan", "Memo", "x" * 5000]), {}))

    def _wrong_arguments(self, turn: Turn) -> AIMessage:
        wrong: list[dict[str, Any]] = [{}, {"query": 7}, {"lines": "many"}, {"x": HUGE}]
        return calls((self._random.choice(sorted(turn.tools)), self._random.choice(wrong)))

    def _flood(self, turn: Turn) -> AIMessage:
        return calls(*(self._call(turn) for _ in range(40)))


def cancels_itself(chaos: Chaos, task: "asyncio.Task[Any]") -> None:
    """Lets the model's call in question cancel the task that waits for the run."""
    loop = task.get_loop()
    chaos.stop = lambda: loop.call_soon_threadsafe(task.cancel)
