"""The golden set of rag-app is fair: true to the corpus, in people's words, and not too easy."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[1] / "templates" / "rag-app" / "template" / "data"
GOLDEN = DATA / "golden"
DOCUMENTS = sorted(path for path in (DATA / "corpus").glob("*.md") if path.name != "README.md")
REFUSED = ["off_topic", "near_miss"]
KINDS = {"situation", "misconception", "number", "paraphrase", "keyword"}
HEADING = re.compile(r"#{1,6} (.+)")
WORD = re.compile(r"\w+")
STOP_WORDS = frozenset(
    WORD.findall(
        """
    a about after again all also am an and any anybody are as at be because been before being
    between both but by can cannot could d did didn do does doesn doing don done each either else
    even ever every everybody for from get gets getting go goes going got had has have having he
    her here him his how i if in instead into is isn it its itself just let like ll m make makes
    many may me might more most much must my need needs never no nobody nor not now of off on once
    one only or other our out over own per put re s same say says she should so some somebody still
    such t take takes than that the their them then there these they this those through to too
    under until up upon us ve very want wants was we went were what whatever when where whether
    which while who whom whose why will with without won would yet you your
        """
    )
)

Section = tuple[str, str]  # the document's file name, the innermost heading


def rows(name: str) -> list[dict[str, Any]]:
    lines = (GOLDEN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


QUESTIONS = rows("questions")


def gold(row: dict[str, Any]) -> set[Section]:
    return {(one["source"], one["heading"]) for one in row["relevant"]}


def sections(document: Path) -> dict[str, str]:
    """Innermost heading to text, in the order of the document."""
    found: dict[str, list[str]] = {}
    heading, fenced = "", False
    for line in document.read_text(encoding="utf-8").splitlines():
        fenced ^= line.startswith("```")
        match = None if fenced else HEADING.fullmatch(line)
        if match:
            heading = match[1]
            assert heading not in found
            found[heading] = []
        else:
            found[heading].append(line)
    return {heading: "\n".join(lines) for heading, lines in found.items()}


def content_words(text: str) -> list[str]:
    return [word for word in WORD.findall(text.casefold()) if word not in STOP_WORDS]


def stems(text: str) -> set[str]:
    """The content words as the Porter tokenizer of FTS5 stores them."""
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='porter unicode61')")
        db.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(texts, 'row')")
        db.execute("INSERT INTO texts VALUES (?)", (" ".join(content_words(text)),))
        return {term for (term,) in db.execute("SELECT term FROM terms")}


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    """One row per section: heading path and text."""
    db = sqlite3.connect(":memory:")
    db.execute(
        "CREATE VIRTUAL TABLE sections USING fts5("
        "source UNINDEXED, heading UNINDEXED, path, text, tokenize='porter unicode61')"
    )
    for document in DOCUMENTS:
        known = sections(document)
        title = next(iter(known))
        for heading, text in known.items():
            path = title if heading == title else f"{title} > {heading}"
            db.execute(
                "INSERT INTO sections VALUES (?, ?, ?, ?)", (document.name, heading, path, text)
            )
    return db


def lexical(index: sqlite3.Connection, question: str, k: int = 5) -> set[Section]:
    terms = " OR ".join(f'"{word}"' for word in content_words(question))
    found = index.execute(
        "SELECT source, heading FROM sections WHERE sections MATCH ? "
        "ORDER BY bm25(sections, 0, 0, 3, 1) LIMIT ?",
        (terms, k),
    )
    return {(source, heading) for source, heading in found}


def test_there_are_enough_questions_of_each_kind() -> None:
    assert len(QUESTIONS) >= 120
    kinds = Counter(row["kind"] for row in QUESTIONS)
    assert set(kinds) == KINDS
    assert min(kinds.values()) >= 10


def test_every_gold_section_exists_and_has_more_than_sources() -> None:
    known = {(one.name, heading) for one in DOCUMENTS for heading in sections(one)}
    for row in QUESTIONS:
        assert row["relevant"], row["id"]
        assert len(gold(row)) == len(row["relevant"]), row["id"]
        assert gold(row) <= known, row["id"]
        assert "Sources" not in {heading for _, heading in gold(row)}, row["id"]


def test_every_document_is_asked_about_twice() -> None:
    asked = Counter(source for row in QUESTIONS for source in {s for s, _ in gold(row)})
    assert [one.name for one in DOCUMENTS if asked[one.name] < 2] == []


def test_an_id_and_a_question_are_there_once() -> None:
    every = QUESTIONS + [row for name in REFUSED for row in rows(name)]
    assert len({row["id"] for row in every}) == len(every)
    assert len({" ".join(content_words(row["question"])) for row in every}) == len(every)


def test_what_is_held_out_follows_from_the_id() -> None:
    for row in QUESTIONS:
        digest = hashlib.sha256(row["id"].encode()).hexdigest()
        assert row["held_out"] is (int(digest[:8], 16) < 0.3 * 2**32), row["id"]
    assert 0.25 <= sum(row["held_out"] for row in QUESTIONS) / len(QUESTIONS) <= 0.35


@pytest.mark.parametrize("name", REFUSED)
def test_there_are_enough_questions_to_refuse(name: str) -> None:
    assert len(rows(name)) >= 40
    assert all(set(row) == {"id", "question"} for row in rows(name))


def test_questions_do_not_turn_their_heading_round() -> None:
    apart = [
        row["id"]
        for row in QUESTIONS
        if max(len(stems(row["question"]) & stems(heading)) for _, heading in gold(row)) <= 1
    ]
    assert len(apart) >= len(QUESTIONS) / 2


def test_keyword_search_alone_misses_enough_to_leave_something_to_gain(
    index: sqlite3.Connection,
) -> None:
    missed = [row["id"] for row in QUESTIONS if not gold(row) & lexical(index, row["question"])]
    assert len(missed) >= 0.15 * len(QUESTIONS), f"too easy: only {missed} are missed"


def test_near_misses_use_words_of_the_corpus_and_off_topic_questions_few() -> None:
    corpus = stems(" ".join(one.read_text(encoding="utf-8") for one in DOCUMENTS))

    def strangers(name: str) -> float:
        words = [stem for row in rows(name) for stem in stems(row["question"])]
        return sum(stem not in corpus for stem in words) / len(words)

    assert strangers("near_miss") < strangers("off_topic") / 2


def test_the_readme_tells_how_many_questions_there_are() -> None:
    text = (GOLDEN / "README.md").read_text(encoding="utf-8")
    for name in ["questions", *REFUSED]:
        assert f"| `{name}.jsonl` | {len(rows(name))} |" in text
