"""A question to a model at a terminal: written while it comes, then the sources and the cost."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from prometheus_client import CollectorRegistry

from app.answering.answer import as_text, printable
from app.answering.reply import Question, Reply, Token
from app.parts import Parts
from app.service.errors import UserError
from app.service.health import Health
from app.settings import Settings

Say = Callable[[str], None]


def ask(settings: Settings, question: str, say: Say | None) -> Reply:
    """Asks, and says the text as it is written.

    Args:
        settings: Who writes, and within which budget.
        question: As asked.
        say: Gets text for people, piece by piece; None: nobody listens.

    Raises:
        UserError: The index is empty or does not fit the settings, or a key is missing.
    """
    return asyncio.run(_ask(settings, question, say or (lambda _: None)))


async def _ask(settings: Settings, question: str, say: Say) -> Reply:
    parts = Parts(settings, CollectorRegistry(), Health())
    try:
        if not parts.index.count():
            place = parts.index.place
            raise UserError(f"Nothing is in the index {place}.", "Run `uv run app ingest`.")
        reply: Reply | None = None
        async with aclosing(parts.answerer.events(Question(question))) as events:
            async for event in events:
                if isinstance(event, Token):
                    say(printable(event.text))
                elif isinstance(event, Reply):
                    reply = event
        assert reply is not None  # noqa: S101 - events end with a reply
        say("\n".join(("", *_below(reply), "")))
        return reply
    finally:
        await parts.close()


def _below(reply: Reply) -> list[str]:
    """Returns what stands under a text: what is wrong with it, its sources, what it cost."""
    lines = [""] if reply.kind == "written" else [as_text(reply.refusal, reply.citations)]
    bad = [one for one in reply.sentences if one.problem]
    lines += [f"! {one.problem}: {one.text}" for one in bad]
    if reply.kind == "written":
        lines += [f"[{one.number}] {one.breadcrumb} ({one.source})" for one in reply.citations]
    lines += [reply.notice] if reply.notice else []
    dollars = "price unknown" if reply.dollars is None else f"{reply.dollars:.6f} dollars"
    lines += [f"{reply.model}, {dollars}"] if reply.model else []
    return [printable(line) for line in lines]
