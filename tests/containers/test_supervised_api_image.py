"""The image of `supervised-api`, as a host meets it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.containers import engine
from tests.containers.conftest import COMMIT
from tests.containers.engine import CAREFUL_HOST, Container

pytestmark = pytest.mark.container

PORT = 9123
MONITOR_PORT = 9101
REMEMBERED = "/var/lib/app"
NOT_NEEDED_TO_SERVE = (
    "coverage",
    "mypy",
    "onnx",
    "pandas",
    "pytest",
    "ruff",
    "skl2onnx",
    "sklearn",
)


@pytest.fixture
def service(image: str, volume: str, name: str) -> Container:
    """The image on a host that allows next to nothing, on another port than the default."""
    return start(image, volume, name)


def start(image: str, volume: str, name: str) -> Container:
    """Start the service with a volume for its records, and no limit for the one client here."""
    started = engine.run(
        image,
        name,
        *CAREFUL_HOST,
        f"--volume={volume}:{REMEMBERED}",
        f"--env=PORT={PORT}",
        "--env=DRAIN_SECONDS=3",
        "--env=RATE_LIMIT_PER_MINUTE=0",
        "--health-interval=1s",
    )
    engine.until(lambda: is_healthy(started), 60, "healthy")
    return started


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


def predict(image: str, service: Container, times: int) -> None:
    """Ask for real predictions, one after the other."""
    said, _ = sidecar(image, service, ASK, example(service), str(times)).communicate(timeout=60)
    assert said == f"{times} answered\n"


def remembered(image: str, volume: str) -> int:
    """Count the predictions in a volume, once no service has it."""
    beside = ["docker", "run", "--rm", "--network=none", f"--volume={volume}:{REMEMBERED}"]
    done = subprocess.run(
        [*beside, image, "python", "-c", COUNT], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def example(service: Container) -> str:
    """A request body that the service's own documentation gives as an example."""
    _, described = service.get("/openapi.json", PORT)
    body = described["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    return json.dumps(next(iter(body["examples"].values()))["value"])


def test_it_predicts_where_nothing_is_allowed(image: str, service: Container) -> None:
    said = smoke(image, service, COMMIT)
    assert said.returncode == 0, said.stdout + said.stderr
    assert service.inspect("{{.State.OOMKilled}}") == "false"


def test_it_names_the_commit_and_the_template_it_was_built_from(service: Container) -> None:
    status, version = service.get("/version", PORT)
    assert (status, version["git_sha"], version["template"]) == (200, COMMIT, "supervised-api")
    assert version["template_version"]


def test_no_library_in_it_reports_to_its_maker(image: str, service: Container) -> None:
    # Under a read-only root, ONNX Runtime's reporter complains that it can't keep its device id.
    assert smoke(image, service, COMMIT).returncode == 0
    assert "telemetry" not in service.logs().lower()


def test_smoke_refuses_another_commit(image: str, service: Container) -> None:
    assert smoke(image, service, "f" * 40).returncode == 1


def test_it_runs_as_a_stranger_who_can_change_nothing(service: Container) -> None:
    said = service.python(
        "import os\n"
        "writable = [at for at, _, _ in os.walk('/srv') if os.access(at, os.W_OK)]\n"
        "print(os.getuid(), writable)"
    )
    assert said.split(maxsplit=1) == ["10001", "[]\n"]


def test_it_can_write_where_its_records_are_and_nowhere_else(service: Container) -> None:
    said = service.python(
        "import os\n"
        "found = (at for top in os.listdir('/') if top not in {'dev', 'proc', 'sys'}\n"
        "         for at, _, _ in os.walk('/' + top) if os.access(at, os.W_OK))\n"
        "print(sorted(found))"
    )
    assert said == f"['/tmp', '{REMEMBERED}']\n"


def test_what_it_remembers_outlives_the_container(
    image: str, volume: str, service: Container, name: str
) -> None:
    predict(image, service, 3)
    engine.docker("stop", "--time=30", service.name)
    engine.docker("rm", service.name)
    predict(image, start(image, volume, name), 2)
    engine.docker("stop", "--time=30", service.name)
    assert remembered(image, volume) == 5


def test_a_look_from_outside_leaves_no_record(image: str, volume: str, service: Container) -> None:
    assert smoke(image, service, COMMIT).returncode == 0
    engine.docker("stop", "--time=30", service.name)
    assert remembered(image, volume) == 0


def test_the_monitor_is_the_same_image(image: str, volume: str, service: Container) -> None:
    predict(image, service, 5)
    command = ["python", "-m", "app", "monitor"]
    beside = [f"--volume={volume}:{REMEMBERED}", "--env=MONITOR_SECONDS=1"]
    monitor = engine.run(image, f"{service.name}-monitor", *CAREFUL_HOST, *beside, command=command)
    try:
        engine.until(lambda: has_looked(monitor), 60, "a look of the monitor")
        engine.docker("stop", "--time=30", monitor.name)
        assert monitor.inspect("{{.State.ExitCode}}") == "0", monitor.logs()
    finally:
        engine.docker("rm", "--force", monitor.name, check=False)


def has_looked(monitor: Container) -> bool:
    """Whether the monitor has written its page and shows its gauges."""
    assert monitor.inspect("{{.State.Running}}") == "true", monitor.logs()
    try:
        status, gauges = monitor.get("/metrics", MONITOR_PORT)
        page = monitor.python(f"print(open('{REMEMBERED}/monitor.html').read())")
    except AssertionError:
        return False
    return status == 200 and "drift" in gauges and "<html" in page


def test_it_holds_nothing_that_serving_does_not_need(image: str) -> None:
    # Not in the read-only container: here a writable folder would show.
    found = engine.docker(
        "run", "--rm", image, "python", "-c",
        "import importlib.util as u, shutil, sys\n"
        "print([n for n in sys.argv[1:] if u.find_spec(n)],"
        " [n for n in ('cc', 'gcc', 'g++', 'make', 'uv', 'git') if shutil.which(n)])",
        *NOT_NEEDED_TO_SERVE,
    )  # fmt: skip
    assert found.strip() == "[] []"


def test_no_secret_and_no_data_travel_into_it(image: str) -> None:
    found = engine.docker(
        "run", "--rm", image, "sh", "-c",
        "ls -A /srv; ls -A /srv/app; grep -rls must-not-travel /srv --exclude-dir=.venv || true",
    )  # fmt: skip
    names = set(found.split())
    assert {".venv", "app", "models", "__main__.py"} <= names
    assert not {".env", "data", "tests", "uv.lock", "README.md"} & names
    assert not [name for name in names if name.startswith("/srv/")], "a file holds the secret"


def test_a_request_that_has_begun_is_answered_after_sigterm(image: str, service: Container) -> None:
    begun = sidecar(image, service, HALF_A_REQUEST, example(service))
    assert begun.stdin
    assert begun.stdout
    assert begun.stdout.readline() == "half sent\n"
    engine.docker("kill", "--signal=SIGTERM", service.name)
    assert service.get("/health/ready", PORT)[0] == 503
    engine.until(lambda: "shut" in service.logs().lower(), 10, "the shutdown message")
    assert service.inspect("{{.State.Running}}") == "true", "it left a request unanswered"
    answer, _ = begun.communicate("send the rest\n", timeout=30)
    assert answer.startswith("HTTP/1.1 200 "), answer
    assert engine.docker("wait", service.name).strip() == "0"


def test_under_load_it_stops_without_losing_an_answer_or_a_record(
    image: str, volume: str, service: Container
) -> None:
    load = sidecar(image, service, LOAD, example(service))
    assert load.stdout
    assert load.stdout.readline() == "under load\n"
    engine.docker("stop", "--time=30", service.name)
    said, _ = load.communicate(timeout=60)
    counts = json.loads(said.splitlines()[-1])
    assert service.inspect("{{.State.ExitCode}}") == "0"
    answered = counts.pop("200")
    assert answered >= 100
    assert remembered(image, volume) == answered
    assert not counts.pop("cut off"), "an answer was begun and not finished"
    # Not ready any more, or the door is closed: a host's proxy asks the next instance.
    assert set(counts) <= {"503", "refused", "closed unanswered"}


def test_without_a_lock_file_the_build_says_what_to_do(project: Path, tmp_path: Path) -> None:
    unlocked = tmp_path / "unlocked"
    shutil.copytree(project, unlocked, ignore=shutil.ignore_patterns("uv.lock", ".git"))
    with pytest.raises(AssertionError, match=r"uv\.lock is missing: run 'uv lock' and commit"):
        engine.build(unlocked, "scaffold-test:never", {})


def test_a_model_in_the_repository_is_served_as_it_is(
    image: str, project: Path, tmp_path: Path
) -> None:
    given = tmp_path / "given"
    shutil.copytree(project, given, ignore=shutil.ignore_patterns(".git"))
    made = engine.docker("create", image).strip()
    engine.docker("cp", f"{made}:/srv/models", str(given / "models"))
    engine.docker("rm", made)
    (metadata,) = (given / "models").glob("*/metadata.json")
    # A blank line at the end: the same facts, but training would write the file without it.
    metadata.write_text(metadata.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    tag = f"{image}-given"
    try:
        engine.build(given, tag, {})
        served = engine.docker("run", "--rm", tag, "sh", "-c", "cat models/*/metadata.json")
    finally:
        engine.docker("image", "rm", "--force", tag, check=False)
    assert served == metadata.read_text(encoding="utf-8")


ASK = """
import sys, urllib.request
port, body, times = sys.argv[1:]
for _ in range(int(times)):
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/predict", body.encode(),
                                   {"Content-Type": "application/json"})
    assert urllib.request.urlopen(asked, timeout=20).status == 200
print(times, "answered")
"""

COUNT = """
import sqlite3
counted = "SELECT COUNT(*) FROM predictions WHERE role <> 'shadow'"
print(sqlite3.connect("/var/lib/app/app.db").execute(counted).fetchone()[0])
"""

HALF_A_REQUEST = """
import socket, sys
port, body = int(sys.argv[1]), sys.argv[2].encode()
head = f"POST /predict HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: application/json\\r\\n"
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
port, body = int(sys.argv[1]), sys.argv[2]
counts = collections.Counter()
def ask():
    refused = 0
    while refused < 3:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            line.request("POST", "/predict", body, {"Content-Type": "application/json"})
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
while counts["200"] < 100: time.sleep(0.05)
print("under load")
for thread in threads: thread.join()
counts["cut off"] += 0
print(json.dumps(counts))
"""
