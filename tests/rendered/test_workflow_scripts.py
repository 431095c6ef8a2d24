"""The scripts inside the workflows do what their names say: each is run here, as GitHub runs it."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rendered.conftest import Render
from tests.rendered.workflow_jobs import Job, run, script

RECORDING_GH = """#!/usr/bin/env bash
set -euo pipefail
echo "$*" >> "$GH_RECORD"
if [ "$1 $2" = "issue list" ]; then echo "$OPEN_ISSUE"; fi
"""


@pytest.fixture
def committed(render: Render, tmp_path: Path) -> Path:
    """A generated repository with a lock file, everything tracked."""
    folder = tmp_path / "repository"
    shutil.copytree(render(), folder)
    (folder / "uv.lock").write_text("version = 1\n", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    return folder


def test_ci_passes_a_complete_repository(committed: Path) -> None:
    ci = committed / ".github/workflows/ci.yml"
    for step in ("The lock file is committed", "No merge marker is left"):
        done = run(script(ci, "repository", step), committed, {})
        assert done.returncode == 0, done.stdout + done.stderr


def test_ci_says_how_to_lock_when_there_is_no_lock_file(committed: Path) -> None:
    subprocess.run(["git", "rm", "--quiet", "--cached", "uv.lock"], cwd=committed, check=True)
    ci = committed / ".github/workflows/ci.yml"
    done = run(script(ci, "repository", "The lock file is committed"), committed, {})
    assert done.returncode == 1
    assert done.stdout.endswith("Run 'uv lock' and commit uv.lock.\n")


def test_ci_finds_the_marker_that_a_merge_left(committed: Path) -> None:
    readme = committed / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(
        f"{text}\n{'<' * 7} before updating\nmine\n{'=' * 7}\nyours\n{'>' * 7} after updating\n",
        encoding="utf-8",
    )
    ci = committed / ".github/workflows/ci.yml"
    done = run(script(ci, "repository", "No merge marker is left"), committed, {})
    assert done.returncode == 1
    assert "README.md:" in done.stdout


def test_ci_takes_the_quickstart_from_the_readme(committed: Path, tmp_path: Path) -> None:
    ci = committed / ".github/workflows/ci.yml"
    done = run(
        script(ci, "quickstart", "Read the lines"), committed, {"RUNNER_TEMP": str(tmp_path)}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (tmp_path / "quickstart").read_text(encoding="utf-8").splitlines()
    assert [line.partition("#")[0].strip() for line in lines] == [
        "uv sync",
        "uv run app demo",
        "uv run pytest",
        "uv run app serve",
    ]


def test_ci_names_the_readme_when_it_has_no_quickstart(committed: Path, tmp_path: Path) -> None:
    (committed / "README.md").write_text("# Mine now\n", encoding="utf-8")
    ci = committed / ".github/workflows/ci.yml"
    done = run(
        script(ci, "quickstart", "Read the lines"), committed, {"RUNNER_TEMP": str(tmp_path)}
    )
    assert done.returncode == 1
    assert "README.md needs its commands between" in done.stdout


@dataclass(frozen=True)
class Week:
    """What the weekly look finds, and what it should do."""

    released: tuple[str, ...]
    open_issue: str
    asks_github_to: tuple[str, ...]


OPEN = "issue create --label template-update --title Template"
WEEKS = {
    "nothing new": Week((), "", ()),
    "nothing new, an issue still open": Week((), "7", ("issue close 7",)),
    "a release": Week(("v0.1.1",), "", ("label create", f"{OPEN} v0.1.1 is out")),
    "a release, an issue open": Week(
        ("v0.1.1",), "7", ("label create", "issue edit 7 --title Template v0.1.1 is out")
    ),
    "ten after nine": Week(("v0.9.0", "v0.10.0"), "", ("label create", f"{OPEN} v0.10.0 is out")),
    "a fork's post release": Week(("v0.1.0.post1",), "", ("label create", f"{OPEN} v0.1.0.post1")),
}


@pytest.mark.parametrize("week", WEEKS.values(), ids=WEEKS)
def test_one_issue_names_the_newest_template(
    from_public_source: Path,
    public_template: Path,
    public_environment: dict[str, str],
    tmp_path: Path,
    week: Week,
) -> None:
    gh = tmp_path / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text(RECORDING_GH, encoding="utf-8")
    gh.chmod(0o755)
    record = tmp_path / "record"
    for tag in week.released:
        subprocess.run(["git", "tag", tag, "v0.1.0"], cwd=public_template, check=True)
    try:
        done = run(
            script(
                from_public_source / ".github/workflows/template-update.yml",
                "look",
                "Compare versions, keep one issue",
            ),
            from_public_source,
            public_environment
            | {
                "PATH": f"{gh.parent}{os.pathsep}{os.environ['PATH']}",
                "GH_RECORD": str(record),
                "OPEN_ISSUE": week.open_issue,
                "RUNNER_TEMP": str(tmp_path),
            },
        )
    finally:
        for tag in week.released:
            subprocess.run(
                ["git", "tag", "--delete", tag],
                cwd=public_template,
                check=True,
                capture_output=True,
            )
    assert done.returncode == 0, done.stdout + done.stderr
    asked, *acted = record.read_text(encoding="utf-8").splitlines()
    assert asked.startswith("issue list --state open")
    assert len(acted) == len(week.asks_github_to)
    for did, wanted in zip(acted, week.asks_github_to, strict=True):
        assert did.startswith(wanted)
