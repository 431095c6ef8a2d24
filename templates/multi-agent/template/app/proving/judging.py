"""Whether a run did what its task expects: each reason why not, in words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.agents.grounding import NUMBER, numbers
from app.agents.state import Evidence, Json
from app.proving.tasks import Expected

REFUSED = "refused"
GOOD = "published"
NAME = re.compile(r"(?<![\w.-])[^\W\d_][\w-]*\d[\w-]*")
"""A word with digits in it, such as urllib3, whose digits are no number."""
PADDED = re.compile(r"0\d")


@dataclass(frozen=True)
class Trial:
    """What a run came to.

    Attributes:
        outcome: `published` where a memo was good enough to be approved.
        reason: Why not, in words.
        memo: None where there is none.
        evidence: What was found.
        tools: That were used, in order.
    """

    outcome: str
    reason: str
    memo: Json | None
    evidence: Sequence[Evidence]
    tools: Sequence[str]


def failures(expected: Expected, trial: Trial) -> Iterator[str]:
    """Gives each reason why a trial does not pass; none: it does."""
    task = expected.task
    if len(trial.tools) > task.most_calls:
        yield f"{len(trial.tools)} calls of tools, where {task.most_calls} are enough"
    if task.refused:
        if trial.outcome != REFUSED:
            yield f"{trial.outcome}, where it should have refused"
        return
    if trial.outcome != GOOD or trial.memo is None:
        yield f"{trial.outcome}: {trial.reason}"
        return
    yield from _in_memo(expected, trial.memo)
    cited = _cited(trial, trial.memo)
    yield from (f"{one} is not cited" for one in task.documents if one not in cited)
    if not _in_order(task.tools, trial.tools):
        used = ", ".join(trial.tools) or "none"
        yield f"tools were {used}; expected, in order: {', '.join(task.tools)}"


def _in_memo(expected: Expected, memo: Json) -> Iterator[str]:
    text = "\n".join(line["text"] for line in memo["lines"])
    yield from (f"the memo does not say {one}" for one in expected.facts if not says(text, one))
    yield from (f"the memo should not say {one}" for one in expected.absent if says(text, one))
    if expected.answer and memo["answer"] != expected.answer:
        yield f"the answer is {memo['answer']}, not {expected.answer}"
    if expected.exceptions is not None:
        yield from _exceptions(expected.exceptions, [one["subject"] for one in memo["exceptions"]])


def _exceptions(names: Sequence[str], subjects: Sequence[str]) -> Iterator[str]:
    """Compares by name, since a subject may say more than that."""
    for name in names:
        if not any(says(subject, name) for subject in subjects):
            yield f"no exception is asked for {name}"
    for subject in subjects:
        if not any(says(subject, name) for name in names):
            yield f"an exception is asked for {subject}"


def says(text: str, fact: str) -> bool:
    """Looks for a number as a number, and for anything else as whole words.

    `left` is not in `left-pad`, 11 is not in `h11`, and 007 is a name.
    """
    if NUMBER.fullmatch(fact) and not PADDED.match(fact):
        return next(numbers(fact)) in set(numbers(NAME.sub(" ", text)))
    return bool(re.search(rf"(?<![\w-]){re.escape(fact)}(?![\w-]|\.\d)", text, re.IGNORECASE))


def _cited(trial: Trial, memo: Json) -> set[str]:
    """Returns the documents that a memo cites, alone and each with its section."""
    cites = {one for line in memo["lines"] for one in line["cites"]}
    rows = [row for one in trial.evidence if one["id"] in cites for row in one["found"]["rows"]]
    named = [
        (str(row["document"]), str(row.get("section", ""))) for row in rows if "document" in row
    ]
    return {text for document, section in named for text in (document, f"{document} > {section}")}


def _in_order(wanted: Sequence[str], used: Sequence[str]) -> bool:
    rest = iter(used)
    return all(tool in rest for tool in wanted)
