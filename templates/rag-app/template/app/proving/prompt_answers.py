"""Asks a model every question with every prompt, and looks at each answer as the service would."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from time import perf_counter
from typing import get_args

from app.answering import grounding, prompting
from app.answering.grounding import Checked, Problem
from app.answering.paid_model import BudgetSpentError, PaidModel, Written
from app.evidence.report import Json
from app.language.model import ModelError
from app.passages import Passage
from app.project import Language
from app.proving.evaluation import GOLDEN
from app.proving.golden import Question, Section
from app.proving.prompt_questions import Chosen, Planned

MOST_FAILURES = 5
"""After so many failed calls in a row the provider is away, and not a prompt to blame."""
PROBLEMS: tuple[Problem, ...] = get_args(Problem)
Bar = Callable[[Sequence[Planned]], Iterable[Planned]]


@dataclass
class Collected:
    """What came of it.

    Attributes:
        rows: A question each that all prompts were asked, in the order of asking.
        stopped: Why not all questions were asked; None where all were.
        failed: The last error of each prompt that failed at all.
    """

    rows: list[Json] = field(default_factory=list)
    stopped: BudgetSpentError | ModelError | None = None
    failed: dict[str, ModelError] = field(default_factory=dict)


def slug(problem: Problem) -> str:
    """Returns a problem's name in a report."""
    return problem.replace(" ", "_")


def section_of(passage: Passage) -> Section:
    """Returns the section that a passage is of."""
    return Section(source=passage.source, heading=passage.heading)


def row_of(chosen: Chosen, outcomes: Json) -> Json:
    """Returns a question as the report keeps it.

    Args:
        chosen: The question.
        outcomes: By name of the prompt.
    """
    question, of = chosen.question, chosen.set
    row: Json = {"id": question.id, "set": of, "similarity": chosen.found.result.similarity}
    row["unit"] = question.id if of == GOLDEN else f"{of}/{question.id}"
    if isinstance(question, Question):
        gold = _gold_given(chosen)
        row |= {"kind": question.kind, "held_out": question.held_out, "gold_given": bool(gold)}
    return row | {"prompts": outcomes}


def _gold_given(chosen: Chosen) -> set[Section]:
    """Returns the golden sections among the passages: what can be cited at all."""
    if not isinstance(chosen.question, Question):
        return set()
    given = {section_of(found.passage) for found in chosen.found.usable.found}
    return given & set(chosen.question.relevant)


def outcome(chosen: Chosen, text: str, checked: Sequence[Checked]) -> Json:
    """Returns what an answer is worth.

    Citation precision is the share of the cited sections that are golden, 0 where none is cited;
    citation recall the share of the golden sections among the passages that are cited.

    Args:
        chosen: The question.
        text: What the model wrote.
        checked: Its sentences; none where it said that there is no answer.
    """
    refused = grounding.is_no_answer(text)
    row: Json = {"failed": False, "text": text, "refused": refused, "written": not refused}
    row["checked"] = bool(checked)
    if refused:
        return row
    row["grounded"] = grounding.grounded(checked)
    row["sentences"] = len(checked)
    if checked:
        found = [one.problem for one in checked]
        row["problems"] = {slug(one): found.count(one) / len(found) for one in PROBLEMS}
    if gold := _gold_given(chosen):
        passages = [one.passage for one in chosen.found.usable.found]
        numbers = {number for one in checked for number in one.citations}
        cited = {section_of(passages[n - 1]) for n in numbers if 1 <= n <= len(passages)}
        right = len(cited & gold)
        row["cites_gold"] = right > 0
        row["citation_precision"] = right / len(cited) if cited else 0.0
        row["citation_recall"] = right / len(gold)
    return row


async def _answer(model: PaidModel, one: Planned, name: str, language: Language) -> Json:
    asked, passages = one.asked[name], [found.passage for found in one.chosen.found.usable.found]
    begun, text = perf_counter(), ""
    end: Written | None = None
    async with aclosing(model.stream(asked.prompt)) as items:
        async for item in items:
            if isinstance(item, Written):
                end = item
            else:
                text += item.text
    assert end is not None  # noqa: S101 - a stream ends with it, or raises
    seconds = perf_counter() - begun
    shown = [prompting.shown(passage) for passage in passages]
    row = outcome(one.chosen, text, grounding.check(text, shown, asked, language))
    usage, dollars = end.bill.usage, end.bill.dollars
    row |= {"ending": end.ending, "seconds": seconds, "counted": usage is not None}
    if usage is not None:
        row |= {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}
    return row | {"dollars": dollars, "priced": dollars is not None}


async def ask_all(
    model: PaidModel, planned: Sequence[Planned], language: Language, bar: Bar
) -> Collected:
    """Asks one question after the other; which prompt comes first alternates.

    A call that fails counts against its prompt, and the next is made. When the budget is spent, or
    the provider seems to be away, no more is asked; a question that not all prompts were asked is
    left out, and so are those at the end that all failed on.

    Args:
        model: Within its budget.
        planned: The questions.
        language: Of the documents.
        bar: Shows how far it is.

    Raises:
        StoreAwayError: The budget can't be looked at.
    """
    done, in_a_row = Collected(), 0
    for number, one in enumerate(bar(planned)):
        names = list(one.asked) if number % 2 == 0 else list(one.asked)[::-1]
        outcomes: Json = {}
        for name in names:
            try:
                outcomes[name] = await _answer(model, one, name, language)
                in_a_row = 0
            except BudgetSpentError as error:
                done.stopped = error
                return done
            except ModelError as error:
                outcomes[name], done.failed[name] = {"failed": True}, error
                in_a_row += 1
                if in_a_row == MOST_FAILURES:
                    done.stopped = error
                    _leave_out_the_end(done.rows)
                    return done
        done.rows.append(row_of(one.chosen, outcomes))
    return done


def _leave_out_the_end(rows: list[Json]) -> None:
    while rows and all(one["failed"] for one in rows[-1]["prompts"].values()):
        rows.pop()
