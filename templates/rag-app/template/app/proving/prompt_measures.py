"""How good and how dear the answers of each prompt are, and which differences chance explains."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.evidence.readme import at
from app.evidence.report import Json
from app.proving.evaluation import GOLDEN, NEAR_MISS, OFF_TOPIC, mean, selected, share
from app.proving.prompt_answers import PROBLEMS, slug

FEWEST_CHANGED = 6
"""Where fewer questions differ, even a coin that falls on one side each time is no surprise: five
of five have a probability of 2 / 2**5, above 5 % (two-sided sign test)."""


@dataclass(frozen=True)
class Measure:
    """Something that is measured of each answer.

    Attributes:
        name: In the report.
        words: For people.
        of: Where an answer has it, below its prompt.
        needs: What must hold of an answer, below its prompt, for it to count.
        where: What must hold of its question.
        better: 1 where more is better, -1 where less is.
        unit: Empty for shares.
        yes_or_no: Whether an answer has it or not, so that its mean is a share of answers.
    """

    name: str
    words: str
    of: str
    needs: str
    where: tuple[tuple[str, object], ...] = ()
    better: int = 1
    unit: str = ""
    yes_or_no: bool = False

    def select(self, *prompts: str) -> Json:
        """Returns which rows count for all of these prompts."""
        needs = self.needs.split()
        wanted = {f"/prompts/{name}/{one}": one != "failed" for name in prompts for one in needs}
        return dict(self.where) | wanted

    def pointer(self, prompt: str) -> str:
        """Returns where a row has it."""
        return f"/prompts/{prompt}/{self.of}"


# `failed` in `needs` means: that it did not.
_GOLDEN, _GIVEN = (("/set", GOLDEN),), (("/set", GOLDEN), ("/gold_given", True))
_NEAR, _OFF = (("/set", NEAR_MISS),), (("/set", OFF_TOPIC),)
MEASURES = (
    Measure("answered", "golden answered", "written", "failed", _GOLDEN, yes_or_no=True),
    Measure("near_miss_refused", "near miss refused", "refused", "failed", _NEAR, yes_or_no=True),
    Measure("off_topic_refused", "off-topic refused", "refused", "failed", _OFF, yes_or_no=True),
    Measure("grounded", "grounded", "grounded", "failed written", yes_or_no=True),
    *(
        Measure(slug(one), one.replace("the ", ""), f"problems/{slug(one)}", "checked", better=-1)
        for one in PROBLEMS
    ),
    Measure("cites_gold", "cites a gold section", "cites_gold", "written", _GIVEN, yes_or_no=True),
    Measure("citation_precision", "citation precision", "citation_precision", "written", _GIVEN),
    Measure("citation_recall", "citation recall", "citation_recall", "written", _GIVEN),
    Measure("output_tokens", "output tokens", "output_tokens", "counted", (), -1, "tokens"),
    Measure("dollars", "$ per 1,000 answers", "dollars", "priced", (), -1, "dollars"),
    Measure("seconds", "seconds", "seconds", "failed", (), -1, "s"),
    Measure("failed", "calls failed", "failed", "", better=-1, yes_or_no=True),
)


def _measured(rows: Sequence[Json], measure: Measure, prompt: str) -> Json:
    count = share if measure.yes_or_no else mean
    found = count(rows, measure.pointer(prompt), measure.select(prompt))
    return found | {"unit": measure.unit}


def _difference(rows: Sequence[Json], measure: Measure, first: str, second: str) -> Json:
    of, minus = measure.pointer(second), measure.pointer(first)
    return mean(rows, of, measure.select(first, second), minus) | {"unit": measure.unit}


def numbers(rows: Sequence[Json], first: str, second: str) -> Json:
    """Returns every number of the report.

    Each difference is of the questions that both prompts have the measure of: where one of them
    wrote no answer, there is nothing to be grounded. So it need not be that of the two means.

    Args:
        rows: Of the report.
        first: Name of a prompt.
        second: Name of the one that it is subtracted from.
    """
    return {
        "prompts": {
            name: {one.name: _measured(rows, one, name) for one in MEASURES}
            for name in (first, second)
        },
        "difference": {one.name: _difference(rows, one, first, second) for one in MEASURES},
    }


def verdict(rows: Sequence[Json], measure: Measure, content: Json) -> str:
    """Returns what can be said about a difference: `B better`, `B worse` or `within chance`.

    It is beyond chance where its interval holds no 0, and enough questions differ for an interval
    to mean something. Empty where there is nothing to compare.

    Args:
        rows: Of the report.
        measure: What is compared.
        content: The report.
    """
    found = content["difference"][measure.name]
    if found["value"] is None:
        return ""
    first, second = content["compared"]["first"], content["compared"]["second"]
    both = selected(rows, measure.select(first, second))
    pairs = [(at(row, measure.pointer(first)), at(row, measure.pointer(second))) for row in both]
    if sum(a != b for a, b in pairs) < FEWEST_CHANGED or found["low"] <= 0 <= found["high"]:
        return "within chance"
    return "B better" if found["value"] * measure.better > 0 else "B worse"
