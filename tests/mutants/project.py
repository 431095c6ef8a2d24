"""A generated starter to break: rendered from the working state, its packages synced once.

Faults are tried in copies side by side. All use the packages of the first; `python -m pytest`
puts the copy's own folder first on the path, so each tests its own `app`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
SECONDS = 400  # for one run of the tests; a fault that makes them hang is caught too
NOT_COPIED = (".venv", ".git", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache")


@dataclass(frozen=True)
class Verdict:
    """How the tests of a starter ended.

    Attributes:
        caught: Whether they failed.
        by: The test that failed first, or what else stopped them; empty when nothing did.
    """

    caught: bool
    by: str


def generate(template: str, folder: Path) -> Path:
    """Make a starter from the working state in `folder` and install its packages."""
    made = folder / "starter"
    command = [sys.executable, "-m", "scaffold", "new", template, str(made), "--defaults"]
    subprocess.run(
        [*command, "--source", str(ROOT), "--ref", "HEAD"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    # Compiled now: the runs of the tests may not write bytecode, and would do it each time.
    sync = ["uv", "sync", "--locked", "--quiet", "--compile-bytecode"]
    subprocess.run(sync, cwd=made, check=True)
    return made


def copy(starter: Path, folder: Path) -> Path:
    """Copy the starter's files, without what tools left there."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(starter, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
    return folder


def tests_by_line(starter: Path) -> dict[str, dict[int, list[str]]]:
    """Which tests pass through each line of the starter's code: file -> line -> test ids.

    Lines that only another process runs, or that run while the code is imported, have none.
    """
    covered = starter.with_name("covered")
    copy(starter, covered)
    done = _pytest(
        starter, covered, "--cov=app", "--cov-context=test", "--cov-report=", "--cov-fail-under=0"
    )
    if done.returncode != 0:
        raise RuntimeError(f"the tests fail without any change:\n{done.stdout[-2000:]}")
    told = subprocess.run(
        [_bin(starter) / "python", "-c", _CONTEXTS],
        cwd=covered,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, dict[str, list[str]]] = json.loads(told.stdout)
    return {
        file: {int(line): tests for line, tests in lines.items()} for file, lines in found.items()
    }


def starting_processes(starter: Path) -> list[str]:
    """The test files that start processes: what runs there, `tests_by_line` does not see."""
    said = re.compile(r"\bsubprocess\b|start_python|running_server")
    tests = sorted((starter / "tests").rglob("test_*.py"))
    return [
        test.relative_to(starter).as_posix()
        for test in tests
        if said.search(test.read_text(encoding="utf-8"))
    ]


_CONTEXTS = """
import json, pathlib, coverage
data = coverage.CoverageData(".coverage")
data.read()
here = pathlib.Path.cwd()
print(json.dumps({
    pathlib.Path(file).relative_to(here).as_posix(): {
        line: sorted({one.partition("|")[0] for one in contexts if one})
        for line, contexts in data.contexts_by_lineno(file).items()
    }
    for file in data.measured_files()
}))
"""


def judge(starter: Path, broken: Path, tests: Sequence[str] = ()) -> Verdict:
    """Run the tests of a copy with the packages of the starter, up to the first failure.

    Args:
        starter: Has the packages.
        broken: The copy.
        tests: Only these; all when none is named.
    """
    try:
        done = _pytest(starter, broken, "-x", *tests)
    except subprocess.TimeoutExpired:
        return Verdict(caught=True, by=f"not done after {SECONDS} s")
    if done.returncode == 0:
        return Verdict(caught=False, by="")
    lines = done.stdout.splitlines()
    failed = [line for line in lines if line.startswith(("FAILED tests/", "ERROR tests/"))]
    return Verdict(caught=True, by=failed[0].split(" - ")[0] if failed else f"{lines[-1:]}")


def _bin(starter: Path) -> Path:
    return starter / ".venv" / ("Scripts" if os.name == "nt" else "bin")


def _pytest(starter: Path, project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(project),
        # Copies are tried side by side already; a starter without the plugin does not read it.
        "PYTEST_XDIST_AUTO_NUM_WORKERS": "0",
    }
    command = [_bin(starter) / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    return subprocess.run(
        command,
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
