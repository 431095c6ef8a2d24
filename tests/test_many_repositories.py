"""Many repositories at once: each source asked once, each release opened once, each told apart."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from scaffold import git_folder, places, project, source
from scaffold.render import render
from tests.small_pack import TEMPLATE, git, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine import Machine


@pytest.fixture
def home(tmp_path: Path, joined: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the small pack as the embedded source."""
    monkeypatch.setenv("HOME", os.fspath(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    places.embedded_bundle().parent.mkdir(parents=True)
    shutil.copy(joined, places.embedded_bundle())
    embedded = source.Source(places.EMBEDDED_SOURCE, os.fspath(places.embedded_bundle()))
    monkeypatch.setattr(source, "embedded", lambda: embedded)
    return tmp_path / "home"


def make(folder: Path, recorded: str, ref: str, **given: Any) -> Path:
    """A repository, rendered by copier."""
    answers = {
        "template": TEMPLATE,
        "project_name": folder.name,
        "description": "Why",
        "author": 'A "B"',
        "github_owner": "",
        "license": "MIT",
        "deploy_target": "render",
        **given,
    }
    if ref != "v0.1.0":
        answers["region"] = "us"
    with source.open_pack(source.choose(recorded), ref) as pack:
        render(pack, answers, folder)
    return folder


@pytest.fixture
def five(home: Path, tmp_path: Path, pack: Path) -> list[Path]:
    """Repositories of two sources and two releases, two of them edited."""
    git_source = os.fspath(pack)
    made = [
        make(tmp_path / "a", places.EMBEDDED_SOURCE, "v0.1.0"),
        make(tmp_path / "b", places.EMBEDDED_SOURCE, "v0.1.1", author="B ü", license="none"),
        make(tmp_path / "c", git_source, "v0.1.0", deploy_target="none"),
        make(tmp_path / "d", places.EMBEDDED_SOURCE, "v0.1.0", description="- a: [b]"),
        make(tmp_path / "e", git_source, "v0.1.1"),
    ]
    assert home.is_dir()
    write(made[1], "app/more.py", "# mine\n")
    (made[3] / "settings.yml").unlink()
    return made


def test_each_source_is_asked_and_each_release_opened_once(
    five: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Counter[str] = Counter()
    opened: Counter[tuple[str, str | None]] = Counter()
    tags, open_pack = source.tags, source.open_pack

    def count_tags(one: source.Source) -> list[str]:
        asked[one.recorded] += 1
        return tags(one)

    def count_open(one: source.Source, ref: str | None = None) -> Any:
        opened[one.recorded, ref] += 1
        return open_pack(one, ref)

    monkeypatch.setattr(source, "tags", count_tags)
    monkeypatch.setattr(source, "open_pack", count_open)
    found = project.statuses([project.read_origin(folder) for folder in [*five, *five[:2]]])
    assert len(asked) == 2
    assert len(opened) == 4
    assert {*asked.values(), *opened.values()} == {1}
    assert [one.edited for one in found if isinstance(one, project.Status)] == [
        *((), ("app/more.py",), (), (), (), (), ("app/more.py",))
    ]


def test_each_repository_is_told_apart_in_the_order_of_asking(five: list[Path]) -> None:
    origins = [project.read_origin(folder) for folder in five]
    together = project.statuses(origins)
    assert together == [project.statuses([origin])[0] for origin in origins]
    known = [one for one in together if isinstance(one, project.Status)]
    assert [one.origin.folder.name for one in known] == list("abcde")
    assert [one.outdated for one in known] == [True, False, True, True, False]
    assert [one.edited for one in known] == [(), ("app/more.py",), (), (), ()]
    assert [one.deleted for one in known] == [(), (), (), ("settings.yml",), ()]
    assert {one.trouble for one in known} == {""}


def test_trouble_with_one_is_not_that_of_the_others(five: list[Path]) -> None:
    changes = {
        0: ("license: MIT", "license: GPL"),
        1: ("_commit: v0.1.1", "_commit: v0.0.9"),
        2: (f"template: {TEMPLATE}", "template: other"),
    }
    for number, (old, new) in changes.items():
        text = (five[number] / ".copier-answers.yml").read_text(encoding="utf-8")
        assert old in text
        write(five[number], ".copier-answers.yml", text.replace(old, new))
    found = project.statuses([project.read_origin(folder) for folder in five])
    troubles = [one.trouble for one in found if isinstance(one, project.Status)]
    assert "license" in troubles[0]
    assert troubles[1].endswith("has no v0.0.9.")
    assert troubles[2] == "There is no template other."
    assert troubles[3:] == ["", ""]


def test_copier_is_not_even_imported(five: list[Path]) -> None:
    check = (
        "import sys; from scaffold import project, source; from pathlib import Path\n"
        "source.embedded = lambda: source.Source(sys.argv[1], sys.argv[2])\n"
        "found = project.statuses([project.read_origin(Path(one)) for one in sys.argv[3:]])\n"
        "assert not [one.trouble for one in found if one.trouble]\n"
        "assert 'copier' not in sys.modules\n"
    )
    bundle = os.fspath(places.embedded_bundle())
    words = [sys.executable, "-c", check, places.EMBEDDED_SOURCE, bundle, *map(os.fspath, five)]
    subprocess.run(words, check=True)


def test_nothing_is_written_in_the_repositories(five: list[Path]) -> None:
    before = {path: path.lstat().st_mtime_ns for one in five for path in (one, *one.rglob("*"))}
    project.statuses([project.read_origin(folder) for folder in five])
    after = {path: path.lstat().st_mtime_ns for one in five for path in (one, *one.rglob("*"))}
    assert before == after


def test_git_is_found_where_it_is(tmp_path: Path) -> None:
    top = tmp_path / "top"
    top.mkdir()
    git(top, "init", "--quiet")
    git(top, "commit", "--quiet", "--allow-empty", "-m", "x")
    git(top, "worktree", "add", "--quiet", os.fspath(tmp_path / "beside"))
    (top / "deep/er").mkdir(parents=True)
    assert git_folder.find(top) == git_folder.find(top / "deep/er") == top / ".git"
    assert git_folder.find(tmp_path / "beside") == top / ".git/worktrees/beside"
    git(tmp_path, "init", "--quiet", "--separate-git-dir", "apart", "elsewhere")
    found = git_folder.find(tmp_path / "elsewhere")
    assert found is not None
    assert found.samefile(tmp_path / "apart")


@pytest.mark.parametrize("room", ["top", "0123456789abcdef"])
def test_a_pending_update_is_an_interrupted_one(tmp_path: Path, room: str) -> None:
    (tmp_path / ".git").mkdir()
    assert not project._interrupted(tmp_path)
    (tmp_path / ".git/scaffold" / room / "undo").mkdir(parents=True)
    assert not project._interrupted(tmp_path)
    (tmp_path / ".git/scaffold" / room / "pending").mkdir()
    assert project._interrupted(tmp_path)
    assert project._interrupted(tmp_path / "below")


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of another kind there")
def test_a_git_folder_of_a_stranger_holds_nobody_up(tmp_path: Path) -> None:
    for name, content in (
        ("loop", b"gitdir: ."),
        ("bytes", b"gitdir: \xff\0"),
        ("other", b"gitdir: a\0b"),
        ("long", b"gitdir: " + b"x" * 5_000),
        ("large", b"gitdir: " + b"x" * 50_000),
    ):
        write(tmp_path, f"{name}/.git", content)
        assert not project._interrupted(tmp_path / name)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe/.git")
    assert not project._interrupted(tmp_path / "pipe")
    (tmp_path / "many/.git/scaffold").mkdir(parents=True)
    (tmp_path / "many/.git/scaffold/up").symlink_to(tmp_path / "many")
    assert not project._interrupted(tmp_path / "many")


def test_an_interrupted_update_is_one_line_and_a_fact(machine: Machine) -> None:
    assert machine.new("x").code == 0
    assert machine.run("status", "x", "--json").document["repositories"][0]["interrupted"] is False
    (machine.work / "x/.git/scaffold/top/pending").mkdir(parents=True)
    assert machine.run("status", "x", "--json").document["repositories"][0]["interrupted"] is True
    said = machine.run("status", "x").out.splitlines()
    assert "an update was interrupted: `scaffold update` completes it" in "\n".join(said)


def test_more_than_three_are_a_row_each(machine: Machine) -> None:
    assert machine.new("a", "--ref", "v0.1.0").code == 0
    for name in ("b", "c", "d"):
        shutil.copytree(machine.work / "a", machine.work / name)
    assert machine.new("e").code == 0
    write(machine.work, "b/app/text.py", "# mine\n")
    (machine.work / "b/settings.yml").unlink()
    (machine.work / "c/.git/scaffold/top/pending").mkdir(parents=True)
    (machine.work / "d/.copier-answers.yml").unlink()
    said = machine.run("status", *"abcde", "--exit-code")
    assert said.code == 2
    assert [line.rstrip() for line in said.out.splitlines()] == [
        "Folder  Starter         Version              Edited  To answer",
        "a       supervised-api  v0.1.0 -> v0.1.1          0          2",
        "b       supervised-api  v0.1.0 -> v0.1.1  1, 1 gone          2",
        "c       supervised-api  v0.1.0 -> v0.1.1          0          2",
        "d       ?               ?                         ?          ?",
        "e       supervised-api  v0.1.1                    0          2",
        "",
        "An update was interrupted: `scaffold update` completes it. In c.",
        "Not read: d was not generated by scaffold: it has no .copier-answers.yml. Name a",
        "folder that `scaffold new` made.",
        "5 repositories: 3 outdated, 1 edited, 4 with questions to answer, 1 interrupted,",
        "4 without a lock, 1 not read.",
    ]
