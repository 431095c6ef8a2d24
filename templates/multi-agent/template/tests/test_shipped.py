"""The shipped desk: its memo follows the tables, and nothing of the domain is in the code.

These go with the shipped data: where you replaced it, they are skipped.
"""

import csv
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from app.desk.installed import installed
from app.project import read_project
from app.runs.loops import run_to_end
from app.runs.opening import open_runner
from app.runs.run_log import Run
from app.settings import Settings
from app.verbs.collecting import write_tables

from .conftest import ROOT
from .small import lines

PLAYBOOK = ROOT / "data" / "playbook.toml"


def _is_shipped() -> bool:
    if not PLAYBOOK.exists() or not (ROOT / "data" / "tables" / "licence_rules.csv").exists():
        return False
    return "licences" in [one["name"] for one in tomllib.loads(PLAYBOOK.read_text("utf-8"))["play"]]


pytestmark = pytest.mark.skipif(not _is_shipped(), reason="data/ is your own by now")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose packages are files."""
    folder = tmp_path_factory.mktemp("shipped") / "desk"
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copy(ROOT / "project.toml", folder)
    write_tables(installed(), folder / "data" / "tables")
    return folder


@pytest.fixture
def desk(original: Path, tmp_path: Path) -> Path:
    """A copy of that, which a test can change."""
    return shutil.copytree(original, tmp_path / "desk")


def change(desk: Path, package: str, **values: object) -> None:
    """Writes other values into a package's row, and its new name into those of requirements."""
    file = desk / "data" / "tables" / "packages.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        if row["name"] == package:
            row.update({name: str(value) for name, value in values.items()})
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def ask(desk: Path, question: str = "") -> Run:
    settings = Settings(
        _env_file=None,
        project_file=desk / "project.toml",
        desk_file=desk / "desk.db",
        database_url=f"sqlite:///{desk / 'app.db'}",
    )
    project = read_project(settings.project_file)

    async def inside() -> Run:
        async with open_runner(settings, project) as runner:
            return await runner.start(question or project.words.example)

    return run_to_end(inside())


def said(run: Run) -> str:
    assert run.memo, run.reason
    return "\n".join(lines(run.memo))


def an_allowed_package(desk: Path) -> str:
    with (desk / "data" / "tables" / "packages.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return next(row["name"] for row in rows if row["licence"] == "MIT" and row["shipped"] == "1")


def test_a_licence_that_changes_changes_the_answer(desk: Path) -> None:
    name = an_allowed_package(desk)
    before = ask(desk)
    assert before.status == "waiting", before.reason
    assert f"{name} " not in said(before)
    change(desk, name, licence="GPL-3.0-only")
    after = ask(desk)
    assert after.memo
    assert after.memo["answer"] == "no"
    assert re.search(
        rf"^{re.escape(name)} .* under GPL-3.0-only, which is forbidden", said(after), re.M
    )
    assert "No shipped package has a forbidden licence." not in said(after)


def test_a_size_that_is_multiplied_breaks_the_budget(desk: Path) -> None:
    name = an_allowed_package(desk)
    change(desk, name, size_bytes=700_000_000)
    run = ask(desk)
    assert run.memo
    assert run.memo["answer"] == "no"
    assert f"{name} " in said(run)
    assert "takes 700.0 MB, more than the 20 MB" in said(run)
    assert " MB too much." in said(run)


def test_a_package_that_is_renamed_has_its_new_name_in_the_memo(desk: Path) -> None:
    name = an_allowed_package(desk)
    change(desk, name, name="entirely-new-name", licence="LGPL-3.0-only")
    run = ask(desk)
    assert "entirely-new-name " in said(run)
    assert run.memo
    assert any("entirely-new-name" in one["subject"] for one in run.memo["exceptions"])


def test_packages_are_found_by_the_name_in_the_question(desk: Path) -> None:
    name = an_allowed_package(desk)
    change(desk, name, version="77.66.55")
    assert f"{name} 77.66.55 is under MIT" in said(ask(desk, f"Tell me about {name}, please."))


def test_the_memo_waits_and_every_exception_names_a_rule(desk: Path) -> None:
    run = ask(desk)
    assert run.status == "waiting"
    assert run.memo
    assert run.memo["exceptions"]
    assert all(one["rule"] and one["reason"] for one in run.memo["exceptions"])


@pytest.mark.parametrize(
    "question", ["Which of our suppliers will still exist in five years?", "Is it going to rain?"]
)
def test_an_unknown_question_is_refused(desk: Path, question: str) -> None:
    run = ask(desk, question)
    assert run.outcome == "refused"
    assert "not in my playbook" in run.reason
