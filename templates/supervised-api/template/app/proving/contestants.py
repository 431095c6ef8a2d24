"""The services that `app bench` compares: `python -m app.proving.contestants NAME PORT` runs one.

`predict` is the whole service; the others show what its parts cost.
"""

import sys
import time
from collections.abc import Callable

from fastapi import FastAPI, Request, Response

from app.schema import Features
from app.service import logs
from app.service.health import Health
from app.service.json_route import add_post, json_response
from app.service.server import listen, run
from app.settings import Settings, read_settings


def _ready() -> FastAPI:
    app = FastAPI()

    @app.get("/health/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    return app


def empty(_: Settings) -> FastAPI:
    """Returns FastAPI with a route that does nothing."""
    app = _ready()

    @app.post("/predict")
    async def nothing() -> dict[str, str]:
        return {"answer": "none"}

    return app


def bare(settings: Settings) -> FastAPI:
    """Returns the model behind a checked body, without log, metrics, store and limits.

    The route is of the kind that the service has: what `predict` costs beyond it is all the rest.
    """
    from app.predictor import load_champion

    app, predictor = _ready(), load_champion(settings.models_dir)

    async def predict(features: Features, request: Request) -> Response:  # noqa: ARG001
        return json_response(predictor.answer(features))

    add_post(app, "/predict", predict)
    return app


def plain(settings: Settings) -> FastAPI:
    """Returns what many tutorials end with: a scikit-learn pipeline that gets a DataFrame."""
    import pandas as pd
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    from app.columns import columns
    from app.project import read_project
    from app.training.table import read_table

    project = read_project(settings.project_file)
    table = read_table(project)
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    texts = [column.name for column in columns() if column.kind == "category"]
    is_yes_or_no = project.data.task == "classification"
    model = HistGradientBoostingClassifier if is_yes_or_no else HistGradientBoostingRegressor
    pipeline = make_pipeline(
        make_column_transformer((codes, texts), remainder="passthrough"), model(max_iter=150)
    )
    pipeline.fit(table.frame[[column.name for column in columns()]], table.target)
    app = _ready()

    @app.post("/predict")
    async def predict(features: Features) -> dict[str, float]:
        frame = pd.DataFrame([features.model_dump()])
        answers = pipeline.predict_proba(frame) if is_yes_or_no else pipeline.predict(frame)
        return {"answer": float(answers.ravel()[-1])}

    return app


def predict(settings: Settings) -> FastAPI:
    """Returns the service as it is run."""
    from app.api import create_app

    logs.configure(settings.log_level)
    return create_app(settings)


def usage() -> dict[str, float]:
    """Returns the processor time of this process in seconds, and its memory in bytes."""
    import psutil

    cpu = time.process_time()
    return {"cpu": cpu, "memory": psutil.Process().memory_info().rss}


CONTESTANTS: dict[str, Callable[[Settings], FastAPI]] = {
    "empty": empty,
    "bare": bare,
    "plain": plain,
    "predict": predict,
}

if __name__ == "__main__":
    name, port = sys.argv[1:]
    listening = listen("127.0.0.1", int(port))
    app = CONTESTANTS[name](read_settings())
    app.add_api_route("/bench/usage", usage)
    health = app.state.health if name == "predict" else Health()
    run(app, listening, health, 0)
