"""Faults that somebody could push, and the step of `ci.yml` that must find each."""

import gzip
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.containers.hosted import MULTI_AGENT, RAG_APP, SUPERVISED_API


def replace(file: Path, old: str, new: str) -> None:
    """Change one place of a file."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file}: {text.count(old)} times {old}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def without_documents(folder: Path) -> None:
    """Every second document is gone."""
    for file in sorted((folder / "data/corpus").rglob("*.md"))[::2]:
        file.unlink()


def with_a_blind_researcher(folder: Path) -> None:
    """An agent lacks a tool that its tasks need."""
    replace(folder / "project.toml", '"search_documents", "read_section"', '"search_documents"')


def with_outcomes_by_chance(folder: Path) -> None:
    """What is to be predicted has nothing to do any more with what is known."""
    file = folder / "data/rand_hie.csv.gz"
    head, *rows = gzip.decompress(file.read_bytes()).decode().splitlines()
    at = head.split(",").index("high_use")
    cells = [row.split(",") for row in rows]
    outcomes = [row[at] for row in cells]
    random.Random(7).shuffle(outcomes)  # noqa: S311 - nobody's secret
    for row, outcome in zip(cells, outcomes, strict=True):
        row[at] = outcome
    text = "\n".join([head, *(",".join(row) for row in cells), ""])
    file.write_bytes(gzip.compress(text.encode()))


def unready(folder: Path) -> None:
    """The service never says that it is ready."""
    replace(folder / "app/service/operations.py", "if health.obstacle else", "if True else")


def with_a_late_alert(folder: Path) -> None:
    """An alert waits longer than its test says."""
    file = folder / "monitoring/service_alerts.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub("for: 1m", "for: 9m", text, count=1), encoding="utf-8")


def with_a_wrong_line(folder: Path) -> None:
    """The README names a verb that is not there."""
    replace(folder / "README.md", "uv run app demo      #", "uv run app demonstrate      #")


def with_a_false_report(folder: Path) -> None:
    """A report is committed that nobody measured."""
    (folder / "reports").mkdir()
    (folder / "reports/evaluation.json").write_text("{}\n", encoding="utf-8")


def failing(folder: Path) -> None:
    """A test fails."""
    (folder / "tests/test_sum.py").write_text("def test_sum() -> None:\n    assert 1 + 1 == 3\n")


def careless(folder: Path) -> None:
    """An import that nothing uses."""
    own = folder / "app/cli.py"
    own.write_text(f"{own.read_text(encoding='utf-8')}\nimport os\n", encoding="utf-8")


@dataclass(frozen=True)
class Fault:
    """A fault, and the step of the job that must find it."""

    plant: Callable[[Path], None]
    job: str
    step: str


ANYWHERE = (
    Fault(failing, "checks", "Tests, with 90 %"),
    Fault(with_a_late_alert, "monitoring", "Valid, and each alert fires"),
    Fault(with_a_wrong_line, "quickstart", "Run all but the server"),
    Fault(unready, "container", "Right commit, one real"),
    Fault(with_a_false_report, "evidence", "Evaluate anew"),
)
REGRESSIONS = {
    SUPERVISED_API: Fault(with_outcomes_by_chance, "quickstart", "Run all but the server"),
    RAG_APP: Fault(without_documents, "retrieval", "Ask the golden questions"),
    MULTI_AGENT: Fault(with_a_blind_researcher, "tasks", "Give the agents every task"),
}
