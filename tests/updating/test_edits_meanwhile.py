"""Somebody works on while an update is worked out and carried out, at every start of git."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.updating.conftest import ALL
from tests.updating.learner import THEIRS
from tests.updating.quick import Quick, in_two
from tests.updating.state import leftovers, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updating.conftest import Workshop

LINE = "# written meanwhile"

MEANWHILE = {
    "edits a file": f'echo "{LINE}" >> settings.yml',
    "edits a merged file": f'echo "{LINE}" >> app/work.py',
    "edits a file that goes": f'mkdir -p docs; echo "{LINE}" >> docs/hosting.md',
    "makes a file that comes": (
        f'mkdir -p monitoring/rules; echo "{LINE}" >> monitoring/rules/slow.yml'
    ),
    "makes a file where one moves to": f'echo "{LINE}" >> app/after.py',
    "stages an edit": f'echo "{LINE}" >> settings.yml; git add settings.yml',
    "commits an edit": f'echo "{LINE}" >> settings.yml; git commit -qam Meanwhile',
}


def busy_git(machine: Quick, folder: Path, script: str, number: int) -> str:
    """A PATH whose git lets somebody work in a folder just before its `number`-th start."""
    place, real = machine.root / "bin", shutil.which("git")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    (place / "git").write_text(
        f'#!/bin/sh\necho >> "{place}/count"\n'
        f'if [ "$(wc -l < "{place}/count")" = {number} ]; then\n'
        f'  (unset GIT_INDEX_FILE; PATH="{os.environ["PATH"]}"; cd "{folder}"; {script}) >&2\n'
        f'fi\nexec {real} "$@"\n',
        encoding="utf-8",
    )
    (place / "git").chmod(0o755)
    return f"{place}:{os.environ['PATH']}"


@pytest.mark.parametrize("what", MEANWHILE)
def test_a_line_written_while_an_update_runs_is_never_lost(
    workshop: Workshop, tmp_path: Path, what: str
) -> None:
    machine = workshop.machine(tmp_path / "counting")
    folder = workshop.lay("clean", machine.work / "project")
    path = busy_git(machine, folder, "", 0)
    assert machine.run("update", "project", "--no-lock", env={"PATH": path}).code == 0
    starts = (machine.root / "bin/count").read_text(encoding="utf-8").count("\n")
    assert starts >= 12

    def meanwhile(number: int) -> None:
        machine = workshop.machine(tmp_path / str(number))
        folder = workshop.lay("clean", machine.work / "project")
        start = state(machine, folder)
        path = busy_git(machine, folder, MEANWHILE[what], number)
        said = machine.run("update", "project", "--no-lock", "--json", env={"PATH": path})
        present = state(machine, folder)
        held = b"".join(content for _, content in present.files.values()).decode("latin-1")
        assert LINE in held, said
        assert all(line in held for line in THEIRS[1:]), said
        assert leftovers(folder) == [], said
        if said.code == 2:
            written = {name for name in present.files if LINE.encode() in present.files[name][1]}
            others = {name: one for name, one in present.files.items() if name in start.files}
            assert all(start.files[one] == others[one] for one in others.keys() - written), said
        else:
            needs = "disturbed" in said.document or said.document["state"] == "conflicts"
            assert said.code == (1 if needs else 0), said
            assert "region: europe" in held
        shutil.rmtree(machine.root)

    first = 1 + list(MEANWHILE).index(what) % 3
    in_two(meanwhile, range(1, starts + 1) if ALL else range(first, starts + 1, 3))


@pytest.mark.parametrize("what", ["edits a file", "edits a merged file", "stages an edit"])
def test_a_line_written_while_an_update_is_taken_back_is_there_or_saved(
    workshop: Workshop, quick: Quick, what: str
) -> None:
    folder = workshop.lay("updated", quick.work / "project")
    path = busy_git(quick, folder, "", 0)
    assert quick.run("update", "project", "--undo", env={"PATH": path}).code == 0
    starts = (quick.root / "bin/count").read_text(encoding="utf-8").count("\n")
    assert starts >= 8
    for number in range(1, starts + 1):
        workshop.lay("updated", folder)
        path = busy_git(quick, folder, MEANWHILE[what], number)
        said = quick.run("update", "project", "--undo", "--json", env={"PATH": path})
        assert said.code == (1 if "disturbed" in said.document else 0), (number, said)
        held = b"".join(content for _, content in state(quick, folder).files.values())
        saved = ["git", "grep", "-q", "-F", "-e", LINE, "refs/worktree/scaffold/before-undo"]
        done = subprocess.run(saved, cwd=folder, env=quick.env, check=False)
        assert LINE.encode() in held or done.returncode == 0, (number, said)
        assert leftovers(folder) == [], number
