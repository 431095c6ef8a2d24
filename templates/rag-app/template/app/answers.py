"""Makes answers, counts them, and hands each to the log."""

import json
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import perf_counter, time

from app.answer_log import AnswerLog
from app.answer_metrics import AnswerMetrics
from app.answering.answerer import Answerer
from app.answering.reply import Event, Question, Reply
from app.chat_bodies import FeedbackBody
from app.index.index import Index
from app.passages import Passage
from app.records import AnswerRecord

logger = logging.getLogger("app.answers")
HIGHEST_ID = 2**63 - 1  # that a database holds


class Answers:
    """What the service knows and does about answers.

    Args:
        answerer: Makes them.
        index: Where passages are.
        log: Where answers and feedback are kept.
        metrics: Counts both.
    """

    def __init__(
        self, answerer: Answerer, index: Index, log: AnswerLog, metrics: AnswerMetrics
    ) -> None:
        self._answerer, self._index, self._log, self._metrics = answerer, index, log, metrics

    async def events(self, question: Question) -> AsyncGenerator[Event]:
        """Gives an answer bit by bit, as `Answerer.events`."""
        begun = perf_counter()
        with self._metrics.in_progress.track_inprogress():
            async with aclosing(self._answerer.events(question)) as events:
                async for event in events:
                    if isinstance(event, Reply):
                        self._keep(question, event, perf_counter() - begun)
                    yield event

    async def reply(self, question: Question) -> Reply:
        """Returns an answer, as `Answerer.reply`."""
        begun = perf_counter()
        with self._metrics.in_progress.track_inprogress():
            reply = await self._answerer.reply(question)
        self._keep(question, reply, perf_counter() - begun)
        return reply

    def add_feedback(self, given: FeedbackBody) -> bool:
        """Keeps feedback; False: there is no such answer.

        Raises:
            StoreAwayError: The store does not work now.
        """
        known = self._log.add_feedback(given.answer_id, given.thumb, given.comment)
        if known and given.thumb:
            self._metrics.feedback.labels(given.thumb).inc()
        return known

    def passage(self, passage_id: int) -> Passage | None:
        """Returns a passage of the index; None where it is gone.

        Raises:
            StoreAwayError: The store does not work now.
        """
        if not 0 <= passage_id <= HIGHEST_ID:
            return None
        return self._index.passages([passage_id]).get(passage_id)

    def _keep(self, question: Question, reply: Reply, seconds: float) -> None:
        if question.probe:
            return
        self._metrics.count(reply)
        self._log.add(_record(question, reply, seconds))
        logger.info(
            "answer",
            extra={
                "answer_id": reply.answer_id,
                "kind": reply.kind,
                "cached": reply.cached,
                "grounded": reply.grounded,
                "similarity": round(reply.similarity, 3),
                "model": reply.model,
                "dollars": "unknown" if reply.dollars is None else round(reply.dollars, 6),
                "milliseconds": round(seconds * 1000, 1),
            },
        )


def _record(question: Question, reply: Reply, seconds: float) -> AnswerRecord:
    cited = [{"source": one.source, "heading": one.heading} for one in reply.citations]
    return AnswerRecord(
        answer_id=reply.answer_id,
        request_id=question.request_id,
        at=time(),
        question=reply.question,
        kind=reply.kind,
        text=reply.text,
        model=reply.model,
        prompt=reply.prompt,
        input_tokens=reply.usage.input_tokens if reply.usage else 0,
        output_tokens=reply.usage.output_tokens if reply.usage else 0,
        dollars=reply.dollars,
        similarity=reply.similarity,
        grounded=reply.grounded,
        cached=reply.cached,
        seconds=seconds,
        sources=json.dumps(cited, ensure_ascii=False),
    )
