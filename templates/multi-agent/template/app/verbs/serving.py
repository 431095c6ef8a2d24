"""Verbs that serve over HTTP, or ask whoever does."""

import argparse
import sys

from app.verbs.parsing import Verbs


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


def _smoke(arguments: argparse.Namespace) -> None:
    from app.service.smoke import smoke

    smoke(arguments.url, "/runs", arguments.commit, arguments.wait)


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
    verb = verbs.add_parser(
        "serve",
        help="work over HTTP, with a page at / and documentation at /docs",
        description="Reads project.toml and everything it names; keeps runs, checkpoints and "
        "feedback in DATABASE_URL; writes JSON log lines to standard output. Settings come from "
        "the environment and .env; see .env.example.",
    )
    verb.add_argument("--host", help="address to listen on (setting HOST)")
    verb.add_argument("--port", type=int, help="port to listen on (setting PORT)")
    verb.set_defaults(run=_serve)

    verb = verbs.add_parser(
        "smoke",
        help="check a running service from outside",
        description="Waits for /health/ready, checks /version, starts one real run. "
        "Writes nothing; ends with 1 when something is wrong.",
    )
    verb.add_argument("url", help="address of the service, such as http://127.0.0.1:8000")
    verb.add_argument("--commit", help="the commit that must be running")
    verb.add_argument("--wait", type=float, default=90, help="seconds to wait (default: 90)")
    verb.set_defaults(run=_smoke)
