"""Several processes and one index: some search while one ingests, or dies."""

import subprocess
import sys
import time
from pathlib import Path
from sqlite3 import IntegrityError
from typing import TypeAlias

import pytest
from psycopg.errors import CheckViolation

from app.index.index import Index
from app.index.opening import open_index
from app.ingest import ingest
from app.project import Corpus, Project
from app.service.store import open_store

from .conftest import ROOT
from .hashing import HashingEmbedder
from .service.stores import start_python

Process: TypeAlias = "subprocess.Popen[str]"
INGEST = """
import sys
from pathlib import Path
import app.ingest
from app.index.opening import open_index
from app.project import Corpus, Project
from tests.hashing import HashingEmbedder

url, folder, slowly = sys.argv[1:]
app.ingest.BATCH = 10

class Embedder(HashingEmbedder):
    def documents(self, texts):
        if slowly == "slowly":
            print("embedding", flush=True)
            sys.stdin.readline()
        return super().documents(texts)

index = open_index(url)
print("opened", flush=True)
sys.stdin.readline()
app.ingest.ingest(index, Project(corpus=Corpus(folder=Path(folder))), Embedder())
"""
SEARCH = """
import sys, time
from app.index.opening import open_index
from tests.hashing import HashingEmbedder

index, last = open_index(sys.argv[1]), int(sys.argv[2])
question = HashingEmbedder().questions(["generation"])[0]
versions, version = set(), 0
while version < last:
    version = index.version()
    found = index.passages([hit.id for hit in index.lexical(["generation"], 20)])
    near = index.passages([hit.id for hit in index.vector(question, 20)])
    if index.version() == version:  # no change in between: then all of one generation
        said = {one.text.split()[-1] for one in (*found.values(), *near.values())}
        assert len(found) == len(near) == 20 and len(said) == 1, (said, len(found), len(near))
        if not versions:
            print("searching", flush=True)
        versions.add(version)
    time.sleep(0.01)
print(f"saw {len(versions)}", flush=True)
"""

# The number of the version is the last thing that an ingest writes.
NO_NEW_VERSION = {
    "sqlite": "CREATE TRIGGER refused BEFORE UPDATE OF version ON index_state "
    "BEGIN SELECT RAISE(ABORT, 'no new version'); END",
    "postgresql": 'ALTER TABLE index_state ADD CONSTRAINT "no new version" '
    "CHECK (version <= {version})",
}


def write(folder: Path, generation: str, files: int = 20) -> None:
    folder.mkdir(exist_ok=True)
    for n in range(files):
        text = f"# File {n}\n\nThis is number {n} of generation {generation}\n"
        (folder / f"{n}.md").write_text(text, encoding="utf-8")


def ingest_here(index: Index, folder: Path) -> None:
    ingest(index, Project(corpus=Corpus(folder=folder)), HashingEmbedder())


def hear(process: Process, expected: str) -> None:
    assert process.stdout
    assert process.stdout.readline() == f"{expected}\n"


def say(process: Process) -> None:
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()


def start_ingest(url: str, folder: Path, how: str) -> Process:
    process = start_python(INGEST, url, str(folder), how, folder=ROOT)
    hear(process, "opened")
    say(process)
    return process


def kill(process: Process) -> None:
    process.kill()
    process.communicate(timeout=20)


def test_two_processes_search_while_another_ingests(store_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    index = open_index(store_url)
    write(folder, "0")
    ingest_here(index, folder)
    first, changes = index.version(), 5
    last = str(first + changes)
    searching = [start_python(SEARCH, store_url, last, folder=ROOT) for _ in range(2)]
    for process in searching:
        hear(process, "searching")
    for generation in range(1, changes + 1):
        write(folder, str(generation))
        ingest_here(index, folder)
    for process in searching:
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        assert int(out.split()[1]) >= 2  # the first and the last, and some between
    assert index.version() == first + changes


@pytest.mark.posix
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_process_that_is_killed_while_it_makes_vectors_leaves_the_old_index(
    store_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    index = open_index(store_url)
    write(folder, "0")
    ingest_here(index, folder)
    before = (index.version(), dict(index.digests()), index.count())
    write(folder, "one", files=30)
    process = start_ingest(store_url, folder, "slowly")
    hear(process, "embedding")
    say(process)
    hear(process, "embedding")
    kill(process)
    assert (index.version(), dict(index.digests()), index.count()) == before
    assert len(index.lexical(["0"], 50)) == 20
    ingest_here(index, folder)  # nothing is left locked
    assert (index.count(), len(index.lexical(["one"], 50))) == (30, 30)


def test_an_ingest_that_fails_in_its_last_statement_leaves_the_old_index(
    store_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    index = open_index(store_url)
    write(folder, "0")
    ingest_here(index, folder)
    before = (index.version(), dict(index.digests()), index.count())
    store = open_store(store_url)
    store.execute(NO_NEW_VERSION[store_url.partition(":")[0]].format(version=before[0]))
    write(folder, "one", files=30)
    with pytest.raises((IntegrityError, CheckViolation), match="no new version"):
        ingest_here(index, folder)
    assert (index.version(), dict(index.digests()), index.count()) == before
    assert len(index.lexical(["0"], 50)) == 20
    store.close()


@pytest.mark.posix
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_process_that_is_killed_at_any_moment_leaves_the_old_index_or_the_new(
    store_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    index = open_index(store_url)
    write(folder, "old", files=100)
    ingest_here(index, folder)
    for pause in (0.03, 0.08):
        version = index.version()
        write(folder, f"after{pause}", files=100)
        process = start_ingest(store_url, folder, "at once")
        time.sleep(pause)
        kill(process)
        assert index.version() in (version, version + 1)
        hits = index.lexical(["generation"], 200)
        said = {one.text.split()[-1] for one in index.passages([hit.id for hit in hits]).values()}
        assert (len(hits), len(said), index.count()) == (100, 1, 100)
    write(folder, "new", files=100)
    ingest_here(index, folder)
    assert len(index.lexical(["new"], 200)) == 100
