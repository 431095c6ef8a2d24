"""The HTTP service, put together: runs, events, page, and what every service has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from app import rights, your_routes
from app.event_routes import add_events
from app.feedback import FeedbackLog
from app.feedback_route import add_feedback
from app.housekeeping import Housekeeping
from app.office import Office
from app.page_routes import add_pages
from app.run_routes import add_deciding, add_runs
from app.service import docs, operations, problems
from app.service.body_limit import BodyLimitMiddleware
from app.service.health import Health
from app.service.metrics import HttpMetrics
from app.service.middleware import RequestMiddleware
from app.service.rate_limit import RateLimitMiddleware
from app.service.store import open_store
from app.service.tracing import close_tracing, open_tracing, telemetry
from app.service.version import read_template_facts
from app.settings import Settings
from app.status import status_route

QUESTION = "What can you tell me?"
"""For the documentation, where the project has no example."""


def create_app(settings: Settings) -> FastAPI:
    """Returns the service.

    Raises:
        UserError: `project.toml` can't be read, or the store can't be opened.
    """
    health, metrics = Health(), HttpMetrics()
    store = open_store(settings.database_url)
    feedback = FeedbackLog(store)
    office = Office(settings, metrics.registry, health)
    words = office.project.words
    version = _version(settings, metrics)
    tracing = open_tracing(words.title, version["git_sha"] or "")
    housekeeping = Housekeeping(office, feedback, office.metrics, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with office.open(), housekeeping.running():
            yield
        await run_in_threadpool(store.close)
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
    ask = rights.asking(settings)
    add_runs(app, office, ask, words.example or QUESTION)
    add_deciding(app, office, rights.deciding(settings))
    add_events(app, office, health)
    add_feedback(app, feedback, office.metrics, ask)
    app.include_router(operations.routes(health, metrics, version))
    app.include_router(status_route(office, feedback, settings))
    app.include_router(your_routes.router)
    docs.install(app)
    add_pages(app, office, settings)
    return app


def _version(settings: Settings, metrics: HttpMetrics) -> dict[str, str | None]:
    template = read_template_facts(settings.answers_file)
    git_sha = settings.git_sha or "unknown"
    metrics.describe_build(git_sha, template.template, template.version)
    return {
        "git_sha": git_sha,
        "template": template.template,
        "template_version": template.version,
        "model": settings.model,
    }
