"""All that answers are made with, opened once: for the service, or for one question."""

import logging

from prometheus_client import CollectorRegistry
from starlette.concurrency import run_in_threadpool

from app.answer_log import AnswerLog
from app.answer_metrics import AnswerMetrics
from app.answering.answerer import Answerer
from app.answering.paid_model import PaidModel
from app.answering.reply import Reply
from app.answers import Answers
from app.budget import Budget
from app.cache import Cache
from app.embedding.choosing import load_embedder
from app.housekeeping import Housekeeping
from app.index.index import Index
from app.index.opening import open_index
from app.language.choosing import load_model
from app.language.prices import load_prices
from app.project import read_project
from app.retrieval.retriever import Retriever
from app.service.errors import UserError
from app.service.health import Health
from app.service.store import open_store
from app.service.writer import Writer
from app.settings import Settings

logger = logging.getLogger("app.parts")


class Parts:
    """The parts.

    Args:
        settings: Where everything is.
        registry: Where metrics go.
        health: Tells a model when the service ends.

    Raises:
        UserError: `project.toml` can't be read, the store can't be opened, or a key is missing.
    """

    def __init__(self, settings: Settings, registry: CollectorRegistry, health: Health) -> None:
        self.project = read_project(settings.project_file)
        self.metrics = AnswerMetrics(registry)
        self.index: Index = open_index(settings.database_url)
        store = open_store(settings.database_url)
        self.log = AnswerLog(store, Writer(store, registry))
        self.budget = Budget(store, settings.daily_dollars, settings.daily_tokens)
        self.retriever = Retriever(self.index, load_embedder(settings), self.project)
        self.model = self._model(settings, health)
        cache = Cache[Reply](settings.cache_answers)
        made_with = (self.retriever, self.project, self.model, cache, self.metrics)
        self.answerer = Answerer(*made_with)
        self.answers = Answers(self.answerer, self.index, self.log, self.metrics)
        self.housekeeping = Housekeeping(
            self.retriever, self.log, self.budget, self.metrics, health, settings.retention_days
        )

    def _model(self, settings: Settings, health: Health) -> PaidModel | None:
        model, prices = load_model(settings), load_prices(settings)
        if model is None or prices is None:
            return None
        return PaidModel(
            model,
            prices,
            self.budget,
            self.metrics,
            settings.model_seconds,
            lambda: health.stopping,
        )

    def warm_up(self, settings: Settings) -> None:
        """Reads weights and vectors now, so that the first question need not wait for them."""
        if settings.embeddings.startswith("openai:"):  # it would cost
            return
        try:
            self.retriever.search("warm up")
        except UserError as error:  # each question will be told
            logger.warning("%s %s", error.problem, error.remedy)

    async def close(self) -> None:
        """Settles and writes what still waits, and closes everything."""
        if self.model:
            await self.model.close()
        await run_in_threadpool(self.log.close)
        await run_in_threadpool(self.index.close)
