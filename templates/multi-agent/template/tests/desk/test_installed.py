"""What packages say about themselves, here and in other environments."""

import csv
import json
import sys
from importlib.metadata import distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app.desk.csv_tables import Table
from app.desk.installed import fingerprint, installed

from .small_desk import package


@pytest.fixture(scope="module")
def here() -> dict[str, Table]:
    return {table.name: table for table in installed()}


def table(folder: Path, name: str) -> list[dict[str, object]]:
    found = {one.name: one for one in installed(folder)}[name]
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def edges(folder: Path) -> set[tuple[object, ...]]:
    return {tuple(row.values()) for row in table(folder, "requirements")}


def test_the_columns_are_those_that_were_promised(here: dict[str, Table]) -> None:
    promised = ("name", "version", "licence", "size_bytes", "files", "summary", "shipped")
    assert here["packages"].columns == promised
    assert here["requirements"].columns == ("package", "requires", "extra")


def test_each_package_is_there_once_with_its_version(here: dict[str, Table]) -> None:
    names = {str(row[0]): row[1] for row in here["packages"].rows}
    assert len(names) == len(here["packages"].rows)
    assert all(name == canonicalize_name(name) for name in names)
    assert names == {name: version(name) for name in names}
    unlisted = {canonicalize_name(one.name) for one in distributions()} - names.keys()
    assert all(_editable(name) for name in unlisted)


def _editable(name: str) -> bool:
    texts = [one.read_text("direct_url.json") for one in distributions(name=name)]
    return any(text and json.loads(text)["dir_info"]["editable"] for text in texts)


def test_sizes_are_those_of_the_files_that_records_list(here: dict[str, Table]) -> None:
    told = {str(row[0]): (row[3], row[4]) for row in here["packages"].rows}
    counted = {}
    for one in distributions():
        record, place = one.read_text("RECORD"), Path(str(one.locate_file("")))
        name = canonicalize_name(one.name)
        if record is not None and record.count("\n") < 200 and name in told:
            paths = [place / row[0] for row in csv.reader(record.splitlines()) if row]
            sizes = [path.stat().st_size for path in paths if path.exists()]
            counted[name] = (sum(sizes), len(sizes))
    assert counted.items() <= told.items()
    assert len(counted) > 10


def test_requirements_without_extras_are_those_of_the_metadata(here: dict[str, Table]) -> None:
    told = {row[:2] for row in here["requirements"].rows if row[2] == ""}
    asked = set()
    for one in distributions():
        for text in one.requires or ():
            wanted = Requirement(text)
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                asked.add((canonicalize_name(one.name), canonicalize_name(wanted.name)))
    assert told == asked


def test_names_are_normalised_and_markers_hold_here(tmp_path: Path) -> None:
    package(
        tmp_path,
        "My.Odd_Name",
        "Requires-Dist: Other_Thing (>=1.0)",
        "Requires-Dist: never; python_version < '3'",
        "Requires-Dist: always; python_version > '3'",
        "Requires-Dist: elsewhere; sys_platform == 'amiga'",
    )
    expected = {("my-odd-name", "other-thing", ""), ("my-odd-name", "always", "")}
    assert edges(tmp_path) == expected
    assert table(tmp_path, "packages")[0]["name"] == "my-odd-name"


def test_an_extra_counts_only_where_somebody_asks_for_it(tmp_path: Path) -> None:
    extras = ["Provides-Extra: fast", "Provides-Extra: slow", "Provides-Extra: all"]
    package(
        tmp_path,
        "engine",
        *extras,
        "Requires-Dist: wheels",
        "Requires-Dist: rocket; extra == 'fast'",
        "Requires-Dist: snail; extra == 'slow'",
        "Requires-Dist: engine[fast]; extra == 'all'",
    )
    assert edges(tmp_path) == {("engine", "wheels", "")}
    package(tmp_path, "car", "Requires-Dist: engine[All]")
    assert edges(tmp_path) == {
        ("engine", "wheels", ""),
        ("car", "engine", ""),
        ("engine", "engine", "all"),
        ("engine", "rocket", "fast"),
    }


def test_extras_that_ask_for_each_other_come_to_an_end(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        package(
            tmp_path, one, "Provides-Extra: x", f"Requires-Dist: {other}[x, nowhere]; extra == 'x'"
        )
    package(tmp_path, "c", "Requires-Dist: a[x]")
    assert edges(tmp_path) == {("c", "a", ""), ("a", "b", "x"), ("b", "a", "x")}


def test_shipped_is_what_your_own_project_needs(tmp_path: Path) -> None:
    own = package(tmp_path, "mine", "Requires-Dist: server")
    (own / "direct_url.json").write_text('{"url": "file:///x", "dir_info": {"editable": true}}')
    package(tmp_path, "server", "Requires-Dist: parser")
    package(tmp_path, "parser", "Requires-Dist: server")
    package(tmp_path, "linter")
    shipped = {row["name"]: row["shipped"] for row in table(tmp_path, "packages")}
    assert shipped == {"server": 1, "parser": 1, "linter": 0}
    assert ("mine", "server", "") in edges(tmp_path)


def test_without_a_project_of_your_own_everything_is_shipped(tmp_path: Path) -> None:
    package(tmp_path, "server")
    assert [row["shipped"] for row in table(tmp_path, "packages")] == [1]


def test_files_that_are_missing_are_not_counted(tmp_path: Path) -> None:
    files = {"thing/a.py": "x" * 100, "thing/b.py": "y" * 10}
    place = package(tmp_path, "thing", "Summary:  Does it. ", files=files)
    whole = table(tmp_path, "packages")[0]
    (tmp_path / "thing" / "a.py").unlink()
    less = table(tmp_path, "packages")[0]
    assert (int(str(whole["size_bytes"])) - int(str(less["size_bytes"])), less["files"]) == (100, 3)
    assert less["summary"] == "Does it."
    (place / "RECORD").unlink()
    row = table(tmp_path, "packages")[0]
    assert (row["size_bytes"], row["files"]) == (0, 0)


def test_a_broken_installation_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "empty-1.0.dist-info").mkdir()
    nameless = package(tmp_path, "nameless")
    (nameless / "METADATA").write_text("Version: 1.0\n")
    lines = ("Requires-Dist: ???", "Requires-Dist: b; extra ==", "Requires-Dist: c")
    odd = package(tmp_path, "odd", *lines)
    (odd / "direct_url.json").write_text("not json")
    assert [row["name"] for row in table(tmp_path, "packages")] == ["odd"]
    assert edges(tmp_path) == {("odd", "c", "")}


def test_of_two_installations_the_one_that_is_imported_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("first", "second"):
        package(tmp_path / folder, "twice", f"Summary: {folder}")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "first"), str(tmp_path / "second")])
    assert [row[5] for row in installed()[0].rows] == ["first"]


def test_an_empty_folder_has_no_packages(tmp_path: Path) -> None:
    assert [(one.name, one.rows) for one in installed(tmp_path)] == [
        ("packages", []),
        ("requirements", []),
    ]


def test_the_fingerprint_changes_with_what_is_installed(tmp_path: Path) -> None:
    package(tmp_path, "a")
    first = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == first
    place = package(tmp_path, "b")
    (place / "RECORD").unlink()
    assert fingerprint(tmp_path) != first
