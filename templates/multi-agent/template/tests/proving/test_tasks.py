"""Tasks are read strictly, and what they expect is worked out from the tables as they are."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.proving.tasks import Expected, expect, read_tasks
from app.service.errors import UserError

HEAD = '[[task]]\nname = "one"\nkind = "k"\nquestion = "Which?"\n'
FACTS = 'facts = ["SELECT name FROM boats"]\n'
PATCHED = 'exceptions = ["SELECT name FROM boats WHERE patch IS NOT NULL"]\n'
NO_ANSWER = 'answer = "SELECT name FROM boats WHERE 0"\n'
MANY = """facts = ["WITH RECURSIVE n(x) AS (SELECT 1 UNION SELECT x + 1 FROM n WHERE x < 99)
SELECT x FROM n"]""".replace("\n", " ")
BOATS = [("O'Neill", 3, None), ("Swan", 12, "tar")]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    file = tmp_path / "desk.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE boats (name, litres, patch)")
        connection.executemany("INSERT INTO boats VALUES (?, ?, ?)", BOATS)
    return file


def read(folder: Path, text: str) -> None:
    file = folder / "tasks.toml"
    file.write_text(text, encoding="utf-8")
    read_tasks(file)


def expected(folder: Path, desk: Path, text: str) -> Expected:
    file = folder / "tasks.toml"
    file.write_text(HEAD + text, encoding="utf-8")
    (task,) = read_tasks(file)
    return expect(task, desk)


def test_a_task_may_expect_all_kinds_of_things(tmp_path: Path) -> None:
    more = 'answer = "yes"\ndocuments = ["lending > Late"]\ntools = ["run_sql"]\nmost_calls = 3\n'
    asked = 'given.x = "SELECT 1"\nabsent = ["SELECT {x}"]\nexceptions = []\n'
    read(tmp_path, HEAD + FACTS + more + asked)
    read(tmp_path, f"{HEAD}refused = true\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "task: Field required"),
        ("[[task", "is no TOML"),
        (HEAD, "task one: nothing is expected"),
        (HEAD + FACTS + "fact = 1\n", "task.0.fact: there is no such key"),
        (HEAD + "facts = ['Swan']\n", "task.0.facts.0"),
        (HEAD + "facts = 'SELECT 1'\n", "task.0.facts"),
        (HEAD + FACTS + "answer = 'perhaps'\n", "its answer is neither SQL nor one of yes"),
        (HEAD + "facts = ['SELECT {x}']\n", "given.x is not there"),
        (HEAD.replace("Which?", "Which {x}?") + FACTS, "given.x is not there"),
        (HEAD + FACTS + "given.x = 'SELECT 1'\n", "given.x is not used"),
        (HEAD + FACTS + "most_calls = -1\n", "task.0.most_calls"),
        (HEAD + FACTS + "refused = true\n", "what is refused has no memo"),
        (HEAD + "documents = ['a']\nrefused = true\n", "what is refused has no memo"),
        (HEAD + "answer = 'no'\nrefused = true\n", "what is refused has no memo"),
        (HEAD + FACTS + HEAD + FACTS, "there are two tasks one"),
        (HEAD.replace("one", "One") + FACTS, "task.0.name"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, text)
    assert told in caught.value.problem
    assert "tasks.toml" in caught.value.problem


def test_tasks_that_are_not_there_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="can't be read"):
        read_tasks(tmp_path / "none.toml")


def test_facts_are_every_value_of_every_row_once(tmp_path: Path, desk: Path) -> None:
    found = expected(tmp_path, desk, 'facts = ["SELECT * FROM boats", "SELECT 12"]\n')
    assert found.facts == ("O'Neill", "3", "Swan", "12", "tar")


def test_a_question_is_about_what_is_there(tmp_path: Path, desk: Path) -> None:
    text = (
        'given.boat = "SELECT min(name) FROM boats"\n'
        'facts = ["SELECT litres FROM boats WHERE name = {boat}"]\n'
        'absent = ["SELECT name FROM boats WHERE name <> {boat}"]\n'
        "answer = \"SELECT CASE {boat} WHEN 'Swan' THEN 'yes' ELSE 'no' END\"\n"
    )
    task = HEAD.replace("Which?", "What of {boat}?")
    file = tmp_path / "tasks.toml"
    file.write_text(task + text, encoding="utf-8")
    found = expect(read_tasks(file)[0], desk)
    assert found.question == "What of O'Neill?"
    assert (found.facts, found.absent, found.answer) == (("3",), ("Swan",), "no")


def test_what_is_expected_is_not_forbidden_at_once(tmp_path: Path, desk: Path) -> None:
    more = 'absent = ["SELECT name FROM boats", "SELECT 7"]\n'
    assert expected(tmp_path, desk, FACTS + more).absent == ("7",)


def test_no_exceptions_are_not_the_same_as_any(tmp_path: Path, desk: Path) -> None:
    assert expected(tmp_path, desk, FACTS).exceptions is None
    assert expected(tmp_path, desk, FACTS + "exceptions = []\n").exceptions == ()
    assert expected(tmp_path, desk, FACTS + PATCHED).exceptions == ("Swan",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('facts = ["SELECT none FROM boats"]\n', "no such column"),
        ('facts = ["SELECT name FROM boats WHERE 0"]\n', "its facts are empty"),
        (FACTS + 'given.x = "SELECT 1 WHERE 0"\nabsent = ["SELECT {x}"]\n', "this finds nothing"),
        (FACTS + 'given.x = "SELECT NULL"\nabsent = ["SELECT {x}"]\n', "this finds nothing"),
        (MANY, "that is too much"),
        (FACTS + NO_ANSWER, "this finds nothing"),
    ],
)
def test_a_reference_that_does_not_work_is_an_error_of_the_task(
    tmp_path: Path, desk: Path, text: str, told: str
) -> None:
    with pytest.raises(UserError, match="Task one") as caught:
        expected(tmp_path, desk, text)
    assert told in caught.value.problem


def test_facts_may_be_empty_where_something_else_is_expected(tmp_path: Path, desk: Path) -> None:
    empty = 'facts = ["SELECT name FROM boats WHERE 0"]\n'
    assert expected(tmp_path, desk, f'{empty}answer = "yes"\n').facts == ()
    assert expected(tmp_path, desk, f"{empty}exceptions = []\n").facts == ()
