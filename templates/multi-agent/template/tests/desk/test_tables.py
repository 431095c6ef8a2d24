"""The file of the desk: made of what is there, anew when that changed, whole or not at all."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.desk import tables
from app.desk.tables import build_desk
from app.desk.tools import Desk
from app.service.errors import UserError

from .small_desk import CARE, PLANTS, desk, project, settings, write

# Dies while it writes, as by `kill -9`.
DYING = """
import os, sys
from pathlib import Path
from app.desk import tables
from tests.desk.small_desk import project, settings
tables.store_sections = lambda *_: os._exit(9)
folder = Path(sys.argv[1])
tables.build_desk(settings(folder), project(folder))
"""


def build(folder: Path) -> Path:
    return build_desk(settings(folder), project(folder))


def described(folder: Path) -> dict[object, object]:
    return {row["table"]: row["rows"] for row in Desk(build(folder)).describe_tables()["rows"]}


def test_tables_are_described_with_columns_types_and_rows(tmp_path: Path) -> None:
    write(tmp_path, {"plants.csv": PLANTS, "a b.csv": "x,y,z\n1.5,,u\n"})
    assert Desk(build(tmp_path)).describe_tables() == {
        "rows": [
            {"table": "a_b", "columns": "x REAL, y TEXT, z TEXT", "rows": 1},
            {"table": "plants", "columns": "name TEXT, height_cm INTEGER, sold INTEGER", "rows": 3},
        ],
        "row_count": 2,
        "truncated": False,
    }


def test_the_file_is_made_once_and_again_when_something_changed(tmp_path: Path) -> None:
    write(tmp_path, {"plants.csv": PLANTS, "care.md": CARE})
    first = build(tmp_path).stat()
    assert build(tmp_path).stat() == first
    changes: list[dict[str, str | bytes]] = [
        {"plants.csv": PLANTS.replace("40", "41")},
        {"more.csv": "a\n1\n"},
        {"care.md": CARE + "\nMore.\n"},
        {"below/more.md": "# More\n\nText.\n"},
    ]
    for change in changes:
        write(tmp_path, change)
        later = build(tmp_path).stat()
        assert later.st_ino != first.st_ino or later.st_mtime_ns != first.st_mtime_ns
        first = later
    (tmp_path / "tables" / "more.csv").unlink()
    assert described(tmp_path) == {"plants": 3}


def test_a_touched_file_is_no_change(tmp_path: Path) -> None:
    write(tmp_path, {"plants.csv": PLANTS})
    first = build(tmp_path).stat()
    write(tmp_path, {"plants.csv": PLANTS})
    assert build(tmp_path).stat() == first


def test_another_format_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"plants.csv": PLANTS})
    first = build(tmp_path).stat()
    monkeypatch.setattr(tables, "VERSION", tables.VERSION + 1)
    assert build(tmp_path).stat() != first


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"x" * 5000])
def test_a_broken_file_is_made_again(tmp_path: Path, content: bytes) -> None:
    write(tmp_path, {"plants.csv": PLANTS})
    build(tmp_path).write_bytes(content)
    assert described(tmp_path) == {"plants": 3}


@pytest.mark.parametrize("content", ["", "a,b\n1\n"])
def test_a_wrong_file_is_named_and_the_old_desk_stays(tmp_path: Path, content: str) -> None:
    small = desk(tmp_path)
    write(tmp_path, {"wrong.csv": content})
    with pytest.raises(UserError, match=r"wrong\.csv"):
        build(tmp_path)
    assert small.run_sql("SELECT count(*) AS n FROM plants")["rows"] == [{"n": 3}]


def test_a_desk_whose_making_was_killed_stays_as_it_was(tmp_path: Path) -> None:
    small = desk(tmp_path)
    before = build(tmp_path).read_bytes()
    write(tmp_path, {"more.csv": "a\n1\n"})
    root = Path(__file__).parents[2]
    died = subprocess.run([sys.executable, "-c", DYING, tmp_path], cwd=root, check=False)
    assert died.returncode == 9
    assert settings(tmp_path).desk_file.read_bytes() == before
    assert small.run_sql("SELECT count(*) AS n FROM plants")["rows"] == [{"n": 3}]
    assert described(tmp_path) == {"more": 1, "plants": 3}


def test_a_desk_that_could_not_be_made_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    write(tmp_path, {"plants.csv": PLANTS})
    file = build(tmp_path)
    write(tmp_path, {"more.csv": "a\n1\n"})
    monkeypatch.setattr(tables, "store_sections", fail)
    with pytest.raises(OSError, match="No space"):
        build(tmp_path)
    assert list(file.parent.iterdir()) == [file]


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    write(tmp_path, {"a b.csv": "x\n1\n", "a-b.csv": "x\n1\n"})
    with pytest.raises(UserError, match="Two files are a table a_b"):
        build(tmp_path)


def test_with_nothing_to_look_at_the_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing to look at") as refused:
        build(tmp_path)
    assert str(tmp_path / "tables") in refused.value.problem


def test_a_file_wins_over_the_installed_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path / "nobody")])
    given = project(tmp_path, installed=True)
    write(tmp_path, {"packages.csv": "name\nx\ny\n"})
    found = Desk(build_desk(settings(tmp_path), given)).describe_tables()["rows"]
    assert {row["table"]: row["columns"] for row in found}["packages"] == "name TEXT"
    assert {row["table"] for row in found} == {"packages", "requirements"}
