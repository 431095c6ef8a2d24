"""A model that says what a test wants, without a network: for what is about us and not about it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from pydantic import BaseModel

from app.language.model import End, ModelError, Piece, Prompt, Schema, Usage

USAGE = Usage(input_tokens=100, output_tokens=20)
Says = Callable[[Prompt], str]


class Scripted:
    """Says the same, or what a function makes of the prompt.

    Attributes:
        prompts: That it was asked.
        fails: Raised in place of the end.
        seconds: Before each piece.
        closed: Streams that were left before their end.
    """

    name = "openai:scripted"
    sent_to = "nobody"

    def __init__(
        self,
        says: str | Says = "NO ANSWER",
        usage: Usage | None = USAGE,
        structured: Sequence[BaseModel] = (),
    ) -> None:
        self.says = says
        self.usage = usage
        self.prompts: list[Prompt] = []
        self.fails: ModelError | None = None
        self.seconds = 0.0
        self.closed = 0
        self._structured = list(structured)

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece | End]:
        self.prompts.append(prompt)
        text = self.says if isinstance(self.says, str) else self.says(prompt)
        try:
            for start in range(0, len(text), 7):
                await asyncio.sleep(self.seconds)
                yield Piece(text[start : start + 7])
            if self.fails:
                raise self.fails
            yield End("whole", self.usage)
        except (GeneratorExit, asyncio.CancelledError):
            self.closed += 1
            raise

    async def structured(self, prompt: Prompt, schema: type[Schema]) -> tuple[Schema, Usage | None]:
        self.prompts.append(prompt)
        await asyncio.sleep(self.seconds)
        if self.fails:
            raise self.fails
        return schema.model_validate(self._structured.pop(0).model_dump()), self.usage

    async def close(self) -> None:
        pass
