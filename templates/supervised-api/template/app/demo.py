"""The whole job once, on real data: train, serve, ask, stop."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import SecretStr

from app.predictor import Predictor, load_champion
from app.project import Project, read_project
from app.registry import champion_folder, read_metadata
from app.service.errors import UserError
from app.service.smoke import post_json, wait_until_ready
from app.settings import Settings

START_SECONDS = 60.0
KEY = "demo"


def free_port() -> int:
    """Returns a port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running_server(settings: Settings) -> Iterator[str]:
    """Runs `app serve` as its own process and stops it at the end.

    Yields:
        Its address.
    """
    port = free_port()
    environment = os.environ | {"MODELS_DIR": str(settings.models_dir), "LOG_LEVEL": "WARNING"}
    environment |= {"PROJECT_FILE": str(settings.project_file), "DRAIN_SECONDS": "0"}
    key = settings.api_key.get_secret_value()
    environment |= {"DATABASE_URL": settings.database_url, "API_KEY": key}
    command = [sys.executable, "-m", "app", "serve", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(address, START_SECONDS)
        yield address
    finally:
        server.terminate()
        server.wait()


def _is_trained(models: Path) -> bool:
    try:
        read_metadata(champion_folder(models))
    except UserError:
        return False
    return True


def _three_cases(project: Project, predictor: Predictor) -> list[tuple[str, dict[str, object]]]:
    """Returns a low, a middling and a high case among test rows of unseen entities."""
    from app.training.split import split_rows
    from app.training.table import read_table

    table = read_table(project)
    rows = np.flatnonzero(split_rows(table, project).unseen)
    probabilities = predictor.outputs(table.inputs[rows])
    ordered = rows[np.argsort(probabilities, kind="stable")]
    chosen = ordered[[int(share * (len(ordered) - 1)) for share in (0.1, 0.5, 0.97)]]
    decides = project.threshold is not None
    return [
        (
            ("no", "yes")[int(table.target[row])] if decides else f"{table.target[row]:,.4g}",
            case.model_dump(mode="json"),
        )
        for row, case in zip(chosen, table.cases(chosen), strict=True)
    ]


def _decided(answer: dict[str, Any], project: Project) -> str:
    words = project.words
    decision = words.decision_yes if answer["decision"] else words.decision_no
    return f"{answer['probability']:6.1%} -> {decision}"


def _ask(
    settings: Settings,
    project: Project,
    cases: list[tuple[str, dict[str, object]]],
    say: Callable[[str], None],
) -> None:
    with running_server(settings) as address:
        for truth, case in cases:
            answer = post_json(f"{address}/predict", case, {"X-API-Key": KEY})
            said = f"{answer['value']:,.4g}" if "value" in answer else _decided(answer, project)
            say(f"  {said} (what happened: {truth})")


def demo(settings: Settings, say: Callable[[str], None] = print) -> None:
    """Trains if there is no model that fits, then asks a real server about three real cases.

    Raises:
        UserError: Training failed, or the server did not start.
    """
    project = read_project(settings.project_file)
    say(f"{project.words.title}: {project.words.question}\n")
    if _is_trained(settings.models_dir):
        say("A trained model is there; `uv run app train` makes a new one.")
    else:
        from app.training.run import train

        train(project, settings, say)
    cases = _three_cases(project, load_champion(settings.models_dir))
    say(f"\nThree cases the model never saw; the outcome is {project.words.outcome}:")
    # What it is asked here is no traffic of yours, and needs no key of yours.
    with tempfile.TemporaryDirectory() as records:
        own = {"database_url": f"sqlite:///{records}/demo.db", "api_key": SecretStr(KEY)}
        _ask(settings.model_copy(update=own), project, cases, say)
    say(
        "\nOpen it:  uv run app serve, then http://127.0.0.1:8000/ and http://127.0.0.1:8000/docs"
        "\nMake it yours: your columns in app/schema.py, your data and question in project.toml."
    )
