"""Updating a class: a branch where it is clean, nothing where it is not, and never twice."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.cohort import remote
from scaffold.git import GitFailure
from tests.cohort.school import LEARNERS, School, bare, git, wait_for_an_end, work
from tests.small_pack import RENDERED, TEMPLATE, release, small_pack

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updating.server import GitServer

BRANCH = "scaffold/v0.1.1"


def place(school: School, name: str) -> Path:
    return school.folder / "out" / f"{name}.git"


def refs(repository: Path) -> dict[str, str]:
    listed = git(repository, "for-each-ref", "--format=%(refname:short) %(objectname)")
    return dict(line.split() for line in listed.splitlines())


def test_the_branch_holds_what_scaffold_update_gives(handed_out: School, tmp_path: Path) -> None:
    readme = "# Mine\n\nNo starter's text.\n"
    ada = work(place(handed_out, "ada"), tmp_path / "ada", README_dot_md=readme, app__mine="x\n")
    states = handed_out.states("update", code=0)
    assert {one["state"] for one in states.values()} == {"done"}
    for name in LEARNERS:
        found = refs(place(handed_out, name))
        assert set(found) == {"main", BRANCH}
        assert found[BRANCH] == states[name]["commit"]
        parents = git(place(handed_out, name), "rev-list", "--parents", "-1", BRANCH).split()
        assert parents[1:] == [found["main"]]
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", os.fspath(place(handed_out, "ada")), "clone")
    command = [sys.executable, "-m", "scaffold", "update", "--no-lock", os.fspath(clone)]
    subprocess.run(command, env=handed_out.environment, check=True, capture_output=True)
    tree = git(clone, "write-tree").strip()
    assert tree == git(place(handed_out, "ada"), "rev-parse", f"{BRANCH}^{{tree}}").strip()
    git(ada, "pull", "--quiet", "origin", BRANCH)
    assert (ada / "README.md").read_text(encoding="utf-8") == readme


def test_the_message_tells_what_it_brings(handed_out: School) -> None:
    handed_out.states("update", "--only", "ada", code=0)
    said = git(place(handed_out, "ada"), "log", "-1", "--format=%an%n%B", BRANCH)
    for words in (
        f"Instructor\nUpdate {TEMPLATE} from v0.1.0 to v0.1.1\n",
        f"git merge origin/{BRANCH}",
        "Changed:\n- .copier-answers.yml\n- settings.yml\n",
        "Added:\n- app/more.py\n",
        "v0.1.1 brings:\n- A region.\n",
        "- region = europe: Where it runs\n",
    ):
        assert words in said, (words, said)
    assert said.strip().endswith("\nUpdate: the-class/one/ada v0.1.1")


def test_a_conflict_pushes_nothing_and_names_its_files(handed_out: School, tmp_path: Path) -> None:
    edited = work(place(handed_out, "bob"), tmp_path / "bob", settings_dot_yml="all: mine\n")
    before = refs(place(handed_out, "bob"))
    states = handed_out.states("update", code=1)
    assert states["bob"]["state"] == "conflicts"
    assert states["bob"]["files"] == ["settings.yml"]
    assert refs(place(handed_out, "bob")) == before
    assert (states["ada"]["state"], states["cleo"]["state"]) == ("done", "done")
    told = handed_out.run("update", "--only", "bob")
    assert "one/bob: conflicts in settings.yml" in told.stdout
    assert "settings.yml" in told.stdout
    git(edited, "fetch", "--quiet")
    assert git(edited, "status", "--porcelain", "--branch").strip() == "## main...origin/main"


def test_updating_again_pushes_nothing(handed_out: School, tmp_path: Path) -> None:
    handed_out.states("update", code=0)
    ada = tmp_path / "ada"
    git(tmp_path, "clone", "--quiet", os.fspath(place(handed_out, "ada")), "ada")
    git(ada, "merge", "--quiet", f"origin/{BRANCH}")
    git(ada, "push", "--quiet", "origin", "main")
    bob = tmp_path / "bob"
    git(tmp_path, "clone", "--quiet", "-b", BRANCH, os.fspath(place(handed_out, "bob")), "bob")
    work(place(handed_out, "bob"), bob, more="x\n")
    before = {name: refs(place(handed_out, name)) for name in LEARNERS}
    states = handed_out.states("update", code=0)
    assert {name: one["state"] for name, one in states.items()} == dict.fromkeys(
        LEARNERS, "already"
    )
    assert states["bob"]["reason"] == "its owner went on from it"
    assert {name: refs(place(handed_out, name)) for name in LEARNERS} == before
    git(ada, "push", "--quiet", "origin", f":{BRANCH}")
    assert handed_out.states("update", "--only", "ada", code=0)["ada"]["state"] == "newest"
    assert set(refs(place(handed_out, "ada"))) == {"main"}


@pytest.fixture
def moved(school: School, site: Path, pack: Path) -> School:
    """A class that was handed out from the templates inside the program, and has a source now."""
    class_ = replace(school, package=site)
    class_.write(None, "out/{username}.git")
    class_.states("handout", "--no-lock", code=0)
    class_.write(pack, "out/{username}.git")
    return class_


def owner(school: School, folder: Path, *words: str) -> None:
    """Run a command of whoever owns a repository."""
    command = [sys.executable, "-P", "-m", "scaffold", *words]
    subprocess.run(command, cwd=folder, env=school.environment, check=True, capture_output=True)


def test_what_was_made_from_the_templates_inside_the_program_is_taken_over(
    moved: School, pack: Path, tmp_path: Path
) -> None:
    work(place(moved, "ada"), tmp_path / "ada", README_dot_md="# Mine\n", app__mine_dot_py="x\n")
    work(place(moved, "bob"), tmp_path / "bob", settings_dot_yml="all: mine\n")
    planned = moved.run("update", "--dry-run").stdout
    states = moved.states("update", code=1)
    assert {name: one["state"] for name, one in states.items()} == {
        "ada": "done",
        "bob": "conflicts",
        "cleo": "done",
    }
    ends = {line.split()[0]: line for line in planned.splitlines() if line.startswith("  ")}
    assert ends["ada"].endswith("(clean)")
    assert ends["bob"].endswith("(conflicts in settings.yml)")
    said = git(place(moved, "ada"), "log", "-1", "--format=%B", BRANCH)
    assert f"Once it is merged, updates come from {pack}\n" in said
    by_hand = tmp_path / "by-hand"
    git(tmp_path, "clone", "--quiet", os.fspath(place(moved, "ada")), "by-hand")
    owner(moved, by_hand, "switch", os.fspath(pack))
    git(by_hand, "commit", "--quiet", "--message", "Switch")
    owner(moved, by_hand, "update", "--no-lock")
    tree = git(by_hand, "write-tree").strip()
    assert tree == git(place(moved, "ada"), "rev-parse", f"{BRANCH}^{{tree}}").strip()


def test_what_was_taken_over_goes_on_from_there(moved: School, pack: Path, tmp_path: Path) -> None:
    own = tmp_path / "own-pack"
    git(tmp_path, "clone", "--quiet", os.fspath(pack), "own-pack")
    moved.write(own, "out/{username}.git")
    moved.states("update", "--only", "ada", code=0)
    ada = tmp_path / "ada"
    git(tmp_path, "clone", "--quiet", os.fspath(place(moved, "ada")), "ada")
    git(ada, "merge", "--quiet", f"origin/{BRANCH}")
    git(ada, "push", "--quiet", "origin", "HEAD")
    git(ada, "push", "--quiet", "origin", f":{BRANCH}")
    assert moved.states("update", "--only", "ada", code=0)["ada"]["state"] == "newest"
    release(own, "v0.1.2", {f"{RENDERED}/app/third.py": '"""Third."""\n'})
    assert moved.states("update", "--only", "ada", code=0)["ada"]["state"] == "done"
    said = git(place(moved, "ada"), "log", "-1", "--format=%B", "scaffold/v0.1.2")
    assert "updates come from" not in said
    assert "- app/third.py" in said


def test_what_is_not_taken_over_is_told_with_what_to_do(
    moved: School, pack: Path, tmp_path: Path
) -> None:
    ada = tmp_path / "ada"
    git(tmp_path, "clone", "--quiet", os.fspath(place(moved, "ada")), "ada")
    owner(moved, ada, "update", "--no-lock")
    work(place(moved, "ada"), ada)
    states = moved.states("update", "--only", "ada", code=1)
    assert states["ada"]["reason"] == (
        "It has v0.1.1 already, of the templates inside scaffold. Its owner takes the class's "
        f"source over, and commits: scaffold switch {pack}"
    )
    assert set(refs(place(moved, "ada"))) == {"main"}
    found = seen(moved, "ada")
    assert (found["newest"], found["behind"]) == (None, None)
    assert found["notes"][0].endswith(f"its owner runs scaffold switch {pack}")
    moved.run("nudge")
    told = (moved.folder / "nudges" / "one" / "ada.md").read_text(encoding="utf-8")
    assert f"git pull\nscaffold switch {pack}\ngit commit" in told


def test_a_source_that_lacks_the_release_takes_nothing_over(
    moved: School, pack: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own pack"
    git(tmp_path, "clone", "--quiet", os.fspath(pack), "own pack")
    git(own, "tag", "--delete", "v0.1.0")
    moved.write(own, "out/{username}.git")
    states = moved.states("update", "--only", "ada", code=1)
    assert states["ada"]["reason"] == (
        "It was made from v0.1.0, which is no release of the class's. Take it over or tag it: "
        "docs/templates.md, `A source of your own`."
    )
    found = seen(moved, "ada")
    assert (found["newest"], found["behind"]) == (None, None)
    assert "the class's source has no v0.1.0 of it" in found["notes"][0]
    moved.run("nudge")
    told = (moved.folder / "nudges" / "one" / "ada.md").read_text(encoding="utf-8")
    assert "scaffold switch" not in told


def test_a_branch_from_before_the_class_had_its_source_is_no_takeover(
    moved: School, pack: Path
) -> None:
    moved.write(None, "out/{username}.git")
    moved.states("update", "--only", "ada", code=0)
    moved.write(pack, "out/{username}.git")
    states = moved.states("update", "--only", "ada", code=1)
    assert states["ada"]["state"] == "refused"
    assert states["ada"]["reason"].startswith(f"the branch {BRANCH} is from before the class had")
    git(place(moved, "ada"), "branch", "--quiet", "-D", BRANCH)
    assert moved.states("update", "--only", "ada", code=0)["ada"]["state"] == "done"


def test_conflicts_that_were_solved_with_our_release_are_over(
    moved: School, tmp_path: Path
) -> None:
    bob = work(place(moved, "bob"), tmp_path / "bob", settings_dot_yml="all: mine\n")
    moved.states("update", code=1)
    command = [sys.executable, "-P", "-m", "scaffold", "update", "--no-lock"]
    assert subprocess.run(command, cwd=bob, env=moved.environment, check=False).returncode == 1
    (bob / "settings.yml").write_text("all: mine\n", encoding="utf-8")
    owner(moved, bob, "update", "--finish")
    work(place(moved, "bob"), bob)
    assert seen(moved, "bob")["pending"] == ""


def test_where_the_class_s_source_cannot_be_asked_nobody_is_sent_on_with_ours(
    moved: School,
) -> None:
    text = (moved.folder / "class.toml").read_text(encoding="utf-8")
    gone = re.sub("^source = .*$", 'source = "http://127.0.0.1:9/x.git"', text, flags=re.MULTILINE)
    (moved.folder / "class.toml").write_text(gone, encoding="utf-8")
    found = seen(moved, "ada")
    assert (found["newest"], found["behind"]) == (None, None)
    assert found["notes"][0].startswith("the class's templates can't be asked")
    moved.run("nudge")
    told = (moved.folder / "nudges" / "one" / "ada.md").read_text(encoding="utf-8")
    assert "scaffold update" not in told


def test_a_learner_is_told_how_to_take_the_class_s_source_over(
    moved: School, pack: Path, tmp_path: Path
) -> None:
    bob = work(place(moved, "bob"), tmp_path / "bob", settings_dot_yml="all: mine\n")
    moved.states("update", code=1)
    for name in ("ada", "bob"):
        found = seen(moved, name)
        assert (found["newest"], found["behind"]) == ("v0.1.1", 1)
        assert found["notes"][0].endswith("scaffold cohort update takes it over")
    moved.run("nudge")
    ada, bobs = (
        (moved.folder / "nudges" / "one" / f"{name}.md").read_text(encoding="utf-8")
        for name in ("ada", "bob")
    )
    assert "scaffold switch" not in ada
    assert f"git merge origin/{BRANCH}" in ada
    block = next(one for one in bobs.split("```")[1::2] if "scaffold switch" in one)
    assert block.split("\n")[1:] == [
        *("git pull", f"scaffold switch {pack}"),
        'git commit --message "Take updates from the class"',
        *("scaffold update", "scaffold update --finish", "git commit", ""),
    ]
    owner(moved, bob, "switch", os.fspath(pack))
    git(bob, "commit", "--quiet", "--message", "Take updates from the class")
    command = [sys.executable, "-P", "-m", "scaffold", "update", "--no-lock"]
    assert subprocess.run(command, cwd=bob, env=moved.environment, check=False).returncode == 1
    assert "region: europe" in (bob / "settings.yml").read_text(encoding="utf-8")


def seen(school: School, name: str) -> dict[str, Any]:
    """What the report says of one learner."""
    school.run("collect", "--only", name)
    told = school.run("report", "--only", name, "--json")
    found = json.loads(told.stdout)["learners"][0]
    assert isinstance(found, dict)
    return found


def test_odd_repositories_are_refused_and_stop_nobody(
    handed_out: School, tmp_path: Path, pack: Path
) -> None:
    ada, bob = tmp_path / "ada", tmp_path / "bob"
    git(tmp_path, "clone", "--quiet", os.fspath(place(handed_out, "ada")), "ada")
    answers = (ada / ".copier-answers.yml").read_text(encoding="utf-8")
    lines = [
        "_src_path: https://evil.example/x.git" if one.startswith("_src_path") else one
        for one in answers.splitlines()
    ]
    (ada / ".copier-answers.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    work(place(handed_out, "ada"), ada)
    git(tmp_path, "clone", "--quiet", os.fspath(place(handed_out, "bob")), "bob")
    git(bob, "push", "--quiet", "origin", f"HEAD:{BRANCH}")
    states = handed_out.states("update", code=1)
    assert {name: one["state"] for name, one in states.items()} == {
        "ada": "refused",
        "bob": "refused",
        "cleo": "done",
    }
    said = states["ada"]["reason"]
    assert "come from https://evil.example/x.git, not from the class's" in said
    assert said.endswith(f"and commit: scaffold switch {pack}")
    assert "a branch scaffold/v0.1.1 is there" in states["bob"]["reason"]
    assert set(refs(place(handed_out, "ada"))) == {"main"}
    git(bob, "rm", "--quiet", ".copier-answers.yml")
    git(bob, "push", "--quiet", "origin", f":{BRANCH}")
    work(place(handed_out, "bob"), bob)
    states = handed_out.states("update", "--only", "bob", code=1)
    assert states["bob"]["reason"].startswith("It has no .copier-answers.yml any more")


def test_a_place_that_takes_no_branch_is_told_of(
    school: School, pack: Path, server: GitServer, tmp_path: Path
) -> None:
    school.on_host(pack, server)
    school.states("handout", "--no-lock", code=0)
    hook = server.root / "ada.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho Branches are made by us alone >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    bob = tmp_path / "bob"
    git(tmp_path, "clone", "--quiet", os.fspath(server.root / "bob.git"), "bob")
    git(bob, "push", "--quiet", "origin", "origin/main:refs/heads/scaffold")
    states = school.states("update", code=1)
    assert {name: one["state"] for name, one in states.items()} == {
        "ada": "denied",
        "bob": "denied",
        "cleo": "done",
    }
    assert "takes no such branch" in states["bob"]["reason"]
    assert "pre-receive hook declined" in states["ada"]["reason"]
    log = school.folder / ".cohort" / "logs" / "update-0001" / "one" / "ada.log"
    assert "Branches are made by us alone" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("who", "right"),
    [
        ("a Personal Access Token", "`workflow` scope"),
        ("an OAuth App", "`workflow` scope"),
        ("a GitHub App", "`workflows` permission"),
    ],
)
def test_a_token_that_may_not_write_workflows_is_told_as_that(who: str, right: str) -> None:
    words = f"{who} to create or update workflow `.github/workflows/ci.yml` without {right}"
    said = f"To x\n ! [remote rejected] main -> main (refusing to allow {words})\nerror: failed\n"
    found = remote.unreached(GitFailure(1, said), "https://x.example/a.git", "written")
    assert found.state == "denied"
    assert "gh auth refresh --scopes workflow" in found.reason
    other = said.replace(words, "this branch")
    assert remote.NO_SUCH_BRANCH in remote.unreached(GitFailure(1, other), "x", "written").reason


def test_line_ends_of_another_system_are_kept(handed_out: School, tmp_path: Path) -> None:
    ada = tmp_path / "ada"
    git(tmp_path, "clone", "--quiet", os.fspath(place(handed_out, "ada")), "ada")
    settings = (ada / "settings.yml").read_text(encoding="utf-8").replace("\n", "\r\n")
    (ada / ".gitattributes").write_text("* -text\n", encoding="utf-8", newline="\n")
    (ada / "settings.yml").write_text(settings, encoding="utf-8", newline="")
    work(place(handed_out, "ada"), ada)
    (ada / ".gitattributes").write_text("* text=auto eol=lf\n*.bin binary\n", encoding="utf-8")
    git(ada, "add", ".gitattributes")
    git(ada, "commit", "--quiet", "-m", "Back")
    git(ada, "push", "--quiet", "origin", "HEAD")
    assert handed_out.states("update", "--only", "ada", code=0)["ada"]["state"] == "done"
    merged = subprocess.run(
        ["git", "cat-file", "blob", f"{BRANCH}:settings.yml"],
        cwd=place(handed_out, "ada"),
        capture_output=True,
        check=True,
    ).stdout
    assert b"region: europe\r\n" in merged
    assert merged.count(b"\n") == merged.count(b"\r\n")


def test_releases_follow_each_other(school: School, tmp_path: Path, server: GitServer) -> None:
    pack = small_pack(tmp_path / "pack")
    school.on_host(pack, server)
    school.states("handout", "--no-lock", code=0)
    states = school.states("update", "--to", "0.1.1", code=0)
    assert {(one["state"], one["branch"]) for one in states.values()} == {("done", BRANCH)}
    release(pack, "v0.2.0", {f"{RENDERED}/app/third.py": '"""Third."""\n'})
    states = school.states("update", code=0)
    assert {(one["state"], one["branch"]) for one in states.values()} == {
        ("done", "scaffold/v0.2.0")
    }
    for name in LEARNERS:
        assert set(refs(server.root / f"{name}.git")) == {"main", BRANCH, "scaffold/v0.2.0"}
    refused = school.run("update", "--to", "v0.9.0")
    assert refused.returncode == 2
    assert "has no release v0.9.0" in refused.stderr
    shutil.rmtree(server.root / "ada.git")
    bare(server.root / "bob.git", pushable=False)
    git(server.root / "bob.git", "update-ref", "-d", "refs/heads/scaffold/v0.2.0")
    states = school.states("update", code=1)
    assert {name: one["state"] for name, one in states.items()} == {
        "ada": "gone",
        "bob": "denied",
        "cleo": "already",
    }


def test_folders_of_learners_get_the_branch_beside_their_own(school: School, pack: Path) -> None:
    school.write(pack, "out/{username}")
    school.states("handout", "--no-lock", code=0)
    ada = school.folder / "out" / "ada"
    (ada / "README.md").write_text("not committed", encoding="utf-8")
    before = git(ada, "status", "--porcelain", "--branch")
    assert {one["state"] for one in school.states("update", code=0).values()} == {"done"}
    assert git(ada, "status", "--porcelain", "--branch") == before
    assert set(refs(ada)) == {"main", BRANCH}


def test_a_killed_update_is_gone_on_with_to_the_same_release(
    school: School, tmp_path: Path
) -> None:
    pack = small_pack(tmp_path / "pack")
    learners = tuple(f"learner{number}" for number in range(10))
    school.write(pack, "out/{username}.git", learners=learners)
    school.states("handout", "--no-lock", code=0)
    process = school.begin("update", "--no-lock")
    wait_for_an_end(school, "update")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    release(pack, "v0.2.0", {f"{RENDERED}/app/third.py": '"""Third."""\n'})
    assert school.run("update").returncode == 2
    assert school.run("update", "--resume", "--to", "v0.2.0").returncode == 2
    states = school.states("update", "--resume", code=0)
    assert {(one["state"] in {"done", "already"}, one["branch"]) for one in states.values()} == {
        (True, BRANCH)
    }
    assert set(states) == set(learners)
    for name in learners:
        assert set(refs(place(school, name))) == {"main", BRANCH}
        count = git(place(school, name), "rev-list", "--count", f"main..{BRANCH}")
        assert count.strip() == "1"
    assert not list((school.folder / ".cohort" / "work").iterdir())


def test_a_plan_of_an_update_says_what_it_meets_and_writes_nothing(
    handed_out: School, pack: Path, tmp_path: Path
) -> None:
    work(place(handed_out, "bob"), tmp_path / "bob", settings_dot_yml="name: mine\n")
    shutil.rmtree(place(handed_out, "cleo"))
    watched = (handed_out.folder, handed_out.home, pack)
    before = {path: path.stat().st_mtime_ns for top in watched for path in top.rglob("*")}
    done = handed_out.run("update", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert f"{TEMPLATE} to v0.1.1, as branch {BRANCH}" in done.stdout
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.startswith("  ")}
    assert lines["ada"].endswith("(clean)")
    assert lines["bob"].endswith("(conflicts in settings.yml)")
    assert "(gone: " in lines["cleo"]
    assert "Trying the update out, which takes about as long" in done.stderr
    assert "tried: 3 of 3" in done.stderr
    told = json.loads(handed_out.run("update", "--dry-run", "--json").stdout)["plan"]["lines"]
    predicted = {one["key"].partition("/")[2]: (one["state"], one["files"]) for one in told}
    after = {path: path.stat().st_mtime_ns for top in watched for path in top.rglob("*")}
    assert after == before
    states = handed_out.states("update", "--no-lock", code=1)
    assert {name: (one["state"], one["files"]) for name, one in states.items()} == predicted
    done = handed_out.run("update", "--dry-run")
    assert "(the branch is there already)" in done.stdout
    git(tmp_path, "clone", "--quiet", os.fspath(place(handed_out, "ada")), "ada")
    git(tmp_path / "ada", "push", "--quiet", "origin", f"origin/{BRANCH}:main", f":{BRANCH}")
    assert "(has that release already)" in handed_out.run("update", "--dry-run").stdout


def test_a_lock_follows_once_for_all_and_as_the_engine_does_it(
    school: School, tmp_path: Path
) -> None:
    pack = small_pack(
        tmp_path / "pack",
        **{f"{RENDERED}/constraints.txt": "packaging==25.0\n"},
    )
    pyproject = (pack / RENDERED / "pyproject.toml.jinja").read_text(encoding="utf-8")
    wanted = pyproject.replace("dependencies = []", 'dependencies = [\n    "packaging",\n]')
    release(
        pack,
        "v0.2.0",
        {
            f"{RENDERED}/pyproject.toml.jinja": wanted + '\n[tool.x]\nend = "yes"\n',
            f"{RENDERED}/constraints.txt": "packaging==25.0\n",
        },
    )
    release(pack, "v0.3.0", {f"{RENDERED}/constraints.txt": "packaging==26.0\n"})
    school.write(pack, "out/{username}.git")
    text = (school.folder / "class.toml").read_text(encoding="utf-8").replace("v0.1.0", "v0.2.0")
    (school.folder / "class.toml").write_text(text, encoding="utf-8")
    states = school.states("handout", code=0)
    assert {one["reason"] for one in states.values()} == {""}
    lock = git(place(school, "ada"), "show", "main:uv.lock")
    assert 'name = "packaging"\nversion = "25.0"' in lock
    states = school.states("update", code=0)
    assert {(one["state"], one["reason"]) for one in states.values()} == {("done", "")}
    locks = {git(place(school, name), "show", "scaffold/v0.3.0:uv.lock") for name in LEARNERS}
    assert len(locks) == 1
    git(tmp_path, "clone", "--quiet", os.fspath(place(school, "ada")), "clone")
    command = [sys.executable, "-m", "scaffold", "update", os.fspath(tmp_path / "clone")]
    subprocess.run(command, env=school.environment, check=True, capture_output=True)
    engine = (tmp_path / "clone" / "uv.lock").read_text(encoding="utf-8")
    assert locks == {engine} != {lock}
    logs = "".join(path.read_text(encoding="utf-8") for path in school.folder.rglob("update-*/*/*"))
    assert logs.count("Locking the versions that moved") == 1
