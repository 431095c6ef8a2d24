"""What a model is asked: rules, passages as data, the question.

Passages are written by others, and earlier turns come from the caller's browser. Both stand between
marks that carry a code which is made anew for each request, so no text can end its own part: it
would have to guess the code.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.conversation import Turn
from app.answering.particulars import INVISIBLE
from app.answering.wording import Wording
from app.language.model import Message, Prompt
from app.passages import Passage

NONCE_BYTES = 8


@dataclass(frozen=True)
class Asked:
    """A prompt, and what of it must not come back.

    Attributes:
        prompt: For a model.
        nonce: The code of this request's marks.
    """

    prompt: Prompt
    nonce: str


def shown(passage: Passage) -> str:
    """Returns a passage as a model sees it, and as its sentences are checked: titles, then text."""
    return INVISIBLE.sub("", f"{passage.breadcrumb}\n\n{passage.text}")


def ask(
    wording: Wording,
    question: str,
    passages: Sequence[Passage],
    history: Sequence[Turn] = (),
    most_tokens: int = 700,
) -> Asked:
    """Makes the prompt for one answer.

    Everything that was not written here goes into the one message of the user; a turn that the
    caller sends as the model's can't pose as the model's own.

    Args:
        wording: The version of the rules.
        question: As asked.
        passages: The first is [1]. Those that are suspicious are the caller's to leave out.
        history: Earlier turns, oldest first, already bounded.
        most_tokens: The answer is cut after so many.
    """
    texts = [shown(passage) for passage in passages]
    turns = [f"Question: {turn.question}\nAnswer: {turn.answer}" for turn in history]
    nonce = fresh_nonce([question, *texts, *turns])
    parts = [
        delimited("passage", nonce, text, f' number="{number}"')
        for number, text in enumerate(texts, 1)
    ]
    if turns:
        parts.append(delimited("earlier", nonce, "\n\n".join(turns)))
    parts += [wording.closing.replace("{nonce}", nonce), delimited("question", nonce, question)]
    message = Message("user", "\n\n".join(part for part in parts if part))
    system = wording.system.replace("{nonce}", nonce)
    return Asked(Prompt(system, (message,), most_tokens), nonce)


def fresh_nonce(texts: Sequence[str]) -> str:
    """Returns a random code that stands in none of the texts."""
    while True:
        nonce = secrets.token_hex(NONCE_BYTES)
        if not any(nonce in text for text in texts):
            return nonce


def delimited(kind: str, nonce: str, text: str, attributes: str = "") -> str:
    """Returns a text between marks that only this request knows."""
    return f"<{kind}-{nonce}{attributes}>\n{text.strip()}\n</{kind}-{nonce}>"
