"""One question, from search to answer: written where a model may, else quoted, else refused."""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from time import perf_counter, time_ns
from uuid import UUID

from starlette.concurrency import run_in_threadpool

from app.answer_metrics import AnswerMetrics
from app.answering import conversation, grounding, prompting
from app.answering.answer import Answer, answer
from app.answering.paid_model import Bill, BudgetSpentError, PaidModel, Written, together
from app.answering.prompting import PromptFile
from app.answering.refusal import Refusal
from app.answering.reply import Asked, Event, Reply, Sources, Token
from app.answering.suspicion import suspicious
from app.cache import Cache, cache_key
from app.language.model import ModelError, Piece
from app.project import Project
from app.retrieval.result import Result
from app.retrieval.retriever import Retriever
from app.service.store import StoreAwayError

logger = logging.getLogger("app.answers")
NOT_HELD = Refusal("not answered", "The passages that were found do not answer the question.")
AWAY = "The language model can't answer now, so this is quoted."
SPENT = "Today's budget for the language model is spent, so this is quoted."
CUT = "The text was cut at its longest allowed length."
WITHHELD = "The provider withheld the rest of the text."


def new_id() -> str:
    """Returns an id that begins with the time: the newest stand together in an index of ids."""
    import secrets

    return UUID(int=(time_ns() // 1000 << 64) | secrets.randbits(64)).hex


@dataclass(frozen=True)
class _Found:
    """What a search found: to quote from, and to write from."""

    result: Result
    quoted: Answer
    usable: Result
    left_out: tuple[str, ...]


class Answerer:
    """Answers questions, any number at a time in one event loop.

    Args:
        retriever: Finds passages.
        project: How long an answer is, which prompt, when to refuse.
        model: Writes; None: everything is quoted.
        cache: Answers of before.
        metrics: Counts fall-backs.
    """

    def __init__(
        self,
        retriever: Retriever,
        project: Project,
        model: PaidModel | None,
        cache: Cache[Reply],
        metrics: AnswerMetrics,
    ) -> None:
        self._retriever, self._project, self._model = retriever, project, model
        self._cache, self._metrics = cache, metrics
        self._prompt: PromptFile | None = (
            prompting.read_prompt(project.answers.prompt) if model else None
        )

    async def events(self, asked: Asked) -> AsyncGenerator[Event]:
        """Gives `Sources`, then `Token`s while a model writes, and at the end the whole `Reply`.

        Close it when you leave early: then the model is told to stop.

        Raises:
            UserError: The index does not fit the settings, or the provider of vectors fails.
            StoreAwayError: The index can't be read now.
        """
        answer_id = new_id()
        key = await self._key(asked)
        if kept := self._cache.get(key):
            given = {"answer_id": answer_id, "question": asked.question, "cached": True}
            yield Sources(answer_id, kept.citations)
            yield replace(kept, **given, dollars=0.0, usage=None, seconds={})  # type: ignore[arg-type]
            return
        reply: Reply | None = None
        async with aclosing(self._fresh(answer_id, asked)) as events:
            async for event in events:
                reply = event if isinstance(event, Reply) else None
                yield event
        if reply and not reply.notice and reply.grounded is not False:
            self._cache.put(key, reply)

    async def reply(self, asked: Asked) -> Reply:
        """Returns the whole answer.

        Raises:
            UserError: As above.
            StoreAwayError: As above.
        """
        async with aclosing(self.events(asked)) as events:
            async for event in events:
                if isinstance(event, Reply):
                    return event
        raise AssertionError("events end with a reply")

    async def _key(self, asked: Asked) -> str:
        version = await run_in_threadpool(self._retriever.index.version)
        turns = [[turn.question, turn.answer] for turn in asked.history]
        by = [self._model.name if self._model else "", self._prompt and self._prompt.digest]
        return cache_key(asked.question, turns, version, by)

    async def _fresh(self, answer_id: str, asked: Asked) -> AsyncGenerator[Event]:
        begun = perf_counter()
        bills: list[Bill] = []
        searched, notice = await self._standalone(asked, bills)
        found = await run_in_threadpool(self._search, searched)
        reply = _quoted(answer_id, asked, found.quoted, notice)
        if self._model is None or self._prompt is None or reply.kind == "refused":
            yield Sources(answer_id, reply.citations)
            yield _billed(reply, bills, self._model)
            return
        if not found.usable.found:
            self._metrics.fallbacks.labels("suspicious").inc()
            yield Sources(answer_id, reply.citations)
            yield _billed(replace(reply, notice=_left_out(found.left_out)), bills, self._model)
            return
        try:
            async with aclosing(self._written(asked, reply, found, bills, begun)) as events:
                async for event in events:
                    yield event
        except BudgetSpentError:
            self._metrics.fallbacks.labels("budget").inc()
            yield _billed(replace(reply, notice=SPENT), bills, self._model)
        except StoreAwayError as error:
            logger.warning("no model is asked: %s", error.problem)
            self._metrics.fallbacks.labels("store").inc()
            yield _billed(replace(reply, notice=AWAY), bills, self._model)
        except ModelError as error:
            logger.warning("the model failed: %s", error.problem)
            self._metrics.fallbacks.labels("model").inc()
            yield _billed(replace(reply, notice=AWAY), bills, self._model)

    async def _standalone(self, asked: Asked, bills: list[Bill]) -> tuple[str, str]:
        """Returns what to search for; of a follow-up, a question that stands by itself."""
        plain = conversation.search_text(asked.question, asked.history)
        if not asked.history or self._model is None:
            return plain, ""
        prompt = conversation.condensing(asked.question, asked.history)
        try:
            found, bill = await self._model.structured(prompt, conversation.Standalone)
        except (ModelError, BudgetSpentError, StoreAwayError) as error:
            logger.warning("a follow-up is searched as it is: %s", error.problem)
            return plain, ""
        bills.append(bill)
        return found.question.strip() or plain, ""

    def _search(self, searched: str) -> _Found:
        result = self._retriever.search(searched)
        quoted = answer(result, self._retriever.embedder, self._project.refusal.similarity)
        reasons = {one.id: suspicious(one.passage.text) for one in result.found}
        usable = tuple(one for one in result.found if reasons[one.id] is None)
        left = tuple(one.passage.source for one in result.found if reasons[one.id] is not None)
        return _Found(result, quoted, replace(result, found=usable), left)

    async def _written(
        self, asked: Asked, reply: Reply, found: _Found, bills: list[Bill], begun: float
    ) -> AsyncGenerator[Event]:
        """Gives what a model writes.

        Raises:
            BudgetSpentError: Nothing was given yet.
            ModelError: Something may have been given, which the reply at the end replaces.
            StoreAwayError: Nothing was given yet.
        """
        assert self._model is not None  # noqa: S101 - the caller looked
        assert self._prompt is not None  # noqa: S101 - as above
        passages = [one.passage for one in found.usable.found]
        citations = _citations(reply, found.usable)
        built = prompting.build(self._prompt, asked, passages, self._project.answers)
        yield Sources(reply.answer_id, citations)
        text, first, shown = "", 0.0, 0
        async with aclosing(self._model.stream(built.prompt)) as items:
            async for item in items:
                if isinstance(item, Piece):
                    first = first or perf_counter() - begun
                    text += item.text
                    # What may become the sign for "no answer" is held back until it can't.
                    if not prompting.may_refuse(text):
                        yield Token(text[shown:])
                        shown = len(text)
                else:
                    last: Written = item
        bills.append(last.bill)
        seconds = {**reply.seconds, "first_token": first}
        seconds["model"] = perf_counter() - begun - sum(reply.seconds.values())
        made = replace(
            reply, citations=citations, prompt=self._prompt.name, seconds=seconds, notice=""
        )
        if prompting.refuses(text):
            nothing = tuple(replace(one, excerpt="") for one in citations)
            made = replace(made, kind="refused", refusal=NOT_HELD, citations=nothing)
        else:
            checked = grounding.check(text, [one.text for one in passages], built.nonce)
            made = replace(
                made,
                kind="written",
                text=text,
                sentences=checked,
                grounded=all(one.problem is None for one in checked),
                notice=_ending(last, found.left_out),
            )
        yield _billed(made, bills, self._model)


def _quoted(answer_id: str, asked: Asked, quoted: Answer, notice: str) -> Reply:
    return Reply(
        answer_id=answer_id,
        question=asked.question,
        searched=quoted.question,
        kind="refused" if quoted.refusal else "quoted",
        citations=quoted.citations,
        similarity=quoted.similarity,
        index_version=quoted.index_version,
        refusal=quoted.refusal,
        notice=notice,
        seconds=dict(quoted.seconds),
    )


def _citations(reply: Reply, usable: Result) -> tuple:  # type: ignore[type-arg]
    ids = {one.id for one in usable.found}
    kept = [one for one in reply.citations if one.id in ids]
    return tuple(replace(one, number=number) for number, one in enumerate(kept, 1))


def _left_out(sources: Sequence[str]) -> str:
    if not sources:
        return ""
    names = ", ".join(dict.fromkeys(sources))
    return f"Not given to the model, because it reads like instructions to one: {names}."


def _ending(last: Written, left_out: Sequence[str]) -> str:
    said = {"whole": "", "cut": CUT, "withheld": WITHHELD}[last.ending]
    return " ".join(filter(None, (said, _left_out(left_out))))


def _billed(reply: Reply, bills: list[Bill], model: PaidModel | None) -> Reply:
    if not bills or model is None:
        return reply
    bill = together(bills)
    return replace(reply, model=model.name, usage=bill.usage, dollars=bill.dollars)
