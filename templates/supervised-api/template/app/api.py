"""The HTTP service: one prediction route, the page, and what every service has."""

import logging
from typing import Annotated

from fastapi import Body, FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import Counter, Gauge
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from app import own
from app.columns import example
from app.page.render import STATIC, render_page
from app.predictor import Predictor, load_champion
from app.project import Project, read_project
from app.schema import Features
from app.service import docs, operations, problems
from app.service.body_limit import BodyLimitMiddleware
from app.service.errors import UserError
from app.service.health import Health
from app.service.metrics import HttpMetrics
from app.service.middleware import RequestMiddleware
from app.service.request_id import current_request_id
from app.service.version import read_template_facts
from app.settings import Settings

logger = logging.getLogger("app.predict")
EXAMPLES = {"typical": {"summary": "A typical case", "value": example()}}


class Prediction(BaseModel):
    """The answer for one case."""

    probability: float = Field(ge=0, le=1, description="Probability of the outcome.")
    decision: bool = Field(description="Whether the probability reaches the threshold.")
    threshold: float = Field(description="Follows from the costs in project.toml.")
    model_version: str = Field(description="Which model answered.")
    request_id: str = Field(description="Finds this request in the log.")


def create_app(settings: Settings) -> FastAPI:
    """Returns the service. Without a trained model it runs, says so, and is not ready.

    Raises:
        UserError: `project.toml` can't be read.
    """
    project = read_project(settings.project_file)
    health, metrics = Health(), HttpMetrics()
    predictor: Predictor | None = None
    try:
        predictor = load_champion(settings.models_dir)
    except UserError as error:
        health.missing = f"{error.problem} {error.remedy}"
        logger.warning(health.missing)

    template = read_template_facts(settings.answers_file)
    git_sha = settings.git_sha or "unknown"
    metrics.describe_build(git_sha, template.template, template.version)
    version = {
        "git_sha": git_sha,
        "template": template.template,
        "template_version": template.version,
        "model_version": predictor.metadata.version if predictor else None,
    }

    app = FastAPI(
        title=project.words.title,
        summary=project.words.question,
        description=project.words.summary,
        version=version["model_version"] or "no model yet",
        docs_url=None,  # ours, below
        redoc_url=None,
    )
    app.state.health = health
    # Each added one wraps those before it: the limit's refusals have an id and are counted too.
    app.add_middleware(BodyLimitMiddleware, max_bytes=settings.max_body_bytes)
    app.add_middleware(RequestMiddleware, metrics=metrics)
    problems.install(app)
    docs.install(app)
    _add_prediction(app, predictor, health, metrics)
    app.include_router(operations.routes(health, metrics, version))
    app.include_router(own.router)
    _add_page(app, project, predictor, health)
    return app


def _add_prediction(
    app: FastAPI, predictor: Predictor | None, health: Health, metrics: HttpMetrics
) -> None:
    predictions = Counter(
        "predictions",
        "Predictions by decision.",
        ["model_version", "decision"],
        registry=metrics.registry,
    )
    model_info = Gauge(
        "model_info",
        "Always 1; the labels say which model is served.",
        ["model_version", "target"],
        registry=metrics.registry,
    )
    if predictor:
        model_version = predictor.metadata.version
        model_info.labels(model_version, predictor.metadata.target).set(1)
        counters = {
            decision: predictions.labels(model_version, str(decision).lower())
            for decision in (True, False)
        }

    # `async` although nothing is awaited: the model needs some microseconds, and handing the call
    # to a thread would cost more than the call.
    @app.post("/predict", tags=["prediction"], responses=problems.documented(413, 422, 503))
    async def predict(
        features: Annotated[Features, Body(openapi_examples=EXAMPLES)],
    ) -> Prediction:
        """Returns the probability of the outcome and the decision at the threshold."""
        if predictor is None:
            raise HTTPException(503, health.missing)
        probability = predictor.output(features)
        decision = bool(predictor.decision(probability))
        counters[decision].inc()
        return Prediction(
            probability=probability,
            decision=decision,
            threshold=predictor.metadata.threshold or 0,
            model_version=model_version,
            request_id=current_request_id(),
        )


def _add_page(app: FastAPI, project: Project, predictor: Predictor | None, health: Health) -> None:
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    @app.get("/", include_in_schema=False)
    async def page(request: Request) -> HTMLResponse:
        metadata = predictor.metadata if predictor else None
        address = str(request.base_url)
        return HTMLResponse(render_page(project, metadata, health.missing, address))
