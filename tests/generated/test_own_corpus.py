"""A rag-app with other people's documents: `data/` and project.toml change, nothing in `app/`."""

from __future__ import annotations

import html
import json
import re
import shutil
import sqlite3
import textwrap
import tomllib
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import distributions
from typing import TYPE_CHECKING, Any

import pytest

from tests.generated.starter import Starter, copied, done

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LEAST_DESCRIPTION = 2000  # signs
MOST_PACKAGES = 15
GUIDE = 8  # pages of the field guide that become pages of HTML, and papers
OFF_TOPIC = "Which wine goes with roasted duck?"
LINES_OF_A_PAGE = 45
PAPERS = """
import json, sys
from pathlib import Path
from tests.pdfs import changed, page_of, pdf
for name, pages in json.load(sys.stdin).items():
    Path("data/corpus", name + ".pdf").write_bytes(pdf(*map(page_of, pages)))
whole = pdf(page_of("Nobody may read this page."))
for name, data in {
    "broken": whole[:200], "locked": changed(whole, password="x" * 9), "scan": pdf(b"0 0 9 9 re f"),
}.items():
    Path("data/corpus", name + ".pdf").write_bytes(data)
"""

pytestmark = pytest.mark.generated


@dataclass(frozen=True)
class Own:
    """A corpus that a learner might have.

    Attributes:
        write: Puts it into `data/corpus` of a starter; the shipped documents are given.
        question: One that it answers.
        answer: The name of the document that does, without its ending.
        skipped: Documents that can't be read, each with a word of the reason.
        left_out: Files that are no documents, as `app ingest` counts them.
    """

    write: Callable[[Starter, dict[str, str]], None]
    question: str
    answer: str
    skipped: dict[str, str]
    left_out: str


def _packages(starter: Starter, _: dict[str, str]) -> None:
    """Write what packages say of themselves, as Markdown, reStructuredText and text."""
    endings = {"text/markdown": ".md", "text/x-rst": ".rst"}
    every = {one.metadata["Name"]: one.metadata.json for one in distributions()}
    told = {name: str(one.get("description", "")) for name, one in every.items()}
    long = sorted(name for name, text in told.items() if len(text) > LEAST_DESCRIPTION)
    for name in ["pytest", *(one for one in long if one != "pytest")][:MOST_PACKAGES]:
        kind = str(every[name].get("description_content_type", "")).partition(";")[0]
        folder = starter.folder / "data" / "corpus" / name[0].lower()
        folder.mkdir(exist_ok=True)
        file = folder / f"{name}{endings.get(kind, '.txt')}"
        file.write_text(told[name], encoding="utf-8")
    (starter.folder / "data" / "corpus" / "latin.txt").write_bytes("Köln".encode("latin-1"))
    (starter.folder / "data" / "corpus" / "picture.png").write_bytes(b"\x89PNG")


def _pages(starter: Starter, guide: dict[str, str]) -> None:
    """Write pages with what surrounds a text on the web."""
    links = "".join(f'<li><a href="{name}.html">{name}</a>' for name in guide)
    for name, text in guide.items():
        body = "".join(map(_element, re.split(r"\n\s*\n", text)))
        page = (
            f"<!doctype html><title>{name} - A site</title><script>var zebra = 1 < 2;</script>"
            f"<nav><ul>{links}</ul></nav><main>{body}</main><footer>Zebra rights</footer>"
        )
        (starter.folder / "data" / "corpus" / f"{name}.html").write_text(page, encoding="utf-8")
    (starter.folder / "data" / "corpus" / "empty.html").write_text("<nav>Zebra</nav>")
    (starter.folder / "data" / "corpus" / "style.css").write_text("p {}")


def _element(block: str) -> str:
    marks = re.match(r"(#+) ", block)
    tag = f"h{len(marks[1])}" if marks else "p"
    return f"<{tag}>{html.escape(block.lstrip('# '))}</{tag}>\n"


def _papers(starter: Starter, guide: dict[str, str]) -> None:
    """Write PDF files: text on pages, a broken one, one with a password, one of pictures."""
    papers: dict[str, list[str]] = {}
    for name, text in guide.items():
        plain = text.encode("cp1252", "replace").decode("cp1252")
        lines = [part for line in plain.split("\n") for part in textwrap.wrap(line, 90) or [""]]
        starts = range(0, len(lines), LINES_OF_A_PAGE)
        papers[name] = ["\n".join(lines[at : at + LINES_OF_A_PAGE]) for at in starts]
    done(starter.folder, starter.python, "-c", PAPERS, given=json.dumps(papers))


OWN = {
    "packages": Own(
        _packages,
        "Which framework makes it easy to write small tests?",
        "pytest",
        {"latin.txt": "UTF-8"},
        "1 .png",
    ),
    "pages": Own(
        _pages, "How big should a chunk be?", "chunking", {"empty.html": "no text"}, "1 .css"
    ),
    "papers": Own(
        _papers,
        "How big should a chunk be?",
        "chunking",
        {"broken.pdf": "no PDF", "locked.pdf": "encrypted", "scan.pdf": "no text"},
        "",
    ),
}


@pytest.fixture(params=OWN)
def own(
    request: pytest.FixtureRequest, synced: Starter, tmp_path: Path
) -> Iterator[tuple[Starter, Own]]:
    """A starter with a learner's documents instead of ours, whose code is as it was afterwards."""
    starter, mine = copied(synced, tmp_path / "own"), OWN[request.param]
    corpus, golden = starter.folder / "data" / "corpus", starter.folder / "data" / "golden"
    files = [one for one in sorted(corpus.glob("*.md")) if one.stem != "README"]
    kept = [one for one in files if one.stem == "chunking" or files.index(one) < GUIDE]
    guide = {one.stem: one.read_text(encoding="utf-8") for one in kept}
    shutil.rmtree(corpus)
    corpus.mkdir()
    mine.write(starter, guide)
    (golden / "questions.jsonl").unlink()
    (golden / "baseline.json").unlink(missing_ok=True)
    yield starter, mine
    assert _code(starter) == _code(synced)


def _code(starter: Starter) -> dict[str, bytes]:
    files = (starter.folder / "app").rglob("*.py")
    return {one.relative_to(starter.folder).as_posix(): one.read_bytes() for one in files}


def _told(starter: Starter, *words: str) -> str:
    finished = starter.app(*words)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def _indexed(starter: Starter) -> str:
    with closing(sqlite3.connect(starter.folder / "var" / "app.db")) as index:
        return " ".join(text for (text,) in index.execute("SELECT text FROM passages"))


def _asked(starter: Starter, question: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_told(starter, "ask", question, "--json"))
    return found


def test_documents_of_your_own_are_answered_and_measured(own: tuple[Starter, Own]) -> None:
    starter, mine = own
    data = starter.folder / "data"
    present = [
        one for one in (data / "corpus").rglob("*") if one.suffix not in (".png", ".css", "")
    ]
    names = {one.relative_to(data / "corpus").as_posix() for one in present}
    readable = names - mine.skipped.keys()

    first = starter.app("ingest")
    assert first.returncode == 0, first.stderr
    assert f"documents: {len(readable)} added," in first.stdout
    assert (f"left out: {mine.left_out}" in first.stdout) == bool(mine.left_out)
    for name, word in mine.skipped.items():
        assert re.search(rf"(?m)^skipped {name}: .*{word}", first.stderr)
    assert "zebra" not in _indexed(starter).lower()
    assert f"0 removed, {len(readable)} unchanged" in _told(starter, "ingest")

    answer = _asked(starter, mine.question)
    cited = [one["source"] for one in answer["citations"]]
    assert answer["refused"] is False
    assert any(f"/{one}".rpartition("/")[2].startswith(f"{mine.answer}.") for one in cited)
    assert set(cited) <= readable
    assert _asked(starter, OFF_TOPIC)["refused"] is True

    _told(starter, "draft-golden", "--count", "20")
    lines = (data / "golden" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    drafts = [json.loads(line) for line in lines]
    assert len(drafts) >= 10
    assert {one["relevant"][0]["source"] for one in drafts} <= readable

    before = tomllib.loads((starter.folder / "project.toml").read_text(encoding="utf-8"))
    _told(starter, "calibrate", "--write")
    after = tomllib.loads((starter.folder / "project.toml").read_text(encoding="utf-8"))
    chosen = after["refusal"].pop("similarity")
    assert 0 < chosen < 1
    before["refusal"].pop("similarity")
    assert after == before

    # Whether a gate holds is the corpus's matter; that nothing else fails is ours.
    finished = starter.app("evaluate")
    assert finished.stderr == "" or re.match(r"error: Gate `\w+` failed: ", finished.stderr)
    report = json.loads((starter.folder / "reports" / "evaluation.json").read_bytes())
    assert report["demo_data"] is False
    assert report["served"]["threshold"] == chosen
    assert report["retrieval"]["lexical"]["recall_at_5"]["n"] == len(drafts)
    assert report["retrieval"]["lexical"]["recall_at_5"]["value"] >= 0.8
    assert report["retrieval"]["hybrid"]["recall_at_5"]["value"] >= 0.6
    assert report["refusal"]["off_topic_refused"]["value"] >= 0.7

    _told(starter, "report")
    (row,) = re.findall(
        r"(?m)^\| A golden section .*$", (starter.folder / "README.md").read_text(encoding="utf-8")
    )
    assert "drafts" in row
    assert "demo data" not in row
