"""The gate of a generated rag-app on the shipped corpus: planted faults fail, mere noise passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.evidence.reading import numbers, read_report, read_rows
from scaffold.evidence.recompute import recompute_interval
from scaffold.evidence.verify import verify
from tests.generated.starter import Starter, copied, done

if TYPE_CHECKING:
    from pathlib import Path

REPORT = "reports/evaluation.json"

pytestmark = pytest.mark.generated


@pytest.fixture(scope="module")
def accepted(synced: Starter, tmp_path_factory: pytest.TempPathFactory) -> Starter:
    """A starter whose present state is the baseline, committed and measured. Not to be changed."""
    starter = copied(synced, tmp_path_factory.mktemp("accepted") / "guide")
    folder = starter.folder
    done(folder, "git", "init", "--quiet")
    done(folder, starter.python, "-m", "app", "ingest")
    done(folder, starter.python, "-m", "app", "evaluate", "--accept")
    done(folder, "git", "add", "--all")
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    done(folder, "git", *who, "commit", "--quiet", "--message", "state")
    done(folder, starter.python, "-m", "app", "evaluate")
    return starter


@pytest.fixture
def starter(accepted: Starter, tmp_path: Path) -> Starter:
    """A copy to break."""
    return copied(accepted, tmp_path / "guide")


BM25, NO_TITLES = "bm25(3.0, 1.0)", "bm25(0.0, 1.0)"
FAULTS = {
    "chunk titles dropped": (
        ("app/ingest.py", r'f"{one.breadcrumb}\n{one.text}"', "one.text"),
        ("app/index/sqlite_words.py", BM25, NO_TITLES),
    ),
    "titles dropped from vectors alone": (
        ("app/ingest.py", r'f"{one.breadcrumb}\n{one.text}"', "one.text"),
    ),
    "fusion broken": (
        ("app/retrieval/fusion.py", "weight / (SMOOTHING + place[one])", "weight * place[one]"),
    ),
    "one ranking forgotten": (("app/retrieval/fusion.py", "if weight > 0]", "if weight > 0][1:]"),),
    "stemming off": (
        ("app/index/sqlite_tables.py", '"english": "porter unicode61', '"english": "unicode61'),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_fails_the_gate_and_names_questions(starter: Starter, fault: str) -> None:
    for path, old, new in FAULTS[fault]:
        starter.plant(path, old, new)
    finished = starter.measure()
    assert finished.returncode == 1
    assert "Gate `drop` failed" in finished.stderr
    assert "Worse, by the place of the first golden section: g" in finished.stderr


def test_other_draws_of_the_bootstrap_pass(starter: Starter) -> None:
    starter.plant(
        "app/evidence/intervals.py", "SEED, LEVEL = 1000, 7,", "SEED, LEVEL = 1000, 2026,"
    )
    finished = starter.measure()
    assert finished.returncode == 0, finished.stderr


def test_documents_in_another_order_pass(starter: Starter) -> None:
    starter.plant(
        "app/corpus/folder.py",
        "sorted(found, key=lambda one: one.name)",
        "sorted(found, key=lambda one: one.name[::-1])",
    )
    finished = starter.measure()
    assert finished.returncode == 0, finished.stderr


def test_the_same_commit_gives_the_same_numbers(starter: Starter) -> None:
    finished = starter.app("evaluate", "--check")
    assert finished.returncode == 0, finished.stderr


def test_a_reader_of_evidence_gets_the_same_numbers_from_the_rows(accepted: Starter) -> None:
    assert verify(accepted.folder, REPORT) == []
    report = read_report(accepted.folder, REPORT)
    rows = read_rows(accepted.folder, report)
    (drawn,) = (one for one in numbers(report) if one.pointer == "/minus_lexical/hybrid/ndcg_at_10")
    assert recompute_interval(report, drawn, rows) is None


def test_numbers_about_the_shipped_data_are_labelled_so(accepted: Starter) -> None:
    # When documents or questions changed, their digests go into app/proving/demo_data.py.
    assert read_report(accepted.folder, REPORT).content["demo_data"] is True
    code = (
        "from pathlib import Path; from app.proving.demo_data import DEMO_DATA, digest_of; "
        "from app.proving.golden import read_golden; from app.index.opening import open_index; "
        "file = Path('data/golden/questions.jsonl'); "
        "documents = digest_of(sorted(open_index('sqlite:///var/app.db').digests().items())); "
        "questions = digest_of([one.model_dump(mode='json') for one in read_golden(file)]); "
        "print(*{documents, questions} - DEMO_DATA)"
    )
    assert done(accepted.folder, accepted.python, "-c", code).split() == []
