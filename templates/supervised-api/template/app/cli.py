"""The command `app`: one verb per job. Each imports what it needs only when it is called."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.service.errors import UserError

if TYPE_CHECKING:
    from app.settings import Settings

FAILED = 1
INTERRUPTED = 130


def _settings(**given: object) -> "Settings":
    from pydantic import ValidationError

    from app.settings import Settings

    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        raise UserError(
            f"Setting {name}: {first['msg']}.", "`.env.example` lists every setting."
        ) from error


def _demo(_: argparse.Namespace) -> None:
    from app.demo import demo

    demo(_settings())


def _train(_: argparse.Namespace) -> None:
    from app.project import read_project
    from app.training.run import train

    settings = _settings()
    train(read_project(settings.project_file), settings)


def _serve(arguments: argparse.Namespace) -> None:
    settings = _settings(host=arguments.host, port=arguments.port)
    from app.service.server import listen

    listening = listen(settings.host, settings.port)
    from app.api import create_app
    from app.service import logs, server

    logs.configure(settings.log_level)
    app = create_app(settings)
    shown = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{listening.getsockname()[1]}"
    # Standard output belongs to the log, which machines read.
    print(f"{address}/  (API: {address}/docs)  Ctrl+C stops it", file=sys.stderr, flush=True)
    server.run(app, listening, app.state.health, settings.drain_seconds)


def _predict(arguments: argparse.Namespace) -> None:
    from pydantic import ValidationError

    from app.columns import example
    from app.predictor import load_champion
    from app.schema import Features

    if arguments.example:
        text = json.dumps(example())
    else:
        text = sys.stdin.read() if arguments.file == "-" else _read(Path(arguments.file))
    try:
        features = Features.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the input"
        raise UserError(
            f"{place}: {first['msg']}.", "`app predict --example` shows an input that works."
        ) from error
    predictor = load_champion(_settings().models_dir)
    probability = predictor.probability(features)
    answer = {
        "input": features.model_dump(mode="json"),
        "probability": probability,
        "decision": predictor.decision(probability),
        "threshold": predictor.metadata.threshold,
        "model_version": predictor.metadata.version,
    }
    print(json.dumps(answer, indent=2, ensure_ascii=False))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file} can't be read: {error}.", "Give a JSON file, or -.") from error


def _smoke(arguments: argparse.Namespace) -> None:
    from app.service.smoke import smoke

    smoke(arguments.url, "/predict", arguments.commit, arguments.wait)


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the command line, with a subcommand for each verb."""
    top = argparse.ArgumentParser(prog="app", description=__doc__)
    verbs = top.add_subparsers(metavar="VERB", required=True)

    verb = verbs.add_parser(
        "demo",
        help="the whole job once: train, serve, predict, stop",
        description="Trains when models/ has no model that fits, starts the server on a free "
        "port, asks it about three real cases, stops it. Reads project.toml and the data.",
    )
    verb.set_defaults(run=_demo)

    verb = verbs.add_parser(
        "train",
        help="train, check the gates, write a model",
        description="Reads project.toml, app/schema.py and the data; writes "
        "models/<version>/model.onnx and metadata.json, and makes it the model to serve. "
        "A gate that fails ends with 1, and nothing is written.",
    )
    verb.set_defaults(run=_train)

    verb = verbs.add_parser(
        "serve",
        help="answer over HTTP, with a page at / and documentation at /docs",
        description="Reads models/champion and project.toml; writes JSON log lines to standard "
        "output. Settings come from the environment and .env; see .env.example.",
    )
    verb.add_argument("--host", help="address to listen on (setting HOST)")
    verb.add_argument("--port", type=int, help="port to listen on (setting PORT)")
    verb.set_defaults(run=_serve)

    verb = verbs.add_parser(
        "predict",
        help="one prediction without a server",
        description="Reads one case as JSON and models/champion; prints the answer as JSON.",
    )
    source = verb.add_mutually_exclusive_group(required=True)
    source.add_argument("file", nargs="?", help="JSON file with one case; - reads standard input")
    source.add_argument("--example", action="store_true", help="predict the schema's example")
    verb.set_defaults(run=_predict)

    verb = verbs.add_parser(
        "smoke",
        help="check a running service from outside",
        description="Waits for /health/ready, checks /version, asks for one real prediction. "
        "Writes nothing; ends with 1 when something is wrong.",
    )
    verb.add_argument("url", help="address of the service, such as http://127.0.0.1:8000")
    verb.add_argument("--commit", help="the commit that must be running")
    verb.add_argument("--wait", type=float, default=90, help="seconds to wait (default: 90)")
    verb.set_defaults(run=_smoke)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one verb.

    Returns:
        0 done, 1 it failed for a reason that is printed, 2 wrong usage, 130 interrupted.
    """
    try:
        parsed = parser().parse_args(arguments)
    except SystemExit as stop:  # argparse has printed why
        return int(stop.code or 0)
    try:
        parsed.run(parsed)
    except UserError as error:
        problem, remedy = error.problem, error.remedy
    except ModuleNotFoundError as error:
        if str(error.name).startswith("app."):
            raise
        problem, remedy = f"The package {error.name} is not installed.", "Run `uv sync`."
    except KeyboardInterrupt:
        return INTERRUPTED
    else:
        return 0
    print(f"error: {problem}\n   do: {remedy}", file=sys.stderr)
    return FAILED
