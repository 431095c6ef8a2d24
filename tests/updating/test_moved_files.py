"""Files that moved are known by what the template says, else by looking alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.errors import RequestError
from scaffold.update import renames
from scaffold.update.files import File

if TYPE_CHECKING:
    from pathlib import Path

LONG = "".join(f"line number {number} says something\n" for number in range(20))


def files(**texts: str) -> dict[str, File]:
    return {f"{name}.py": File(text.encode()) for name, text in texts.items()}


def test_the_same_bytes_elsewhere_are_a_move() -> None:
    assert renames.by_release(files(old=LONG), files(new=LONG), {}) == {"old.py": "new.py"}


def test_a_moved_file_may_change_meanwhile() -> None:
    new = LONG.replace("number 3", "number three").replace("number 7", "number seven")
    assert renames.by_release(files(old=LONG), files(new=new), {}) == {"old.py": "new.py"}


def test_two_that_merely_look_alike_are_no_move() -> None:
    half = "".join(LONG.splitlines(keepends=True)[:11])
    other = half + "".join(f"quite another thing {number} here\n" for number in range(9))
    assert renames.by_release(files(old=LONG), files(new=other), {}) == {}


def test_short_files_are_no_move() -> None:
    assert renames.by_release(files(old="x = 1\n"), files(new="x = 1\n"), {}) == {}


def test_each_goes_to_the_one_that_is_most_alike() -> None:
    less, more = LONG.replace("number 1", "NUMBER 1"), LONG.replace("number 19", "NUMBER 19")
    old = files(one=LONG)
    assert renames.by_release(old, files(less=less, more=more), {}) == {"one.py": "more.py"}


def test_the_template_knows_better() -> None:
    old, new = files(old=LONG, dropped=LONG), files(new="unlike\n", alike=LONG)
    named = {"old.py": "new.py", "dropped.py": None}
    assert renames.by_release(old, new, named) == {"old.py": "new.py"}


def test_what_moved_in_two_releases_is_followed() -> None:
    named: dict[str, str | None] = {"one.py": "two.py", "two.py": "three.py"}
    assert renames.by_release(files(one=LONG), files(three="x"), named) == {"one.py": "three.py"}
    assert renames.by_release(files(two=LONG), files(three="x"), named) == {"two.py": "three.py"}


def test_a_name_that_leads_in_a_circle_is_followed_no_further() -> None:
    named: dict[str, str | None] = {"one.py": "two.py", "two.py": "one.py"}
    assert renames.by_release(files(one=LONG), files(three="x"), named) == {}


@pytest.mark.parametrize("text", ["- a list\n", "app/old.py: /app/new.py\n", "/a: [", "/a: b\n"])
def test_a_list_of_moves_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "templates" / "tiny"
    folder.mkdir(parents=True)
    (folder / "renames.yml").write_text(text, encoding="utf-8")
    with pytest.raises(RequestError, match=r"templates/tiny/renames\.yml cannot be understood"):
        renames.read(tmp_path, "tiny")


def test_the_list_of_moves_is_read_and_may_be_missing(tmp_path: Path) -> None:
    assert renames.read(tmp_path, "tiny") == {}
    folder = tmp_path / "templates" / "tiny"
    folder.mkdir(parents=True)
    (folder / "renames.yml").write_text("/a.md: /b/c.md\n/d.md: null\n", encoding="utf-8")
    assert renames.read(tmp_path, "tiny") == {"a.md": "b/c.md", "d.md": None}
