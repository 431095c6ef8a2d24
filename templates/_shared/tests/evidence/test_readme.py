"""Numbers in README and docs: only digits change, and a link that leads nowhere is named."""

from pathlib import Path

import pytest

from app.evidence.readme import Claim, refresh
from app.evidence.report import write_report
from app.service.errors import UserError

CLAIMS = (
    Claim("It ranks", "evaluation.json", "/champion/ap", 3, "uv run app evaluate"),
    Claim("It is free", "evaluation.json", "/champion/nothing", 2, "uv run app evaluate"),
    Claim("It is cheap", "benchmark.json", "/predict/cost", 2, "uv run app bench"),
)
LINK = "reports/evaluation.json#/champion/ap"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    ap = {"value": 0.57849, "low": 0.5, "high": 0.64, "unit": "", "n": 1379}
    numbers = {"ap": ap, "rows": 12345, "name": "boosting", "nothing": {"value": None}}
    content = {"schema": 1, "demo_data": True, "champion": numbers, "a/b": {"c~d": -0.0001}}
    content["inputs"] = {"dirty": True}
    write_report(tmp_path / "reports" / "evaluation.json", content, [])
    return tmp_path


def written(project: Path, text: str, name: str = "README.md", *, check: bool = False) -> str:
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_bytes(text.encode("utf-8"))
    refresh(project, "reports", CLAIMS, check=check)
    return (project / name).read_bytes().decode("utf-8")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"[AP 0.9]({LINK})", f"[AP 0.6]({LINK})"),
        (f"[AP 0.900]({LINK})", f"[AP 0.578]({LINK})"),
        (f"[+0.90 more]({LINK})", f"[+0.58 more]({LINK})"),
        (f"[90.0 %]({LINK})", f"[57.8 %]({LINK})"),
        (f"[p99 of 3: 1.00]({LINK})", f"[p99 of 3: 0.58]({LINK})"),
        (f"[0.10]({LINK}/low)", f"[0.50]({LINK}/low)"),
        (
            "[1,111](reports/evaluation.json#/champion/rows)",
            "[12,345](reports/evaluation.json#/champion/rows)",
        ),
        ("[0.00](reports/evaluation.json#/a~1b/c~0d)",) * 2,
        (f"[words only]({LINK})",) * 2,
        ("[2024](https://example.org/x.json#/champion/ap)",) * 2,
        (f"`[AP 0.9]({LINK})`",) * 2,
        (f"```\n[AP 0.9]({LINK})\n```\n",) * 2,
    ],
)
def test_a_link_shows_the_value_at_its_own_decimals(project: Path, before: str, after: str) -> None:
    assert written(project, f"x {before} y") == f"x {after} y"


def test_everything_else_stays_byte_for_byte(project: Path) -> None:
    text = "\ufeff# A\r\n\r\n[AP 0.9]({})  \r\nlast line without its end"
    assert written(project, text.format(LINK)) == text.format(LINK).replace("0.9", "0.6")


def test_documents_in_folders_link_relative_to_themselves(project: Path) -> None:
    before = f"[AP 0.9](../{LINK})"
    assert written(project, before, "docs/page.md") == before.replace("0.9", "0.6")


@pytest.mark.parametrize(
    "pointer", ["/champion/zip", "/champion/name", "/champion/nothing", "/champion", "/a/0"]
)
def test_a_link_that_leads_nowhere_is_named(project: Path, pointer: str) -> None:
    link = f"[AP 0.9](reports/evaluation.json#{pointer})"
    with pytest.raises(UserError) as refusal:
        written(project, link)
    assert f"README.md: {link}" in refusal.value.problem


def test_the_table_is_written_with_interval_cases_and_where_the_data_is_from(
    project: Path,
) -> None:
    text = written(project, "a\r\n<!-- numbers -->\r\nold\r\n<!-- /numbers -->\r\nb")
    lines = text.split("\r\n")
    assert lines[:2] == ["a", "<!-- numbers -->"]
    assert lines[-2:] == ["<!-- /numbers -->", "b"]
    assert lines[4] == (
        f"| It ranks | [0.578]({LINK}) (0.500 to 0.640) "
        "| n = 1,379, demo data, files not committed |"
    )
    assert lines[5] == "| It is free | unknown | `uv run app evaluate` |"
    assert lines[6] == "| It is cheap | not measured yet | `uv run app bench` |"
    assert written(project, text) == text


def test_a_check_changes_nothing_and_refuses_old_digits(project: Path) -> None:
    before = f"[AP 0.9]({LINK})"
    with pytest.raises(UserError) as refusal:
        written(project, before, check=True)
    assert "README.md" in refusal.value.problem
    assert (project / "README.md").read_text(encoding="utf-8") == before
    assert written(project, f"[AP 0.6]({LINK})", check=True)
