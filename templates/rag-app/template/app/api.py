"""The HTTP service, put together: index, model, store, routes, page, and what every service has."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CollectorRegistry
from starlette.concurrency import run_in_threadpool

from app import own
from app.answer_log import AnswerLog
from app.answer_metrics import AnswerMetrics
from app.answering.answerer import Answerer
from app.answering.paid_model import PaidModel
from app.answering.reply import Reply
from app.answers import Answers
from app.budget import Budget
from app.cache import Cache
from app.chat_routes import add_chat
from app.embedding.choosing import load_embedder
from app.housekeeping import Housekeeping
from app.index.index import Index
from app.index.opening import open_index
from app.language.choosing import load_model
from app.language.prices import load_prices
from app.page.render import STATIC, Pages
from app.project import Project, read_project
from app.reader_routes import add_reading
from app.retrieval.retriever import Retriever
from app.service import docs, operations, problems
from app.service.body_limit import BodyLimitMiddleware
from app.service.errors import UserError
from app.service.health import Health
from app.service.metrics import HttpMetrics
from app.service.middleware import RequestMiddleware
from app.service.rate_limit import RateLimitMiddleware
from app.service.store import open_store
from app.service.tracing import close_tracing, open_tracing, telemetry
from app.service.version import read_template_facts
from app.service.writer import Writer
from app.settings import Settings
from app.status import status_route

logger = logging.getLogger("app.api")


class Parts:
    """All that answers are made with, opened once.

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
        self.answers = Answers(
            Answerer(
                self.retriever,
                self.project,
                self.model,
                Cache[Reply](settings.cache_answers),
                self.metrics,
            ),
            self.index,
            self.log,
            self.metrics,
        )
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


def create_app(settings: Settings) -> FastAPI:
    """Returns the service. With an empty index it runs, says so, and is not ready.

    Raises:
        UserError: `project.toml` can't be read, the store can't be opened, or a key is missing.
    """
    health, metrics = Health(), HttpMetrics()
    parts = Parts(settings, metrics.registry, health)
    parts.warm_up(settings)
    parts.housekeeping.look()
    words = parts.project.words
    version = _version(settings, metrics)
    tracing = open_tracing(words.title, version["git_sha"] or "")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with parts.housekeeping.running():
            yield
        # The last question is answered by now.
        await parts.close()
        if tracing:
            await run_in_threadpool(close_tracing, tracing)

    app = FastAPI(
        title=words.title,
        summary=words.summary,
        version=version["template_version"] or "unknown",
        docs_url=None,  # ours, below
        redoc_url=None,
        lifespan=lifespan,
        telemetry=telemetry(tracing),
    )
    app.state.health = health
    # Each added one wraps those before it: the limit's refusals have an id and are counted too.
    app.add_middleware(BodyLimitMiddleware, max_bytes=settings.max_body_bytes)
    app.add_middleware(
        RateLimitMiddleware, per_minute=settings.rate_limit_per_minute, registry=metrics.registry
    )
    app.add_middleware(RequestMiddleware, metrics=metrics)
    problems.install(app)
    add_chat(app, parts.answers, settings, (*words.examples, "What is this about?")[0])
    add_reading(app, parts.answers, settings)
    app.include_router(operations.routes(health, metrics, version))
    app.include_router(status_route(parts.index, parts.log, parts.budget, settings.model))
    app.include_router(own.router)
    docs.install(app)
    _add_page(app, parts.project, settings, health)
    return app


def _version(settings: Settings, metrics: HttpMetrics) -> dict[str, str | None]:
    template = read_template_facts(settings.answers_file)
    git_sha = settings.git_sha or "unknown"
    metrics.describe_build(git_sha, template.template, template.version)
    return {
        "git_sha": git_sha,
        "template": template.template,
        "template_version": template.version,
        "model": settings.model or None,
        "embeddings": settings.embeddings,
    }


def _add_page(app: FastAPI, project: Project, settings: Settings, health: Health) -> None:
    pages = Pages(project, settings)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    @app.get("/", include_in_schema=False)
    async def page(request: Request) -> HTMLResponse:
        return HTMLResponse(pages.chat(health.missing, str(request.base_url)))
