"""Stands in for Render: its API, and the service that it runs, on one port of this machine."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any

from tests.rendered.starter_service import Answering, listening

KEY = "rnd_test"
SERVICE = "srv-test"


@dataclass
class Deploy:
    """One deploy; it is live, or fails, when it has been asked about twice."""

    id: str
    commit: str
    status: str = "build_in_progress"
    asked: int = 0


@dataclass
class Render:
    """What Render knows, and how the commits behave that it is given."""

    live_commit: str | None = "a" * 40
    auto_deploy: str = "no"
    fail_to_build: frozenset[str] = frozenset()
    never_ready: frozenset[str] = frozenset()
    answer_wrongly: frozenset[str] = frozenset()
    deploys: list[Deploy] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)
    probes: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        if self.live_commit:
            self.deploys.append(Deploy("dep-0", self.live_commit, "live"))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> str | None:
        """Commit that the service runs."""
        return next((one.commit for one in self.deploys if one.status == "live"), None)

    def start(self, commit: str) -> Deploy:
        self.deploys.insert(0, Deploy(f"dep-{len(self.deploys)}", commit))
        return self.deploys[0]

    def look(self, deploy: Deploy) -> Deploy:
        deploy.asked += 1
        if deploy.status != "build_in_progress" or deploy.asked < 2:
            return deploy
        if deploy.commit in self.fail_to_build:
            deploy.status = "build_failed"
        elif deploy.commit not in self.never_ready:
            for other in self.deploys:
                if other.status == "live":
                    other.status = "deactivated"
            deploy.status = "live"
        return deploy

    def api(self, method: str, path: str, body: Any) -> Any:
        """Answer one request to the API, or None for one that it does not know."""
        if method == "POST":
            self.asked_for.append(f"{path} {json.dumps(body)}")
        answer: Any = None
        match [method, *path.strip("/").split("/")]:
            case ["GET", ""]:
                answer = {"autoDeploy": self.auto_deploy, "serviceDetails": {"url": self.url}}
            case ["GET", "deploys"]:
                answer = [{"cursor": "x", "deploy": shown(one)} for one in self.deploys]
            case ["POST", "deploys"]:
                answer = shown(self.start(body["commitId"]))
            case ["GET", "deploys", wanted]:
                answer = shown(self.look(self.find(wanted)))
            case ["POST", "deploys", wanted, "cancel"]:
                self.find(wanted).status = "canceled"
                answer = shown(self.find(wanted))
            case ["POST", "rollback"]:
                answer = shown(self.start(self.find(body["deployId"]).commit))
        return answer

    def find(self, wanted: str) -> Deploy:
        (found,) = [one for one in self.deploys if one.id == wanted]
        return found


def shown(deploy: Deploy) -> dict[str, Any]:
    """Return a deploy as Render's API shows it."""
    return {"id": deploy.id, "status": deploy.status, "commit": {"id": deploy.commit}}


class Server(ThreadingHTTPServer):
    """Knows the Render for which it answers."""

    render: Render


class Handler(Answering):
    """Answers for the API under /v1, and for the service everywhere else."""

    server: Server

    def answer(self) -> None:
        body = self.body()
        path = self.path.partition("?")[0]
        below = f"/v1/services/{SERVICE}"
        if not path.startswith("/v1/"):
            render = self.server.render
            render.probes += self.is_probe(path)
            wrong = render.running in render.answer_wrongly
            self.send(*self.service(path, render.running, wrong=wrong))
        elif self.headers["Authorization"] != f"Bearer {KEY}" or not path.startswith(below):
            self.send(401, {"message": "unauthorized"})
        else:
            found = self.server.render.api(self.command, path.removeprefix(below), body)
            self.send(404 if found is None else 200, found)


@contextmanager
def serving(render: Render) -> Iterator[Render]:
    """Answer on a free port while the block runs."""
    server = Server(("127.0.0.1", 0), Handler)
    server.render = render
    with listening(server) as render.port:
        yield render
