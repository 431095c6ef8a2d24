"""What a comparison of prompts may cost and did cost, within the budget of the service."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from app.answer_metrics import AnswerMetrics
from app.answering.paid_model import PaidModel
from app.budget import Budget
from app.evidence.report import Json, number
from app.language.model import LanguageModel
from app.language.prices import Prices
from app.project import Language
from app.proving.prompt_answers import Bar, Collected, ask_all
from app.proving.prompt_questions import AtMost, Planned


def in_dollars(dollars: float | None) -> str:
    """Returns an amount for people."""
    return "unknown dollars" if dollars is None else f"${dollars:.4f}"


def told(most: AtMost, budget: Budget) -> str:
    """Returns what a comparison may cost, for people.

    Args:
        most: Of all calls together.
        budget: Of the day.
    """
    left = budget.left()
    return (
        f"At most {in_dollars(most.dollars)} and {most.tokens:,} tokens: each byte counts as one, "
        "so it\nwill be a fraction of that. Today's budget has "
        f"{in_dollars(left.dollars)} and {left.tokens:,.0f}\ntokens left; where they end, it stops."
    )


@dataclass(frozen=True)
class Spent:
    """What was spent, also on calls that failed.

    Attributes:
        dollars: Of the calls whose price is known.
        tokens: Read and written.
        unknown: Calls whose price or tokens are not known.
    """

    dollars: float
    tokens: float
    unknown: int

    def __str__(self) -> str:
        """Returns it for people."""
        known = in_dollars(self.dollars if self.dollars or not self.unknown else None)
        more = f"; what {self.unknown} calls cost is not known" if self.unknown else ""
        return f"{known} and {self.tokens:,.0f} tokens{more}"

    def as_json(self, calls: int) -> Json:
        """Returns it for a report; dollars are unknown as soon as those of one call are.

        Args:
            calls: How many answers are in the report.
        """
        dollars = None if self.unknown else self.dollars
        return {
            "dollars": number(dollars, "dollars", calls),
            "tokens": number(self.tokens, "tokens", calls),
        }


class Calls:
    """The calls of one comparison.

    Args:
        model: Is asked.
        prices: What its tokens cost.
        budget: Of the day, which the service shares.
        seconds: For one call.
    """

    def __init__(
        self, model: LanguageModel, prices: Prices, budget: Budget, seconds: float
    ) -> None:
        self._registry, self._name = CollectorRegistry(), model.name
        metrics = AnswerMetrics(self._registry)
        self._model = PaidModel(model, prices, budget, metrics, seconds)

    def run(self, planned: Sequence[Planned], language: Language, bar: Bar) -> Collected:
        """Asks everything, once; as `ask_all`. When it ends, in whatever way, all is settled."""

        async def ask() -> Collected:
            try:
                return await ask_all(self._model, planned, language, bar)
            finally:
                await self._model.close()

        return asyncio.run(ask())

    def spent(self) -> Spent:
        """Returns what was spent up to now."""

        def value(name: str, **labels: str) -> float:
            return self._registry.get_sample_value(name, {"model": self._name, **labels}) or 0.0

        tokens = sum(value("rag_tokens_total", kind=kind) for kind in ("input", "output"))
        unknown = int(value("rag_unpriced_calls_total"))
        return Spent(value("rag_dollars_total"), tokens, unknown)
