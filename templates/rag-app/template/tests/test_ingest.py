"""From a folder to an index: what changed, and nothing else."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from app import ingest as module
from app.corpus.folder import Source, left_out, walk
from app.index.index import Index, Vectors
from app.index.opening import open_index
from app.ingest import Skipped, ingest
from app.project import Chunks, Corpus, Project
from app.service.errors import UserError

from .hashing import HashingEmbedder
from .pdfs import page_of, pdf

EMBEDDER = HashingEmbedder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    (made / "deep" / "er").mkdir(parents=True)
    (made / "a.md").write_text("# Apples\n\nRed ones.\n\n## Storage\n\nCool.\n", encoding="utf-8")
    (made / "deep" / "b.html").write_text("<h1>Birds</h1><p>They sing.", encoding="utf-8")
    (made / "deep" / "er" / "c.txt").write_text("Clouds drift.\n", encoding="utf-8")
    (made / "d.pdf").write_bytes(pdf(page_of("Dunes move.")))
    return made


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return open_index(f"sqlite:///{tmp_path / 'app.db'}")


def project(folder: Path, *exclude: str, words: int = 200) -> Project:
    return Project(corpus=Corpus(folder=folder, exclude=exclude), chunks=Chunks(words=words))


def found(index: Index, *terms: str) -> list[str]:
    hits = index.lexical(terms, 10)
    return [one.source for one in index.passages([hit.id for hit in hits]).values()]


def test_every_kind_of_document_is_read(index: Index, folder: Path) -> None:
    done = ingest(index, project(folder), EMBEDDER)
    assert (done.added, done.changed, done.removed, done.unchanged) == (4, 0, 0, 0)
    assert (done.skipped, done.rebuilt, done.passages) == ((), "", 5)
    assert done.version == index.version()
    assert index.count() == 5
    expected = {
        "apples": "a.md",
        "sing": "deep/b.html",
        "drifting": "deep/er/c.txt",
        "dunes": "d.pdf",
    }
    assert {word: found(index, word)[0] for word in expected} == expected


def test_vectors_are_made_of_the_breadcrumb_too(index: Index, folder: Path) -> None:
    ingest(index, project(folder), EMBEDDER)
    question = EMBEDDER.questions(["Apples > Storage\nCool."])[0]
    (hit, *_) = index.vector(question, 1)
    assert hit.score == pytest.approx(1)
    assert index.passages([hit.id])[hit.id].text == "Cool."


def test_the_second_ingest_touches_nothing(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ingest(index, project(folder), EMBEDDER)
    monkeypatch.setattr(module, "load", None)  # whoever called it would fail
    before = EMBEDDER.embedded
    second = ingest(index, project(folder), EMBEDDER)
    assert (second.added, second.changed, second.removed, second.unchanged) == (0, 0, 0, 4)
    assert (second.passages, EMBEDDER.embedded) == (0, before)
    assert second.version == first.version == index.version()


def test_only_what_changed_is_made_anew(index: Index, folder: Path) -> None:
    first = ingest(index, project(folder), EMBEDDER)
    (folder / "a.md").write_text("# Apples\n\nGreen ones.\n", encoding="utf-8")
    (folder / "e.md").write_text("# Eels\n\nThey swim.\n", encoding="utf-8")
    (folder / "d.pdf").unlink()
    os.utime(folder / "deep" / "b.html", (1, 1))  # touched, but the same
    done = ingest(index, project(folder), EMBEDDER)
    assert (done.added, done.changed, done.removed, done.unchanged) == (1, 1, 1, 2)
    assert done.passages == 2
    assert done.version > first.version
    assert found(index, "red", "cool", "dunes") == []
    assert (found(index, "green"), found(index, "swim")) == (["a.md"], ["e.md"])


def test_a_broken_document_is_named_and_what_was_known_of_it_stays(
    index: Index, folder: Path
) -> None:
    ingest(index, project(folder), EMBEDDER)
    (folder / "a.md").write_bytes(b"caf\xe9")
    (folder / "d.pdf").write_bytes(b"%PDF-1.7 broken")
    (folder / "new.txt").write_bytes(b"")
    done = ingest(index, project(folder), EMBEDDER)
    assert [one.source for one in done.skipped] == ["a.md", "d.pdf", "new.txt"]
    assert done.skipped[2] == Skipped("new.txt", "it is empty")
    assert (done.unchanged, done.removed, index.count()) == (2, 0, 5)
    assert (found(index, "red"), found(index, "dunes")) == (["a.md"], ["d.pdf"])
    (folder / "a.md").write_text("mended", encoding="utf-8")
    assert ingest(index, project(folder), EMBEDDER).changed == 1
    assert found(index, "mended") == ["a.md"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: (one, HashingEmbedder(name="other")), "embedder: hashing -> other"),
        (lambda one: (one, HashingEmbedder(16)), "dimensions: 32 -> 16"),
        (lambda one: (one.model_copy(update={"chunks": Chunks(words=50)}), EMBEDDER), "50 words"),
        (
            lambda one: (
                one.model_copy(
                    update={"corpus": one.corpus.model_copy(update={"language": "none"})}
                ),
                EMBEDDER,
            ),
            "language: english -> none",
        ),
    ],
)
def test_another_recipe_makes_everything_anew_and_says_why(
    index: Index,
    folder: Path,
    change: Callable[[Project], tuple[Project, HashingEmbedder]],
    said: str,
) -> None:
    ingest(index, project(folder), EMBEDDER)
    other, embedder = change(project(folder))
    done = ingest(index, other, embedder)
    assert said in done.rebuilt
    assert (done.added, done.unchanged, done.passages, index.count()) == (4, 0, 5, 5)
    assert ingest(index, other, embedder).rebuilt == ""


def test_when_no_vector_can_be_made_the_index_is_as_it_was(index: Index, folder: Path) -> None:
    first = ingest(index, project(folder), EMBEDDER)

    class Away(HashingEmbedder):
        def documents(self, texts: Sequence[str]) -> Vectors:
            raise UserError(f"no vectors for {len(texts)} texts", "wait")

    (folder / "a.md").write_text("changed", encoding="utf-8")
    for embedder in (Away(), Away(name="other")):
        with pytest.raises(UserError, match="no vectors"):
            ingest(index, project(folder), embedder)
    assert (index.version(), found(index, "red")) == (first.version, ["a.md"])


def test_when_no_document_can_be_read_the_index_is_as_it_was(index: Index, folder: Path) -> None:
    ingest(index, project(folder), EMBEDDER)
    for source in walk(folder):
        source.file.write_bytes(b"")
    with pytest.raises(UserError, match=r"None of 4 documents .* a\.md: it is empty"):
        ingest(index, project(folder), EMBEDDER)
    with pytest.raises(UserError, match="None of 4"):
        ingest(index, project(folder), HashingEmbedder(name="other"))
    assert index.count() == 5


def test_a_folder_that_is_not_there_or_empty_does_not_empty_the_index(
    index: Index, folder: Path, tmp_path: Path
) -> None:
    ingest(index, project(folder), EMBEDDER)
    (tmp_path / "empty").mkdir()
    for other in (tmp_path / "none", tmp_path / "empty"):
        with pytest.raises(UserError, match=other.name):
            ingest(index, project(other), EMBEDDER)
    assert index.count() == 5


def test_many_passages_are_embedded_in_batches(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    for n in range(10):
        (folder / f"{n}.txt").write_text(f"number{n}", encoding="utf-8")
    sizes = []

    class Counting(HashingEmbedder):
        def documents(self, texts: Sequence[str]) -> Vectors:
            sizes.append(len(texts))
            return super().documents(texts)

    ingest(index, project(folder), Counting())
    assert (sum(sizes), max(sizes)) == (15, 3)
    assert [found(index, f"number{n}") for n in range(10)] == [[f"{n}.txt"] for n in range(10)]


def test_an_ingest_of_somebody_else_meanwhile_is_noticed(index: Index, folder: Path) -> None:
    ingest(index, project(folder), EMBEDDER)
    other = HashingEmbedder(name="other")
    times = []

    def watch(sources: Sequence[Source]) -> Sequence[Source]:
        times.append(1)
        if len(times) == 1:
            ingest(index, project(folder), other)
        return sources

    done = ingest(index, project(folder), EMBEDDER, watch)
    recipe = index.recipe()
    assert recipe
    assert (len(times), recipe.embedder, index.count()) == (2, "hashing", 5)
    assert done.version == index.version()


def names(folder: Path, *exclude: str) -> list[str]:
    return [source.name for source in walk(folder, exclude)]


def test_documents_come_in_order_with_slashes(folder: Path) -> None:
    assert names(folder) == ["a.md", "d.pdf", "deep/b.html", "deep/er/c.txt"]


def test_hidden_excluded_and_unknown_files_are_left_out(folder: Path) -> None:
    (folder / ".git").mkdir()
    for name in (".git/x.md", ".hidden.md", "picture.png", "no_ending"):
        (folder / name).write_text("x", encoding="utf-8")
    assert names(folder, "*.pdf", "deep/er/*") == ["a.md", "deep/b.html"]
    assert names(folder, "deep*") == ["a.md", "d.pdf"]


def test_what_is_left_out_is_counted_by_the_reason(folder: Path) -> None:
    for name in ("x.docx", "y.DOCX", "no_ending", ".hidden.docx"):
        (folder / name).write_text("x", encoding="utf-8")
    left = left_out(folder, ["deep/*"])
    assert left == {".docx": 2, "without an ending": 1, "excluded": 2}
    assert left_out(folder / "deep" / "er") == {}


@pytest.mark.posix
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such names")
def test_a_name_that_cannot_be_shown_is_counted(folder: Path) -> None:
    for name in ("two\nlines.md", "red\x1b[31m.md", os.fsdecode(b"latin-\xe9.md")):
        (folder / name).write_text("x", encoding="utf-8")
    assert left_out(folder) == {"with a name that can't be shown": 3}
    assert len(walk(folder)) == 4


def test_a_folder_that_cannot_be_opened_is_not_taken_for_empty(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(index, project(folder), EMBEDDER)
    listed = os.scandir

    def scandir(path: str) -> "os._ScandirIterator[str]":
        if Path(path).name == "deep":
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(UserError, match="deep can't be opened: Permission denied") as refusal:
        ingest(index, project(folder), EMBEDDER)
    assert '"deep/*"' in refusal.value.remedy
    assert len(index.digests()) == 4
    ingest(index, project(folder, "deep/*"), EMBEDDER)
    assert sorted(index.digests()) == ["a.md", "d.pdf"]


@pytest.mark.skipif(sys.platform == "win32", reason="there links need a right")
def test_links_are_not_followed_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "secret"
    outside.mkdir()
    (outside / "s.md").write_text("secret", encoding="utf-8")
    (folder / "file.md").symlink_to(outside / "s.md")
    (folder / "folder").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "circle.md").symlink_to(folder / "circle.md")
    (folder / "nothing.md").symlink_to(folder / "none.md")
    (folder / "inside.md").symlink_to(folder / "a.md")
    assert [one for one in names(folder) if "/" not in one] == ["a.md", "d.pdf", "inside.md"]


@pytest.mark.posix
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
def test_what_is_no_ordinary_file_is_skipped(index: Index, folder: Path) -> None:
    os.mkfifo(folder / "pipe.md")
    (folder / "folder.md").mkdir()
    done = ingest(index, project(folder), EMBEDDER)
    assert [one.source for one in done.skipped] == ["pipe.md"]
    assert "no ordinary file" in done.skipped[0].reason
    assert done.added == 4


def test_a_file_that_is_too_large_is_not_even_opened(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.corpus.loading.MOST_BYTES", 30)
    done = ingest(index, project(folder), EMBEDDER)
    assert [one.source for one in done.skipped] == ["a.md"]
    assert "larger" in done.skipped[0].reason
