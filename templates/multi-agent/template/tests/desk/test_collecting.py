"""The verb `collect`: tables of another environment, as files."""

from pathlib import Path

import pytest

from app.cli import main
from app.desk.csv_tables import read_table
from app.desk.installed import installed

from .small_desk import package


def test_another_environment_becomes_two_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "env" / "lib" / "python3.12" / "site-packages"
    package(place, "pot", "License: MIT", 'Summary: Says "hi", and more', "Requires-Dist: clay")
    for given in (tmp_path / "env", place):
        arguments = ["collect", "--from", str(given), "--to", str(tmp_path / "tables")]
        assert main(arguments) == 0
        files = [tmp_path / "tables" / f"{name}.csv" for name in ("packages", "requirements")]
        assert capsys.readouterr().out.splitlines() == [f"{one}: 1 rows." for one in files]
        assert [read_table(one).columns for one in files] == [
            one.columns for one in installed(place)
        ]
    summary = 'Says "hi", and more'
    assert read_table(files[0]).rows == [("pot", "1.0.0", "MIT", *_sizes(place), summary, 1)]


def _sizes(place: Path) -> tuple[int, int]:
    sizes = [one.stat().st_size for one in place.rglob("*") if one.is_file()]
    return sum(sizes), len(sizes)


def test_a_folder_without_packages_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "tables"
    assert main(["collect", "--from", str(tmp_path / "nowhere"), "--to", str(to)]) == 1
    assert "There are no packages in" in capsys.readouterr().err
    assert not to.exists()
