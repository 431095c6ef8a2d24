"""Reports made of the published test vectors: the reader finds what the vectors say."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.check.facts import reports
from scaffold.check.facts.tree import Tree
from scaffold.evidence.links import Link
from tests.check.growing import ROOT

if TYPE_CHECKING:
    from pathlib import Path

VECTORS: dict[str, Any] = json.loads(
    (ROOT / "tests/evidence/vectors/vectors.json").read_text(encoding="utf-8")
)


def made(folder: Path, name: str) -> dict[str, Any]:
    """A report of one set of rows, with all vectors that are about it."""
    lines = "".join(
        json.dumps(row, sort_keys=True) + "\n" for row in VECTORS["rows"][name]
    ).encode()
    numbers = {
        f"n{place}": {key: one[key] for key in ("recipe", "value", "n") if key in one}
        for place, one in enumerate(VECTORS["numbers"])
        if one["rows"] == name
    }
    kept = {"file": "evaluation.rows.jsonl.gz", "n": len(VECTORS["rows"][name])}
    content = {
        "schema": 1,
        "kind": "evaluation",
        "inputs": {"commit": None, "trees": {"app": None}, "dirty": False},
        "rows": {**kept, "sha256": hashlib.sha256(lines).hexdigest()},
        **numbers,
    }
    (folder / "reports").mkdir()
    (folder / "reports/evaluation.rows.jsonl.gz").write_bytes(gzip.compress(lines, mtime=0))
    (folder / "reports/evaluation.json").write_text(json.dumps(content), encoding="utf-8")
    return content


@pytest.mark.parametrize("name", VECTORS["rows"])
def test_every_vector_follows_from_its_rows(name: str, tmp_path: Path) -> None:
    content = made(tmp_path, name)
    found = reports.read(tmp_path, Tree(tmp_path), {})
    assert found.wrong == ()
    for key, number in content.items():
        if key.startswith("n") and key[1:].isdigit() and isinstance(number["value"], int | float):
            link = Link("README.md", 1, f"{number['value']:.4f}", reports.EVALUATION, f"/{key}")
            assert found.cite(link).rung == "consistent", key


@pytest.mark.parametrize("name", VECTORS["rows"])
def test_a_vector_that_is_changed_does_not(name: str, tmp_path: Path) -> None:
    content = made(tmp_path, name)
    keys = [key for key in content if key.startswith("n") and key[1:].isdigit()]
    for key in keys:
        number = content[key]
        number["value"] = 0.123 if number["value"] is None else number["value"] * 1.01 + 0.001
    (tmp_path / "reports/evaluation.json").write_text(json.dumps(content), encoding="utf-8")
    found = reports.read(tmp_path, Tree(tmp_path), {})
    places = {one.place for one in found.wrong}
    assert places == {f"{reports.EVALUATION}#/{key}" for key in keys}


@pytest.mark.parametrize("vector", VECTORS["links"], ids=lambda one: one["text"])
def test_a_link_shows_what_its_vector_says(vector: dict[str, Any], tmp_path: Path) -> None:
    content = made(tmp_path, next(iter(VECTORS["rows"])))
    content["shown"] = vector["value"]
    (tmp_path / "reports/evaluation.json").write_text(json.dumps(content), encoding="utf-8")
    found = reports.read(tmp_path, Tree(tmp_path), {})
    link = Link("README.md", 1, vector["shown"], reports.EVALUATION, "/shown")
    has_digit = any(mark.isdigit() for mark in vector["shown"])
    assert found.cite(link).rung == ("recorded" if has_digit else "wrong")
