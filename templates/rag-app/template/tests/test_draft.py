"""`app draft-golden`: questions from documents alone, as a beginning for a person."""

from contextlib import closing
from pathlib import Path

import pytest

from app.cli import main
from app.index.opening import open_index
from app.passages import Passage
from app.proving.draft import GAP, KEPT_WORDS, draft
from app.proving.evaluate import evaluate
from app.proving.golden import read_golden
from app.service.errors import UserError

from .small_project import SECTIONS, Small, small_project


def passage(text: str, heading: str = "Cooling", source: str = "a.md") -> Passage:
    return Passage(source, ("Machines", heading), "line 1", text)


def one(text: str, heading: str = "Cooling") -> str:
    (found,) = draft([passage(text, heading)], 5)
    return found.question


def test_the_subject_of_a_sentence_becomes_what_is_asked_for() -> None:
    text = "The pump is checked every morning before the turbines reach full load."
    assert one(text) == "What is checked every morning before the turbines reach full load?"


def test_words_of_the_heading_are_hidden_whatever_their_ending() -> None:
    text = "Cooled water flows through copper pipes below the turbines of each machine."
    assert one(text) == f"{GAP} water flows through copper pipes below the turbines of each {GAP}?"


def test_a_question_in_the_text_is_taken_as_it_is() -> None:
    text = "Q: Which pump brings water to the second turbine hall?\n\nA: The one below the stairs."
    assert one(text) == "Which pump brings water to the second turbine hall?"


def test_long_sentences_are_cut_so_that_they_do_not_find_themselves() -> None:
    text = "Operators " + " ".join(f"inspect{at}" for at in range(20)) + " daily."
    asked = one(text)
    assert asked.endswith(f"{GAP}?")
    assert len(asked.split()) == KEPT_WORDS + 1


@pytest.mark.parametrize(
    "text",
    [
        "| the table has many words | that would make a good question |",
        "```\nthe code has many words that would make a good question here.\n```",
        "- an item has many words that would make a good question here.",
        "Too short to ask.",
        "It is as it was and it will be as it has been for us.",
        "Call pump.start() with a number larger than seven before the turbines run.",
    ],
    ids=["table", "code", "item", "short", "empty words", "call"],
)
def test_what_makes_no_question_is_left_out(text: str) -> None:
    assert draft([passage(text)], 5) == []


def test_signs_of_markdown_are_not_asked() -> None:
    text = (
        "The **pump** is *always* described in the [manual](https://x.org) of the `turbine` hall."
    )
    assert one(text) == "What is always described in the manual of the turbine hall?"


def test_every_document_has_its_first_question_before_any_has_its_second() -> None:
    text = "The {} is checked every morning before the turbines reach full load."
    passages = [
        passage(text.format(f"pump{at}{n}").replace("morning", f"m{at}{n}"), f"H{n}", f"{at}.md")
        for at in "abc"
        for n in range(3)
    ]
    found = draft(passages, 4)
    assert [one.relevant[0].source for one in found] == ["a.md", "b.md", "c.md", "a.md"]
    assert len({one.id for one in found}) == 4
    assert draft(passages, 4) == found


def test_a_second_question_about_a_section_comes_after_the_first_about_all() -> None:
    first = "The pump is checked every morning before the turbines reach full load."
    second = "Operators inspect valves, gauges, filters and hoses once before noon."
    other = "The valve is opened slowly while the second boiler heats up."
    found = draft([passage(f"{first} {second}", "A"), passage(other, "B")], 9)
    assert [one.relevant[0].heading for one in found] == ["A", "B", "A"]


def test_the_same_question_is_drafted_once() -> None:
    text = "The pump is checked every morning before the turbines reach full load."
    assert len(draft([passage(text, "A"), passage(text, "B")], 5)) == 1


def test_three_of_ten_are_held_out() -> None:
    passages = [
        passage(f"The pump is checked on day{at} before all turbines reach full load.", f"H{at}")
        for at in range(20)
    ]
    assert sum(one.held_out for one in draft(passages, 20)) == 6


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    small = small_project(tmp_path / "project")
    monkeypatch.chdir(small.folder)
    monkeypatch.setenv("DATABASE_URL", small.settings.database_url)
    return small


def test_a_corpus_can_be_evaluated_with_its_drafts(
    small: Small, capsys: pytest.CaptureFixture[str]
) -> None:
    small.golden.unlink()
    assert main(["draft-golden"]) == 0
    assert "Read each line" in capsys.readouterr().out
    drafts = read_golden(small.golden)
    assert len(drafts) > len(SECTIONS) / 2
    assert {one.kind for one in drafts} == {"draft"}
    evaluate(small.settings, lambda _: None)


def test_nobodys_work_is_overwritten(small: Small, capsys: pytest.CaptureFixture[str]) -> None:
    before = small.golden.read_bytes()
    assert main(["draft-golden"]) == 1
    assert "--to" in capsys.readouterr().err
    assert small.golden.read_bytes() == before
    assert main(["draft-golden", "--to", "new/drafts.jsonl", "--count", "3"]) == 0
    assert len(read_golden(small.folder / "new" / "drafts.jsonl")) == 3


def test_where_nothing_can_be_written_two_lines_say_so(
    small: Small, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.settings.read_settings", lambda: small.settings)
    file = small.folder / "project.toml" / "new.jsonl"  # its folder is a file
    assert main(["draft-golden", "--to", str(file)]) == 1
    problem, remedy = capsys.readouterr().err.splitlines()
    assert problem.startswith(f"error: {file.parent}: ")
    assert remedy.startswith("   do: ")


def test_documents_without_sentences_are_left_to_a_person(small: Small) -> None:
    from app.proving.drafting import draft_golden

    for file in (small.folder / "documents").iterdir():
        file.write_text("# Words\n\nOne two.\n", encoding="utf-8")
    small.ingest()
    with pytest.raises(UserError, match="No sentence"):
        draft_golden(small.settings, small.folder / "none.jsonl", 5)


@pytest.mark.parametrize("count", ["0", "1001", "many", "-1"])
def test_a_count_is_a_number(count: str) -> None:
    assert main(["draft-golden", "--count", count]) == 2


def test_what_is_in_the_index_is_read_in_its_order(small: Small) -> None:
    from app.proving.contents import passages_of

    with closing(open_index(small.settings.database_url)) as index:
        headings = [one.headings for one in passages_of(index) if one.source == "cats.md"]
    assert headings == [("Cats", "Food"), ("Cats", "Sleep")]
