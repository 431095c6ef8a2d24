"""A service that runs where a stand-in of a cloud says, and programs that talk to that stand-in.

A program found on PATH, such as `gcloud`, hands its words to the stand-in and prints what it says.
"""

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer

from tests.rendered.starter_service import Answering, listening

PROGRAM = """#!{python}
import json, os, subprocess, sys, urllib.request
words = sys.argv[1:]
text = ""
if words[:3] == ["run", "services", "replace"]:
    text = open(words[3], encoding="utf-8").read()
if "--kustomize" in words:
    folder = words[words.index("--kustomize") + 1]
    real = {real!r}
    text = subprocess.check_output([real, "kustomize", folder], text=True)
if "--kubeconfig" in words:
    login = open(words.pop(words.index("--kubeconfig") + 1), encoding="utf-8").read().strip()
    words.remove("--kubeconfig")
    words = ["--login", login, *words]
body = json.dumps({{"words": words, "text": text}}).encode()
with urllib.request.urlopen("{url}/program", body) as answer:
    said = json.load(answer)
if said["then"]:
    sys.exit(subprocess.run(said["then"]).returncode)
print(said["out"], end="")
print(said["error"], end="", file=sys.stderr)
sys.exit(said["status"])
"""


@dataclass
class Said:
    """What a program prints, and how it ends; `then` is run in its place."""

    out: str = ""
    status: int = 0
    error: str = ""
    then: list[str] = field(default_factory=list)


@dataclass
class Cloud(ABC):
    """What a stand-in knows: how commits behave, and what it was asked to do."""

    fail_to_start: frozenset[str] = frozenset()
    answer_wrongly: frozenset[str] = frozenset()
    did: list[str] = field(default_factory=list)
    probes: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @abstractmethod
    def running(self, place: str) -> str | None:
        """Return the commit that answers at a place, the first folder of an address."""

    @abstractmethod
    def command(self, words: list[str], text: str) -> Said:
        """Carry out what a program was told."""

    def is_wrong(self, place: str, commit: str) -> bool:
        """Return whether real answers are wrong there."""
        del place
        return commit in self.answer_wrongly

    def program(self, real: str = "") -> str:
        """Return the text of a program that hands its words over."""
        return PROGRAM.format(python=sys.executable, url=self.url, real=real)


class _Server(ThreadingHTTPServer):
    cloud: Cloud


class _Handler(Answering):
    server: _Server

    def answer(self) -> None:
        body, cloud = self.body(), self.server.cloud
        if self.path == "/program":
            self.send(200, vars(cloud.command(body["words"], body["text"])))
            return
        _, place, below = self.path.split("/", 2)
        commit = cloud.running(place)
        if commit and self.is_probe(f"/{below}"):
            cloud.probes.append(f"{place} {commit[0]}")
        wrong = commit is not None and cloud.is_wrong(place, commit)
        self.send(*self.service(f"/{below}", commit, wrong=wrong))


@contextmanager
def serving(cloud: Cloud) -> Iterator[None]:
    """Answer on a free port while the block runs."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.cloud = cloud
    with listening(server) as cloud.port:
        yield
