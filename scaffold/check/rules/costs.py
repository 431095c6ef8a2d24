"""What a wrong answer costs, and what an answer costs."""

from __future__ import annotations

import ast
import datetime
import math
import re
from typing import TYPE_CHECKING, Any, Protocol

from scaffold.check.facts import effects
from scaffold.check.facts.reports import BENCHMARK, right
from scaffold.check.finding import Finding, Outcome, failed, passed, unknown
from scaffold.evidence.reading import UnreadableError, at

if TYPE_CHECKING:
    from scaffold.check.facts.answers import Answer, Answers
    from scaffold.check.facts.code import Files
    from scaffold.check.facts.own import Own
    from scaffold.check.facts.reports import Cited, Reports

README = "README.md"
LEAST_REFUSALS = 20
OLDEST_PRICE = datetime.timedelta(days=180)
_DOLLARS = re.compile(r"\$\s?\d|\d\s?(?:\$|dollars?|cents?|USD|EUR|€)", re.IGNORECASE)
_ZERO = re.compile(
    r"\$\s?0+(?:\.0+)?(?![.\d])|\b0(?:\.0+)?\s?(?:\$|dollars?|cents?|USD|EUR|€)", re.IGNORECASE
)
_COST = re.compile(r"\bcosts?\b|\bprices?\b|\bcharges?\b|\bpa(?:y|id)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n")
_SAID_UNKNOWN = re.compile(
    r"\bunknown\b|\bnot known\b|\bno price\b|\bnot measured\b", re.IGNORECASE
)


class _No(Protocol):
    """Makes the outcome of a failed rule."""

    def __call__(self, message: str, file: str = ..., line: int = ...) -> Outcome: ...


class PF105:
    """What is refused or predicted follows from the cost of a wrong answer.

    Why: It turns a metric into a decision, and tells those who left the threshold where it was.
    Passes: Prediction: the costs in `project.toml` are yours and PF3 links the threshold that is
        cheapest on the rows. Chatbot: at least 20 questions of your own that it must refuse, and
        PF3 links how many it does. Agent: nothing is published without the approval, no tool of
        yours writes or sends, and PF3 links a number or names a test that shows it.
    Can't tell: Whether the costs are honest.
    Do: State the costs in `project.toml` or write the refusals, evaluate, and link it in PF3.
    """

    family, kind, level = "PF", "evidence", "static"
    requires = frozenset({"RC103"})
    asks = ("PF3",)

    @staticmethod
    def check(  # noqa: PLR0913, PLR0917 - facts
        answers: Answers,
        reports: Reports,
        own: Own,
        template: str,
        settings: dict[str, Any],
        given_settings: dict[str, Any],
        tests: Files,
        modules: Files,
    ) -> Outcome:
        """Ask what the kind of system asks."""
        answer = answers.get("PF3")
        cited = right(map(reports.cite, answer.evidence))
        if template == "supervised-api":
            problem = _threshold(cited, settings, given_settings)
        elif template == "rag-app":
            problem = _refusals(cited, own)
        else:
            problem = _approval(cited, answer, tests, modules)
        if problem:
            finding = Finding(problem, README, answer.line, "PF3")
            return failed(finding, todo="Let PF3 follow from your costs: scaffold explain PF105")
        shown = cited[0].link.text if cited else "a test that stands"
        return passed(f"PF3 shows {shown}", README, answer.line)


def _threshold(cited: list[Cited], settings: dict[str, Any], default: dict[str, Any]) -> str:
    data = settings.get("data")
    if isinstance(data, dict) and data.get("task") == "regression":
        return "" if cited else "PF3 links no number."
    if settings.get("costs") == default.get("costs"):
        return "The costs are the starter's: what do a false alarm and a miss cost you?"
    for one in cited:
        if one.recipe.get("metric") in {"cheapest_threshold", "cost_per_1000"}:
            costs = one.recipe.get("costs")
            if _same_costs(costs, settings.get("costs")):
                return ""
            return f"{one.link.text} was measured with costs {costs}, not those of project.toml."
    return "PF3 links neither the cheapest threshold (#/threshold/cheapest) nor what errors cost."


def _same_costs(one: Any, other: Any) -> bool:
    names = ("false_alarm", "miss")
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    pairs = [(one.get(name), other.get(name)) for name in names]
    return all(
        isinstance(a, int | float) and isinstance(b, int | float) and math.isclose(a, b)
        for a, b in pairs
    )


def _refusals(cited: list[Cited], own: Own) -> str:
    refused = [
        one for one in own.data if one.what in {"off-topic questions", "near-miss questions"}
    ]
    mine = sum(one.n - one.ours for one in refused)
    if mine < LEAST_REFUSALS:
        return f"{mine} questions that it must refuse are yours; it takes {LEAST_REFUSALS}."
    if not any("refused" in str(one.recipe.get("of")) for one in cited):
        return (
            "PF3 links no refusal rate, such as reports/evaluation.json#/refusal/near_miss_refused."
        )
    return ""


def _approval(
    cited: list[Cited],
    answer: Answer,
    tests: Files,
    modules: Files,
) -> str:
    graph = modules.tree("app/agents/graph.py")
    names = {one.id for one in ast.walk(graph) if isinstance(one, ast.Name)} if graph else set()
    if not {"wait_for_approval", "publish"} <= names:
        return (
            "The graph in app/agents/graph.py does not wait for the approval before it publishes."
        )
    if effect := effects.of_tools(modules):
        return f"A tool has an effect that nobody approves: {effect}."
    named = list(dict.fromkeys(re.findall(r"test_\w+", answer.text)))[:50]
    stands = any(one.asserts and not one.skipped for name in named for one in tests.find_test(name))
    return "" if cited or stands else "PF3 links no number and names no test that shows it."


class RC105:
    """The cost adds up.

    Why: An answer has a price; "minimal" is none.
    Passes: The price has a source and a date of at most 180 days before the report, and the cost
        of an answer follows from it; or the answer says that the cost is unknown.
    Can't tell: Whether the price is right.
    Do: Enter price, source and date under `[bench]` in `project.toml` (or `MODEL_PRICE`), then
        `uv run app bench` and `uv run app report`. What is not known is called unknown, never 0.
    """

    family, kind, level = "RC", "evidence", "static"
    requires: frozenset[str] = frozenset()
    asks = ("RC1",)

    @staticmethod
    def check(answers: Answers, reports: Reports, template: str) -> Outcome:  # noqa: PLR0911
        """Work the cost out again from its price."""
        answer = answers.get("RC1")
        todo = "Enter the price with its source, or say that it is unknown: scaffold explain RC105"

        def no(message: str, file: str = README, line: int = answer.line) -> Outcome:
            return failed(Finding(message, file, line, "RC1"), todo=todo)

        cited = [reports.cite(one) for one in answer.evidence]
        linked = [
            one for one in cited if "cost" in one.link.pointer or "dollars" in one.link.pointer
        ]
        if _ZERO.search(answer.text):
            return no(
                "RC1 says that an answer costs nothing. What is not known is unknown, never 0."
            )
        if not linked:
            if _DOLLARS.search(answer.text):
                return no("RC1 names an amount that is typed; link the number of the report.")
            if any(_COST.search(one) and _SAID_UNKNOWN.search(one) for one in _sentences(answer)):
                return passed(
                    "the cost is said to be unknown, which is honest", README, answer.line
                )
            return no("RC1 does not say what an answer costs, nor that it is unknown.")
        if wrong := [one for one in linked if one.rung == "wrong"]:
            return no(f"The cost that RC1 links is wrong: {wrong[0].problem}.")
        if zero := [one for one in linked if not one.value]:
            return no(f"{zero[0].link.text}: a cost of 0 is no cost that was measured.")
        if template == "supervised-api":
            return _from_price(reports, no, answer.line)
        file = linked[0].link.file
        if not right(linked):
            return unknown(
                f"{linked[0].link.text} does not follow from rows.", todo, README, answer.line
            )
        return passed(f"{linked[0].link.text} follows from the rows of {file}", README, answer.line)


def _sentences(answer: Answer) -> list[str]:
    return _SENTENCE.split(answer.text)


def _from_price(reports: Reports, no: _No, line: int) -> Outcome:  # noqa: PLR0911
    bench = reports.get(BENCHMARK)
    if bench is None or bench.report is None:
        return no("There is no benchmark that the cost could follow from.", BENCHMARK, 0)
    content = bench.report.content
    price = content.get("price")
    price = price if isinstance(price, dict) else {}
    hour, source = price.get("price_per_cpu_hour"), str(price.get("price_source") or "")
    if not isinstance(hour, int | float) or hour <= 0:
        return no("The report names no price of an hour.", BENCHMARK, 0)
    if not re.match(r"https?://[\w.-]+\.\w+", source):
        return no("The price has no source: an address where somebody can read it.", BENCHMARK, 0)
    try:
        dated = datetime.date.fromisoformat(str(price.get("price_date"))[:10])
        measured = datetime.date.fromisoformat(str(content.get("date"))[:10])
        said, cpu = (
            at(content, f"/predict/{name}/value") for name in ("cost_per_million", "cpu_us")
        )
    except (ValueError, UnreadableError):
        return no("The price has no date, or the report no cost and processor time.", BENCHMARK, 0)
    if measured - dated > OLDEST_PRICE:
        return no(
            f"The price is of {dated}, older than 180 days when it was measured.", BENCHMARK, 0
        )
    if not isinstance(said, int | float) or not isinstance(cpu, int | float):
        return no("The report has no cost and processor time.", BENCHMARK, 0)
    follows = cpu * hour / 3600  # microseconds for one are seconds for a million
    if not math.isclose(said, follows, rel_tol=0.02):
        return no(
            f"At that price a million cost {follows:.2f}, the report says {said:.2f}.", BENCHMARK, 0
        )
    return passed(f"a million answers cost {said:.2f} at the price of {dated}", README, line)
