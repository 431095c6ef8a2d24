"""Sources behind a network: a git server over http and https, file URLs, and lines that break."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.machine import listing
from tests.small_pack import git
from tests.updating.learner import edit, resolve
from tests.updating.server import PACK, REFS, GitServer, self_signed, serving
from tests.updating.state import state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.updating.conftest import Workshop
    from tests.updating.quick import Quick


@pytest.fixture
def bare(workshop: Workshop, tmp_path: Path) -> Path:
    """A folder with the pack's repository, as a server has it; its newest release is v0.2.0."""
    root = tmp_path / "served"
    root.mkdir()
    git(root, "clone", "--quiet", "--bare", os.fspath(workshop.pack), "pack.git")
    git(root / "pack.git", "tag", "--delete", "v0.9.0")
    return root


@pytest.fixture
def server(bare: Path) -> Iterator[GitServer]:
    """A server of it over http."""
    with serving(bare) as made:
        yield made


def made_from(machine: Quick, source: str) -> Path:
    """A colliding repository made from a source."""
    folder = machine.work / "project"
    said = machine.run(
        *("new", "tiny", os.fspath(folder), "--defaults", "--no-lock"),
        *("--ref", "v0.1.0", "--source", source),
    )
    assert said.code == 0, said
    edit(folder, "app/rule.py", "LIMIT = 10", "LIMIT = 11")
    machine.git(folder, "commit", "-qam", "Mine")
    return folder


def copier(machine: Quick, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run plain copier in a repository."""
    command = [sys.executable, "-m", "copier", *words]
    return subprocess.run(
        command, cwd=folder, env=machine.env, capture_output=True, text=True, check=False
    )


def whole_life(machine: Quick, source: str, recorded: str) -> None:
    """Make a repository from a source, preview, update, finish, and let plain copier follow."""
    folder = made_from(machine, source)
    answers = yaml.safe_load((folder / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert answers["_src_path"] == recorded
    told = machine.run("status", "project", "--json").document["repositories"][0]
    assert (told["version"], told["newest"], told["outdated"]) == ("v0.1.0", "v0.2.0", True)
    before = state(machine, folder)
    preview = machine.run("update", "project", "--preview", "--json")
    assert (preview.code, preview.document["to"]) == (1, "v0.2.0"), preview
    assert not state(machine, folder).differs(before)
    assert machine.run("update", "project", "--no-lock").code == 1
    resolve(folder)
    assert machine.run("update", "project", "--finish", "--no-lock").code == 0
    machine.git(folder, "commit", "-qm", "Update")
    again = machine.run("update", "project", "--json")
    assert (again.code, again.document["state"]) == (0, "newest")
    after = state(machine, folder)
    checked = copier(machine, folder, "check-update")
    assert checked.returncode == 0, checked
    assert "up-to-date" in checked.stdout + checked.stderr
    updated = copier(machine, folder, "update", "--defaults", "--quiet")
    assert updated.returncode == 0, updated
    assert not state(machine, folder).differs(after)
    assert listing(machine.temporary) == {}


def test_a_repository_lives_on_a_server_over_http(quick: Quick, server: GitServer) -> None:
    whole_life(quick, f"{server.url}/pack.git", f"{server.url}/pack.git")
    assert len(server.sizes[PACK]) >= 6


def test_a_repository_lives_on_a_server_over_https(
    quick: Quick, bare: Path, tmp_path: Path
) -> None:
    with serving(bare, self_signed(tmp_path)) as server:
        quick.env["GIT_SSL_CAINFO"] = os.fspath(tmp_path / "certificate.pem")
        whole_life(quick, f"{server.url}/pack", f"{server.url}/pack.git")


def test_a_server_whose_certificate_nobody_trusts_is_not_trusted(
    quick: Quick, bare: Path, tmp_path: Path
) -> None:
    with serving(bare, self_signed(tmp_path)) as server:
        source = f"{server.url}/pack.git"
        said = quick.run("new", "tiny", "x", "--defaults", "--no-lock", "--source", source)
        assert said.code == 3
        assert said.error[0].startswith(f"Error: The source {source} cannot be read: ")
        assert "certificate" in said.error[0]


def test_a_repository_lives_from_a_file_url(quick: Quick, bare: Path) -> None:
    whole_life(quick, f"file://{bare}/pack.git", f"file://{bare}/pack.git")


def test_a_repository_lives_from_a_plain_path(quick: Quick, bare: Path) -> None:
    whole_life(quick, f"{bare}/pack.git", f"{bare}/pack.git")


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a server.

    Attributes:
        reason: What is told of it, beside the address.
        status: The status that it answers with.
        cut: Where its answers end: a share of their bytes, or a number of bytes from the start or,
            if negative, from the end.
        cutting: Which answers.
    """

    reason: str = ""
    status: int = 0
    cut: float | int | None = None
    cutting: str = PACK


TROUBLES = {
    "asks for a password": Trouble("could not read Username", status=401),
    "forbids it": Trouble("403", status=403),
    "has nothing there": Trouble("not found", status=404),
    "is out of order": Trouble("500", status=500),
    "breaks off at once": Trouble(cut=0),
    "breaks off after a byte": Trouble(cut=1),
    "breaks off after a line": Trouble(cut=40),
    "breaks off half-way": Trouble(cut=0.5),
    "breaks off near the end": Trouble(cut=0.9),
    "breaks off just before the end": Trouble(cut=-30),
    "breaks off its list at once": Trouble(cut=0, cutting=REFS),
    "breaks off its list": Trouble(cut=60, cutting=REFS),
}


@pytest.mark.parametrize("what", TROUBLES)
def test_a_server_that_fails_changes_nothing_and_is_named(
    quick: Quick, server: GitServer, what: str
) -> None:
    trouble, source = TROUBLES[what], f"{server.url}/pack.git"
    folder = made_from(quick, source)
    before = state(quick, folder)
    everything = listing(folder)
    server.status, server.cutting = trouble.status, trouble.cutting
    if trouble.cut is not None:
        size = max(server.sizes[trouble.cutting])
        server.cut = int(size * trouble.cut) if isinstance(trouble.cut, float) else trouble.cut
    for words in (("--preview",), ("--no-lock",)):
        said = quick.run("update", "project", *words)
        assert said.code == 3, said
        assert said.error[0].startswith(f"Error: The source {source} cannot be read: "), said
        assert trouble.reason.casefold() in said.error[0].casefold(), said
        assert len(said.error) == 2
    assert not state(quick, folder).differs(before)
    ours = {path for path in listing(folder) if path.startswith(".git/scaffold")}
    assert {path: kind for path, kind in listing(folder).items() if path not in ours} == everything
    assert listing(quick.temporary) == {}
    told = quick.run("status", "project", "--json").document["repositories"][0]
    assert (trouble.cutting == PACK and not trouble.status) or source in told["trouble"]
    server.status, server.cut = 0, None
    assert quick.run("update", "project", "--no-lock").code == 1


def test_a_server_that_is_gone_changes_nothing(quick: Quick, bare: Path) -> None:
    with serving(bare) as server:
        folder = made_from(quick, f"{server.url}/pack.git")
    before = state(quick, folder)
    said = quick.run("update", "project")
    assert said.code == 3
    assert said.error[0].startswith(f"Error: The source {server.url}/pack.git cannot be read: ")
    assert said.error[1:] == [
        "Check the address and the network; without --source the embedded ones are used."
    ]
    assert not state(quick, folder).differs(before)


def test_a_release_that_is_gone_from_the_server_is_named(
    quick: Quick, server: GitServer, bare: Path
) -> None:
    folder = made_from(quick, f"{server.url}/pack.git")
    before = state(quick, folder)
    git(bare / "pack.git", "tag", "--delete", "v0.1.0")
    said = quick.run("update", "project")
    assert (said.code, said.error) == (
        3,
        [
            (
                f"Error: The source {server.url}/pack.git has no v0.1.0 any more, "
                "from which this was made."
            ),
            "Update scaffold itself, or take another source: `scaffold switch --help`.",
        ],
    )
    assert not state(quick, folder).differs(before)


def test_undoing_and_finishing_need_no_server(quick: Quick, bare: Path) -> None:
    with serving(bare) as server:
        folder = made_from(quick, f"{server.url}/pack.git")
        before = state(quick, folder)
        assert quick.run("update", "project", "--no-lock").code == 1
    resolve(folder)
    assert quick.run("update", "project", "--finish", "--no-lock").code == 0
    assert quick.run("update", "project", "--undo").code == 0
    assert not state(quick, folder).differs(before)


def test_a_completed_update_needs_no_server(quick: Quick, bare: Path) -> None:
    from tests.updating.dying import KILLED, Watch

    with serving(bare) as server:
        folder = made_from(quick, f"{server.url}/pack.git")
        watch = Watch(folder, number=1, matching="os.rename .*/project/app/rule.py$")
        assert quick.fork("update", "project", "--no-lock", prepare=watch.install).code == KILLED
    said = quick.run("update", "project", "--json")
    assert (said.code, said.document["state"]) == (1, "completed")
