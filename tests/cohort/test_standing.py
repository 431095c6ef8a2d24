"""Where learners stand: their commits, the due date, the release, and what cannot be read."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from scaffold import side_by_side
from scaffold.cohort import alike, nudge, report, templates
from scaffold.cohort.class_file import Assignment
from scaffold.cohort.due import due
from scaffold.cohort.seen import Work
from scaffold.cohort.standing import Asked
from tests.cohort.clones import AFTER, BEFORE, DUE, MINUTE, NOW, Room, add, answer, commit, git
from tests.small_pack import TEMPLATE, write

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

EXTRA = 'due = 2027-02-01T23:59:00+01:00\nmust_pass = ["PF101"]'


def room(tmp_path: Path, pack: Path, *usernames: str, extra: str = EXTRA) -> Room:
    return Room(tmp_path / "class", pack, usernames, extra)


@pytest.mark.parametrize(
    ("must", "now", "work", "failing", "expected"),
    [
        ((), None, Work(3), (), "no date"),
        ((), BEFORE, Work(), (), "not begun"),
        ((), BEFORE, Work(3), (), "under way"),
        (("PF",), BEFORE, Work(3), ("PF101",), "under way"),
        (("PF",), BEFORE, Work(3), (), "in time"),
        (("PF",), BEFORE, Work(), (), "not begun"),
        ((), NOW, Work(), (), "overdue"),
        ((), NOW, Work(3), (), "in time"),
        ((), NOW, Work(3, late=1), (), "late"),
        (("PF",), NOW, Work(3), (), "in time"),
        (("PF",), NOW, Work(3), ("PF101",), "overdue"),
        (("PF",), NOW, Work(3, late=1, stood=True), (), "in time"),
        (("PF",), NOW, Work(3, late=1, stood=True), ("PF101",), "in time"),
        (("PF",), NOW, Work(3, late=1, stood=False), (), "late"),
        (("PF",), NOW, Work(3, late=3), (), "late"),
        (("PF",), NOW, Work(3, late=1, stood=False), ("PF101",), "overdue"),
    ],
)
def test_due(
    must: tuple[str, ...],
    now: datetime.datetime | None,
    work: Work,
    failing: tuple[str, ...],
    expected: str,
) -> None:
    assignment = Assignment("a", "t", due=DUE if now else None, must_pass=must)
    assert due(assignment, work, failing, now or NOW) == expected


def test_what_passed_at_the_date_counts_not_what_came_after(tmp_path: Path, pack: Path) -> None:
    its = room(tmp_path, pack, "early", "late", "never", "none", "polishing", "spoilt")
    for name in ("early", "late", "never", "none", "polishing", "spoilt"):
        its.make(name, at=BEFORE)
    answer(its.clone("early"), BEFORE + MINUTE)
    add(its.clone("late"), "notes.md", "begun\n", BEFORE + MINUTE)
    answer(its.clone("late"), AFTER)
    add(its.clone("never"), "notes.md", "begun\n", BEFORE + MINUTE)
    answer(its.clone("polishing"), DUE)
    add(its.clone("polishing"), "app/mine.py", "X = 1\n", AFTER)
    answer(its.clone("spoilt"), BEFORE + MINUTE)
    git(its.clone("spoilt"), "checkout", "--quiet", "HEAD~1", "--", "README.md")
    commit(its.clone("spoilt"), AFTER)
    found = its.look()
    assert {name: one.due for name, one in found.items()} == {
        "early": "in time",
        "late": "late",
        "never": "overdue",
        "none": "overdue",
        "polishing": "in time",
        "spoilt": "in time",
    }
    assert {name: one.must_pass for name, one in found.items()} == {
        **dict.fromkeys(("early", "late", "polishing"), ()),
        **dict.fromkeys(("never", "none", "spoilt"), ("PF101",)),
    }
    assert {name: (one.commits_own, one.commits_late) for name, one in found.items()} == {
        "early": (1, 0),
        "late": (2, 1),
        "never": (1, 0),
        "none": (0, 0),
        "polishing": (2, 1),
        "spoilt": (2, 1),
    }
    assert (found["late"].first_own, found["late"].last_own) == (BEFORE + MINUTE, AFTER)
    assert found["none"].first_own is None


def test_before_the_date_nobody_is_late(tmp_path: Path, pack: Path) -> None:
    its = room(tmp_path, pack, "begun", "done", "idle")
    for name in ("begun", "done", "idle"):
        its.make(name)
    add(its.clone("begun"), "notes.md", "begun\n", BEFORE + MINUTE)
    answer(its.clone("done"), BEFORE + MINUTE)
    found = its.look(Asked(BEFORE + 2 * MINUTE))
    assert {name: one.due for name, one in found.items()} == {
        "begun": "under way",
        "done": "in time",
        "idle": "not begun",
    }


def test_updates_and_merges_are_nobodys_work(tmp_path: Path, pack: Path) -> None:
    its = room(tmp_path, pack, "merging")
    folder = its.make("merging", "v0.1.0")
    answers = folder / ".copier-answers.yml"
    git(folder, "switch", "--quiet", "-c", "scaffold/v0.1.1")
    text = answers.read_text(encoding="utf-8")
    write(folder, ".copier-answers.yml", text.replace("v0.1.0", "v0.1.1"))
    commit(folder, AFTER, "Update to v0.1.1")
    git(folder, "switch", "--quiet", "main")
    assert its.look()["merging"].due == "overdue"
    add(folder, "notes.md", "mine\n", BEFORE + MINUTE)
    git(folder, "merge", "--quiet", "--no-ff", "-m", "Merge", "scaffold/v0.1.1", at=AFTER)
    found = its.look()["merging"]
    assert (found.commits_own, found.commits_late) == (1, 0)
    assert found.last_own == BEFORE + MINUTE


@pytest.mark.parametrize("how", ["a comment", "a made-up release", "back and forth", "deleted"])
def test_late_work_is_no_update_because_the_answers_file_changes_with_it(
    tmp_path: Path, pack: Path, how: str
) -> None:
    its = room(tmp_path, pack, "sly")
    folder = its.make("sly", "v0.1.0")
    add(folder, "notes.md", "begun\n", BEFORE + MINUTE)
    answers = folder / ".copier-answers.yml"
    text = answers.read_text(encoding="utf-8")
    if how == "deleted":
        answers.unlink()
        commit(folder, BEFORE + 2 * MINUTE)
    other = {
        "a comment": f"{text}# mine\n",
        "a made-up release": text.replace("v0.1.0", "v8.0.0"),
        "back and forth": text.replace("v0.1.0", "v0.1.1"),
        "deleted": text,
    }[how]
    write(folder, ".copier-answers.yml", other)
    answer(folder, AFTER)
    if other != text:
        write(folder, ".copier-answers.yml", text)
        add(folder, "app/mine.py", "X = 1\n", AFTER + MINUTE)
    found = its.look()["sly"]
    assert found.due == "late"
    assert found.commits_late == (1 if how == "deleted" else 2)


def test_an_update_and_a_switch_hold_no_work_of_an_author(tmp_path: Path, pack: Path) -> None:
    its = room(tmp_path, pack, "ada")
    folder = its.make("ada", "v0.1.0")
    answer(folder, BEFORE + MINUTE)
    at = {"ada": its.make("new").rename(tmp_path / "new")}["ada"]
    for path in ("settings.yml", "app/more.py", ".copier-answers.yml"):
        write(folder, path, (at / path).read_text(encoding="utf-8").replace("new", "ada"))
    write(folder, "uv.lock", "version = 1\n")
    commit(folder, AFTER, "Update")
    found = its.look()["ada"]
    assert (found.commits_own, found.commits_late, found.due) == (1, 0, "in time")
    answers = folder / ".copier-answers.yml"
    text = answers.read_text(encoding="utf-8")
    write(folder, ".copier-answers.yml", text.replace(os.fspath(pack), "https://a.example/x.git"))
    add(folder, ".github/workflows/template-update.yml", "on: schedule\n", AFTER)
    write(folder, ".copier-answers.yml", text)
    commit(folder, AFTER, "Back")
    found = its.look()["ada"]
    assert found.commits_own == 1


def test_work_that_was_squashed_into_the_first_commit_is_work(tmp_path: Path, pack: Path) -> None:
    its = room(tmp_path, pack, "squashed")
    folder = its.make("squashed")
    answer(folder, BEFORE + MINUTE)
    git(folder, "reset", "--quiet", "--soft", "HEAD~1")
    git(folder, "commit", "--quiet", "--amend", "-m", "All", at=AFTER)
    found = its.look()["squashed"]
    assert (found.commits_own, found.last_own, found.due) == (1, AFTER, "late")


@pytest.mark.parametrize("what", ["deleted", "added", "a comment"])
def test_work_that_no_rule_counts_is_work_when_it_is_squashed(
    tmp_path: Path, pack: Path, what: str
) -> None:
    its = room(tmp_path, pack, "squashed")
    folder = its.make("squashed")
    assert its.look()["squashed"].commits_own == 0
    if what == "deleted":
        (folder / "settings.yml").unlink()
    elif what == "added":
        write(folder, "notes.md", "mine\n")
    else:
        python = next(folder.glob("app/*.py"), None) or folder / "settings.yml"
        python.write_text(python.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--amend", "-m", "All", at=AFTER)
    assert its.look()["squashed"].commits_own == 1


def test_a_commit_of_a_year_that_no_calendar_has_hurts_nobody(tmp_path: Path, pack: Path) -> None:
    its = room(tmp_path, pack, "forger")
    folder = its.make("forger")
    tree = git(folder, "rev-parse", "HEAD^{tree}")
    head = git(folder, "rev-parse", "HEAD")
    who = "Ada <ada@example.org> 99999999999999 +0000"
    write(folder, "notes.md", "mine\n")
    body = f"tree {tree}\nparent {head}\nauthor {who}\ncommitter {who}\n\nfuture\n"
    file = tmp_path / "commit"
    file.write_text(body, encoding="utf-8")
    made = git(folder, "hash-object", "--literally", "-t", "commit", "-w", os.fspath(file))
    git(folder, "update-ref", "refs/heads/main", made)
    found = its.look()["forger"]
    assert found.state == "read"
    assert found.last_own is None
    assert found.commits_own == 1


def test_releases_and_own_work(tmp_path: Path, pack: Path) -> None:
    its = room(tmp_path, pack, "new", "old", "other")
    its.make("new")
    add(its.clone("new"), "app/mine.py", "def f(x: int) -> int:\n    return x + 41\n", AFTER)
    add(its.clone("new"), "app/cli.py", "from app.mine import f\n\nprint(f(2))\n", AFTER)
    its.make("old", "v0.1.0")
    other = its.make("other")
    answers = other / ".copier-answers.yml"
    text = answers.read_text(encoding="utf-8").replace(
        os.fspath(pack), "https://elsewhere.example/x.git"
    )
    answers.write_text(text, encoding="utf-8")
    commit(other, AFTER)
    found = its.look()
    assert (found["new"].version, found["new"].newest, found["new"].behind) == (
        *("v0.1.1", "v0.1.1"),
        0,
    )
    assert (found["old"].version, found["old"].behind) == ("v0.1.0", 1)
    assert (found["other"].newest, found["other"].behind) == ("", None)
    assert (found["new"].own_code or 0) > 0
    assert found["other"].own_code is None
    assert "not from the class's templates" in found["other"].notes[0]
    assert found["old"].own_code == 0
    assert found["new"].template == TEMPLATE
    assert len(found["new"].signals) == 7
    assert found["old"].next is not None
    assert found["old"].next.rule == "PF101"


def test_a_source_that_cannot_be_asked_leaves_the_rest_known(tmp_path: Path, pack: Path) -> None:
    copy = shutil.copytree(pack, tmp_path / "pack")
    its = room(tmp_path, copy, "ada")
    answer(its.make("ada"), BEFORE + MINUTE)
    shutil.rmtree(copy)
    found = its.look()["ada"]
    assert (found.state, found.newest, found.behind, found.own_code) == ("read", "", None, None)
    assert (found.due, found.commits_own) == ("in time", 1)


def test_templates_on_a_host_are_fetched_once_and_read_from_there(
    tmp_path: Path, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "templates.git"
    git(tmp_path, "clone", "--quiet", "--bare", os.fspath(pack), os.fspath(bare))
    its = Room(tmp_path / "class", bare.as_uri(), ("ada", "zoe"), EXTRA)
    add(its.make("ada", "v0.1.0"), "notes.md", "mine\n", BEFORE + MINUTE)
    its.make("zoe", "v0.1.1")
    mirrored = templates.mirrored
    fetched = []

    def count(*words: Any) -> Any:
        fetched.append(words)
        return mirrored(*words)

    monkeypatch.setattr(templates, "mirrored", count)
    found = its.look()
    assert [found[one].behind for one in ("ada", "zoe")] == [1, 0]
    assert [found[one].own_code for one in ("ada", "zoe")] == [0, 0]
    assert found["ada"].must_pass == ("PF101",)
    assert len(fetched) == 1
    bare.rename(tmp_path / "gone")
    found = its.look()
    assert found["ada"].behind is None
    assert "the class's templates can't be asked" in found["ada"].notes[0]
    assert found["ada"].unknown == ("PF101",)


def test_what_collecting_said(tmp_path: Path, pack: Path) -> None:
    its = room(tmp_path, pack, "away", "broken", "fails", "hidden", "nowhere", "odd")
    for name in ("away", "fails"):
        answer(its.make(name), BEFORE + MINUTE)
    write(its.clone("broken"), "README.md", "# Nothing of ours\n")
    write(its.folder, "repositories/first/odd", "a file\n")
    its.journal(
        "collect-0001",
        {"key": "first/away", "state": "done"},
        {"key": "first/hidden", "state": "gone", "reason": "no such repository"},
    )
    its.journal(
        "collect-0002",
        {"key": "first/away", "state": "gone", "reason": "no such repository"},
        {"key": "first/hidden", "state": "denied", "reason": "you may not"},
        {
            "key": "first/fails",
            "state": "failed",
            "reason": "https://ada:hunter2@host.example timed out",
        },
    )
    found = its.look()
    assert {name: one.state for name, one in found.items()} == {
        "away": "gone",
        "broken": "unreadable",
        "fails": "read",
        "hidden": "denied",
        "nowhere": "not collected",
        "odd": "unreadable",
    }
    assert found["away"].due == "in time"  # as its last good clone shows
    assert found["away"].reason == "no such repository"
    assert "the last collecting failed" in found["fails"].notes[0]
    assert "hunter2" not in repr(found)
    for name in ("broken", "odd"):
        assert "/" not in found[name].reason
    assert found["nowhere"].due == "not known"


def test_a_deleted_answers_file_is_told_with_what_brings_it_back(
    tmp_path: Path, pack: Path
) -> None:
    its = room(tmp_path, pack, "ada", "zoe")
    folder = its.make("ada")
    answer(folder, BEFORE + MINUTE)
    (folder / ".copier-answers.yml").rename(tmp_path / "kept")
    had = git(folder, "rev-parse", "HEAD")
    commit(folder, BEFORE + 2 * MINUTE)
    add(folder, "notes.md", "mine\n", BEFORE + 3 * MINUTE)
    zoe = its.clone("zoe")
    write(zoe, "README.md", "# Nothing of ours\n")
    git(zoe, "init", "--quiet")
    commit(zoe, BEFORE)
    found = its.look(Asked(BEFORE + 5 * MINUTE))
    assert {name: (one.state, one.due) for name, one in found.items()} == dict.fromkeys(
        ("ada", "zoe"), ("unreadable", "not known")
    )
    command = f"git checkout {had[:10]} -- .copier-answers.yml"
    assert found["ada"].reason == (
        "It has no .copier-answers.yml any more. This brings it back, then commit and push: "
        f"{command}"
    )
    assert "never had one" in found["zoe"].reason
    said = nudge.message(its.klass, found["ada"], BEFORE)
    assert f"```\n{command}\n```" in said
    assert "10 days from now.\n" in said
    git(folder, *command.split()[1:])
    assert (folder / ".copier-answers.yml").read_bytes() == (tmp_path / "kept").read_bytes()


def test_dates_before_the_hand_out_and_the_hand_out_of_another_are_noted(
    tmp_path: Path, pack: Path
) -> None:
    its = room(tmp_path, pack, "ada", "bob", "cleo", "dora")
    mark = its.klass.id
    for name, whose in {"ada": "ada", "bob": "ada", "dora": "dora"}.items():
        folder = its.make(name)
        message = f"Start\n\nHandout: {mark}/first/{whose}"
        git(folder, "commit", "--quiet", "--amend", "-m", message)
        answer(folder, BEFORE + MINUTE)
    add(its.clone("dora"), "notes.md", "x\n", BEFORE - 1000 * 1440 * MINUTE)
    shutil.copytree(its.clone("ada"), its.clone("cleo"))
    found = its.look()
    assert found["ada"].notes == ()
    assert found["bob"].notes == (f"its commits begin with the hand-out of {mark}/first/ada",)
    assert found["cleo"].notes == found["bob"].notes
    assert found["dora"].notes == (
        "1 of its own commits are dated before the hand-out: their dates can't be right",
    )
    told = {one.task.learner.username: one.notes for one in alike.noted(list(found.values()))}
    assert told["ada"] == ("every file is the same as with cleo",)
    assert told["cleo"][0] == "every file is the same as with ada"
    assert (told["bob"], told["dora"]) == (found["bob"].notes, found["dora"].notes)


def test_what_nobody_has_touched_yet_may_be_the_same(tmp_path: Path, pack: Path) -> None:
    its = room(tmp_path, pack, "ada", "bob")
    shutil.copytree(its.make("ada"), its.clone("bob"))
    klass = its.klass
    assert [one.notes for one in report.look(klass, its.tasks(), Asked(NOW)).standings] == [(), ()]
    answer(its.clone("ada"), BEFORE + MINUTE)
    git(its.clone("bob"), "pull", "--quiet", "--ff-only", os.fspath(its.clone("ada")), "main")
    found = report.look(klass, its.tasks(), Asked(NOW)).standings
    assert [one.notes for one in found] == [
        (f"every file is the same as with {name}",) for name in ("bob", "ada")
    ]


def test_what_updating_left(tmp_path: Path, pack: Path) -> None:
    its = room(tmp_path, pack, "clash", "done", "ours", "waits")
    for name in ("clash", "ours", "waits"):
        its.make(name, "v0.1.0")
    its.make("done")
    its.journal(
        "update-0002",
        {"key": "first/clash", "state": "conflicts", "files": ["README.md", "app/\x1b[2Jx"]},
        {"key": "first/done", "state": "done", "branch": "scaffold/v0.1.1"},
        {"key": "first/waits", "state": "done", "branch": "scaffold/v0.1.1"},
    )
    its.journal(
        "update-0010", {"key": "first/waits", "state": "already", "branch": "scaffold/v0.1.1"}
    )
    found = its.look()
    assert found["clash"].pending == "conflicts in 2 files"
    assert found["clash"].conflicts == ("README.md", "app/[2Jx")
    assert (found["done"].pending, found["ours"].pending) == ("", "")
    assert found["waits"].pending == "branch scaffold/v0.1.1 waits"


def test_nothing_of_a_repository_is_run(tmp_path: Path, pack: Path) -> None:
    its = room(tmp_path, pack, "sly")
    folder = its.make("sly")
    marker = tmp_path / "ran"
    evil = f"touch {marker}"
    write(folder, ".gitattributes", "* filter=evil diff=evil\n")
    answer(folder, BEFORE + MINUTE)
    add(folder, "conftest.py", f"import os\nos.system({evil!r})\n", AFTER)
    (folder / "linked").symlink_to("/etc/passwd")
    commit(folder, AFTER)
    config = folder / ".git/config"
    config.write_text(
        config.read_text(encoding="utf-8")
        + f'[core]\n\tfsmonitor = "{evil}"\n\thooksPath = hooks\n\tpager = "{evil}"\n'
        f'[filter "evil"]\n\tsmudge = "{evil}"\n\tclean = "{evil}"\n\tprocess = "{evil}"\n'
        f'[diff "evil"]\n\tcommand = "{evil}"\n\ttextconv = "{evil}"\n',
        encoding="utf-8",
    )
    for hook in ("post-checkout", "post-index-change", "pre-auto-gc"):
        write(folder, f".git/hooks/{hook}", f"#!/bin/sh\n{evil}\n")
        (folder / ".git/hooks" / hook).chmod(0o755)
    found = its.look()["sly"]
    assert (found.state, found.due, found.commits_late) == ("read", "in time", 2)
    assert not marker.exists()
    with suppress(subprocess.CalledProcessError):
        git(folder, "status")
    assert marker.exists()  # an ordinary git would have run it


def test_hostile_texts_are_plain_in_a_standing(tmp_path: Path, pack: Path) -> None:
    its = room(tmp_path, pack, "huge", "loud")
    huge = its.make("huge")
    add(huge, "README.md", "x" * 10_000_000, AFTER)
    loud = its.make("loud")
    token = "gh" + "p_" + "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5"
    text = (
        "# \x1b[31mred\u202e\n\n**Live:** https://ada:secret1@loud.dev/app?token=abc#x\n\n"
        f"<!-- signal:PF1 -->\n**Q**\n\n=cmd|' /C calc'!A0 <script>x</script> {token}\n"
    )
    add(loud, "README.md", text, AFTER)
    add(loud, "app/\u202etxt.py", "X = 1\n", AFTER)
    found = its.look()
    assert found["huge"].state == "read"
    assert found["loud"].live == "https://loud.dev/app"
    told = repr(found["loud"])
    for bad in ("\\x1b", "\\u202e", "secret1", token, "token=abc"):
        assert bad not in told


def test_many_are_looked_at_in_processes_with_the_same_result(
    tmp_path: Path, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = tuple(f"learner-{at}" for at in range(8))
    its = room(tmp_path, pack, *names)
    first = its.make(names[0], "v0.1.0")
    answer(first, BEFORE + MINUTE)
    for name in names[1:6]:
        shutil.copytree(first, its.clone(name))
    monkeypatch.setattr(side_by_side, "FEW", 100)
    alone = its.look()
    monkeypatch.setattr(side_by_side, "FEW", 1)
    assert its.look() == alone
    assert [one.state for one in alone.values()].count("read") == 6
