"""`scaffold cohort report --online`: services on this machine's loopback, which names lead to.

The names are public ones that only these processes know: a `sitecustomize` of theirs looks names up
and connects in the place of the network. All else is the real command, its processes and TLS.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.check.service import Service, certificate, serving
from tests.cohort.clones import AFTER, Room, commit, git

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parents[2]
SECONDS, COLD_SECONDS = 2.0, 5.0
PUBLIC, INSIDE = "93.184.215.{}", "10.1.2.{}"
_NETWORK = """\
import json
import os
import socket

with open(os.environ["TEST_NAMES"], encoding="utf-8") as _stream:
    _NAMES = json.load(_stream)
_PORTS = {number: port for number, port in _NAMES.values()}
_found, _connect = socket.getaddrinfo, socket.create_connection


def getaddrinfo(host, port, *words, **more):
    if host == "127.0.0.1":
        return _found(host, port, *words, **more)
    if host not in _NAMES:
        raise socket.gaierror(f"nobody knows {host}")
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (_NAMES[host][0], port))]


def create_connection(address, *words, **more):
    if address[0] not in _PORTS:
        raise ConnectionRefusedError(f"nobody is at {address[0]}")
    return _connect(("127.0.0.1", _PORTS[address[0]]), *words, **more)


socket.getaddrinfo, socket.create_connection = getaddrinfo, create_connection

from scaffold.check.live import asking

asking.SECONDS = float(os.environ["TEST_SECONDS"])
asking.COLD_SECONDS = float(os.environ["TEST_COLD"])
"""


class Sleeper(Service):
    """It wakes up when it is asked, and is ready at the third question."""

    def reply(self, method: str, path: str, body: dict[str, Any], *, probe: bool) -> Any:
        """As `Service` does."""
        said = super().reply(method, path, body, probe=probe)
        return said if len(self.asked) > 2 else (503, {})


@dataclass
class Web:
    """Names and what answers there.

    Attributes:
        folder: Of the test.
        names: Number and port of each.
    """

    folder: Path
    names: dict[str, tuple[str, int]] = field(default_factory=dict)

    def add(self, name: str, port: int, kind: str = PUBLIC) -> None:
        self.names[f"{name}.school.dev"] = (kind.format(len(self.names) + 1), port)

    def report(self, folder: Path) -> tuple[dict[str, dict[str, Any]], str]:
        """Run it; what it says of each learner, and what it said on the way."""
        site = self.folder / "site"
        site.mkdir()
        (site / "sitecustomize.py").write_text(_NETWORK, encoding="utf-8")
        (self.folder / "names.json").write_text(json.dumps(self.names), encoding="utf-8")
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((os.fspath(site), os.fspath(REPOSITORY))),
            "TEST_NAMES": os.fspath(self.folder / "names.json"),
            "TEST_SECONDS": str(SECONDS),
            "TEST_COLD": str(COLD_SECONDS),
            "SSL_CERT_FILE": os.fspath(self.folder / "cert.pem"),
            "HOME": os.fspath(self.folder),
        }
        words = (sys.executable, "-m", "scaffold", "cohort", "report", "--online")
        done = subprocess.run(
            words, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        document = json.loads((folder / "reports/report.json").read_text(encoding="utf-8"))
        return {one["username"]: one for one in document["learners"]}, done.stderr


def deployed(room: Room, username: str) -> str:
    """A repository whose README names an address; its commit."""
    place = room.make(username)
    readme = place / "README.md"
    line = f"\n**Live:** <https://{username}.school.dev>\n"
    readme.write_text(readme.read_text(encoding="utf-8") + line, encoding="utf-8")
    commit(place, AFTER, "It is live")
    return git(place, "rev-parse", "HEAD").strip()


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """A port that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as server:
        yield server.getsockname()[1]


def port(url: str) -> int:
    found = urlsplit(url).port
    assert found is not None
    return found


def test_each_address_is_asked_whether_it_is_this_repository(tmp_path: Path, pack: Path) -> None:
    everybody = ("right", "wrong", "other", "dead", "slow", "inside", "unknown", "silent")
    room = Room(tmp_path / "class", pack, (*everybody, "nowhere"), "")
    web = Web(tmp_path)
    commits = {name: deployed(room, name) for name in everybody}
    room.make("nowhere")
    both = certificate(tmp_path, *(f"{name}.school.dev" for name in everybody))
    services = {
        "right": Service(commits["right"]),
        "wrong": Service(commits["right"]),  # somebody else's commit
        "other": Service(commits["other"], template="rag-app"),
        "slow": Sleeper(commits["slow"]),
        "inside": Service(commits["inside"]),
    }
    with ExitStack() as opened:
        for name, service in services.items():
            url = opened.enter_context(serving(service, both))
            web.add(name, port(url), INSIDE if name == "inside" else PUBLIC)
        web.add("silent", opened.enter_context(silent()))
        with serving(Service(), both) as url:
            web.add("dead", port(url))
        found, said = web.report(room.folder)
    assert {name: one["live"]["answers"] for name, one in found.items()} == {
        "right": True,
        "wrong": False,
        "other": False,
        "slow": True,
        "dead": False,
        "silent": False,
        "inside": False,
        "unknown": False,
        "nowhere": False,
    }
    assert found["right"]["live"]["address"] == "https://right.school.dev"
    assert found["right"]["rules"]["DP201"] == "pass"
    assert services["inside"].asked == []
    assert "/version" in services["wrong"].asked
    assert "Waited for 9 of 9 live addresses ..." in said


def test_thirty_dead_addresses_do_not_take_thirty_timeouts(tmp_path: Path, pack: Path) -> None:
    many = tuple(f"dead{number:02}" for number in range(30))
    room = Room(tmp_path / "class", pack, many, "")
    web = Web(tmp_path)
    for name in many:
        deployed(room, name)
    certificate(tmp_path, "nobody.school.dev")
    with silent() as where:
        for name in many:
            web.add(name, where)
        begun = time.monotonic()
        found, said = web.report(room.folder)
    took = time.monotonic() - begun
    assert {one["live"]["answers"] for one in found.values()} == {False}
    assert len(found) == len(many)
    assert "Waited for 30 of 30 live addresses ..." in said
    # Two processes alone would wait for 15 of them in turn; looking at 30 takes its time as well.
    assert took < 15 * COLD_SECONDS * 0.7, took


@pytest.mark.parametrize("online", [False, True])
def test_without_it_nobody_is_asked(
    tmp_path: Path, pack: Path, monkeypatch: pytest.MonkeyPatch, *, online: bool
) -> None:
    from scaffold.check.examine import Online
    from scaffold.check.live import addresses
    from scaffold.cohort.standing import Asked
    from tests.cohort.clones import NOW

    looked_up: list[str] = []

    def nobody(host: str, *_: object, **__: object) -> list[object]:
        looked_up.append(host)
        raise OSError

    monkeypatch.setattr(addresses.socket, "getaddrinfo", nobody)
    room = Room(tmp_path / "class", pack, ("ada",), "")
    deployed(room, "ada")
    found = room.look(Asked(NOW, online=Online() if online else None))["ada"]
    assert found.answers is (False if online else None)
    assert looked_up == (["ada.school.dev"] if online else [])
