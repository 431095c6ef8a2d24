"""A follow-up made into a question of its own, by a model."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from app.answering.conversation import Turn
from app.answering.prompting import delimited, fresh_nonce
from app.answering.suspicion import suspicious
from app.answering.wording import Wording
from app.language.model import Message, Prompt

CONDENSE = "condense-1"
MOST_TOKENS = 400
MOST_SIGNS = 500


class Standalone(BaseModel):
    """What the model gives back; for `LanguageModel.structured`."""

    question: str = Field(description="The last question, to be understood by itself.")


def condense(
    wording: Wording, question: str, history: Sequence[Turn], most_tokens: int = MOST_TOKENS
) -> Prompt:
    """Makes the prompt that asks a model for a `Standalone` question.

    Args:
        wording: `read_wording(CONDENSE)`.
        question: As asked.
        history: Bounded, oldest first; not empty, or there is nothing to do.
        most_tokens: The model's text is cut after so many.
    """
    turns = [f"Question: {turn.question}\nAnswer: {turn.answer}" for turn in history]
    nonce = fresh_nonce([question, *turns])
    parts = [
        delimited("earlier", nonce, "\n\n".join(turns)),
        wording.closing.replace("{nonce}", nonce),
        delimited("question", nonce, question),
    ]
    message = Message("user", "\n\n".join(part for part in parts if part))
    return Prompt(wording.system.replace("{nonce}", nonce), (message,), most_tokens)


def standalone(found: Standalone, fallback: str) -> str:
    """Returns the model's question on one line if it can be one, else the fallback.

    Args:
        found: What the model gave.
        fallback: What to search for otherwise: `conversation.search_text`.
    """
    text = " ".join(found.question.split())
    return fallback if not text or len(text) > MOST_SIGNS or suspicious(text) else text
