"""What the image of `rag-app` has to itself: its index, and documents that change."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers import engine
from tests.containers.engine import Container
from tests.containers.hosted import (
    PORT,
    RAG_APP,
    REMEMBERED,
    Starter,
    ask,
    ask_store,
    keeping,
    remembered,
    smoke,
    start,
)

pytestmark = pytest.mark.container

PASSAGES = "SELECT COUNT(*) FROM passages"
NEW = (
    "# How is the otter of Lake Quern fed?\n\nThe otter of Lake Quern eats forty grams of barley.\n"
)


@pytest.fixture
def starter() -> Starter:
    return RAG_APP


@pytest.fixture
def newer(image: str, project: Path, tmp_path: Path) -> Iterator[str]:
    """The image of the next commit: one document more, one less."""
    folder = tmp_path / "newer"
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns(".git", ".env"))
    (folder / "data/corpus/otter.md").write_text(NEW, encoding="utf-8")
    (folder / "data/corpus/chunking.md").unlink()
    tag = f"{image}-newer"
    engine.build(folder, tag, {})
    yield tag
    engine.docker("image", "rm", "--force", tag, check=False)


def sources(service: Container, question: str) -> list[str]:
    """Return the documents that an answer cites."""
    body = json.dumps({"question": question})
    said = json.loads(service.python(ASK_ONE, f"http://127.0.0.1:{PORT}/ask", body))
    return [one["source"] for one in said["citations"]]


def test_a_new_volume_begins_with_the_index_of_the_image(image: str, volume: str) -> None:
    assert int(ask_store(image, volume, PASSAGES)) > 300


def test_a_start_with_nothing_new_makes_no_passage(service: Container) -> None:
    assert "0 added, 0 changed, 0 removed" in service.logs()
    assert "passages: 0 made" in service.logs()


def test_where_a_host_hides_the_index_of_the_image_the_start_makes_it(
    image: str, name: str
) -> None:
    hidden = start(image, name, f"--tmpfs={REMEMBERED}:uid=10001,gid=10001")
    assert ", 0 changed, 0 removed, 0 unchanged" in hidden.logs()
    said = smoke(image, hidden, "0123")
    assert said.returncode == 0, said.stdout + said.stderr


def test_a_deploy_answers_from_its_documents_and_keeps_what_was_stored(
    image: str, newer: str, volume: str, service: Container, name: str
) -> None:
    question = "How is the otter of Lake Quern fed?"
    assert "otter.md" not in sources(service, question)
    ask(RAG_APP, image, service, 2)
    engine.docker("stop", "--time=30", service.name)
    engine.docker("rm", service.name)
    deployed = start(newer, name, keeping(volume))
    assert "1 added, 0 changed, 1 removed" in deployed.logs()
    assert sources(deployed, question)[0] == "otter.md"
    assert "chunking.md" not in sources(deployed, "How big should a chunk be?")
    engine.docker("stop", "--time=30", deployed.name)
    engine.docker("rm", deployed.name)
    assert remembered(RAG_APP, newer, volume) == 5
    back = start(image, name, keeping(volume))
    assert "otter.md" not in sources(back, question)
    assert "chunking.md" in sources(back, "How big should a chunk be?")


def test_a_start_without_documents_ends_and_names_the_folder(image: str) -> None:
    done = subprocess.run(
        ["docker", "run", "--rm", "--tmpfs=/srv/data/corpus", image],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "The folder /srv/data/corpus holds no document that can be read." in done.stderr


def test_it_stops_at_once_while_it_makes_the_index(image: str, name: str) -> None:
    provider = engine.run(image, f"{name}-silent", command=["python", "-u", "-c", SILENT])
    try:
        starting = engine.run(
            image,
            name,
            f"--network=container:{provider.name}",
            "--env=EMBEDDINGS=openai:slow",
            "--env=OPENAI_BASE_URL=http://127.0.0.1:7777/v1",
        )
        engine.until(lambda: "asked" in provider.logs(), 30, "a request for vectors")
        seconds = engine.until(lambda: bool(engine.docker("stop", "--time=30", name)), 40, "a stop")
        assert seconds < 5
        assert starting.inspect("{{.State.ExitCode}}") == "0", starting.logs()
    finally:
        engine.docker("rm", "--force", "--volumes", provider.name, check=False)


# Takes a request, and never answers it.
SILENT = """
import socket
listening = socket.create_server(("127.0.0.1", 7777))
connection, _ = listening.accept()
connection.recv(1)
print("asked")
listening.accept()
"""
ASK_ONE = """
import sys, urllib.request
asked = urllib.request.Request(sys.argv[1], sys.argv[2].encode(),
                               {"Content-Type": "application/json"})
print(urllib.request.urlopen(asked, timeout=20).read().decode())
"""
