"""The HTTP service, put together: models, store, routes, pages, and what every service has."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CollectorRegistry, Counter
from starlette.concurrency import run_in_threadpool

from app import own
from app.page.render import STATIC, Pages
from app.prediction_log import PredictionLog
from app.prediction_routes import add_feedback, add_predictions
from app.predictions import Predictions
from app.project import read_project
from app.refusals import Refusals
from app.routing import Models, load_models
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


def create_app(settings: Settings) -> FastAPI:
    """Returns the service. Without a trained model it runs, says so, and is not ready.

    Raises:
        UserError: `project.toml` can't be read.
    """
    project = read_project(settings.project_file)
    health, metrics = Health(), HttpMetrics()
    models = _load(settings, health, metrics.registry)
    store = open_store(settings.database_url)
    log = PredictionLog(store, Writer(store, metrics.registry))
    predictions = Predictions(models, log, metrics.registry) if models else None
    version = _version(settings, models, metrics)
    tracing = open_tracing(project.words.title, version["git_sha"] or "")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        # The last request is answered by now: write what still waits.
        await run_in_threadpool(log.close)
        if tracing:
            await run_in_threadpool(close_tracing, tracing)

    app = FastAPI(
        title=project.words.title,
        summary=project.words.question,
        description=project.words.summary,
        version=version["model_version"] or "no model yet",
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
    app.add_exception_handler(RequestValidationError, Refusals(metrics.registry).answer)
    task = models.champion.metadata.task if models else project.data.task
    add_predictions(app, predictions, health, task, settings)
    add_feedback(app, log, task, settings)
    app.include_router(operations.routes(health, metrics, version))
    app.include_router(status_route(models, log))
    app.include_router(own.router)
    docs.install(app)
    pages = Pages(
        project,
        models.champion.metadata if models else None,
        kept=_kept(settings.database_url),
        needs_key=bool(settings.api_key.get_secret_value()),
    )
    _add_pages(app, pages, health)
    return app


def _load(settings: Settings, health: Health, registry: CollectorRegistry) -> Models | None:
    failures = Counter(
        "challenger_failures",
        "Cases that the challenger could not answer; the champion did.",
        registry=registry,
    )
    mode, share = settings.challenger_mode, settings.challenger_share
    try:
        return load_models(settings.models_dir, mode, share, failures)
    except UserError as error:
        health.missing = f"{error.problem} {error.remedy}"
        logger.warning(health.missing)
        return None


def _version(
    settings: Settings, models: Models | None, metrics: HttpMetrics
) -> dict[str, str | None]:
    template = read_template_facts(settings.answers_file)
    git_sha = settings.git_sha or "unknown"
    metrics.describe_build(git_sha, template.template, template.version)
    challenger = models.challenger if models else None
    return {
        "git_sha": git_sha,
        "template": template.template,
        "template_version": template.version,
        "model_version": models.champion.metadata.version if models else None,
        "challenger_version": challenger.metadata.version if challenger else None,
    }


def _kept(database_url: str) -> str:
    """Returns the sentence that says how long records last."""
    if not database_url.startswith("sqlite"):
        return "Predictions and feedback are kept in Postgres."
    return (
        "Predictions and feedback are kept in a file on this machine: on a host without a disk, "
        "records last until restart."
    )


def _add_pages(app: FastAPI, pages: Pages, health: Health) -> None:
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    @app.get("/model-card", include_in_schema=False)
    async def model_card() -> HTMLResponse:
        return HTMLResponse(pages.model_card())

    @app.get("/", include_in_schema=False)
    async def page(request: Request) -> HTMLResponse:
        return HTMLResponse(pages.form(health.missing, str(request.base_url)))
