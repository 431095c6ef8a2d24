"""The image of each starter, as a host meets it."""

import json
import shutil
from pathlib import Path

import pytest

from tests.containers import engine
from tests.containers.conftest import COMMIT
from tests.containers.engine import Container
from tests.containers.hosted import (
    HALF_A_REQUEST,
    LOAD,
    PORT,
    REMEMBERED,
    STARTERS,
    Starter,
    ask,
    example,
    keeping,
    remembered,
    sidecar,
    smoke,
    start,
)

pytestmark = pytest.mark.container


@pytest.fixture(params=STARTERS, ids=lambda starter: starter.template)
def starter(request: pytest.FixtureRequest) -> Starter:
    """Each of the starters."""
    found: Starter = request.param
    return found


def test_it_answers_where_nothing_is_allowed(image: str, service: Container) -> None:
    said = smoke(image, service, COMMIT)
    assert said.returncode == 0, said.stdout + said.stderr
    assert service.inspect("{{.State.OOMKilled}}") == "false"


def test_it_names_the_commit_and_the_template_it_was_built_from(
    starter: Starter, service: Container
) -> None:
    status, version = service.get("/version", PORT)
    assert (status, version["git_sha"], version["template"]) == (200, COMMIT, starter.template)
    assert version["template_version"]


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
    starter: Starter, image: str, volume: str, service: Container, name: str
) -> None:
    ask(starter, image, service, 3)
    engine.docker("stop", "--time=30", service.name)
    engine.docker("rm", service.name)
    ask(starter, image, start(image, name, keeping(volume)), 2)
    engine.docker("stop", "--time=30", service.name)
    assert remembered(starter, image, volume) == 5


def test_a_look_from_outside_leaves_no_record(
    starter: Starter, image: str, volume: str, service: Container
) -> None:
    assert smoke(image, service, COMMIT).returncode == 0
    engine.docker("stop", "--time=30", service.name)
    assert remembered(starter, image, volume) == 0


def test_it_holds_nothing_that_serving_does_not_need(starter: Starter, image: str) -> None:
    # Not in the read-only container: here a writable folder would show.
    found = engine.docker(
        "run", "--rm", image, "python", "-c",
        "import importlib.util as u, shutil, sys\n"
        "print([n for n in sys.argv[1:] if u.find_spec(n)],"
        " [n for n in ('cc', 'gcc', 'g++', 'make', 'uv', 'git') if shutil.which(n)])",
        *starter.unneeded,
    )  # fmt: skip
    assert found.strip() == "[] []"


def test_nothing_travels_into_it_that_it_does_not_serve(starter: Starter, image: str) -> None:
    found = engine.docker(
        "run", "--rm", image, "sh", "-c",
        "ls -A /srv; ls -A /srv/app; ls -A /srv/data /srv/data/corpus 2>/dev/null;"
        "grep -rls must-not-travel /srv --exclude-dir=.venv || true",
    )  # fmt: skip
    names = set(found.split())
    assert {".venv", "app", "__main__.py"} | starter.holds <= names
    assert not ({".env", "tests", "uv.lock", "docs"} | starter.lacks) & names
    secret = [name for name in names if name.startswith("/srv/") and not name.endswith(":")]
    assert not secret, "a file holds the secret"


def test_a_request_that_has_begun_is_answered_after_sigterm(
    starter: Starter, image: str, service: Container
) -> None:
    begun = sidecar(image, service, HALF_A_REQUEST, starter.path, example(starter, service))
    assert begun.stdin
    assert begun.stdout
    assert begun.stdout.readline() == "half sent\n"
    engine.docker("kill", "--signal=SIGTERM", service.name)
    assert service.get("/health/ready", PORT)[0] == 503
    engine.until(lambda: "shut" in service.logs().lower(), 10, "the shutdown message")
    assert service.inspect("{{.State.Running}}") == "true", "it left a request unanswered"
    answer, _ = begun.communicate("send the rest\n", timeout=30)
    assert answer.startswith(f"HTTP/1.1 {starter.status} "), answer
    assert engine.docker("wait", service.name).strip() == "0"


def test_under_load_it_stops_without_losing_an_answer_or_a_record(
    starter: Starter, image: str, volume: str, service: Container
) -> None:
    status, body = str(starter.status), example(starter, service)
    load = sidecar(image, service, LOAD, starter.path, body, status, str(starter.many))
    assert load.stdout
    assert load.stdout.readline() == "under load\n"
    engine.docker("stop", "--time=30", service.name)
    said, _ = load.communicate(timeout=60)
    counts = json.loads(said.splitlines()[-1])
    assert service.inspect("{{.State.ExitCode}}") == "0"
    answered = counts.pop(status)
    assert answered >= starter.many
    assert remembered(starter, image, volume) == answered
    assert not counts.pop("cut off"), "an answer was begun and not finished"
    # Not ready any more, or the door is closed: a host's proxy asks the next instance.
    assert set(counts) <= {"503", "refused", "closed unanswered"}


def test_without_a_lock_file_the_build_says_what_to_do(project: Path, tmp_path: Path) -> None:
    unlocked = tmp_path / "unlocked"
    shutil.copytree(project, unlocked, ignore=shutil.ignore_patterns("uv.lock", ".git"))
    with pytest.raises(AssertionError, match=r"uv\.lock is missing: run 'uv lock' and commit"):
        engine.build(unlocked, "scaffold-test:never", {})
