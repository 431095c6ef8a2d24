"""Makes the reply of what was found, what was written and what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.answering.answer import Answer, Citation
from app.answering.grounding import Checked, grounded
from app.answering.paid_model import Bill, PaidModel, Written, together
from app.answering.refusal import Refusal
from app.answering.reply import Question, Reply
from app.retrieval.result import Result

NOT_HELD = Refusal("not answered", "The passages that were found do not answer the question.")
NOTICES = {
    "budget": "Today's budget for the language model is spent, so this is quoted.",
    "model": "The language model can't answer now, so this is quoted.",
    "store": "The language model can't answer now, so this is quoted.",
}
_ENDINGS = {
    "whole": "",
    "cut": "The text was cut at its longest allowed length.",
    "withheld": "The provider withheld the rest of the text.",
}


@dataclass(frozen=True)
class Finding:
    """What a search found.

    Attributes:
        result: All of it: to quote from.
        quoted: The answer that quotes it, or refuses.
        usable: What a model may see of it.
        left_out: Documents of what it may not see.
    """

    result: Result
    quoted: Answer
    usable: Result
    left_out: tuple[str, ...]

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What a model may see, numbered as it will cite it."""
        ids = {one.id for one in self.usable.found}
        kept = [one for one in self.quoted.citations if one.id in ids]
        return tuple(replace(one, number=number) for number, one in enumerate(kept, 1))


def quoted(answer_id: str, question: Question, found: Finding, notice: str = "") -> Reply:
    """Returns the reply that quotes, or refuses."""
    answer = found.quoted
    return Reply(
        answer_id=answer_id,
        question=question.text,
        searched=answer.question,
        kind="refused" if answer.refusal else "quoted",
        citations=answer.citations,
        similarity=answer.similarity,
        index_version=answer.index_version,
        refusal=answer.refusal,
        notice=notice,
        seconds=dict(answer.seconds),
    )


def not_held(reply: Reply, found: Finding) -> Reply:
    """Returns the refusal of a model that found no answer in the passages."""
    citations = tuple(replace(one, excerpt="") for one in found.citations)
    return replace(reply, kind="refused", refusal=NOT_HELD, citations=citations)


def written(
    reply: Reply, found: Finding, text: str, checked: tuple[Checked, ...], end: Written
) -> Reply:
    """Returns the reply with what a model wrote."""
    notice = " ".join(filter(None, (_ENDINGS[end.ending], left_out(found.left_out))))
    return replace(
        reply,
        kind="written",
        citations=found.citations,
        text=text,
        sentences=checked,
        grounded=grounded(checked),
        notice=notice,
    )


def left_out(sources: Sequence[str]) -> str:
    """Returns the sentence that names documents a model may not see; empty where there is none."""
    if not sources:
        return ""
    names = ", ".join(dict.fromkeys(sources))
    return f"Not given to the model, because it reads like instructions to one: {names}."


def billed(reply: Reply, bills: list[Bill], model: PaidModel | None) -> Reply:
    """Returns the reply with what its calls cost; as it is where there was none."""
    if not bills or model is None:
        return reply
    bill = together(bills)
    return replace(reply, model=model.name, usage=bill.usage, dollars=bill.dollars)
