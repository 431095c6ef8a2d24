"""Reports: what is written, the spreadsheet that calculates nothing, the document, the terminal."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from scaffold.check.finding import Finding
from scaffold.check.signals import Next
from scaffold.cli import told_report
from scaffold.cli.verbs import cohort
from scaffold.cohort import facts, page, report, rubric_file, said, spreadsheet
from scaffold.cohort.nudge import Nudges
from scaffold.cohort.standing import Asked, Standing
from scaffold.errors import OutsideError
from tests.cohort import drawn
from tests.cohort.clones import BEFORE, MINUTE, NOW, Room, answer
from tests.small_pack import write

if TYPE_CHECKING:
    from pathlib import Path

RUBRIC = '[[criteria]]\ntitle = "Answered"\npoints = 7\nneeds = ["PF101", "in time"]\n'
FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\uff1d1",
    "a;=1",
    "a\t+1",
)


@pytest.fixture
def two(tmp_path: Path, pack: Path) -> Room:
    """Zoe answered in time, Ada did nothing; a third was never collected."""
    its = Room(
        tmp_path / "class",
        pack,
        ("zoe", "ada", "nobody"),
        'due = 2027-02-01T23:59:00+01:00\nmust_pass = ["PF101"]',
    )
    answer(its.make("zoe"), BEFORE + MINUTE)
    its.make("ada", "v0.1.0")
    write(its.folder, "rubric.toml", RUBRIC)
    return its


def made(its: Room) -> report.Report:
    klass = its.klass
    kept = rubric_file.read(klass.folder, klass.assignments)
    return report.make(klass, its.tasks(), Asked(NOW, kept))


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_three_files_are_written_and_say_the_same(two: Room) -> None:
    found = made(two)
    assert sorted(one.name for one in found.files) == ["report.csv", "report.html", "report.json"]
    assert sorted(one.name for one in (two.folder / "reports").iterdir()) == [
        *("report.csv", "report.html", "report.json")
    ]
    document = json.loads((two.folder / "reports/report.json").read_text(encoding="utf-8"))
    raw = (two.folder / "reports/report.csv").read_bytes()
    rows = cells(raw.decode("utf-8"))
    html = (two.folder / "reports/report.html").read_text(encoding="utf-8")
    assert document["schema"] == 1
    assert document["made"] == "2027-03-03T22:59:00+00:00"
    assert [one["username"] for one in document["learners"]] == ["ada", "nobody", "zoe"]
    assert [one["username"] for one in rows] == ["ada", "nobody", "zoe"]
    expected: list[dict[str, Any]] = [
        {"due": "overdue", "state": "read", "points": "0", "behind": "1", "commits_own": "0"},
        {"due": "not known", "state": "not collected", "points": "0", "points_open": "7"},
        {"due": "in time", "state": "read", "points": "7", "behind": "0", "commits_own": "1"},
    ]
    for row, one in zip(rows, expected, strict=True):
        assert {key: row[key] for key in one} == one
    assert document["learners"][2]["score"]["points"] == 7
    assert document["learners"][0]["must_pass"]["missing"] == ["PF101"]
    for name in ("ada", "nobody", "zoe"):
        assert f">{name}</button>" in html


def test_a_report_of_a_part_leaves_that_of_the_class(
    two: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (two.folder / "class.toml").read_text(encoding="utf-8")
    second = text[text.index("[assignments.first]") :].replace("first", "second")
    write(two.folder, "class.toml", text + second)
    monkeypatch.chdir(two.folder)
    runner = CliRunner()
    for words in ((), ("--only", "ada"), ("first",), ("second", "--only", "zoe")):
        done = runner.invoke(cohort.verb, ["report", *words])
        assert done.exit_code == 0, done.output
    lines = {
        file.stem: len(json.loads(file.read_text(encoding="utf-8"))["learners"])
        for file in (two.folder / "reports").glob("*.json")
    }
    assert lines == {"report": 6, "report-first": 3, "some-learners": 1}
    assert f"reports{os.sep}some-learners.csv" in done.output


def test_the_spreadsheet_is_rfc_4180_and_its_columns_stay(two: Room) -> None:
    text = spreadsheet.text(made(two).standings)
    assert text.startswith("\ufeffassignment,username,name,section,state,reason,due,due_date,")
    lines = text.split("\r\n")
    assert lines[-1] == ""
    assert "\n" not in "".join(lines)
    assert tuple(cells(text)[0]) == facts.COLUMNS
    assert len(set(facts.COLUMNS)) == len(facts.COLUMNS)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text: str) -> None:
    shown = spreadsheet.cell(text)
    for divider in ";\t|":
        for part in shown.split(divider):
            assert not part.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))
    assert shown[0] not in "\t\r\n"


@given(st.text(alphabet="=+-@;|\t\r\n ',\"a1\uff1d\u202e", max_size=12))
def test_whatever_a_learner_writes_is_no_formula(text: str) -> None:
    one = replace(drawn.class_of(1)[0], next=Next("PF101", Finding(said.plain(text)), "x"))
    read = cells(spreadsheet.text([one]))[0]["next"]
    for divider in ";|\t":
        for part in read.split(divider):
            assert not part.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))


@given(st.text(max_size=300))
def test_plain_text_is_one_line_that_steers_nothing(text: str) -> None:
    shown = said.plain(text)
    assert len(shown.splitlines()) <= 1
    assert shown.isprintable() or not any(
        mark in shown for mark in "\x1b\x07\x9b\u202e\u2066\u200f\x00"
    )


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://a.dev/x?token=1#y", "https://a.dev/x"),
        ("https://u:p@a.dev:8443/x", "https://a.dev:8443/x"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://", ""),
        ("https://a.dev:x/", ""),
        ("http://[::1]/", ""),
        ("https://a.dev/\n\x1b[2J", "https://a.dev/[2J"),
    ],
)
def test_an_address_is_one_that_a_page_may_link(text: str, address: str) -> None:
    assert said.address(text) == address


def test_a_disk_that_refuses_leaves_the_old_reports(
    two: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(two)
    file = two.folder / "reports/report.html"
    before = file.read_bytes()

    def refuse(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spreadsheet, "text", refuse)
    with pytest.raises(OutsideError, match="No space left"):
        made(two)
    assert file.read_bytes() == before
    assert len(list(file.parent.iterdir())) == 3


def test_reports_of_a_class_that_went_are_no_bug(two: Room) -> None:
    shutil.rmtree(two.folder / "repositories")
    found = made(two)
    assert {one.state for one in found.standings} == {"not collected"}


def test_the_terminal_has_a_line_for_each_of_few(
    two: Room, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(two.folder)
    told_report.tell(made(two))
    said_lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert said_lines[0] == "ML, spring"
    assert said_lines[2:4] == [
        "Assignment  In time  Not known  Overdue  Behind  Not read",
        "first             1          1        1       1         1",
    ]
    assert any(line.startswith("zoe      first") and "in time" in line for line in said_lines)
    assert "Nothing was collected yet: `scaffold cohort collect`." in said_lines
    assert said_lines[-3:] == [f"reports/report.{one}" for one in ("html", "csv", "json")]


def test_the_terminal_says_why_somebody_gets_no_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    untried = Standing(drawn.task("ada", "Ada"), "not collected", "Run `scaffold cohort collect`.")
    refused = Standing(drawn.task("zoe", "Zoe"), "not collected", "The repository holds 321 MB.")
    told_report.nudged(drawn.klass(), Nudges((), (untried, refused)))
    out = capsys.readouterr().out
    assert (
        "None to first-api/ada: never collected. Run `scaffold cohort collect --class /class`."
        in out
    )
    assert "None to first-api/zoe: The repository holds 321 MB." in out


def test_the_terminal_has_counts_of_many(capsys: pytest.CaptureFixture[str]) -> None:
    told_report.tell(drawn.report(drawn.class_of(500)))
    out = capsys.readouterr().out
    assert "learner-000" not in out
    assert len(out.splitlines()) < 12
    assert "with conflicts" in out


def test_a_page_of_500_is_made_in_a_moment_and_is_small() -> None:
    text = page.text(drawn.report(drawn.class_of(500)))
    assert len(text) < 3_000_000
    assert text.count("<tbody data-at=") == 500


def test_what_the_page_loads_is_nothing_and_its_script_is_ours() -> None:
    one = replace(
        drawn.class_of(3)[1],
        next=Next(
            "PF101", Finding("<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"), ""
        ),
        live="https://loud.dev/",
        questions=("</details><script>x</script>",),
    )
    evil = drawn.task("ada", "<b>Ada</b></title>")
    text = page.text(drawn.report([one, Standing(evil, "gone", "`<i>x</i>`", due="overdue")]))
    assert text.count("<script") == 1
    for bad in (
        "<img",
        "<b>",
        "<i>",
        "src=",
        "@import",
        "url(",
        "<link",
        "<iframe",
        "onerror=alert(1)>",
    ):
        assert bad not in text.replace("src=x onerror=alert(1)&gt;", "")
    assert "default-src 'none'" in text
