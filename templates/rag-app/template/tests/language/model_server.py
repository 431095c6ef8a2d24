"""A server on this machine that stands for a provider of language models; one for each protocol.

What it is asked must be what the provider's own client calls a request, or it answers 400. What it
says is scripted: `says` and `fails` for one request each, `answers` for all others.
"""

import json
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from app.language.model import Message, Usage

Json = dict[str, Any]
Breaks = Literal["", "lost", "closed", "error"]
COUNTED = Usage(-1, -1)
"""As many tokens as there are words."""


@dataclass(frozen=True)
class Asked:
    """A request in words of no provider.

    Attributes:
        schema: What an answer in JSON must fit; None where a text is wanted.
    """

    system: str
    messages: tuple[Message, ...]
    model: str
    most_tokens: int
    schema: Json | None
    streamed: bool

    @property
    def question(self) -> str:
        """The last message."""
        return self.messages[-1].content


@dataclass(frozen=True)
class Reply:
    """What one request gets.

    Attributes:
        ending: An `Ending`, or the provider's own word.
        usage: None where the provider does not tell.
        seconds: Before it begins.
        pause: Seconds before each piece.
        breaks: How a stream ends after its pieces if not as it should: the connection is lost, or
            closed as if all were well, or an event says that there was an error.
        status: Not 200: an error, with `message`.
        body: Sent as it is, and nothing else.
    """

    pieces: tuple[str, ...] = ()
    ending: str = "whole"
    usage: Usage | None = COUNTED
    seconds: float = 0.0
    pause: float = 0.0
    breaks: Breaks = ""
    status: int = 200
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def counts(self, asked: Asked) -> Usage | None:
        """What it says that it used."""
        if self.usage is not COUNTED:
            return self.usage
        read = " ".join([asked.system, *(message.content for message in asked.messages)])
        return Usage(len(read.split()), len("".join(self.pieces).split()))


class ModelServer(ABC):
    """What was asked, and what to answer.

    Attributes:
        address: For the setting ..._BASE_URL.
        answers: Asked for whatever is not scripted; returns a text, or a whole reply.
        key: The one it wants; empty: any, or none.
        refused_fields: Names of fields, and what it says against each.
        requests: Bodies that came, refused ones too; `keys` and `times` go with them.
        hung_up: Set when a client has closed the connection in the middle of a stream.
    """

    path: ClassVar[str]
    base: ClassVar[str] = ""

    def __init__(self, answers: "Callable[[Asked], str | Reply] | None" = None) -> None:
        self.address = ""
        self.answers = answers
        self.key = ""
        self.refused_fields: dict[str, str] = {}
        self.requests: list[Json] = []
        self.keys: list[str] = []
        self.times: list[float] = []
        self.hung_up = threading.Event()
        self._script: list[Reply] = []

    def says(self, *pieces: str, **how: Any) -> None:  # noqa: ANN401 - fields of Reply
        """The next request that is not scripted yet gets this text, streamed piece by piece."""
        self._script.append(Reply(pieces, **how))

    def fails(self, status: int, message: str = "no", **headers: str) -> None:
        """The next request that is not scripted yet gets this error; `Retry_After` is a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._script.append(Reply(status=status, message=message, headers=named))

    def reply(self, path: str, headers: dict[str, str], body: Json) -> Reply:
        """What this request gets."""
        if refusal := self._refusal(path, headers, body):
            return refusal
        if self._script:
            return self._script.pop(0)
        said = self.answers(self.asked(body)) if self.answers else ""
        if isinstance(said, Reply):
            return said
        if not said:
            return Reply(status=400, message="nobody told this server what to say")
        return Reply(tuple(re.findall(r"\s*\S+\s*", said)))

    def _refusal(self, path: str, headers: dict[str, str], body: Json) -> Reply | None:
        if path != self.path:
            return Reply(status=404, message=f"no page {path}")
        if self.key and self.key_in(headers) != self.key:
            return Reply(status=401, message=f"wrong key: {self.key_in(headers)}")
        for name in self.refused_fields.keys() & body.keys():
            return Reply(status=400, message=self.refused_fields[name])
        problem = self.wrong(headers, body)
        return Reply(status=400, message=problem) if problem else None

    @abstractmethod
    def key_in(self, headers: dict[str, str]) -> str:
        """The key of a request; names of headers are in small letters."""

    @abstractmethod
    def wrong(self, headers: dict[str, str], body: Json) -> str:
        """What a strict provider would say against a request; empty if nothing."""

    @abstractmethod
    def asked(self, body: Json) -> Asked:
        """The request in words of no provider."""

    @abstractmethod
    def whole(self, reply: Reply, asked: Asked) -> Json:
        """The body of an answer that is not streamed."""

    @abstractmethod
    def events(self, reply: Reply, asked: Asked) -> Iterator[str]:
        """The events of a stream, up to where it breaks."""

    @abstractmethod
    def error(self, status: int, message: str) -> Json:
        """The body of an error."""

    @abstractmethod
    def error_event(self, message: str) -> str:
        """The event of an error in a stream."""


def event(data: Json | str, name: str = "") -> str:
    """One server-sent event."""
    text = data if isinstance(data, str) else json.dumps(data)
    return (f"event: {name}\n" if name else "") + f"data: {text}\n\n"
