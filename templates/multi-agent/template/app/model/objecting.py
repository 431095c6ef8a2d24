"""The offline reviewer: what is wrong with a memo, from the playbook and the evidence.

It works the memo out again and compares. A language model that reviews need not find the same
words; this reviewer only ever sees memos of the same playbook, or of somebody who altered one.
"""

from collections.abc import Iterator, Sequence

from app.model.composing import memo as compose
from app.model.hearing import parts
from app.model.playbook import Playbook
from app.model.playing import Json

MOST_SIGNS = 200  # of a sentence that is named


def objections(
    book: Playbook, question: str, memo: object, evidence: Sequence[Json]
) -> Iterator[str]:
    """Gives each fault of a memo; none: every finding is used, and nothing is made up.

    Args:
        book: What to look for.
        question: What was asked.
        memo: As it came; perhaps no memo at all.
        evidence: What was found.
    """
    expected = compose(book, question, evidence)
    said = {str(line.get("text")) for line in parts(memo, "lines")}
    wanted = {line["text"] for line in expected["lines"]}
    yield from (f"It leaves out: {_short(one)}" for one in _in_order(wanted - said, expected))
    yield from (f"The evidence does not say: {_short(one)}" for one in sorted(said - wanted))
    asked = {str(one.get("subject")) for one in parts(memo, "exceptions")}
    needed = {one["subject"] for one in expected["exceptions"]}
    yield from (f"It asks for no exception for {one}." for one in sorted(needed - asked))
    yield from (f"No rule allows an exception for {one}." for one in sorted(asked - needed))
    told = memo if isinstance(memo, dict) else {}
    if told.get("answer") != expected["answer"]:
        yield f"The answer to this evidence is {expected['answer']}."
    concealed = [one for one in expected["open_questions"] if one not in _open(told)]
    yield from (f"It does not tell that this is open: {one}" for one in concealed)


def _in_order(texts: set[str], expected: Json) -> Iterator[str]:
    yield from (line["text"] for line in expected["lines"] if line["text"] in texts)


def _open(memo: Json) -> list[str]:
    found = memo.get("open_questions")
    return [str(one) for one in found] if isinstance(found, list) else []


def _short(text: str) -> str:
    return text if len(text) <= MOST_SIGNS else f"{text[:MOST_SIGNS]}..."
