"""The HTTP service, put together: index, model, store, routes, page, and what every service has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool

from app import your_routes
from app.chat_routes import add_chat
from app.page.render import STATIC, Pages
from app.parts import Parts
from app.project import Project
from app.reader_routes import add_reading
from app.service import docs, operations, problems
from app.service.body_limit import BodyLimitMiddleware
from app.service.health import Health
from app.service.metrics import HttpMetrics
from app.service.middleware import RequestMiddleware
from app.service.rate_limit import RateLimitMiddleware
from app.service.tracing import close_tracing, open_tracing, telemetry
from app.service.version import read_template_facts
from app.settings import Settings
from app.status import status_route


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
    app.include_router(your_routes.router)
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
