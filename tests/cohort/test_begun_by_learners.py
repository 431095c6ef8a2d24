"""Learners who begin by themselves, with `scaffold new --class`, beside others of their class.

The class does not tell them apart afterwards: both are collected, reported on and updated.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.cohort.term import small_class
from tests.cohort.term.small_class import ASSIGNMENT, BRANCH, OLD, SmallClass
from tests.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def klass(tmp_path: Path, site: Path, joined: Path) -> Iterator[SmallClass]:
    """A class of four; its file lies in a git repository on the server too."""
    with small_class.opened(tmp_path, site, joined, (), ("ada", "bob", "cleo", "dan")) as made:
        bare = made.server.make("the-class.git")
        published = tmp_path / "published"
        published.mkdir()
        machine = made.instructor.machine
        machine.git(published, "init", "--quiet", "--initial-branch=main")
        shutil.copy(made.instructor.folder / "class.toml", published)
        machine.git(published, "add", "--all")
        machine.git(published, "commit", "--quiet", "--message", "The class")
        machine.git(published, "push", "--quiet", str(bare), "main")
        yield made


@pytest.mark.parametrize("how", ["a path", "a git URL"])
def test_who_begins_alone_is_one_of_the_class(
    klass: SmallClass, tmp_path: Path, site: Path, joined: Path, how: str
) -> None:
    learner = Machine(tmp_path / "learner", site)
    learner.embedded.parent.mkdir(parents=True)
    shutil.copy(joined, learner.embedded)
    git_url = f"{klass.server.url}/the-class.git"
    where = git_url if how == "a git URL" else str(klass.instructor.folder / "class.toml")
    words = ("new", ASSIGNMENT, "mine", "--class", where, "--defaults", "--no-lock")
    said = learner.run(*words, "--data", "author=Ada L.")
    assert said.code == 0, said
    mine = learner.work / "mine"
    project = tomllib.loads((mine / "pyproject.toml").read_text("utf-8"))
    recorded = project["tool"]["scaffold"]["class"]
    assert (recorded["name"], recorded["assignment"]) == ("A small class", ASSIGNMENT)
    assert f"_commit: {OLD}" in (mine / ".copier-answers.yml").read_text("utf-8")
    klass.server.make(klass.bare("ada").name)
    address = f"{klass.server.url}/{klass.bare('ada').name}"
    learner.git(mine, "push", "--quiet", address, "HEAD:main")
    began = klass.pushed("ada")

    told = klass.instructor.outcomes("handout", code=0)
    states = {key.partition("/")[2]: one["state"] for key, one in told.items()}
    assert states == {"ada": "already", "bob": "done", "cleo": "done", "dan": "done"}
    assert klass.pushed("ada") == began
    klass.edit("ada", "notes/mine.md", "# Mine\n")
    klass.edit("bob", "notes/mine.md", "# Mine\n")
    assert klass.instructor.run("collect").code == 0
    assert klass.instructor.run("report").code == 0
    document = json.loads((klass.instructor.folder / "reports/report.json").read_text("utf-8"))
    rows = {one["username"]: one for one in document["learners"]}
    for name in ("state", "version", "newest", "behind", "commits_own", "due", "own", "template"):
        assert rows["ada"][name] == rows["bob"][name], name
    assert rows["ada"]["commits_own"] == 1
    heads = {user: klass.pushed(user)["main"] for user in klass.users}
    told = klass.instructor.outcomes("update", "--to", "v0.1.1", code=0)
    assert {one["state"] for one in told.values()} == {"done"}
    for user in klass.users:
        assert klass.pushed(user).keys() == {"main", BRANCH}
        assert klass.pushed(user)["main"] == heads[user]


@pytest.mark.parametrize("host", ["https://github.com/school", "https://host.example/school"])
@pytest.mark.parametrize("owner", ["", "ada"])
def test_the_repository_has_one_name_in_all_that_is_said(
    klass: SmallClass, tmp_path: Path, site: Path, joined: Path, host: str, owner: str
) -> None:
    learner = Machine(tmp_path / "learner", site)
    learner.embedded.parent.mkdir(parents=True)
    shutil.copy(joined, learner.embedded)
    file = klass.instructor.folder / "class.toml"
    lines = file.read_text("utf-8").splitlines()
    where = f'where = "{host}/{{username}}-first.git"'
    lines = [where if one.startswith("where") else one for one in lines]
    file.write_text("\n".join(lines), "utf-8")
    answered = ("--data", f"github_owner={owner}") if owner else ()
    words = ("new", ASSIGNMENT, "pulled", "--class", str(file), "--defaults", "--no-lock")
    said = learner.run(*words, *answered)
    assert said.code == 0, said
    name = f"{owner or '<you>'}-first"
    assert f"Your class looks for it at {host}/{name}.git" in said.out
    if "github" in host:
        shown = f"school/{name}" if owner else f"'school/{name}'"
        assert f"  gh repo create {shown} --public --source . --push\n" in said.out
    else:
        shown = f"{host}/{name}.git" if owner else f"'{host}/{name}.git'"
        assert f"  git remote add origin {shown}\n" in said.out
        assert "gh repo create" not in said.out


def test_answers_of_the_class_are_not_the_learners_to_give(
    klass: SmallClass, tmp_path: Path, site: Path, joined: Path
) -> None:
    text = (klass.instructor.folder / "class.toml").read_text("utf-8")
    answers = f'[assignments.{ASSIGNMENT}.answers]\nlicense = "Apache-2.0"\n'
    klass.instructor.write_class(f'scaffold = "0.5.0"\n{text}{answers}')
    learner = Machine(tmp_path / "learner", site)
    learner.embedded.parent.mkdir(parents=True)
    shutil.copy(joined, learner.embedded)
    file = str(klass.instructor.folder)
    words = ("new", ASSIGNMENT, "mine", "--class", file, "--defaults", "--no-lock")
    assert learner.run(*words, "--data", "deploy_target=none").code == 0
    recorded = (learner.work / "mine/.copier-answers.yml").read_text("utf-8")
    assert "license: Apache-2.0" in recorded
    assert "deploy_target: none" in recorded
    klass.instructor.write_class(f'scaffold = "99.0.0"\n{text}{answers}')
    refused = learner.run(*("new", ASSIGNMENT, "other", "--class", file, "--defaults"))
    assert refused.code == 2
    assert "99.0.0" in refused.err
    assert not (learner.work / "other").exists()


def test_a_class_that_is_not_there_leaves_nothing(
    klass: SmallClass, tmp_path: Path, site: Path
) -> None:
    learner = Machine(tmp_path / "learner", site)
    for where in (f"{klass.server.url}/none.git", str(tmp_path / "none.toml")):
        said = learner.run("new", ASSIGNMENT, "mine", "--class", where, "--defaults", "--no-lock")
        assert said.code in {2, 3}, said
        assert "Traceback" not in said.err
    assert not list(learner.work.iterdir())
    assert not list(learner.temporary.iterdir())
    subprocess.run(["git", "fsck"], cwd=klass.server.root / "the-class.git", check=True)
