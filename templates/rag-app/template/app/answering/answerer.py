"""One question, from search to answer: written where a model may, else quoted, else refused."""

import logging
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from time import perf_counter, time_ns
from uuid import UUID

from starlette.concurrency import run_in_threadpool

from app.answer_metrics import AnswerMetrics
from app.answering import condensing, grounding, prompting, replies
from app.answering.conversation import Turn, bounded, search_text
from app.answering.finding import find
from app.answering.paid_model import Bill, BudgetSpentError, PaidModel, Written
from app.answering.replies import Finding
from app.answering.reply import Event, Question, Reply, Sources, Token
from app.answering.wording import read_wording
from app.cache import Cache, cache_key
from app.language.model import ModelError, Piece
from app.project import Project
from app.retrieval.retriever import Retriever
from app.service.store import StoreAwayError

logger = logging.getLogger("app.answers")
UNAVAILABLE = (BudgetSpentError, ModelError, StoreAwayError)


def new_id() -> str:
    """Returns an id that begins with the time, so that new ones extend one end of an index."""
    return UUID(int=(time_ns() // 1000 << 64) | secrets.randbits(64)).hex


@dataclass
class _Call:
    """One question on its way."""

    question: Question
    turns: tuple[Turn, ...]
    reply: Reply
    found: Finding
    bills: list[Bill]
    begun: float


class Answerer:
    """Answers questions, any number at a time in one event loop.

    Args:
        retriever: Finds passages.
        project: How long an answer is, which prompt, when to refuse.
        model: Writes; None: everything is quoted.
        cache: Answers of before.
        metrics: Counts fall-backs.

    Raises:
        UserError: The project names a prompt that is not there.
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
        self._wording = read_wording(project.answers.prompt)
        self._condensing = read_wording(condensing.CONDENSE)

    async def events(self, question: Question) -> AsyncGenerator[Event]:
        """Gives `Sources`, then `Token`s while a model writes, and at the end the whole `Reply`.

        Close it when you leave early: then the model is told to stop.

        Raises:
            UserError: The index does not fit the settings, or the provider of vectors fails.
            StoreAwayError: The index can't be read now.
        """
        answer_id = new_id()
        key = await self._key(question)
        if kept := self._cache.get(key):
            yield Sources(answer_id, kept.citations)
            yield replace(
                kept,
                answer_id=answer_id,
                question=question.text,
                cached=True,
                dollars=0.0,
                usage=None,
                seconds={},
            )
            return
        async with aclosing(self._fresh(answer_id, question)) as events:
            async for event in events:
                if isinstance(event, Reply) and not event.notice and event.grounded is not False:
                    self._cache.put(key, event)
                yield event

    async def reply(self, question: Question) -> Reply:
        """Returns the whole answer.

        Raises:
            UserError: As above.
            StoreAwayError: As above.
        """
        async with aclosing(self.events(question)) as events:
            async for event in events:
                if isinstance(event, Reply):
                    return event
        raise AssertionError("events end with a reply")

    async def _key(self, question: Question) -> str:
        version = await run_in_threadpool(self._retriever.index.version)
        turns = [[turn.question, turn.answer] for turn in question.history]
        return cache_key(question.text, turns, version)

    async def _fresh(self, answer_id: str, question: Question) -> AsyncGenerator[Event]:
        begun, bills = perf_counter(), list[Bill]()
        turns = bounded(question.history, self._project.answers.turns)
        searched = await self._standalone(question.text, turns, bills)
        found = await run_in_threadpool(find, self._retriever, self._project, searched)
        reply = replies.quoted(answer_id, question, found)
        why, told = self._why_not(found), False
        if why is None:
            call = _Call(question, turns, reply, found, bills, begun)
            try:
                async with aclosing(self._written(call)) as events:
                    async for event in events:
                        told = told or isinstance(event, Sources)
                        yield event
            except UNAVAILABLE as error:
                logger.warning("it is quoted, not written: %s", error.problem)
                why = _reason(error)
                reply = replace(reply, notice=replies.NOTICES[why])
            else:
                return
        elif why == "suspicious":
            reply = replace(reply, notice=replies.left_out(found.left_out))
        if why:
            self._metrics.fallbacks.labels(why).inc()
        if not told:
            yield Sources(answer_id, reply.citations)
        yield replies.billed(reply, bills, self._model)

    def _why_not(self, found: Finding) -> str | None:
        """Tells why no model is asked: None: it is; empty: it need not be."""
        if self._model is None or found.quoted.refusal:
            return ""
        return None if found.usable.found else "suspicious"

    async def _standalone(self, text: str, turns: tuple[Turn, ...], bills: list[Bill]) -> str:
        """Returns what to search for; of a follow-up, a question that stands by itself."""
        plain = search_text(text, turns, self._project.corpus.language)
        if not turns or self._model is None:
            return plain
        prompt = condensing.condense(self._condensing, text, turns)
        try:
            found, _ = await self._model.structured(prompt, condensing.Standalone, bills)
        except UNAVAILABLE as error:
            logger.warning("a follow-up is searched as it is: %s", error.problem)
            return plain
        return condensing.standalone(found, plain)

    async def _written(self, call: _Call) -> AsyncGenerator[Event]:
        """Gives what a model writes.

        Raises:
            BudgetSpentError: Nothing was written yet.
            ModelError: Something may have been given, which the reply at the end replaces.
            StoreAwayError: Nothing was written yet.
        """
        model = self._model
        assert model is not None  # noqa: S101 - `_why_not` looked
        passages = [one.passage for one in call.found.usable.found]
        most = self._project.answers.most_tokens
        asked = prompting.ask(self._wording, call.question.text, passages, call.turns, most)
        yield Sources(call.reply.answer_id, call.found.citations)
        text, shown, first = "", 0, 0.0
        end: Written | None = None
        async with aclosing(model.stream(asked.prompt, call.bills)) as items:
            async for item in items:
                if isinstance(item, Written):
                    end = item
                    continue
                assert isinstance(item, Piece)  # noqa: S101 - there is nothing else
                first = first or perf_counter() - call.begun
                text += item.text
                # What may become the sign for "no answer" is held back until it can't.
                if not grounding.may_be_no_answer(text):
                    yield Token(text[shown:])
                    shown = len(text)
        assert end is not None  # noqa: S101 - a stream ends with it, or raises
        if not text.strip():
            raise ModelError("The model wrote nothing.", "Raise most_tokens in project.toml.")
        spent = perf_counter() - call.begun - sum(call.reply.seconds.values())
        seconds = {**call.reply.seconds, "first_token": first, "model": spent}
        reply = replace(call.reply, prompt=self._wording.name, seconds=seconds)
        if grounding.is_no_answer(text):
            reply = replies.not_held(reply, call.found)
        else:
            shown_to_it = [prompting.shown(one) for one in passages]
            language = self._project.corpus.language
            checked = await run_in_threadpool(grounding.check, text, shown_to_it, asked, language)
            reply = replies.written(reply, call.found, text, checked, end)
        yield replies.billed(reply, call.bills, model)


def _reason(error: Exception) -> str:
    if isinstance(error, BudgetSpentError):
        return "budget"
    return "store" if isinstance(error, StoreAwayError) else "model"
