"""An answer while it arrives, and what its client raises when it does not, told to a person."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import TypeVar

from app.language.model import End, Ending, Schema, Usage
from app.language.provider import Provider

Anything = TypeVar("Anything")


@dataclass
class Arriving:
    """What is known so far.

    Attributes:
        deadline: When it must be whole, on the clock of the event loop.
        begun: Whether the provider has accepted the request.
        reason: Why it ended, in the provider's words; empty while it goes on.
        ending: The same in ours; None also where the words are unknown.
        usage: What is billed.
    """

    provider: Provider
    deadline: float
    begun: bool = False
    reason: str = ""
    ending: Ending | None = None
    usage: Usage | None = None

    @classmethod
    def now(cls, provider: Provider) -> "Arriving":
        """Returns an answer that is asked for now."""
        return cls(provider, asyncio.get_running_loop().time() + provider.seconds)

    async def wait(self, waiting: Awaitable[Anything]) -> Anything:
        """Waits, but not beyond the deadline.

        A client's own time-out is for one read: who sends a word now and then never meets it.

        Raises:
            TimeoutError: It is too late.
        """
        async with asyncio.timeout_at(self.deadline):
            return await waiting

    def end(self) -> End:
        """Returns the end of a text.

        Raises:
            ModelError: It was cut off, or ended for a reason that is none.
        """
        if self.ending is None:
            raise self.provider.broken_off(self.reason or "no reason to stop", self.usage)
        return End(self.ending, self.usage)

    def fitting(self, text: str, schema: type[Schema]) -> tuple[Schema, Usage | None]:
        """Returns the object that a text in JSON describes.

        Raises:
            ModelError: The text is not whole, no JSON, or of another shape.
        """
        return self.provider.fitting(text, schema, self.end())

    @contextmanager
    def told(self, client: ModuleType) -> Iterator[None]:
        """Turns what is raised in the block into a `ModelError`.

        Args:
            client: `openai` or `anthropic`: one generator makes both, so their errors are alike.
        """
        from httpx2 import HTTPError, TimeoutException

        provider = self.provider
        try:
            yield
        except (TimeoutError, TimeoutException, client.APITimeoutError) as error:
            raise provider.too_late(self.usage) from error
        except (HTTPError, client.APIConnectionError) as error:  # Anthropic's passes the former on
            if self.begun:
                raise provider.broken_off("the connection is lost", self.usage) from error
            raise provider.unreachable() from error
        except client.APIStatusError as error:
            if self.begun:  # an event in Anthropic's stream
                raise provider.broken_off(error.body, self.usage) from error
            raise provider.refused(error.status_code, error.body or error.message) from error
        except client.APIError as error:  # an event in OpenAI's stream
            raise provider.broken_off(error.body or error.message, self.usage) from error
        except (
            ValueError,
            OverflowError,
        ) as error:  # from the decoders of JSON, and from readers of what it says
            raise provider.nonsense("what does not follow the protocol", self.usage) from error
