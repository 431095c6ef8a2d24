"""What counts as the author's, whatever release a repository says that it is from."""

from __future__ import annotations

import gzip
import json
import random
import tomllib
from typing import TYPE_CHECKING

import pytest

from scaffold.check.facts import own
from scaffold.check.facts.given import Given
from scaffold.check.facts.shares import data
from scaffold.check.facts.tree import Tree
from tests.check import growing

if TYPE_CHECKING:
    from pathlib import Path


def test_what_a_newer_release_gives_is_not_the_authors(tmp_path: Path) -> None:
    now = growing.given("supervised-api")
    before = {
        path: content for path, content in now.items() if not path.startswith("app/watching/")
    }
    tree = Tree(growing.untouched(tmp_path / "mine", "supervised-api"))
    honest = own.count(tree, Given("supervised-api", "v0.1.0", before), {})
    assert honest.lines["code"] > 100  # what a false release would win
    seen = own.count(tree, Given("supervised-api", "v0.1.0", before, now), {})
    assert seen.lines == {"code": 0, "tests": 0, "text": 0}


def test_a_moved_file_is_not_the_authors(tmp_path: Path) -> None:
    mine = growing.untouched(tmp_path / "mine", "supervised-api")
    (mine / "app/routing.py").rename(mine / "app/mine.py")
    (mine / "app/watching").rename(mine / "app/looking")
    found = own.count(Tree(mine), Given("supervised-api", "x", growing.given("supervised-api")), {})
    assert found.lines["code"] == 0


def test_a_statement_of_ones_own_counts_once_for_each_of_its_lines(tmp_path: Path) -> None:
    mine = growing.untouched(tmp_path / "mine", "supervised-api")
    text = """def odd(a: int) -> float:
    return sum(
        a**7 % 13 - b / 3.25
        for b in (a, 77)
    )
"""
    growing.write(mine, "app/odd.py", text)
    growing.write(mine, "tests/test_odd.py", "from app.odd import odd\n")
    found = own.count(Tree(mine), Given("supervised-api", "x", growing.given("supervised-api")), {})
    assert found.files["app/odd.py"] == 5  # and the head: most of the function is its author's


def test_of_a_function_that_was_only_touched_the_new_lines_count(tmp_path: Path) -> None:
    mine = growing.untouched(tmp_path / "mine", "supervised-api")
    text = (mine / "app/routing.py").read_text(encoding="utf-8")
    growing.write(mine, "app/routing.py", f"{text}\n\nODD = 7**3 % 11 - 2 / 3.25\n")
    found = own.count(Tree(mine), Given("supervised-api", "x", growing.given("supervised-api")), {})
    assert found.files["app/routing.py"] == 1


def test_a_test_of_ones_own_module_is_ones_own_however_plain_it_is(tmp_path: Path) -> None:
    mine = growing.untouched(tmp_path / "mine", "supervised-api")
    odd = "def odd(a: int) -> float:\n    return a**7 % 13 - 2 / 3.25\n"
    growing.write(mine, "app/odd.py", odd)
    plain = "def test_odd() -> None:\n    found = odd()\n    assert found == b\n"
    growing.write(mine, "tests/test_odd.py", f"from app.odd import odd\n\n\n{plain}")
    growing.write(mine, "tests/test_even.py", f"from app.routing import odd\n\n\n{plain}")
    found = own.count(Tree(mine), Given("supervised-api", "x", growing.given("supervised-api")), {})
    assert found.lines["tests"] == 2
    assert "tests/test_even.py" not in found.files


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("from app.odd import odd", True),
        ("from app import even, odd", True),
        ("from app import (\n    even,\n    odd,\n)", True),
        ("import app.odd", True),
        ("import odd_numbers", False),
        ("# odd", False),
    ],
)
def test_a_module_that_nothing_imports_is_not_counted(
    line: str, counts: bool, tmp_path: Path
) -> None:
    mine = growing.untouched(tmp_path / "mine", "supervised-api")
    growing.write(
        mine, "app/odd.py", "def odd(a: int) -> float:\n    return a**7 % 13 - 2 / 3.25\n"
    )
    growing.write(mine, "tests/test_odd.py", f"{line}\n")
    found = own.count(Tree(mine), Given("supervised-api", "x", growing.given("supervised-api")), {})
    assert bool(found.lines["code"]) == counts


def shares(folder: Path, template: str) -> dict[str, float]:
    given = Given(template, "x", growing.given(template))
    settings = tomllib.loads((folder / "project.toml").read_text(encoding="utf-8"))
    return {one.what: one.share for one in data(Tree(folder), given, settings)}


def test_paragraphs_and_questions_that_were_touched_up_are_the_starters(tmp_path: Path) -> None:
    mine = growing.untouched(tmp_path / "mine", "rag-app")
    for file in (mine / "data/corpus").rglob("*.*"):
        if file.suffix in {".md", ".txt"}:
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace("\n\n", " So it is.\n\nAs we know, "), encoding="utf-8")
    file = mine / "data/golden/questions.jsonl"
    asked = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for one in asked:
        one["question"] = f"Please, {one['question'].rstrip('?')} then?"
    file.write_text("".join(json.dumps(one) + "\n" for one in asked), encoding="utf-8")
    found = shares(mine, "rag-app")
    assert found["paragraphs"] > 0.8
    assert found["questions"] > 0.8


@pytest.mark.parametrize("share", [1.0, 0.5, 0.03])
def test_some_rows_with_their_columns_mixed_are_the_starters(share: float, tmp_path: Path) -> None:
    mine = growing.untouched(tmp_path / "mine", "supervised-api")
    file = mine / "data/rand_hie.csv.gz"
    names, *lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    draw = random.Random(3)  # noqa: S311 - the same each time
    cells = [line.split(",") for line in draw.sample(lines, int(share * len(lines)))]
    mixed = [draw.sample(column, len(column)) for column in zip(*cells, strict=True)]
    rows = [",".join(row) for row in zip(*mixed, strict=True)]
    file.write_bytes(gzip.compress("\n".join([names, *rows, ""]).encode()))
    assert shares(mine, "supervised-api")["rows"] == 1


def test_rows_of_ones_own_are_not(tmp_path: Path) -> None:
    mine = growing.untouched(tmp_path / "mine", "supervised-api")
    growing.make_own(mine)
    assert shares(mine, "supervised-api")["rows"] == 0
