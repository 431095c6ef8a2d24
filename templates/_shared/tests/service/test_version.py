"""What is running is read, never guessed."""

import subprocess
from pathlib import Path

import pytest

from app.service.errors import UserError
from app.service.smoke import check_commit
from app.service.version import UNKNOWN, current_commit, read_template_facts


def test_template_and_release_come_from_the_answers_file(tmp_path: Path) -> None:
    answers = tmp_path / "answers.yml"
    answers.write_text(
        "# a comment\n_commit: v1.2.3\n_src_path: ~/x: y\ntemplate: 'some-app'\n"
        "description: |-\n    template: not this one\n",
        encoding="utf-8",
    )
    facts = read_template_facts(answers)
    assert (facts.template, facts.version) == ("some-app", "v1.2.3")


def test_without_the_file_both_are_unknown(tmp_path: Path) -> None:
    facts = read_template_facts(tmp_path / "none.yml")
    assert (facts.template, facts.version) == (UNKNOWN, UNKNOWN)


def test_the_commit_is_known_in_a_repository_and_nowhere_else(tmp_path: Path) -> None:
    assert current_commit(tmp_path) is None
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["init", "-q"], [*identity, "commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert len(current_commit(tmp_path) or "") == 40


def test_without_git_the_commit_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert current_commit(tmp_path) is None


@pytest.mark.parametrize(("running", "wanted"), [("abcdef", "abc"), ("abc", "abcdef")])
def test_a_shortened_commit_is_the_same_commit(running: str, wanted: str) -> None:
    check_commit({"git_sha": running}, wanted)


@pytest.mark.parametrize("running", [None, "", "unknown", "fed"])
def test_another_or_unknown_commit_is_refused(running: str | None) -> None:
    with pytest.raises(UserError):
        check_commit({"git_sha": running}, "abc")
