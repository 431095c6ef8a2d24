"""Reports that were made to mislead or to harm: each is refused, soon, with a reason."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.evidence import reading
from scaffold.evidence import recompute as recomputing
from scaffold.evidence.links import compare, evidence_links
from scaffold.evidence.reading import Report, UnreadableError, parse, read_report, read_rows
from scaffold.evidence.recompute import recompute
from scaffold.evidence.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

NAME = "x.rows.jsonl.gz"
posix = pytest.mark.skipif(os.name == "nt", reason="links of another kind there")


def put(repository: Path, packed: bytes, **said: object) -> Report:
    folder = repository / "reports"
    folder.mkdir(exist_ok=True)
    (folder / NAME).write_bytes(packed)
    content = gzip.decompress(packed) if len(packed) < 10_000 and packed[:2] == b"\x1f\x8b" else b""
    rows = {
        "file": NAME,
        "n": content.count(b"\n"),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    report = {"schema": 1, "kind": "evaluation", "inputs": {}, "rows": rows | said}
    (folder / "x.json").write_text(json.dumps(report), encoding="utf-8")
    return read_report(repository, "reports/x.json")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 1e999}',
        '{"a": ' + "9" * 5000 + "}",
        '{"a": ' + "9" * 19 + "}",
        '{"a": 1, "a": 2}',
        '{"a": 1',
        "",
    ],
    ids=["deep", "nan", "infinity", "huge float", "huge", "long", "twins", "cut off", "empty"],
)
def test_json_that_only_makes_trouble_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse(text)


@pytest.mark.parametrize(
    "name",
    ["../x.json", "/etc/passwd", "reports/../../x.json", "reports\\x.json", "reports/\0.json"],
)
def test_a_report_outside_the_repository_is_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "x.json").write_text('{"schema": 1}', encoding="utf-8")
    inside = tmp_path / "repository"
    (inside / "reports").mkdir(parents=True)
    with pytest.raises(UnreadableError):
        read_report(inside, name)


@posix
@pytest.mark.parametrize("linked", ["file", "folder"])
def test_a_link_to_elsewhere_is_not_followed(tmp_path: Path, linked: str) -> None:
    (tmp_path / "away").mkdir()
    (tmp_path / "away" / "x.json").write_text('{"schema": 1}', encoding="utf-8")
    inside = tmp_path / "repository"
    inside.mkdir()
    if linked == "folder":
        (inside / "reports").symlink_to(tmp_path / "away")
    else:
        (inside / "reports").mkdir()
        (inside / "reports" / "x.json").symlink_to(tmp_path / "away" / "x.json")
    with pytest.raises(UnreadableError):
        read_report(inside, "reports/x.json")


@pytest.mark.parametrize("text", ["[]", "{}", '{"schema": 2}', '{"schema": true}'])
def test_another_schema_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableError):
        read_report(tmp_path, "x.json")


def test_a_report_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b" " * (reading.MOST_REPORT_BYTES + 1))
    with pytest.raises(UnreadableError, match="larger"):
        read_report(tmp_path, "x.json")


@pytest.mark.parametrize(
    "name", ["../x.rows.jsonl.gz", "/x.rows.jsonl.gz", "a/x.rows.jsonl.gz", "x.json", 7, None]
)
def test_rows_lie_beside_the_report_and_nowhere_else(tmp_path: Path, name: object) -> None:
    report = put(tmp_path, gzip.compress(b"{}\n"), file=name)
    with pytest.raises(UnreadableError, match="plain name"):
        read_rows(tmp_path, report)


def test_rows_that_unpack_to_too_much_are_refused_before_they_fill_the_memory(
    tmp_path: Path,
) -> None:
    report = put(tmp_path, gzip.compress(b"\0" * 400_000_000))
    started = time.monotonic()
    with pytest.raises(UnreadableError, match="larger than 20 MB"):
        read_rows(tmp_path, report)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (b"not gzip", "not gzip"),
        (gzip.compress(b"{}\n")[:-3], "cut off"),
        (gzip.compress(b"{}\n") + gzip.compress(b"{}\n"), "follows"),
        (gzip.compress(b"{}"), "last line"),
        (gzip.compress(b"[]\n"), "not a JSON object"),
        (gzip.compress(b"\xff\n"), "UTF-8"),
        (gzip.compress(b"{}\n" * 50_001), "more than 50,000"),
    ],
    ids=["text", "cut off", "two members", "no end", "list", "latin", "many"],
)
def test_rows_that_are_not_json_lines_are_refused(
    tmp_path: Path, packed: bytes, reason: str
) -> None:
    try:
        content = gzip.decompress(packed)
    except (OSError, EOFError):
        content = b""
    digest = hashlib.sha256(content).hexdigest()
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / NAME).write_bytes(packed)
    rows = {"file": NAME, "n": content.count(b"\n"), "sha256": digest}
    report = Report("reports/x.json", {"schema": 1, "rows": rows})
    with pytest.raises(UnreadableError, match=reason):
        read_rows(tmp_path, report)


ROW: dict[str, Any] = {"label": 1.0, "outputs": {"a": 0.5}, "unseen": True, "round": 1}
RECIPE: dict[str, Any] = {"metric": "mae", "of": "/outputs/a", "where": {}}


@pytest.mark.parametrize(
    "recipe",
    [
        7,
        {},
        RECIPE | {"metric": "magic"},
        RECIPE | {"metric": ["mae"]},
        RECIPE | {"of": "/outputs/b"},
        RECIPE | {"of": "/outputs"},
        RECIPE | {"of": 3},
        RECIPE | {"where": "all"},
        RECIPE | {"where": {"/unseen": 1}},
        RECIPE | {"where": {"/unseen": {"a": []}}},
        RECIPE | {"metric": "cost_per_1000", "costs": 3},
        RECIPE | {"metric": "mean", "of": "/outputs"},
        RECIPE | {"metric": "mean", "minus": "/outputs/b"},
        RECIPE | {"metric": "quantile", "q": 7},
        RECIPE | {"metric": "quantile", "q": 0.5, "by": {"/round": 9}},
    ],
)
def test_a_recipe_that_leads_nowhere_is_a_finding_and_no_crash(recipe: object) -> None:
    number = {"value": 0.5, "n": 1, "recipe": recipe}
    findings = list(recompute(Report("x.json", {"number": number}), [ROW]))
    assert [finding.level for finding in findings] == ["wrong"]


@pytest.mark.parametrize("value", [1e308, -1e308])
def test_numbers_at_the_end_of_the_range_are_a_finding_and_no_crash(value: float) -> None:
    rows = [ROW | {"label": -value}, ROW | {"outputs": {"a": value}}]
    for metric in ("rmse", "r2", "brier", "calibration_error"):
        number = {"value": 0.5, "n": 2, "recipe": RECIPE | {"metric": metric}}
        assert list(recompute(Report("x.json", {"number": number}), rows))


def test_a_report_of_endless_numbers_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recomputing, "MOST_WORK", 1000)
    numbers = {str(i): {"value": 0.5, "n": 10, "recipe": RECIPE} for i in range(3000)}
    findings = list(recompute(Report("x.json", numbers), [ROW] * 10))
    assert [finding.level for finding in findings] == ["unknown"]


def test_a_link_out_of_the_repository_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"schema": 1, "a": 1}', encoding="utf-8")
    inside = tmp_path / "repository"
    inside.mkdir()
    links = evidence_links("README.md", "[1](../x.json#/a) [1](%2e%2e/x.json#/a) [1](y.json#/a)")
    assert len(links) == 3
    assert [finding.level for finding in compare(inside, links)] == ["wrong"] * 3


def test_a_missing_report_is_one_finding(tmp_path: Path) -> None:
    (finding,) = verify(tmp_path, "reports/evaluation.json")
    assert "not there" in finding.message
