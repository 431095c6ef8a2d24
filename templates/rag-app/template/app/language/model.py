"""What a language model promises, whoever provides it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel

from app.service.errors import UserError

Schema = TypeVar("Schema", bound=BaseModel)
Ending = Literal["whole", "cut", "withheld"]
"""Why a text ended: it was finished, the token limit cut it, or the provider withheld the rest."""


@dataclass(frozen=True)
class Message:
    """One turn of a conversation; `content` is plain text."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True)
class Prompt:
    """What a model is asked.

    Attributes:
        system: The rules, which stand above the conversation.
        messages: Oldest first; the last is the user's.
        most_tokens: The answer is cut after so many tokens.
    """

    system: str
    messages: tuple[Message, ...]
    most_tokens: int


@dataclass(frozen=True)
class Usage:
    """Tokens that a call was billed for.

    Attributes:
        input_tokens: All that was read, cached ones included.
        output_tokens: All that was written, thinking included.
        cached_tokens: Of the input, those that the provider had in its cache.
        stored_tokens: Of the input, those that it put there, which some charge more for.
    """

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    stored_tokens: int = 0


@dataclass(frozen=True)
class Piece:
    """The next few signs of a streamed text; never empty."""

    text: str


@dataclass(frozen=True)
class End:
    """The last thing a stream gives.

    Attributes:
        ending: Why the text ended.
        usage: None where the provider did not tell.
    """

    ending: Ending
    usage: Usage | None


class ModelError(UserError):
    """The provider can't be reached, refuses, or answers nonsense; the retries are used up.

    Attributes:
        usage: What the failed call was billed for, as far as it is known: a text that came may have
            been paid for although it is of no use.
    """

    def __init__(self, problem: str, remedy: str, usage: Usage | None = None) -> None:
        super().__init__(problem, remedy)
        self.usage = usage


class UnfinishedError(ModelError):
    """It was sent, and came to no good end; unless its usage is told, nobody knows what it cost.

    All others are of calls that never began, and cost nothing.
    """


class LanguageModel(Protocol):
    """A model, for any number of tasks of one event loop."""

    name: str
    """As the setting MODEL names it: `openai:gpt-5-mini`."""
    sent_to: str
    """The host that gets the questions and passages."""

    def stream(self, prompt: Prompt) -> AsyncIterator[Piece | End]:
        """Gives the text piece by piece, and `End` exactly once, at the end.

        Closing the iterator early closes the connection.

        Raises:
            ModelError: As above; also when the stream breaks off in the middle.
        """

    async def structured(self, prompt: Prompt, schema: type[Schema]) -> tuple[Schema, Usage | None]:
        """Returns an object of the schema, which the provider is told to keep to.

        Raises:
            ModelError: As above; also when the answer does not fit the schema.
        """

    async def close(self) -> None:
        """Closes the connections."""
