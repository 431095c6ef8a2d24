"""The verb that offers the desk's tools to other programs, by the Model Context Protocol."""

import argparse
import sys

from app.verbs.parsing import Verbs

PORT = 8001


def _mcp(arguments: argparse.Namespace) -> None:
    from app.desk.server import desk_server
    from app.desk.tables import build_desk
    from app.desk.tools import SECONDS, Desk
    from app.project import read_project
    from app.settings import read_settings

    settings = read_settings()
    project = read_project(settings.project_file)
    desk = Desk(build_desk(settings, project), min(SECONDS, settings.tool_seconds))
    server = desk_server(desk)
    if not arguments.http:
        server.run("stdio")
        return
    from app.service import server as serving
    from app.service.health import Health

    # Only for this machine: the protocol's own server asks nobody for a key.
    listening = serving.listen("127.0.0.1", arguments.port)
    port = listening.getsockname()[1]
    print(f"http://127.0.0.1:{port}/mcp  Ctrl+C stops it", file=sys.stderr, flush=True)
    served = server.streamable_http_app(json_response=True, stateless_http=True)
    serving.run(served, listening, Health(), 0)


def add(verbs: Verbs) -> None:
    """Adds the verb."""
    verb = verbs.add_parser(
        "mcp",
        help="offer the desk's tools to other programs, such as an editor",
        description="Reads project.toml, tables and documents; speaks the Model Context Protocol "
        "over standard input and output, or with --http over streamable HTTP on this machine. The "
        "tools and their limits are those that the agents have. Writes only the desk's file.",
    )
    verb.add_argument("--http", action="store_true", help="over HTTP, at /mcp")
    verb.add_argument("--port", type=int, default=PORT, help=f"port to listen on ({PORT})")
    verb.set_defaults(run=_mcp)
