"""Verbs that serve a model, or ask one."""

import argparse
import json
import sys

from app.service.errors import UserError
from app.verbs.parsing import Verbs, read_text


def _demo(_: argparse.Namespace) -> None:
    from app.demo import demo
    from app.settings import read_settings

    demo(read_settings())


def _serve(arguments: argparse.Namespace) -> None:
    from app.settings import read_settings

    settings = read_settings(host=arguments.host, port=arguments.port)
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
    from app.settings import read_settings

    text = json.dumps(example()) if arguments.example else read_text(arguments.file)
    try:
        features = Features.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the input"
        raise UserError(
            f"{place}: {first['msg']}.", "`app predict --example` shows an input that works."
        ) from error
    predictor = load_champion(read_settings().models_dir)
    answer = {"input": features.model_dump(mode="json")} | predictor.answer(features)
    print(json.dumps(answer, indent=2, ensure_ascii=False))


def _smoke(arguments: argparse.Namespace) -> None:
    from app.service.smoke import smoke

    smoke(arguments.url, "/predict", arguments.commit, arguments.wait)


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
    verb = verbs.add_parser(
        "demo",
        help="the whole job once: train, serve, predict, stop",
        description="Trains when models/ has no model that fits, starts the server on a free "
        "port, asks it about three real cases, stops it. Reads project.toml and the data.",
    )
    verb.set_defaults(run=_demo)

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
