"""The field guide keeps its own rules: one question a document, short, with figures and sources."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[1] / "templates" / "rag-app" / "template" / "data" / "corpus"
INDEX = GUIDE / "README.md"
DOCUMENTS = sorted(path for path in GUIDE.glob("*.md") if path != INDEX)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"[\"“]([A-Z][^\"“”]*\?)[\"”]")


def title(document: Path) -> str:
    return document.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def body(document: Path) -> str:
    return document.read_text(encoding="utf-8").partition("\n## Sources\n")[0]


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.stem)
def document(request: pytest.FixtureRequest) -> Path:
    path = request.param
    assert isinstance(path, Path)
    return path


def test_a_document_asks_one_question_and_answers_it_at_once(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert re.match(r"# [A-Z].*\?\n\n[A-Z]", text)
    assert text.count("\n# ") == 0


def test_a_document_can_be_read_in_an_evening_with_others(document: Path) -> None:
    assert 250 <= len(body(document).split()) <= 900


def test_a_document_has_sections_a_figure_and_its_sources(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", FENCE.sub("", text), flags=re.MULTILINE)
    assert 3 <= len(headings) <= 6
    assert headings[-1] == "Sources"
    assert len(headings) == len(set(headings))
    assert re.search(r"\d", body(document))
    assert re.search(r"^- .*\d", text.partition("\n## Sources\n")[2], flags=re.MULTILINE)


def test_code_is_short(document: Path) -> None:
    for block in FENCE.findall(document.read_text(encoding="utf-8")):
        lines = [line for line in block.splitlines()[1:-1] if line.strip()]
        assert len(lines) <= 12


def test_a_reference_names_a_question_that_is_there(document: Path) -> None:
    known = {title(one) for one in DOCUMENTS}
    asked = QUOTED.findall(FENCE.sub("", body(document)))
    for question in asked:
        words = " ".join(question.split())
        near = [one for one in known if one.split()[:3] == words.split()[:3]]
        assert words in known or not near, f"{words} is nearly {near}"


def test_the_index_names_every_document_once_by_its_question() -> None:
    text = INDEX.read_text(encoding="utf-8")
    for one in DOCUMENTS:
        assert text.count(f"[{title(one)}]({one.name})") == 1
    assert text.count("](") == len(DOCUMENTS)


def test_what_is_measured_on_the_guide_was_measured_on_this_one() -> None:
    """The starter's own test of the rates is left out where the documents are others."""
    digest = hashlib.sha256()
    for file in sorted(GUIDE.glob("*.md")):
        digest.update(f"{file.name}\n{file.read_text(encoding='utf-8')}".encode())
    rates = GUIDE.parents[1] / "tests" / "grounding_rates.py"
    assert f'SHIPPED = "{digest.hexdigest()[:12]}"' in rates.read_text(encoding="utf-8")
