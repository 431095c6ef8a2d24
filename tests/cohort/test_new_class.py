"""A learner joins a class: what is taken from it, and that it never stands in an update's way."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import tomllib
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold import edits, membership, places, releases, source
from scaffold.pristine import Pristine
from tests.cohort.school import School, git
from tests.small_pack import TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Iterator

FIXED = f'[assignments.one.answers]\nlicense = "none"\n[assignments.two]\ntemplate = "{TEMPLATE}"'


@pytest.fixture
def published(school: School, pack: Path) -> School:
    """A class that answers the licence, with two assignments of one template."""
    school.write(pack, "{username}-{name}.git", FIXED)
    text = (school.folder / "class.toml").read_text(encoding="utf-8")
    first = 'version = "v0.1.0"\ndue = 2027-02-01T23:59:00+01:00\nmust_pass = ["PF", "DP"]'
    text = text.replace('version = "v0.1.0"', first)
    (school.folder / "class.toml").write_text(text, encoding="utf-8")
    return school


@pytest.fixture
def website(published: School) -> Iterator[str]:
    """The class's folder, on the web."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            """Say nothing."""

    handler = partial(Quiet, directory=os.fspath(published.folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def new(school: School, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `scaffold new` beside the class's folder."""
    command = [sys.executable, "-m", "scaffold", "new", *words, "--no-lock", "--defaults"]
    return subprocess.run(
        command,
        cwd=school.home,
        env=school.environment,
        capture_output=True,
        text=True,
        check=False,
    )


def member(folder: Path) -> dict[str, str]:
    content = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, str] = content["tool"]["scaffold"]["class"]
    return found


def test_a_learner_gets_what_the_class_says(published: School) -> None:
    done = new(published, "one", "mine", "--class", os.fspath(published.folder), "-d", "author=Ada")
    assert done.returncode == 0, done.stderr
    made = published.home / "mine"
    answers = (made / ".copier-answers.yml").read_text(encoding="utf-8")
    assert "_commit: v0.1.0\n" in answers
    assert "license: none\n" in answers
    assert "author: Ada\n" in answers
    assert member(made) == {"name": "The class", "assignment": "one"}
    assert "It is one of The class.\nDue: 2027-02-01 23:59 (UTC+0100).\n" in done.stdout
    assert "Must pass: PF, DP." in done.stdout
    assert git(made, "status", "--porcelain") == ""


def test_from_the_web_and_from_git(published: School, website: str, pack: Path) -> None:
    text = (published.folder / "class.toml").read_text(encoding="utf-8")
    done = new(published, "one", "web", "--class", f"{website}/class.toml", "--json")
    assert done.returncode == 2
    assert "which is not here" in json.loads(done.stdout)["error"]["problem"]
    url = pack.as_uri()
    (published.folder / "class.toml").write_text(
        text.replace(json.dumps(os.fspath(pack)), json.dumps(url)), encoding="utf-8"
    )
    shutil.copytree(pack, f"{pack}.git", dirs_exist_ok=True)
    done = new(published, "one", "web", "--class", f"{website}/class.toml", "--json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["class"] == {
        "name": "The class",
        "assignment": "one",
        "due": "2027-02-01T23:59:00+01:00",
        "must_pass": ["PF", "DP"],
        "place": None,
    }
    assert member(published.home / "web")["url"] == f"{website}/class.toml"
    host = published.home / "host.git"
    git(published.folder, "init", "--quiet")
    git(published.folder, "add", "class.toml")
    git(published.folder, "commit", "--quiet", "-m", "Class")
    git(published.home, "clone", "--quiet", "--bare", os.fspath(published.folder), os.fspath(host))
    done = new(published, "two", "git", "--class", host.as_uri())
    assert done.returncode == 0, done.stderr
    assert member(published.home / "git") == {
        "url": host.as_uri(),
        "name": "The class",
        "assignment": "two",
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("one", "--data", "license=MIT"), "The class has answered license: none."),
        (("one", "--ref", "v0.1.1"), "--source and --ref do not go with --class"),
        (("three",), "The class has no assignment three."),
        ((TEMPLATE,), f"The class has 2 assignments with {TEMPLATE}."),
    ],
)
def test_what_does_not_fit_the_class_is_refused(
    published: School, words: tuple[str, ...], said: str
) -> None:
    done = new(published, *words, "--class", os.fspath(published.folder))
    assert done.returncode == 2
    assert said in done.stderr


def test_addresses_that_are_no_class(published: School, website: str) -> None:
    for url, code, said in (
        (f"{website}/nowhere.toml", 3, "the host answered 404"),
        (f"{website}/", 2, "is a web page, not a class.toml"),
        ("http://school.example/class.toml", 2, "is not encrypted"),
        ("https://me:secret@school.example/class.toml", 2, "holds a password or a token"),
        ("https://127.0.0.1:9/class.toml", 3, "cannot be fetched"),
        (f"file://{published.home}/none.git", 3, "cannot be fetched"),
    ):
        done = new(published, "one", "x", "--class", url)
        assert (done.returncode, said in done.stderr) == (code, True), (url, done.stderr)
        assert "secret" not in done.stderr
    assert not (published.home / "x").exists()
    text = (published.folder / "class.toml").read_text(encoding="utf-8")
    (published.folder / "class.toml").write_text('scaffold = "9.0.0"\n' + text, encoding="utf-8")
    done = new(published, "one", "x", "--class", f"{website}/class.toml")
    assert (done.returncode, "Update scaffold first" in done.stderr) == (2, True)


@pytest.mark.parametrize("address", ["nowhere", "nowhere/class.toml", "school.example/class.toml"])
def test_a_learner_is_not_told_to_make_a_class(published: School, address: str) -> None:
    done = new(published, "one", "x", "--class", address)
    assert done.returncode == 2
    problem, remedy = done.stderr.splitlines()
    assert problem.startswith(f"Error: There is no class in {address}: ")
    assert remedy == (
        "Check the address that your instructor gave; on the web it begins with https://."
    )
    shutil.rmtree(published.folder)
    said = published.home / "none"
    said.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", "cohort", "collect"],
        cwd=said,
        env=published.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Make one: scaffold cohort init; or name it" in done.stderr  # an instructor is


def _pairs() -> Iterator[tuple[str, str]]:
    """Every embedded template and release that has a newer one."""
    tags = [path.stem for path in releases.shipped()]
    for tag in tags[:-1]:
        with source.open_pack(source.embedded(), tag) as pack:
            yield from ((one.parent.name, tag) for one in pack.root.glob("templates/*/starter.yml"))


PAIRS = sorted(_pairs())


def test_the_pairs_are_all_there() -> None:
    assert len(PAIRS) == 8
    assert {template for template, _ in PAIRS} == {"supervised-api", "rag-app"}


@pytest.mark.parametrize(("template", "tag"), PAIRS)
def test_the_class_is_in_no_updates_way(school: School, template: str, tag: str) -> None:
    (school.folder / "class.toml").write_text(
        'name = "Spring [2027]: \\"ML\\" #1"\npublished = "https://school.example/class.toml"\n'
        f'[assignments.one]\ntemplate = "{template}"\nversion = "{tag}"\n',
        encoding="utf-8",
    )
    done = new(school, "one", "mine", "--class", os.fspath(school.folder))
    assert done.returncode == 0, done.stderr
    mine, theirs = school.home / "mine", school.home / "theirs"
    recorded = member(mine)
    shutil.copytree(mine, theirs)
    scaffold = [sys.executable, "-m", "scaffold", "update", "--no-lock"]
    copier = [Path(sys.executable).with_name("copier"), "update", "--defaults", "--quiet"]
    for command, folder in ((scaffold, mine), (copier, theirs)):
        subprocess.run(command, cwd=folder, env=school.environment, check=True, capture_output=True)
        assert "\nU" not in f"\n{git(folder, 'status', '--porcelain')}"
        text = (folder / "pyproject.toml").read_bytes()
        assert b"<<<<<<<" not in text
        assert member(folder) == recorded
        newest = releases.shipped()[-1].stem
        answers = (folder / ".copier-answers.yml").read_text(encoding="utf-8")
        assert f"_commit: {newest}\n" in answers
        assert places.EMBEDDED_SOURCE in answers
    assert (mine / "pyproject.toml").read_bytes() == (theirs / "pyproject.toml").read_bytes()


def test_the_class_is_nobodys_edit(tmp_path: Path) -> None:
    with source.open_pack(source.embedded()) as pack:
        given = Pristine(pack, "supervised-api").use(
            {"template": "supervised-api", "project_name": "x"}, dict
        )
    for path, data in given.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    plain = given["pyproject.toml"]
    classed = membership.with_class(plain, membership.Membership('A "class" \\ x', "one", "u"))
    for content, edited in (
        (classed, ()),
        (classed.replace(b"\n", b"\r\n"), ()),
        (classed + b"\n[tool.mine]\nx = 1\n", ("pyproject.toml",)),
        (classed.replace(b"line-length = 100", b"line-length = 99"), ("pyproject.toml",)),
    ):
        (tmp_path / "pyproject.toml").write_bytes(content)
        assert edits.find(tmp_path, given).edited == edited
    assert membership.recorded(classed) == membership.Membership('A "class" \\ x', "one", "u")
    assert membership.with_class(classed, membership.Membership("B", "two")) == (
        membership.with_class(plain, membership.Membership("B", "two"))
    )
