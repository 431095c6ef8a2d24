"""The scripts inside the workflows do what their names say: each is run here, as GitHub runs it."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rendered.conftest import Render
from tests.rendered.workflow_jobs import RECORDING_GH, Job, on_path, run, script


@pytest.fixture
def committed(each: Render, tmp_path: Path) -> Path:
    """A repository of each starter with a lock file, everything tracked."""
    folder = tmp_path / "repository"
    shutil.copytree(each(), folder)
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
            | on_path(tmp_path / "bin", gh=RECORDING_GH)
            | {
                "RECORD": str(record),
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


REPORT = "reports/evaluation.json"
PREPARES = {"supervised-api": ("train",), "rag-app": ("ingest",), "multi-agent": ()}
WHOLE_EVIDENCE = ("evaluate --check", "report --check")
EVIDENCE = {
    "no report": ((), "", True),
    "a report that holds": ((REPORT,), "", True),
    "a report that does not": ((REPORT,), "evaluate", False),
    "a README that says otherwise": ((REPORT,), "report", False),
}


@pytest.mark.parametrize(("reports", "refused", "green"), EVIDENCE.values(), ids=EVIDENCE)
def test_the_committed_report_is_confirmed_before_it_is_attested(
    template: str,
    committed: Path,
    tmp_path: Path,
    reports: tuple[str, ...],
    refused: str,
    green: bool,
) -> None:
    for report in reports:
        (committed / report).parent.mkdir()
        (committed / report).write_text("{}", encoding="utf-8")
        subprocess.run(["git", "add", report], cwd=committed, check=True)
    uv = f'''echo "$*" >> "$RECORD"
if [ -n "{refused}" ] && [[ "$*" == *" app {refused} "* ]]; then exit 1; fi'''
    record = tmp_path / "record"
    record.touch()
    made = Job(
        committed / ".github/workflows/ci.yml",
        "evidence",
        committed,
        tmp_path,
        {"github.event.repository.private": "false"},
        on_path(tmp_path / "bin", uv=uv) | {"RECORD": str(record)},
    )
    assert made.run() is green, made.said
    asked = tuple(record.read_text(encoding="utf-8").splitlines())
    attested = made.outcomes["Attest what was just confirmed"] == "success"
    if not reports:
        assert (asked, attested) == ((), False)
        assert "::notice title=No report yet" in made.said
    else:
        whole = [f"run --locked app {words}" for words in (*PREPARES[template], *WHOLE_EVIDENCE)]
        assert list(asked) == whole[: len(asked)]
        assert attested is green


def test_what_a_private_repository_cannot_keep_is_not_attested(
    committed: Path, tmp_path: Path
) -> None:
    (committed / REPORT).parent.mkdir()
    (committed / REPORT).write_text("{}", encoding="utf-8")
    subprocess.run(["git", "add", REPORT], cwd=committed, check=True)
    made = Job(
        committed / ".github/workflows/ci.yml",
        "evidence",
        committed,
        tmp_path,
        {"github.event.repository.private": "true"},
        on_path(tmp_path / "bin", uv="exit 0"),
    )
    assert made.run(), made.said
    assert made.outcomes["Attest what was just confirmed"] == "skipped"


RULE = """groups: [{name: app, rules: [{alert: Down, expr: "up == 0", for: 2m}]}]"""
RULE_TEST = """rule_files: [alerts.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series: [{series: 'up{job="app"}', values: "0x5"}]
    alert_rule_test: [{eval_time: 3m, alertname: Down, exp_alerts: [{exp_labels: {job: app}}]}]
"""
# Runs the program in the folder that the container would see.
DOCKER = """test "$1 $2" = "run --rm"
while [ "$1" != --entrypoint ]; do shift; done
exec "$2" "${@:4}\""""


@pytest.mark.parametrize(("rule", "green"), [(RULE, True), (RULE.replace("== 0", "== 1"), False)])
def test_ci_tests_the_alerts(committed: Path, tmp_path: Path, rule: str, green: bool) -> None:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed")
    folder = committed / "monitoring"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "prometheus.yml").write_text("rule_files: [alerts.yml]\n", encoding="utf-8")
    (folder / "alerts.yml").write_text(rule, encoding="utf-8")
    (folder / "alerts_test.yml").write_text(RULE_TEST, encoding="utf-8")
    made = Job(
        committed / ".github/workflows/ci.yml",
        "monitoring",
        committed,
        tmp_path,
        {},
        on_path(tmp_path / "bin", docker=DOCKER),
    )
    assert made.run() is green, made.said


def test_every_licence_is_listed_and_the_strong_ones_are_pointed_at(
    committed: Path, tmp_path: Path
) -> None:
    step = "List the licences of what the image contains"
    code = script(committed / ".github/workflows/security.yml", "packages", step)
    installed = tmp_path / "installed"
    for name, said in {
        "kind": "License-Expression: MIT",
        "lesser": "Classifier: License :: OSI Approved :: GNU Lesser General Public License v3",
        "strong": "License: AGPL-3.0-only",
        "silent": "Summary: x",
    }.items():
        facts = installed / f"{name}-1.0.dist-info" / "METADATA"
        facts.parent.mkdir(parents=True)
        facts.write_text(f"Name: {name}\nVersion: 1.0\n{said}\n", encoding="utf-8")
    python = committed / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{installed}" exec "{sys.executable}" -S "$@"\n')
    python.chmod(0o755)
    summary = tmp_path / "summary"
    environment = on_path(tmp_path / "bin", uv="exit 0") | {"GITHUB_STEP_SUMMARY": str(summary)}
    done = run(code, committed, environment)
    assert done.returncode == 0, done.stderr
    rows = [line for line in summary.read_text(encoding="utf-8").splitlines() if "| 1.0 |" in line]
    assert [row.split(" | ")[0].strip("| ") for row in rows] == [
        "kind",
        "lesser",
        "silent",
        "strong",
    ]
    assert ["look at it" in row for row in rows] == [False, False, True, True]


def test_the_look_at_a_live_address_needs_no_package(committed: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-m", "app", "smoke", "http://127.0.0.1:9", "--wait", "0"],
        cwd=committed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.partition(" was")[0]) == (1, "error: http://127.0.0.1:9")
