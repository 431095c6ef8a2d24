"""Handing out: whole repositories, each exactly once, whatever happens in between."""

from __future__ import annotations

import os
import re
import signal
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold import membership, source
from scaffold.cohort.objects import commit
from scaffold.render import render
from scaffold.update.files import read_tree
from tests.cohort.school import LEARNERS, School, bare, git, wait_for_an_end, work
from tests.small_pack import TEMPLATE, small_pack

if TYPE_CHECKING:
    from tests.updating.server import GitServer


def copied(pack: Path, folder: Path, name: str) -> dict[str, bytes]:
    """What copier gives a learner, and the class in it."""
    answers = {"template": TEMPLATE, "project_name": "one", "author": f"{name.title()} Surname"}
    with source.open_pack(source.parse(os.fspath(pack)), "v0.1.0") as opened:
        render(opened, answers, folder)
    files = {path: file.data for path, file in read_tree(folder).items()}
    member = membership.Membership("The class", "one")
    files["pyproject.toml"] = membership.with_class(files["pyproject.toml"], member)
    return files


def test_a_bare_repository_holds_what_copier_gives(
    school: School, pack: Path, tmp_path: Path
) -> None:
    school.write(pack, "out/{username}.git")
    states = school.states("handout", "--no-lock", code=0)
    assert {one["state"] for one in states.values()} == {"done"}
    for name in LEARNERS:
        place = school.folder / "out" / f"{name}.git"
        assert git(place, "rev-list", "--all", "--count").strip() == "1"
        assert git(place, "symbolic-ref", "HEAD").strip() == "refs/heads/main"
        assert git(place, "rev-parse", "HEAD").strip() == states[name]["commit"]
        message = git(place, "log", "-1", "--format=%an <%ae>%n%B").strip()
        assert message == (
            "Instructor <instructor@example.org>\n"
            f"Start from {TEMPLATE} v0.1.0\n\nHandout: the-class/one/{name}"
        )
        git(tmp_path, "clone", "--quiet", os.fspath(place), f"clone-{name}")
        clone = tmp_path / f"clone-{name}"
        mine = {path: file.data for path, file in read_tree(clone).items() if ".git/" not in path}
        assert mine == copied(pack, tmp_path / f"copy-{name}", name)
        git(clone, "add", "--all", "--renormalize")
        assert git(clone, "status", "--porcelain") == ""
    assert not list((school.folder / "out").glob(".*"))
    assert not list((school.folder / ".cohort" / "work").iterdir())


def test_a_file_that_may_be_run_may_be_run_by_the_learner(school: School, tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "pack")
    script = pack / "templates" / TEMPLATE / "template" / "run.sh"
    script.write_text("#!/bin/sh\n", encoding="utf-8")
    script.chmod(0o755)
    git(pack, "add", "--all")
    git(pack, "commit", "--quiet", "-m", "x")
    git(pack, "tag", "v0.2.0")
    school.write(pack, "out/{username}")
    text = (school.folder / "class.toml").read_text(encoding="utf-8").replace("v0.1.0", "v0.2.0")
    (school.folder / "class.toml").write_text(text, encoding="utf-8")
    school.states("handout", "--no-lock", "--only", "ada", code=0)
    made = school.folder / "out" / "ada"
    assert (made / "run.sh").stat().st_mode & stat.S_IXUSR
    assert not (made / "README.md").stat().st_mode & stat.S_IXUSR
    assert "100755" in git(made, "ls-files", "--stage", "run.sh")
    assert git(made, "status", "--porcelain") == ""


def test_handing_out_again_does_nothing_whatever_learners_did(
    school: School, pack: Path, tmp_path: Path
) -> None:
    school.write(pack, "out/{username}.git", learners=(*LEARNERS, "dan"))
    school.states("handout", "--no-lock", code=0)
    out = school.folder / "out"
    work(out / "ada.git", tmp_path / "ada", app__mine_dot_py="x = 1\n")
    rewritten = work(out / "bob.git", tmp_path / "bob", app__mine_dot_py="x = 1\n")
    git(rewritten, "checkout", "--quiet", "--orphan", "fresh")
    git(rewritten, "commit", "--quiet", "-m", "All mine")
    git(rewritten, "push", "--quiet", "--force", "origin", "fresh:main")
    plain = work(out / "dan.git", tmp_path / "dan", pyproject_dot_toml='[project]\nname = "x"\n')
    heads = {name: git(out / f"{name}.git", "rev-parse", "main") for name in (*LEARNERS, "dan")}
    states = school.states("handout", "--no-lock", code=0)
    assert {name: one["state"] for name, one in states.items()} == dict.fromkeys(states, "already")
    assert {name: git(out / f"{name}.git", "rev-parse", "main") for name in heads} == heads
    assert git(plain, "log", "--format=%H", "--reverse").split()[0] == states["dan"]["commit"]


def test_what_is_somebody_elses_is_left_alone(school: School, pack: Path, tmp_path: Path) -> None:
    school.write(pack, "out/{username}.git", learners=(*LEARNERS, "dan", "eve"))
    out = school.folder / "out"
    bare(out / "ada.git")
    work(out / "ada.git", tmp_path / "ada", README_dot_md="other\n")
    (out / "bob.git").write_text("a file", encoding="utf-8")
    (out / "cleo.git").mkdir()
    (out / "cleo.git" / "notes.txt").write_text("mine", encoding="utf-8")
    bare(out / "dan.git")
    states = school.states("handout", "--no-lock", code=1)
    assert {name: one["state"] for name, one in states.items()} == {
        **dict.fromkeys(LEARNERS, "refused"),
        **dict.fromkeys(("dan", "eve"), "done"),
    }
    assert git(out / "dan.git", "symbolic-ref", "HEAD").strip() == "refs/heads/main"
    assert (out / "cleo.git" / "notes.txt").read_text(encoding="utf-8") == "mine"
    text = (school.folder / "class.toml").read_text(encoding="utf-8")
    (school.folder / "class.toml").write_text(
        text.replace('"The class"', '"Next year"'), encoding="utf-8"
    )
    states = school.states("handout", "--no-lock", "--only", "eve", code=1)
    assert states["eve"]["state"] == "refused"
    assert "the hand-out the-class/one/eve" in states["eve"]["reason"]


def test_into_folders_with_their_files(school: School, pack: Path) -> None:
    school.write(pack, "out/{username}/{name}")
    (school.folder / "out" / "bob" / "one").mkdir(parents=True)
    (school.folder / "out" / "cleo" / "one").mkdir(parents=True)
    (school.folder / "out" / "cleo" / "one" / "x").write_text("mine", encoding="utf-8")
    states = school.states("handout", "--no-lock", code=1)
    assert {name: one["state"] for name, one in states.items()} == {
        "ada": "done",
        "bob": "done",
        "cleo": "refused",
    }
    made = school.folder / "out" / "ada" / "one"
    assert git(made, "status", "--porcelain", "--branch").strip() == "## main"
    assert (made / "app" / "text.py").is_file()
    states = school.states("handout", "--no-lock", "--only", "ada", code=0)
    assert states["ada"]["state"] == "already"


def test_to_a_host_where_a_command_makes_what_is_missing(
    school: School, pack: Path, server: GitServer
) -> None:
    make = school.folder / "make.sh"
    make.write_text(
        f'#!/bin/sh\ncd "{server.root}" && git init --quiet --bare "$1.git" '
        '&& git -C "$1.git" config http.receivepack true && echo "$1" >> made.txt\n',
        encoding="utf-8",
    )
    make.chmod(0o755)
    where = f"{server.url}/{{username}}-{{name}}.git"
    school.write(pack, where, 'create = ["./make.sh", "{username}-{name}"]')
    bare(server.root / "ada-one.git")
    states = school.states("handout", "--no-lock", code=0)
    assert {one["state"] for one in states.values()} == {"done"}
    made = (server.root / "made.txt").read_text(encoding="utf-8").split()
    assert sorted(made) == ["bob-one", "cleo-one"]
    for name in LEARNERS:
        place = server.root / f"{name}-one.git"
        assert git(place, "rev-parse", "main").strip() == states[name]["commit"]
    again = school.states("handout", "--no-lock", code=0)
    assert {one["state"] for one in again.values()} == {"already"}
    assert sorted((server.root / "made.txt").read_text(encoding="utf-8").split()) == sorted(made)


def test_a_missing_remote_or_one_that_may_not_be_written(
    school: School, pack: Path, server: GitServer
) -> None:
    school.write(pack, f"{server.url}/{{username}}.git")
    bare(server.root / "ada.git")
    bare(server.root / "bob.git", pushable=False)
    states = school.states("handout", "--no-lock")
    assert {name: one["state"] for name, one in states.items()} == {
        "ada": "done",
        "bob": "denied",
        "cleo": "gone",
    }
    assert "may not be written" in states["bob"]["reason"]


def test_a_network_that_comes_back_is_gone_on_with(
    school: School, pack: Path, server: GitServer
) -> None:
    school.on_host(pack, server)
    server.status = 502
    states = school.states("handout", "--no-lock", code=3)
    assert {one["state"] for one in states.values()} == {"failed"}
    server.status = 0
    states = school.states("handout", "--no-lock", "--resume", code=0)
    assert {one["state"] for one in states.values()} == {"done"}
    for name in LEARNERS:
        assert git(server.root / f"{name}.git", "rev-list", "--all", "--count").strip() == "1"


def test_no_token_of_gits_settings_gets_into_anything(
    school: School, pack: Path, server: GitServer
) -> None:
    school.write(pack, "https://school.example/{username}.git")
    secret = server.url.replace("http://", "http://me:ghp_0123456789abcdefghijklmnop@")
    with (school.home / ".gitconfig").open("a", encoding="utf-8") as stream:
        stream.write(f'[url "{secret}/"]\n\tinsteadOf = https://school.example/\n')
    bare(server.root / "ada.git")
    server.status = 403
    done = school.run("handout", "--no-lock")
    assert done.returncode == 1
    assert "Your credentials for school.example were refused" in done.stdout
    assert "403" in done.stdout
    server.status = 0
    assert school.states("handout", "--no-lock", "--only", "ada", "--resume")["ada"]["state"] == (
        "done"
    )
    collected = school.run("collect", "--json")
    said = done.stdout + done.stderr + collected.stdout + collected.stderr
    assert (school.folder / "repositories" / "one" / "ada" / "README.md").is_file()
    assert "ghp_" not in said + school.everything_written()


def test_a_killed_hand_out_is_gone_on_with_exactly_once(school: School, pack: Path) -> None:
    learners = tuple(f"learner{number}" for number in range(12))
    school.write(pack, "out/{username}.git", learners=learners)
    process = school.begin("handout", "--no-lock")
    wait_for_an_end(school, "handout")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    time.sleep(1)  # its workers see that it is gone, and end
    ended = [one for one in school.journal("handout") if one["event"] == "end"]
    assert 0 < len(ended) < 12
    refused = school.run("handout", "--no-lock")
    assert refused.returncode == 2
    assert re.search(r"interrupted after \d+ of 12", refused.stderr)
    states = school.states("handout", "--no-lock", "--resume", code=0)
    assert set(states) == set(learners)
    for name in learners:
        place = school.folder / "out" / f"{name}.git"
        assert git(place, "rev-list", "--all", "--count").strip() == "1"
        assert git(place, "rev-parse", "main").strip() == states[name]["commit"]
    assert not list((school.folder / "out").glob(".*"))
    assert not list((school.folder / ".cohort" / "work").iterdir())
    assert school.journal("handout")[-1]["event"] == "complete"
    nothing = school.run("handout", "--no-lock", "--only-failed")
    assert (nothing.returncode, nothing.stdout.strip()) == (
        0,
        "Nothing is left to do in The class.",
    )


def test_ctrl_c_ends_with_130_and_leaves_nothing(school: School, pack: Path) -> None:
    learners = tuple(f"learner{number}" for number in range(12))
    school.write(pack, "out/{username}.git", learners=learners)
    process = school.begin("handout", "--no-lock")
    wait_for_an_end(school, "handout")
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "scaffold cohort handout --resume" in said
    assert not list((school.folder / ".cohort" / "work").iterdir())
    states = school.states("handout", "--no-lock", "--resume", code=0)
    assert len(states) == 12


def test_only_one_at_a_time(school: School, pack: Path) -> None:
    school.write(pack, "out/{username}.git", learners=tuple(f"l{n}" for n in range(60)))
    process = school.begin("handout", "--no-lock")
    wait_for_an_end(school, "handout")
    other = school.run("handout", "--no-lock", "--anew")
    assert process.wait(60) == 0
    process.communicate()
    assert other.returncode == 2
    assert "Another `scaffold cohort` is at work" in other.stderr


def test_a_lock_is_made_once_for_all(school: School, pack: Path, tmp_path: Path) -> None:
    real = next(
        Path(place) / "uv"
        for place in os.environ["PATH"].split(os.pathsep)
        if (Path(place) / "uv").is_file()
    )
    (tmp_path / "bin").mkdir()
    uv = tmp_path / "bin" / "uv"
    uv.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/uv.txt\nexec {real} "$@"\n', encoding="utf-8"
    )
    uv.chmod(0o755)
    school.write(pack, "out/{username}.git", learners=tuple(f"l{n}" for n in range(8)))
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{uv.parent}{os.pathsep}{before}"
    try:
        states = school.states("handout", code=0)
    finally:
        os.environ["PATH"] = before
    assert {(one["state"], one["reason"]) for one in states.values()} == {("done", "")}
    calls = (tmp_path / "uv.txt").read_text(encoding="utf-8").splitlines()
    assert len([one for one in calls if one.startswith("lock")]) == 2  # a model, and the project
    out = school.folder / "out"
    locks = {git(out / f"l{n}.git", "show", "main:uv.lock") for n in range(8)}
    assert len(locks) == 1
    assert 'name = "project"' in locks.pop()


def test_a_plan_writes_nothing(school: School, pack: Path) -> None:
    school.write(
        pack,
        "https://school.example/{username}-{name}.git",
        'create = ["make-it", "{username}"]',
        '[assignments.one.answers]\nlicense = "none"',
    )
    before = sorted(school.folder.rglob("*"))
    done = school.run("handout", "--dry-run")
    assert done.returncode == 0
    assert sorted(school.folder.rglob("*")) == before
    assert f"one: {TEMPLATE} v0.1.0, with license = none; 3 repositories" in done.stdout
    assert "https://school.example/bob-one.git" in done.stdout
    assert "(where missing: make-it bob)" in done.stdout


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("[assignments.one.answers]\nlicence = 'MIT'", "no question licence; did you mean license"),
        ("[assignments.one.answers]\nlicense = 'GPL'", "answer to license will not do"),
    ],
)
def test_answers_that_do_not_fit_are_refused_before_anything_is_written(
    school: School, pack: Path, more: str, words: str
) -> None:
    school.write(pack, "out/{username}.git", more)
    done = school.run("handout", "--no-lock")
    assert done.returncode == 2
    assert words in done.stderr
    assert "The assignment one" in done.stderr
    assert not (school.folder / "out").exists()
    assert not list((school.folder / ".cohort" / "journal").iterdir())


def test_somebody_unknown_to_git_hands_nothing_out(school: School, pack: Path) -> None:
    (school.home / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n", encoding="utf-8")
    school.write(pack, "out/{username}.git")
    done = school.run("handout", "--no-lock")
    assert done.returncode == 2
    assert "git does not know who you are" in done.stderr


def test_bytes_that_are_no_text_are_committed_as_they_are(tmp_path: Path) -> None:
    from scaffold.update.files import File

    place = bare(tmp_path / "x.git")
    content = bytes(range(256)) * 3
    commit(place, {"a b/ü.bin": File(content)}, "m", ("N", "n@x"))
    git(tmp_path, "clone", "--quiet", "--branch", "main", os.fspath(place), "y")
    assert (tmp_path / "y" / "a b" / "ü.bin").read_bytes() == content


def test_init_makes_a_class_that_can_be_filled_in(school: School) -> None:
    done = school.run("init", ".")
    assert done.returncode == 0, done.stderr
    again = school.run("init", ".")
    assert again.returncode == 2
    assert "is there already" in again.stderr
    empty = school.run("handout", "--dry-run")
    assert empty.returncode == 2
    assert "names no learner" in empty.stderr
    with (school.folder / "roster.csv").open("a", encoding="utf-8") as stream:
        stream.write("ada,Ada,\n")
    plan = school.run("handout", "--dry-run")
    assert plan.returncode == 0, plan.stderr
    assert "handed-out/first-api/ada.git" in plan.stdout
