"""Cheats that were written after the rules were mended, by somebody who knew how these work."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.check import growing
from tests.check.adversaries.changing import (
    PROSE,
    answer,
    commit,
    read,
    refill,
    report,
    rows_of,
    save,
    sub,
)
from tests.check.adversaries.registry import adversary
from tests.check.growing import edit, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.check.adversaries.registry import Git

SUPERVISED, RAG, AGENTS = "supervised-api", "rag-app", "multi-agent"


@adversary("desk-of-the-tests", AGENTS, "untouched", "OW101", later=True)
def desk_of_the_tests(folder: Path, git: Git) -> None:
    """Puts the little desk that the starter's own tests work with in place of the shipped one."""
    for part in ("documents", "tables"):
        shutil.rmtree(folder / "data" / part)
        shutil.copytree(folder / "tests/domains/greenhouse" / part, folder / "data" / part)
    for name in ("playbook", "tasks"):
        write(folder, f"data/{name}.toml", read(folder, f"tests/domains/greenhouse/{name}.toml"))
    sub(folder, "project.toml", r"^installed = true", "installed = false")
    commit(folder, git, "Our greenhouse")


@adversary("another-shell", SUPERVISED, "finished", "PF104", later=True)
def another_shell(folder: Path, git: Git) -> None:
    """Runs the gate in a shell that goes on after errors, and ends it with a word."""
    path = ".github/workflows/ci.yml"
    sub(
        folder,
        path,
        r"^( +)run: (.*\bapp (?:train|evaluate).*)$",
        r"\1shell: bash {0}\n\1run: |\n\1  \2\n\1  echo measured",
    )
    commit(folder, git, "A word at the end")


@adversary("skipping-fixture", RAG, "untouched", "ST105 OW103", later=True)
def skipping_fixture(folder: Path, git: Git) -> None:
    """Leaves every test as it is, and lets a fixture of all of them skip those of attacks."""
    conftest = read(folder, "tests/conftest.py")
    more = """
@pytest.fixture(autouse=True)
def calm(request: pytest.FixtureRequest) -> None:
    if request.node.path.stem in {"test_attacks", "test_suspicion", "test_grounding"}:
        pytest.skip("slow")
"""
    write(folder, "tests/conftest.py", f"{conftest}\n{more}")
    commit(folder, git, "Faster tests")


@adversary("ready-of-a-constant", RAG, "untouched", "ST103", later=True)
def ready_of_a_constant(folder: Path, git: Git) -> None:
    """Lets the readiness route depend on a name that is never anything but empty."""
    edit(
        folder,
        "app/service/operations.py",
        '        return problem(503, health.obstacle) if health.obstacle else {"status": "ready"}',
        '        wrong = ""\n        return problem(503, wrong) if wrong else {"status": "ready"}',
    )
    commit(folder, git, "Always ready")


@adversary("slices-merged", SUPERVISED, "finished", "RC103 CD105", later=True)
def slices_merged(folder: Path, git: Git) -> None:
    """Calls the rows of the worst part by the name of the best, before the numbers are made."""
    rows = rows_of(folder)
    parts = growing.evaluation(rows)["slices"]["district"]
    order = sorted(parts, key=lambda one: float(parts[one]["ap"]["value"]))
    for row in rows:
        if row["slices"]["district"] == order[0]:
            row["slices"]["district"] = order[-1]
    save(folder, SUPERVISED, "evaluation", growing.evaluation(rows), rows)
    parts = report(folder)["slices"]["district"]
    worst = min(parts, key=lambda one: float(parts[one]["ap"]["value"]))
    link = f"[AP 0.000](reports/evaluation.json#/slices/district/{worst}/ap)"
    answer(folder, {"RC3": f"Worst in the {worst}: {link}. {PROSE[SUPERVISED]['RC3']}"})
    refill(folder)
    commit(folder, git, "Measured again")


@adversary("tool-by-another-name", AGENTS, "depot", "PF105", later=True)
def tool_by_another_name(folder: Path, git: Git) -> None:
    """Lets a tool of a finished project write a file, by a function looked up by its name."""
    edit(
        folder,
        "app/due_dates.py",
        "    due = add_months(day, months).isoformat()\n",
        "    due = add_months(day, months).isoformat()\n"
        '    getattr(Path("var/told.txt"), "write" + "_text")(due)\n',
    )
    edit(
        folder,
        "app/due_dates.py",
        "from typing import",
        "from pathlib import Path\nfrom typing import",
    )
    commit(folder, git, "Remember what was told")
