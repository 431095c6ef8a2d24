"""Evidence of a repository that was really generated: each way to touch it up shows."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.evidence.links import compare, evidence_links
from scaffold.evidence.reading import numbers, read_report, read_rows
from scaffold.evidence.recompute import recompute_interval
from scaffold.evidence.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
REPORT = "reports/evaluation.json"

pytestmark = pytest.mark.generated


def run(folder: Path, *words: str | Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    environment |= {"UV_PYTHON": sys.executable, "PYTHONPATH": ""}
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{words}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def commit(folder: Path) -> None:
    run(folder, "git", "add", "--all")
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    run(folder, "git", *who, "commit", "--quiet", "--message", "state")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated starter with a committed report and a link to it. Not to be changed."""
    folder = tmp_path_factory.mktemp("generated") / "visits"
    words = ("pack", "render", "supervised-api", folder, "--root", ROOT)
    run(ROOT, sys.executable, "-m", "scaffold", *words)
    run(folder, "git", "init", "--quiet")
    run(folder, "uv", "lock", "--quiet")
    run(folder, "uv", "sync", "--quiet")
    commit(folder)
    for verb in ("train", "evaluate"):
        run(folder, "uv", "run", "app", verb)
    with (folder / "README.md").open("a", encoding="utf-8") as readme:
        readme.write(f"\nIt reaches [AP 0.000]({REPORT}#/champion/ap).\n")
    run(folder, "uv", "run", "app", "report")
    commit(folder)
    return folder


@pytest.fixture
def repository(measured: Path, tmp_path: Path) -> Path:
    """A copy to touch up."""
    ignored = shutil.ignore_patterns(".venv", "models", "__pycache__")
    return shutil.copytree(measured, tmp_path / "visits", ignore=ignored)


def edit(repository: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = repository / REPORT
    content = json.loads(file.read_text(encoding="utf-8"))
    change(content)
    file.write_text(json.dumps(content, indent=2, sort_keys=True), encoding="utf-8")


def places(repository: Path) -> dict[str, str]:
    return {finding.place: finding.level for finding in verify(repository, REPORT)}


def digits(repository: Path) -> list[str]:
    text = (repository / "README.md").read_text(encoding="utf-8")
    links = evidence_links("README.md", text)
    assert len(links) > 3
    return [finding.message for finding in compare(repository, links)]


def test_what_was_measured_and_committed_stands(repository: Path) -> None:
    assert verify(repository, REPORT) == []
    assert digits(repository) == []
    assert "demo data" in (repository / "README.md").read_text(encoding="utf-8")


def test_its_intervals_are_drawn_again_by_another_program(repository: Path) -> None:
    report = read_report(repository, REPORT)
    rows = read_rows(repository, report)
    known = {number.pointer: number for number in numbers(report)}
    for pointer in ("/champion/ap", "/difference/cost_per_1000", "/champion/calibration_error"):
        assert recompute_interval(report, known[pointer], rows) is None


def test_an_edited_number_shows(repository: Path) -> None:
    edit(repository, lambda content: content["champion"]["ap"].update(value=0.93))
    assert places(repository) == {f"{REPORT}#/champion/ap": "wrong"}
    assert len(digits(repository)) >= 1


def test_edited_rows_show(repository: Path) -> None:
    file = repository / "reports" / "evaluation.rows.jsonl.gz"
    lines = gzip.decompress(file.read_bytes()).replace(b'"label": 0.0', b'"label": 1.0', 40)
    file.write_bytes(gzip.compress(lines))
    assert places(repository) == {f"{REPORT}#/rows": "wrong"}
    digest = hashlib.sha256(lines).hexdigest()
    edit(repository, lambda content: content["rows"].update(sha256=digest))
    assert "wrong" in places(repository).values()


def test_fewer_cases_show(repository: Path) -> None:
    edit(repository, lambda content: content["champion"]["auc"]["recipe"].update(where={}))
    assert places(repository) == {f"{REPORT}#/champion/auc": "wrong"}


def test_code_that_changed_since_shows(repository: Path) -> None:
    with (repository / "app" / "own.py").open("a", encoding="utf-8") as code:
        code.write("# later\n")
    commit(repository)
    assert places(repository) == {f"{REPORT}#/inputs": "stale"}


def test_words_that_changed_since_do_not_matter(repository: Path) -> None:
    (repository / "docs" / "more.md").write_text("more\n", encoding="utf-8")
    commit(repository)
    assert verify(repository, REPORT) == []


def test_a_report_measured_on_uncommitted_code_says_so(measured: Path) -> None:
    own, report = measured / "app" / "own.py", (measured / REPORT).read_bytes()
    before = own.read_bytes()
    own.write_bytes(before + b"# not committed\n")
    try:
        run(measured, "uv", "run", "app", "evaluate")
        (finding,) = verify(measured, REPORT)
        assert (finding.level, "not committed" in finding.message) == ("stale", True)
    finally:
        own.write_bytes(before)
        run(measured, "git", "checkout", "--", "reports")
    assert (measured / REPORT).read_bytes() == report


def test_without_git_it_is_unknown_and_not_wrong(repository: Path) -> None:
    shutil.rmtree(repository / ".git")
    assert places(repository) == {f"{REPORT}#/inputs": "unknown"}


def test_a_shallow_clone_can_tell_too(repository: Path, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    run(tmp_path, "git", "clone", "--quiet", "--depth=1", repository.as_uri(), shallow)
    assert verify(shallow, REPORT) == []


def test_edited_digits_of_the_readme_show(repository: Path) -> None:
    readme = repository / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(text.replace("[AP 0.5", "[AP 0.9"), encoding="utf-8")
    (message,) = digits(repository)
    assert "AP 0.9" in message


def test_measured_again_nothing_differs(measured: Path) -> None:
    run(measured, "uv", "run", "app", "evaluate", "--check")
    run(measured, "uv", "run", "app", "report", "--check")
