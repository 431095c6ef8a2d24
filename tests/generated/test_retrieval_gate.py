"""The gate of a generated rag-app on the shipped corpus: planted faults fail, mere noise passes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from scaffold.evidence.reading import numbers, read_report, read_rows
from scaffold.evidence.recompute import recompute_interval
from scaffold.evidence.verify import verify

ROOT = Path(__file__).parents[2]
REPORT = "reports/evaluation.json"
VERB_SECONDS = 600

pytestmark = pytest.mark.generated


def run(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    environment |= {"UV_PYTHON": sys.executable, "PYTHONPATH": ""}
    return subprocess.run(
        words,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=VERB_SECONDS,
    )


def done(folder: Path, *words: str | Path) -> str:
    finished = run(folder, *words)
    assert finished.returncode == 0, (
        f"{words}\n{finished.stdout[-2000:]}\n{finished.stderr[-2000:]}"
    )
    return finished.stdout


@dataclass(frozen=True)
class Starter:
    """A generated repository; copies of it share its packages."""

    folder: Path
    python: Path

    def app(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run(self.folder, self.python, "-m", "app", *words)

    def plant(self, path: str, old: str, new: str) -> None:
        """Change one line of its code, as a careless commit would."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{path} no longer has {old!r} once: plant another fault"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def measure(self) -> subprocess.CompletedProcess[str]:
        """Make the index anew with the code as it is now, and evaluate."""
        for words in (("reset", "--yes"), ("ingest",)):
            finished = self.app(*words)
            assert finished.returncode == 0, finished.stderr
        return self.app("evaluate")


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> Starter:
    """A starter whose present state is the baseline, committed and measured. Not to be changed."""
    folder = tmp_path_factory.mktemp("generated") / "guide"
    words = ("pack", "render", "rag-app", folder, "--root", ROOT)
    done(ROOT, sys.executable, "-m", "scaffold", *words)
    done(folder, "git", "init", "--quiet")
    done(folder, "uv", "lock", "--quiet")
    done(folder, "uv", "sync", "--quiet")
    where = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    starter = Starter(folder, folder / ".venv" / where)
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
    ignored = shutil.ignore_patterns(".venv", "__pycache__", ".git")
    folder = shutil.copytree(accepted.folder, tmp_path / "guide", ignore=ignored)
    return Starter(folder, accepted.python)


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
