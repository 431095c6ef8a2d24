"""Every layout that docs/mergeable-templates.md recommends or warns of, on real copier."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.updates.layout_cases import CASES, LayoutCase
from tests.updates.layouts import Outcome, measure, table
from tests.updates.plain import Plain

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "mergeable-templates.md"


@pytest.fixture(scope="module")
def outcomes(
    copier_executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Outcome]:
    folder = tmp_path_factory.mktemp("layouts")
    return measure(CASES, Plain.at(copier_executable, folder / "home"), folder)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_layout_merges_as_it_is_said_to(case: LayoutCase, outcomes: dict[str, Outcome]) -> None:
    assert outcomes[case.name].value == case.expected


def test_the_page_shows_the_measured_table(outcomes: dict[str, Outcome]) -> None:
    assert table(outcomes) in _PAGE.read_text(encoding="utf-8")
