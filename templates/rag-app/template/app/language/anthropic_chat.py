"""Models that speak Anthropic's messages."""

from collections.abc import AsyncIterator
from typing import Any

from app.language.arriving import Arriving
from app.language.model import End, Ending, Piece, Prompt, Schema, Usage
from app.language.provider import RETRIES, Provider
from app.language.received import counted, readable

ENDINGS: dict[str, Ending] = {
    "end_turn": "whole",
    "stop_sequence": "whole",
    "max_tokens": "cut",
    "model_context_window_exceeded": "cut",
    "refusal": "withheld",
}
COUNTS = (
    "input_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "output_tokens",
)


class AnthropicChat:
    """A `LanguageModel`, whose texts say what is promised. All that it is given leaves here."""

    def __init__(self, provider: Provider) -> None:
        from anthropic import AsyncAnthropic

        self.name = provider.name
        self.sent_to = provider.host
        self._provider = provider
        self._client = AsyncAnthropic(
            api_key=provider.key or "none",
            base_url=provider.address,
            timeout=provider.seconds,
            max_retries=RETRIES,
        )
        self._messages = self._client.messages  # imported now, not at the first question

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece | End]:
        """See `LanguageModel`."""
        import anthropic

        answer = Arriving.now(self._provider)
        counts: dict[str, int] = {}
        with answer.told(anthropic):
            events = await answer.wait(self._create(prompt, stream=True))
            async with events:
                answer.begun = True
                while (event := await answer.wait(anext(events, None))) is not None:
                    if text := _read_event(event, answer, counts):
                        yield Piece(text)
        yield answer.end()

    async def structured(self, prompt: Prompt, schema: type[Schema]) -> tuple[Schema, Usage | None]:
        """See `LanguageModel`."""
        import anthropic

        # Not the client's `.parse()`, which forgets what an answer has cost that does not fit; but
        # the schema as it would send it: what Anthropic does not know becomes a description.
        wanted = {"type": "json_schema", "schema": anthropic.transform_schema(schema)}
        answer = Arriving.now(self._provider)
        with answer.told(anthropic):
            message = await answer.wait(self._create(prompt, output_config={"format": wanted}))
            text = _read_message(message, answer)
        return answer.fitting(text, schema)

    async def close(self) -> None:
        """See `LanguageModel`."""
        await self._client.close()

    async def _create(self, prompt: Prompt, **more: Any) -> Any:  # noqa: ANN401 - stream or whole
        messages = [{"role": one.role, "content": one.content} for one in prompt.messages]
        body: dict[str, Any] = {
            "model": self._provider.model,
            "max_tokens": prompt.most_tokens,
            "messages": messages,
            **more,
        }
        if prompt.system:  # an empty one is refused
            body["system"] = prompt.system
        return await self._messages.create(**body)


def _read_event(event: Any, answer: Arriving, counts: dict[str, int]) -> str:  # noqa: ANN401 - the client does not check its type
    """Returns the text in an event of the stream, and notes what else it says.

    Raises:
        ValueError: It is none.
    """
    try:
        if event.type == "message_start":
            _note_usage(getattr(event.message, "usage", None), answer, counts)
        elif event.type == "message_delta":
            _note_usage(getattr(event, "usage", None), answer, counts)
            _note_reason(event.delta.stop_reason, answer)
        elif event.type == "content_block_delta" and event.delta.type == "text_delta":
            return readable(event.delta.text)
    except (AttributeError, TypeError) as error:
        raise ValueError("no event") from error
    return ""


def _read_message(message: Any, answer: Arriving) -> str:  # noqa: ANN401 - see above
    try:
        _note_usage(getattr(message, "usage", None), answer, {})
        _note_reason(message.stop_reason, answer)
        return "".join(readable(block.text) for block in message.content if block.type == "text")
    except (AttributeError, TypeError) as error:
        raise ValueError("no message") from error


def _note_reason(reason: str | None, answer: Arriving) -> None:
    if reason:
        answer.reason = reason
        answer.ending = ENDINGS.get(reason)


def _note_usage(sent: object, answer: Arriving, counts: dict[str, int]) -> None:
    """Notes the counts that are told; later ones include earlier ones."""
    for name in COUNTS:
        if (count := getattr(sent, name, None)) is not None:
            counts[name] = counted(count)
    new, cached, stored, written = (counts.get(name, 0) for name in COUNTS)
    if read := new + cached + stored:  # without, nobody has counted
        answer.usage = Usage(read, written, cached, stored)
