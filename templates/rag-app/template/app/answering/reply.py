"""What a question gets from the service, and what happens on the way there."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from app.answering.answer import Citation
from app.answering.conversation import Turn
from app.answering.grounding import Checked
from app.answering.refusal import Refusal
from app.language.model import Usage
from app.records import Kind


@dataclass(frozen=True)
class Question:
    """A question, and who asks it.

    Attributes:
        text: As sent.
        history: Turns before it, oldest first.
        request_id: Of this request.
        probe: Somebody tries whether the service works: answered, but neither stored nor counted.
    """

    text: str
    history: tuple[Turn, ...] = ()
    request_id: str = ""
    probe: bool = False


@dataclass(frozen=True)
class Sources:
    """What an answer will be written from; it comes before the first piece of the text."""

    answer_id: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Token:
    """The next few signs of a text that is being written; what counts is the reply at the end."""

    text: str


@dataclass(frozen=True)
class Reply:
    """The answer, whole.

    Attributes:
        answer_id: Names it; feedback refers to it.
        question: As asked.
        searched: What was searched for; another text only where a question follows others.
        kind: `written` by a model, `quoted` from passages, or `refused`.
        citations: The passages, best first; in a refusal, where to look.
        similarity: The highest cosine of what was searched for and any passage.
        index_version: Of the index that was searched.
        text: What a model wrote; empty otherwise.
        sentences: The text, sentence by sentence, with what is wrong with each.
        grounded: Whether nothing is wrong with any; None where nothing was written.
        notice: For the reader: why this is not what was to be expected; or empty.
        refusal: Why there is no answer.
        model: Who was asked; empty where nobody was.
        prompt: Name of the prompt file; likewise.
        usage: Tokens; None where no model was asked or it did not tell.
        dollars: What it cost; None where the price is unknown, 0 where no model was asked.
        cached: Whether it was given before.
        seconds: By stage.
    """

    answer_id: str
    question: str
    searched: str
    kind: Kind
    citations: tuple[Citation, ...]
    similarity: float
    index_version: int
    text: str = ""
    sentences: tuple[Checked, ...] = ()
    grounded: bool | None = None
    notice: str = ""
    refusal: Refusal | None = None
    model: str = ""
    prompt: str = ""
    usage: Usage | None = None
    dollars: float | None = 0.0
    cached: bool = False
    seconds: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Returns the reply as a JSON object."""
        return asdict(self) | {"seconds": dict(self.seconds)}


Event = Sources | Token | Reply
