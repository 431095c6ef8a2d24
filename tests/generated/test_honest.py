"""The honestly finished repositories of `check`: measured again, they give what was recorded.

One of them each time; SCAFFOLD_ALL=1 takes all six.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.check import honest
from tests.check.honest import record

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.generated
NAMES = honest.names() if os.environ.get("SCAFFOLD_ALL") else ["depot"]
BEFORE = {"supervised-api": "train", "rag-app": "ingest"}


@pytest.mark.parametrize("name", NAMES)
def test_the_starters_own_check_confirms_what_was_recorded(name: str, tmp_path: Path) -> None:
    folder = honest.grow(name, tmp_path / name)
    python = record.installed(folder)
    if verb := BEFORE.get(honest.plan(name)["template"]):
        record.run(folder, python, "app", verb)
    record.run(folder, python, "app", "evaluate", "--check")
    record.run(folder, python, "app", "report", "--check")
