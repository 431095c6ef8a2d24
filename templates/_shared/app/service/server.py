"""Runs an app until it is told to stop, and stops it without losing a request."""

import errno
import gc
import socket
from threading import Timer
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from app.service.backpressure import BackpressureMiddleware
from app.service.errors import UserError
from app.service.health import Health

DEFAULT_PORT, HIGHEST_PORT = 8000, 65535
FINISH_SECONDS = 20  # for requests in flight; below the 30 s that container hosts usually allow
GARBAGE_OBJECTS = 50_000  # new ones until the next look: a large batch makes many, and keeps none


class DrainingServer(uvicorn.Server):
    """First says "not ready", goes on answering for a moment, and only then stops accepting.

    Without that moment, a load balancer still sends requests to a closed port. A second signal
    stops at once.
    """

    def __init__(self, config: uvicorn.Config, health: Health, drain_seconds: float) -> None:
        super().__init__(config)
        self._health = health
        self._drain_seconds = drain_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Begins the stop. The process then ends with 0: a stop on request is no failure."""
        if self._health.stopping:
            self.should_exit = True
            return
        self._health.stopping = True
        timer = Timer(self._drain_seconds, self._stop_accepting)
        timer.daemon = True
        timer.start()

    def _stop_accepting(self) -> None:
        self.should_exit = True


def listen(host: str, port: int) -> socket.socket:
    """Returns a socket that listens, so that a busy port is found before anything is loaded.

    Raises:
        UserError: The port is taken or not allowed, or the host is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        made = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other = port + 1 if port < HIGHEST_PORT else DEFAULT_PORT
            problem, remedy = "is in use", f"Choose another port, for example `--port {other}`."
        else:
            problem = f"is not possible: {error.strerror}"
            remedy = "Try `--host 127.0.0.1` and a port above 1023."
        raise UserError(f"Port {port} on {host} {problem}.", remedy) from error
    # asyncio sends each piece of an answer at once only where a socket says that it is TCP. Else
    # the second piece waits, 40 ms on Linux, until the client has confirmed the first.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, made.detach())


def configured(app: ASGIApp) -> uvicorn.Config:
    """Returns how the app is served."""
    return uvicorn.Config(
        BackpressureMiddleware(app),
        log_config=None,  # our JSON lines
        access_log=False,  # written by the middleware, with the request id
        server_header=False,
        timeout_graceful_shutdown=FINISH_SECONDS,
    )


def run(app: ASGIApp, listening: socket.socket, health: Health, drain_seconds: float) -> None:
    """Serves until a signal to stop arrives and the requests in flight are answered.

    One process: to serve more, run more of them, each with metrics of its own.
    """
    # What is there now stays; looking through it again and again for garbage would only take time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_OBJECTS)
    DrainingServer(configured(app), health, drain_seconds).run(sockets=[listening])
