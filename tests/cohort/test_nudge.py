"""Messages: one next thing, the update that fits, the date; a learner's words are text."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from scaffold.check.finding import Finding
from scaffold.check.signals import Next
from scaffold.cohort import nudge, remote
from scaffold.cohort.standing import Asked, Standing
from tests.cohort import drawn
from tests.cohort.clones import BEFORE, MINUTE, NOW, Room, answer

if TYPE_CHECKING:
    from pathlib import Path

BASE = Standing(
    drawn.task("ada", "Ada Lovelace"),
    template="supervised-api",
    version="v0.4.0",
    newest="v0.5.0",
    behind=1,
    due="overdue",
    must_pass=("PF101",),
    next=Next("PF101", Finding("PF1 is still our question.", "README.md", 148), "Answer it."),
)


def text(one: Standing, now: datetime.datetime = drawn.NOW) -> str:
    return nudge.message(drawn.klass(), one, now)


def commands(message: str) -> list[str]:
    return [
        line for block in re.findall(r"```\n(.*?)```", message, re.S) for line in block.split("\n")
    ]


def test_a_message_has_one_next_thing_the_update_and_the_date() -> None:
    assert text(BASE) == (
        "# ML engineering, spring 2027: first-api\n\n"
        "Hello Ada Lovelace,\n\n"
        "**Next:** PF1 is still our question. (README.md:148)\n\n"
        "Answer it.\n\n"
        "**Due:** 2027-02-01 23:59 UTC+01:00, 28 days ago; it is overdue.\n\n"
        "What must still pass:\n\n- Every question is answered (PF101)\n\n"
        "## The starter went on\n\n"
        "Your repository has v0.4.0, the newest is v0.5.0.\n"
        "In your repository, with everything committed:\n\n"
        "```\ngit pull\nscaffold update\ngit commit\n```\n\n"
        "## See it yourself\n\n"
        "```\nscaffold status\nscaffold check\nscaffold explain PF101\n```\n"
    )


def test_a_branch_that_waits_is_merged_not_made_again() -> None:
    message = text(replace(BASE, pending="branch scaffold/v0.5.0 waits"))
    assert "git merge origin/scaffold/v0.5.0" in commands(message)
    assert "scaffold update" not in commands(message)


def test_conflicts_come_first_and_are_listed() -> None:
    files = ("README.md", "app/[x](y).py", *(f"app/{at}.py" for at in range(30)))
    message = text(replace(BASE, pending="conflicts in 32 files", conflicts=files))
    assert message.count("**Next:**") == 1
    assert "**Next:** an update of the starter meets your changes in 32 files" in message
    assert "- README.md\n- app/\\[x\\](y).py\n" in message
    assert "- and 12 more" in message
    assert "scaffold update --finish" in commands(message)


@pytest.mark.parametrize(
    ("state", "said"),
    [("gone", "is not there:"), ("denied", "can't be read by me:")],
)
def test_who_cannot_be_reached_is_asked_for_the_address(state: str, said: str) -> None:
    message = text(Standing(BASE.task, state, "x", due="overdue"))  # type: ignore[arg-type]
    assert said in message
    assert "`https://host.example/school/ada-first-api.git`" in message
    assert message.count("**Next:**") == 1
    assert "What I collected before" not in message
    known = replace(BASE, state=state)
    assert "What I collected before is safe." in text(known)


@pytest.mark.parametrize("state", ["gone", "denied", "unreadable"])
def test_of_what_was_not_read_nobody_says_that_it_has_no_commit(state: str) -> None:
    message = text(Standing(BASE.task, state, "x", due="not begun"))  # type: ignore[arg-type]
    assert "**Due:** 2027-02-01 23:59 UTC+01:00, 28 days ago.\n" in message
    assert "no commit of yours" not in message


def test_who_may_not_have_made_it_yet_is_told_how() -> None:
    public = replace(drawn.klass(), published="https://school.example/class.toml")
    making = "scaffold new first-api --class https://school.example/class.toml"
    missing = Standing(BASE.task, "gone", "x", due="overdue")
    assert making in nudge.message(public, missing, drawn.NOW)
    for one in (replace(BASE, state="gone"), replace(missing, state="denied")):
        assert making not in nudge.message(public, one, drawn.NOW)


def test_who_pushed_nothing_yet_is_told_so() -> None:
    reason = f"https://host.example/x.git {remote.EMPTY}"
    message = text(Standing(BASE.task, "gone", reason, due="overdue"))
    assert "**Next:** your repository is empty: `https://host.example/" in message


def test_nobody_is_called_and_nothing_linked_by_a_learner() -> None:
    """Hosts look for these in what Markdown made, where a backslash is gone."""
    calling = "@octocat @a-school/team #1 a/b#2 GH-3 https://evil.example/x www.evil.example x@y.z"
    one = replace(
        BASE,
        task=drawn.task("ada", calling),
        next=Next("PF101", Finding(calling, calling, 1), calling),
        conflicts=(calling,),
        pending="conflicts in 1 file",
    )
    for each in (one, replace(one, pending="", conflicts=())):
        shown = MarkdownIt("gfm-like", {"linkify": False}).parse(text(each))
        words = "".join(
            token.content for line in shown for token in line.children or () if token.type == "text"
        )
        assert "octocat" in words
        found = re.findall(r"@\w|#\d|GH-\d|https?://|www\.", words)
        assert not found, found


def test_who_has_nothing_left_is_told_so() -> None:
    done = replace(BASE, version="v0.5.0", behind=0, next=None, must_pass=(), due="in time")
    message = text(done)
    assert "**Nothing is left to do that files can tell.**" in message
    assert "**Next:**" not in message
    assert "The starter went on" not in message


def test_the_date_is_told_before_it_comes() -> None:
    now = datetime.datetime(2027, 2, 1, 18, 0, tzinfo=drawn.ZONE)
    message = text(replace(BASE, due="not begun"), now)
    assert "6 hours from now; I see no commit of yours yet." in message


def test_what_a_learner_wrote_is_text() -> None:
    sly = "[x](javascript:1) <img src=x> `code` # head ![i](http://x/y) @everyone **b**"
    one = replace(
        BASE,
        task=drawn.task("ada", sly),
        next=Next("PF101", Finding(sly, "a`b`.md", 1), sly),
        pending="conflicts in 1 file",
        conflicts=(sly,),
        version=sly,
    )
    for each in (one, replace(one, pending="", conflicts=())):
        shown = MarkdownIt("commonmark").parse(text(each))
        inside = [token for line in shown for token in line.children or ()]
        assert {token.type for token in inside} <= {
            *("text", "softbreak", "strong_open", "strong_close", "code_inline")
        }
        assert not [token for token in shown if token.type.startswith("html")]
        assert not [
            token
            for token in inside
            if token.type == "code_inline" and "scaffold" not in token.content
        ]


def test_messages_are_written_replaced_and_taken_back(tmp_path: Path, pack: Path) -> None:
    its = Room(tmp_path / "class", pack, ("ada", "zoe"), "due = 2027-02-01T23:59:00+01:00")
    folder = its.make("ada")
    first = nudge.make(its.klass, its.tasks(), Asked(NOW))
    file = its.folder / "nudges/first/ada.md"
    assert [path for _, path in first.written] == [file]
    assert [one.task.key for one in first.left_out] == ["first/zoe"]
    assert "PF1 is still our question" in file.read_text(encoding="utf-8")
    answer(folder, BEFORE + MINUTE)
    nudge.make(its.klass, its.tasks(), Asked(NOW))
    assert "PF1 is still our question" not in file.read_text(encoding="utf-8")
    folder.rename(tmp_path / "elsewhere")
    nudge.make(its.klass, its.tasks(), Asked(NOW))
    assert not file.exists()
