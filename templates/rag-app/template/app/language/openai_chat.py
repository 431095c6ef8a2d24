"""Models that speak OpenAI's chat completions: OpenAI, Gemini, Ollama, vLLM and more."""

from collections.abc import AsyncIterator
from typing import Any

from app.language.arriving import Arriving
from app.language.model import End, Ending, Piece, Prompt, Schema, Usage
from app.language.provider import RETRIES, Provider
from app.language.received import counted, readable

NEW, OLD = "max_completion_tokens", "max_tokens"  # two names of one limit
ENDINGS: dict[str, Ending] = {
    "stop": "whole",
    "length": "cut",
    "content_filter": "withheld",
    # Other services have words of their own: Together's, Mistral's, and Gemini's.
    "eos": "whole",
    "model_length": "cut",
    "max_tokens": "cut",
    "safety": "withheld",
    "recitation": "withheld",
    "blocklist": "withheld",
    "prohibited_content": "withheld",
    "spii": "withheld",
}


class OpenAIChat:
    """A `LanguageModel`, whose texts say what is promised. All that it is given leaves here."""

    def __init__(self, provider: Provider) -> None:
        from openai import AsyncOpenAI

        self.name = provider.name
        self.sent_to = provider.host
        self._provider = provider
        self._client = AsyncOpenAI(
            api_key=provider.key or "none",
            base_url=provider.address,
            timeout=provider.seconds,
            max_retries=RETRIES,
        )
        self._completions = self._client.chat.completions  # imported now, not at the first question
        # OpenAI's models that think refuse the old name. Elsewhere it is the one that all know:
        # Mistral refuses the new one, and Ollama ignores it, so that nothing would end a text.
        # Who passes requests on to OpenAI says that it wants the new one: see `_create`.
        self._limit = NEW if provider.is_official else OLD

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece | End]:
        """See `LanguageModel`."""
        import openai

        answer = Arriving.now(self._provider)
        with answer.told(openai):
            chunks = await answer.wait(
                self._create(prompt, stream=True, stream_options={"include_usage": True})
            )
            async with chunks:
                answer.begun = True
                while (chunk := await answer.wait(anext(chunks, None))) is not None:
                    if text := _read(chunk, answer):
                        yield Piece(text)
        yield answer.end()

    async def structured(self, prompt: Prompt, schema: type[Schema]) -> tuple[Schema, Usage | None]:
        """See `LanguageModel`."""
        import openai

        # Not the client's `.parse()`, which forgets what an answer has cost that does not fit; but
        # the schema as it would send it: strict, without what OpenAI does not know.
        function = openai.pydantic_function_tool(schema)["function"]
        wanted = {"name": schema.__name__, "schema": function["parameters"], "strict": True}
        answer = Arriving.now(self._provider)
        with answer.told(openai):
            completion = await answer.wait(
                self._create(prompt, response_format={"type": "json_schema", "json_schema": wanted})
            )
            text = _read(completion, answer)
        return answer.fitting(text, schema)

    async def close(self) -> None:
        """See `LanguageModel`."""
        await self._client.close()

    async def _create(self, prompt: Prompt, **more: Any) -> Any:  # noqa: ANN401 - stream or whole
        from openai import BadRequestError

        messages = [{"role": one.role, "content": one.content} for one in prompt.messages]
        if prompt.system:
            messages.insert(0, {"role": "system", "content": prompt.system})
        body: dict[str, Any] = {"model": self._provider.model, "messages": messages, **more}
        limit = self._limit
        try:
            body[limit] = prompt.most_tokens
            return await self._completions.create(**body)
        except BadRequestError as error:
            if limit == NEW or NEW not in error.message:
                raise
        self._limit = NEW
        body[NEW] = body.pop(OLD)
        return await self._completions.create(**body)


def _read(sent: Any, answer: Arriving) -> str:  # noqa: ANN401 - the client does not check its type
    """Returns the text in a chunk or a whole completion, and notes what else it says.

    Raises:
        ValueError: It is neither.
    """
    try:
        answer.usage = _usage(getattr(sent, "usage", None)) or answer.usage
        if not sent.choices:  # as in the chunk that holds the usage
            return ""
        choice = sent.choices[0]
        part = getattr(choice, "delta", None) or getattr(choice, "message", None)
        refusal = getattr(part, "refusal", None)
        _note_reason("content_filter" if refusal else choice.finish_reason, answer)
        text = getattr(part, "content", None) or ""
    except (AttributeError, TypeError) as error:
        raise ValueError("no chat completion") from error
    return readable(text)


def _note_reason(reason: str | None, answer: Arriving) -> None:
    if reason and answer.ending != "withheld":  # a refusal ends with `stop`
        # Gemini's come in capitals, or say more: `content_filter: RECITATION`.
        answer.reason = reason.partition(":")[0].lower()
        answer.ending = ENDINGS.get(answer.reason)


def _usage(sent: Any) -> Usage | None:  # noqa: ANN401 - see above
    read = _count(sent, "prompt_tokens")
    if not read:  # some send zeros where they do not count, which is not the same as nothing
        return None
    details = getattr(sent, "prompt_tokens_details", None)
    # Gemini counts what it thinks in the total only, but it is billed as written.
    written = max(_count(sent, "completion_tokens"), _count(sent, "total_tokens") - read)
    return Usage(
        read, written, _count(details, "cached_tokens"), _count(details, "cache_write_tokens")
    )


def _count(sent: object, name: str) -> int:
    return counted(getattr(sent, name, None) or 0)
