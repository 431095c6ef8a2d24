"""A playbook that could go wrong in the middle of a run is refused before it, in words."""

from pathlib import Path

import pytest

from app.model.playbook import Playbook
from app.model.reading import check_workers, read_playbook
from app.service.errors import UserError

from .talking import BOOK, model

TOOLS = {"analyst": ("run_sql", "calculate"), "researcher": ("search_documents",)}


def book(folder: Path, text: str = BOOK) -> Playbook:
    return model(folder, text).playbook


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('refusal = "Only boats."', "", "refusal: Field required"),
        ('title = "The harbour"', 'titel = "The harbour"', "titel: there is no such key"),
        ('name = "harbour"', 'name = "leaks"', "there are two plays leaks"),
        ('name = "sections"', 'name = "leaking"', "there are two calls leaking"),
        ('name = "patched"', 'name = "patched2"', "call.1.name"),
        ("Find the rules of the harbour.", "Find the boats that leak.", "two goals"),
        ("Find the rules of the harbour.", " Find the rules. ", "blanks around it"),
        ("Find the rules of the harbour.", "x" * 1001, "1000 characters"),
        ("{leaking.first.boat|sql}", "{sunk.first.boat|sql}", "it needs sunk"),
        ("{leaking.first.boat|sql}", "{captain.count}", "it needs captain"),
        ("{leaking.first.boat|sql}", "{boat|sql}", "call captain: {boat} can't be filled in"),
        ("{litres} l.", "{Litres} l.", "line 1: {Litres} can't be filled in"),
        ('reason = "{how}"', 'reason = "{patched.last.how}"', "exception 1"),
        ('if_any = "captain"', 'if_any = "sailor"', "there is no call sailor"),
        ('no_if = ["leaking"]', 'no_if = ["sunk"]', "there is no call sunk"),
        ('each = "patched"', 'each = "mended"', "there is no call mended"),
        ('words = ["rules", "sail"]', "words = []", "words"),
        ('words = ["rules", "sail"]', 'words = [""]', "words.0"),
        ("[[play]]", "[play", "is no TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in BOOK
    with pytest.raises(UserError) as caught:
        book(tmp_path, BOOK.replace(old, new))
    assert told in caught.value.problem
    assert "playbook.toml" in caught.value.problem
    assert caught.value.remedy


def test_a_playbook_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="can't be read"):
        read_playbook(tmp_path / "none.toml")


def test_goals_that_do_not_fit_into_one_task_are_told(tmp_path: Path) -> None:
    plays = [
        BOOK[BOOK.index('[[play]]\nname = "harbour"') :]
        .replace('name = "harbour"', f'name = "{one}"')
        .replace('name = "sections"', f'name = "s_{one}"')
        .replace('each = "sections"', f'each = "s_{one}"')
        .replace("Find the rules of the harbour.", one * 900)
        for one in "abc"
    ]
    with pytest.raises(UserError, match="2,702 characters together"):
        book(tmp_path, 'refusal = "No."\n' + "\n".join(plays))


def test_workers_and_tools_have_to_exist(tmp_path: Path) -> None:
    file, plays = tmp_path / "playbook.toml", book(tmp_path)
    check_workers(plays, file, TOOLS)
    with pytest.raises(UserError, match=r"play harbour: project\.toml has no worker researcher"):
        check_workers(plays, file, {"analyst": TOOLS["analyst"]})
    with pytest.raises(UserError, match=r"call leaking: .* no tool run_sql") as caught:
        check_workers(plays, file, TOOLS | {"analyst": ("calculate",)})
    assert caught.value.remedy == "It has: calculate."


@pytest.mark.parametrize(
    ("question", "plays"),
    [
        ("Does it LEAK?", ["leaks"]),
        ("May we sail?", ["leaks", "harbour"]),
        ("A leakage?", []),
        ("Do sails leak, and at what price?", []),
        ("", []),
    ],
)
def test_whole_words_choose_the_plays(tmp_path: Path, question: str, plays: list[str]) -> None:
    assert [one.name for one in book(tmp_path).of_question(question)] == plays


def test_a_phrase_may_be_broken_into_lines(tmp_path: Path) -> None:
    text = BOOK.replace('words = ["leak", "sail"]', 'words = ["take in"]')
    assert book(tmp_path, text).of_question("Which boats take\n  in water?")


def test_also_and_unless_narrow_a_play(tmp_path: Path) -> None:
    words = 'words = ["leak", "sail"]'
    narrow = f'{words}\nalso = ["water"]\nunless = ["rain"]'
    plays = book(tmp_path, BOOK.replace(words, narrow))
    assert plays.of_question("Do we leak water?")
    assert not plays.of_question("Do we leak?")
    assert not plays.of_question("Do we leak rain water?")


def test_the_topic_is_the_question_without_common_words(tmp_path: Path) -> None:
    asked = book(tmp_path).asked
    assert asked("What do the rules say about dogs?")["topic"] == "do dogs"
    assert asked("The rules?")["topic"] == "The rules?"


def test_a_task_is_recognised_by_whole_goals(tmp_path: Path) -> None:
    plays = book(tmp_path)
    both = "Find the rules of the harbour.\nFind the boats that leak."
    assert [one.name for one in plays.of_goal(both)] == ["leaks", "harbour"]
    assert not plays.of_goal("Find the boats that leak. And more.")
