"""Several processes and one index: some search while one ingests, or dies."""

import sys
from pathlib import Path

import pytest

from app.index.opening import open_index

from .conftest import ROOT
from .service.stores import start_python

INGEST = """
import sys
from pathlib import Path
from app.index.opening import open_index
from app.ingest import ingest
from app.project import Corpus, Project
from tests.hashing import HashingEmbedder

class Slow(HashingEmbedder):
    def documents(self, texts):
        if wait == "wait":
            print("embedding", flush=True)
            sys.stdin.readline()
        return super().documents(texts)

url, folder, wait, batch = sys.argv[1:]
import app.ingest
app.ingest.BATCH = int(batch)
index = open_index(url)
print("opened", flush=True)
sys.stdin.readline()
ingest(index, Project(corpus=Corpus(folder=Path(folder))), Slow())
print("done", flush=True)
"""
SEARCH = """
import sys
from app.index.opening import open_index
from tests.hashing import HashingEmbedder

url, last = sys.argv[1], int(sys.argv[2])
index, embedder = open_index(url), HashingEmbedder()
question = embedder.questions(["generation"])[0]
versions, rounds = set(), 0
while True:
    version = index.version()
    found = index.passages([hit.id for hit in index.lexical(["generation"], 20)])
    near = index.passages([hit.id for hit in index.vector(question, 20)])
    if index.version() == version:  # no change in between: all of one generation
        said = {one.text.split()[-1] for one in (*found.values(), *near.values())}
        assert len(found) == len(near) == 20 and len(said) == 1, (said, len(found), len(near))
        versions.add(version)
    rounds += 1
    if rounds == 1:
        print("searching", flush=True)
    if version == last:
        break
print(f"saw {len(versions)} in {rounds}", flush=True)
"""


def write(folder: Path, generation: str, files: int = 20) -> None:
    folder.mkdir(exist_ok=True)
    for n in range(files):
        text = f"# File {n}\n\nThis is number {n} of generation {generation}\n"
        (folder / f"{n}.md").write_text(text, encoding="utf-8")


def ingest_now(url: str, folder: Path) -> None:
    process = start_python(INGEST, url, str(folder), "no", "256", folder=ROOT)
    out, _ = process.communicate("\n", timeout=60)
    assert (out.split(), process.returncode) == (["opened", "done"], 0)


def test_two_processes_search_while_another_ingests(store_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    write(folder, "0")
    ingest_now(store_url, folder)
    index = open_index(store_url)
    first, changes = index.version(), 4
    searching = [
        start_python(SEARCH, store_url, str(first + changes), folder=ROOT) for _ in range(2)
    ]
    for process in searching:
        assert process.stdout
        assert process.stdout.readline() == "searching\n"
    for generation in range(1, changes + 1):
        write(folder, str(generation))
        ingest_now(store_url, folder)
    for process in searching:
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        assert out.startswith("saw ")
        assert int(out.split()[1]) >= 2  # the first and the last at least
    assert index.version() == first + changes


@pytest.mark.posix
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_process_that_is_killed_while_it_makes_vectors_leaves_the_old_index(
    store_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    write(folder, "0")
    ingest_now(store_url, folder)
    index = open_index(store_url)
    before = (index.version(), dict(index.digests()), index.count())
    write(folder, "1", files=30)
    process = start_python(INGEST, store_url, str(folder), "wait", "10", folder=ROOT)
    assert process.stdin
    assert process.stdout
    for expected in ("opened\n", "embedding\n", "embedding\n"):
        assert process.stdout.readline() == expected
        if expected != "embedding\n" or not process.poll():
            process.stdin.write("\n")
            process.stdin.flush()
    assert process.stdout.readline() == "embedding\n"
    process.kill()
    process.communicate(timeout=20)
    assert (index.version(), dict(index.digests()), index.count()) == before
    assert len(index.lexical(["0"], 50)) == 20
    ingest_now(store_url, folder)  # nothing is left locked
    assert (index.count(), index.lexical(["zero"], 5)) == (30, [])


@pytest.mark.posix
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_process_that_is_killed_at_any_moment_leaves_the_old_index_or_the_new(
    store_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    write(folder, "old", files=100)
    ingest_now(store_url, folder)
    index = open_index(store_url)
    for pause in (0.0, 0.01, 0.03, 0.06, 0.1):
        version = index.version()
        write(folder, f"after{pause}", files=100)
        process = start_python(INGEST, store_url, str(folder), "no", "50", folder=ROOT)
        assert process.stdin
        assert process.stdout
        process.stdout.readline()
        process.stdin.write("\n")
        process.stdin.flush()
        try:
            process.wait(pause)
        except TimeoutError:
            pass
        process.kill()
        process.communicate(timeout=20)
        assert index.version() in (version, version + 1)
        hits = index.lexical(["generation"], 200)
        said = {one.text.split()[-1] for one in index.passages([hit.id for hit in hits]).values()}
        assert (len(hits), len(said), index.count()) == (100, 1, 100)
