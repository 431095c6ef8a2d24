"""Reports: the same each time, with what is needed to check them, and nothing about whose."""

import gzip
import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from app.evidence.intervals import wilson
from app.evidence.origin import inputs, machine
from app.evidence.report import (
    Drawn,
    as_lines,
    describe,
    differences,
    number,
    pack_rows,
    read_report,
    write_report,
)
from app.service.errors import UserError
from app.service.version import TemplateFacts

ROWS = [{"id": "b", "label": 1.0}, {"id": "ä", "label": 0.0}]


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "code.py").write_text("1\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("words\n", encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    return tmp_path


def test_equal_rows_give_equal_bytes_in_whichever_order_they_name_their_fields() -> None:
    turned = [dict(reversed(row.items())) for row in ROWS]
    assert pack_rows(turned) == pack_rows(ROWS)


def test_rows_lie_beside_the_report_with_the_digest_of_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "reports" / "evaluation.json"
    write_report(file, {"schema": 1}, ROWS)
    said = read_report(file)["rows"]
    lines = gzip.decompress((file.parent / said["file"]).read_bytes())
    assert hashlib.sha256(lines).hexdigest() == said["sha256"]
    assert [json.loads(line) for line in lines.splitlines()] == ROWS


def test_a_report_that_is_not_written_whole_leaves_the_one_before_with_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "evaluation.json"
    write_report(file, {"schema": 1}, ROWS)
    before = {one: one.read_bytes() for one in tmp_path.iterdir()}
    assert len(before) == 2
    # The rows are there when the disk is full, and so are the first signs of the report.
    left = iter([None, OSError(28, "No space left on device")])

    def full(_: int) -> None:
        if error := next(left):
            raise error

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_report(file, {"schema": 1, "new": 1}, ROWS[:1])
    assert {one: one.read_bytes() for one in tmp_path.iterdir()} == before


def test_the_same_numbers_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_report(tmp_path / name / "x.json", {"schema": 1, "b": 1, "a": 2}, ROWS)
    for name in ("x.json", "x.rows.jsonl.gz"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_what_is_not_known_is_null_and_never_zero() -> None:
    assert number(None, "dollars", 0)["value"] is None
    assert number(float("nan"), "", 3)["value"] is None


def test_a_number_brings_its_interval_and_how_it_was_found() -> None:
    found = number(0.5, "", 10, drawn=Drawn(wilson(5, 10), "answer"))
    assert found["low"] < 0.5 < found["high"]
    assert found["interval"]["method"] == "wilson"
    assert found["interval"]["unit"] == "answer"


def test_a_report_says_nothing_about_whose_machine_it_was(repository: Path) -> None:
    assert set(machine()) == {"system", "architecture", "cpus", "python"}
    content = describe("evaluation", repository, TemplateFacts("x", "v1"), demo_data=True)
    assert str(repository) not in json.dumps(content)


def test_the_state_of_code_and_data_is_that_of_the_commit(repository: Path) -> None:
    found = inputs(repository)
    tree = subprocess.check_output(["git", "rev-parse", "HEAD:app"], cwd=repository, text=True)
    assert found["trees"]["app"] == tree.strip()
    assert found["trees"]["uv.lock"] is None
    assert found["dirty"] is False


@pytest.mark.parametrize(
    ("name", "dirty"),
    [("app/code.py", True), ("app/new.py", True), ("README.md", False), ("reports/x", False)],
)
def test_dirty_is_about_what_numbers_depend_on(repository: Path, name: str, dirty: bool) -> None:  # noqa: FBT001
    (repository / name).parent.mkdir(exist_ok=True)
    (repository / name).write_text("2\n", encoding="utf-8")
    assert inputs(repository)["dirty"] is dirty


def test_without_a_commit_the_state_is_unknown(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    assert inputs(tmp_path) == {"commit": None, "trees": None, "dirty": None}


def test_reports_differ_where_a_number_differs_and_not_in_date_or_rounding() -> None:
    before = {"date": "x", "a": {"b": 0.5, "n": 3}, "inputs": {"commit": "1", "dirty": False}}
    now = {"date": "y", "a": {"b": 0.5 + 1e-9, "n": 3}, "inputs": {"commit": "2", "dirty": False}}
    assert list(differences(before, now)) == []
    now["a"] = {"b": 0.51, "n": 4}
    assert list(differences(before, now)) == ["/a/b: 0.5, now 0.51", "/a/n: 3, now 4"]


def test_numbers_are_shown_with_place_interval_and_promise() -> None:
    promised = number(120.0, "MB", 3) | {"budget": 100.0, "kept": False}
    lines = list(as_lines({"inputs": {"n": 1}, "predict": {"memory": promised}}))
    assert len(lines) == 1
    assert lines[0].split() == ["/predict/memory", "120", "MB", "n=3", "OVER", "100"]


@pytest.mark.parametrize("text", [None, "{", "[]", '{"schema": 2}'])
def test_a_file_that_is_no_report_is_refused(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "benchmark.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as refusal:
        read_report(file)
    assert "app bench" in refusal.value.remedy
