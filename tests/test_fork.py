"""A fork that has cut releases takes over a newer one of where it was forked, by its page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from scaffold.errors import OutsideError
from scaffold.pack.history import read_history, read_releases
from scaffold.pack.lint import lint
from scaffold.pack.rules.catalogue import differs
from scaffold.pack.state import ends
from scaffold.releases import join, shipped
from tests.machine import Machine
from tests.packs import RENDERED, STARTER, edit, minimal_pack, released, write

PAGE = (Path(__file__).parents[1] / "docs" / "templates.md").read_text(encoding="utf-8")
CHANGELOG = f"{STARTER}/CHANGELOG.md"
HELP = f"{RENDERED}/docs/help.md.jinja"
OFFICE = "Office hours: Tuesdays at four.\n"
QUESTION = """\
help_channel:
  type: str
  default: "room 7"
  when: "~{{ template == 'supervised-api' }}~"
"""
CONFLICT = re.compile(r"<{7}[^\n]*\n(?P<mine>.*?)={7}\n(?P<theirs>.*?)>{7}[^\n]*\n", re.DOTALL)


@dataclass(frozen=True)
class Desk:
    """Somebody who keeps a fork.

    Attributes:
        machine: Theirs.
        original: What was forked.
        host: Where the fork is published.
        fork: Their clone of it.
    """

    machine: Machine
    original: Path
    host: Path
    fork: Path

    def shell(self, commands: str, folder: Path | None = None) -> str:
        """Run commands as they stand on a page; what they print."""
        done = subprocess.run(
            ["bash", "-c", f"set -euo pipefail\n{commands}"],
            cwd=folder or self.fork,
            env=self.machine.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (commands, done.stdout, done.stderr)
        return done.stdout

    def learns(self, tag: str, name: str) -> Path:
        """A learner's repository, made from the fork and worked in."""
        words = ("--source", self.host.as_uri(), "--ref", tag, "--defaults", "--no-lock")
        made = self.machine.run("new", "supervised-api", name, *words)
        assert made.code == 0, made.err
        folder = self.machine.work / name
        write(folder, "data/rows.csv", "a,b\n7,8\n")
        edit(folder, "app/cli.py", 'print("app")', 'print("mine")')
        self.shell("git add --all && git commit --quiet --message Mine", folder)
        return folder


def commands(number: int) -> str:
    """A block of the page, with the versions of the small pack."""
    part = PAGE.partition("### Taking over a newer release of ours\n")[2].partition("\n## ")[0]
    block = re.findall(r"```\n(.*?)```", part, re.DOTALL)[number]
    return str(block).replace("0.6.0", "0.2.0")


def original_moves_on(root: Path) -> None:
    """Change the pack where it was forked from: a file, a pin, a word in the changelog."""
    edit(root, CHANGELOG, "## 0.1.0", "## 0.2.0\n\n- A newer pin.\n\n## 0.1.0")
    edit(root, "templates/_shared/pins.jinja", "v7.0.1", "v7.0.2")
    write(root, f"{RENDERED}/app/new.py", '"""New."""\n')


def fork_moves_on(root: Path) -> None:
    """Change the pack in the fork: a question, and the page that uses the answer."""
    mine = "## 0.1.0.post1\n\n- Where to ask.\n\n"
    edit(root, CHANGELOG, "## 0.1.0", f"{mine}## 0.1.0")
    edit(root, f"{STARTER}/questions.yml", "target:\n", f"{QUESTION}target:\n")
    edit(
        root, f"{STARTER}/owners.yml", "  - /constraints.txt\n", "  - /constraints.txt\n  - /docs\n"
    )
    write(root, HELP, "Ask in ~{{ help_channel }}~.\n")


@pytest.fixture(scope="module")
def desk(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A fork with a release of its own, and what was forked with a newer one. Not to be changed."""
    root = tmp_path_factory.mktemp("desk")
    original = minimal_pack(root)
    edit(original, CHANGELOG, "Unreleased", "0.1.0")
    released(original, "v0.1.0")
    write(root, "bin/scaffold", f'#!/bin/sh\nexec "{sys.executable}" -P -m scaffold "$@"\n')
    (root / "bin" / "scaffold").chmod(0o755)
    machine = Machine(root / "machine", site)
    machine.env["PATH"] = f"{root / 'bin'}{os.pathsep}{machine.env['PATH']}"
    made = Desk(machine, original, root / "host.git", root / "fork")
    commit = "git add --all && git commit --quiet --message"
    made.shell(f"git init --quiet --initial-branch=main && {commit} We", original)
    made.shell(f"git clone --quiet --bare '{original}' '{made.host}'", root)
    made.shell(f"git clone --quiet '{made.host}' '{made.fork}'", root)
    fork_moves_on(made.fork)
    released(made.fork, "v0.1.0.post1")
    made.shell(f"{commit} Ours && git tag v0.1.0.post1 && git push --quiet --tags origin HEAD")
    original_moves_on(original)
    released(original, "v0.2.0")
    made.shell(f"{commit} 'Release v0.2.0'", original)
    write(original, f"{RENDERED}/app/half.py", '"""Not for anybody yet."""\n')
    made.shell(f"{commit} 'Half done'", original)
    return made


@pytest.fixture(scope="module")
def learners(desk: Desk) -> tuple[Path, Path]:
    """Two who work with the fork's first release."""
    return desk.learns("v0.1.0.post1", "by-copier"), desk.learns("v0.1.0.post1", "by-us")


@pytest.fixture(scope="module")
def fork(desk: Desk, learners: tuple[Path, Path]) -> Path:
    """The fork after its owner followed the page. Not to be changed."""
    assert learners
    where = desk.original.as_posix()
    asked = desk.shell(commands(0).replace("https://github.com/the/original.git", where))
    assert asked.splitlines()[-1] == CHANGELOG
    text = (desk.fork / CHANGELOG).read_text(encoding="utf-8")
    both = CONFLICT.sub(lambda found: found["theirs"] + found["mine"], text)
    ours = "## Unreleased\n\n- What 0.2.0 brings.\n\n## 0.2.0"
    write(desk.fork, CHANGELOG, both.replace("## 0.2.0", ours, 1))
    desk.shell(commands(1))
    return desk.fork


def test_learners_get_what_is_new_and_keep_what_is_the_forks(
    desk: Desk, learners: tuple[Path, Path], fork: Path
) -> None:
    assert "v0.2.0.post1" in desk.shell(f"git ls-remote --tags '{desk.host}'")
    assert desk.shell("git status --porcelain", fork) == ""
    by_copier, by_us = learners
    desk.shell(f"'{sys.executable}' -m copier update --defaults", by_copier)
    updated = desk.machine.run("update", "--no-lock", cwd=by_us)
    assert updated.code == 0, updated.err
    for folder in learners:
        assert "_commit: v0.2.0.post1" in (folder / ".copier-answers.yml").read_text("utf-8")
        assert (folder / "docs/help.md").read_text("utf-8") == "Ask in room 7.\n"
        assert (folder / "app/new.py").is_file()
        assert "v7.0.2" in (folder / ".github/workflows/ci.yml").read_text("utf-8")
        assert "mine" in (folder / "app/cli.py").read_text("utf-8")
        assert (folder / "data/rows.csv").read_text("utf-8") == "a,b\n7,8\n"


def test_the_row_of_releases_has_two_ends_until_they_are_taken_together(
    desk: Desk, fork: Path, tmp_path: Path
) -> None:
    releases = fork / "scaffold" / "releases"
    states = read_releases(releases)
    assert {one.tag: one.follows for one in states} == {
        "v0.1.0": (),
        "v0.1.0.post1": ("v0.1.0",),
        "v0.2.0": ("v0.1.0",),
        "v0.2.0.post1": ("v0.1.0.post1", "v0.2.0"),
    }
    assert [one.tag for one in ends(states)] == ["v0.2.0.post1"]
    assert [one.tag for one in ends(states[:3])] == ["v0.1.0.post1", "v0.2.0"]
    assert lint(fork, releases) == ()
    assert not (fork / RENDERED / "app" / "half.py").exists()
    ours = read_history(shipped(desk.original / "scaffold" / "releases"), tmp_path / "ours")
    theirs = read_history(shipped(releases), tmp_path / "theirs")
    assert ours.commits.items() < theirs.commits.items()  # the fork has our very commits
    join(shipped(releases), tmp_path / "joined.bundle")
    tags = desk.shell("git ls-remote --tags joined.bundle", tmp_path).split()[1::2]
    assert sorted(tags) == sorted(f"refs/tags/{one.tag}" for one in states)


def test_a_template_says_what_is_new_where_neither_release_gives_it(fork: Path) -> None:
    *earlier, taken = read_releases(fork / "scaffold" / "releases")
    template = taken.pack.templates[0]
    assert differs(template, taken.pack, earlier)
    assert all(not differs(template, one.pack, earlier) for one in earlier[1:])
    assert differs(template, taken.pack, ())


def test_after_it_the_row_goes_on_in_one_line(fork: Path, tmp_path: Path) -> None:
    later = tmp_path / "later"
    shutil.copytree(fork, later)
    write(later, HELP, f"Ask in ~{{{{ help_channel }}}}~.\n{OFFICE}")
    assert read_releases(released(later, "v0.2.0.post2"))[-1].follows == ("v0.2.0.post1",)


def test_a_release_of_another_row_is_refused(fork: Path, tmp_path: Path) -> None:
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    other = minimal_pack(tmp_path / "other")
    shutil.copy(released(other, "v0.3.0") / "v0.3.0.bundle", mixed)
    for one in shipped(fork / "scaffold" / "releases"):
        shutil.copy(one, mixed)
    with pytest.raises(OutsideError, match="does not follow the releases before it"):
        read_releases(mixed)
