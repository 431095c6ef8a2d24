"""What is running is read, never guessed."""

import subprocess
from pathlib import Path

import pytest

from app.service.errors import UserError
from app.service.smoke import check_commit
from app.service.version import UNKNOWN, current_commit, has_changes, read_template_facts


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


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one committed file."""
    (tmp_path / "a.txt").write_text("first", encoding="utf-8")
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def test_the_commit_is_known_in_a_repository_and_nowhere_else(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert len(current_commit(repository) or "") == 40
    assert current_commit(tmp_path_factory.mktemp("bare")) is None


def test_a_folder_in_somebody_elses_repository_has_no_commit(repository: Path) -> None:
    inside = repository / "inside"
    inside.mkdir()
    assert current_commit(repository) is not None
    assert current_commit(inside) is None
    assert has_changes(inside, ".") is None


def test_changed_and_new_files_differ_from_the_commit(repository: Path) -> None:
    assert has_changes(repository, "a.txt", "new") is False
    (repository / "other.txt").write_text("not asked about", encoding="utf-8")
    assert has_changes(repository, "a.txt", "new") is False
    (repository / "new").mkdir()
    (repository / "new" / "b.txt").write_text("new", encoding="utf-8")
    assert has_changes(repository, "a.txt", "new") is True
    assert has_changes(repository, repository / "a.txt") is False
    (repository / "a.txt").write_text("changed", encoding="utf-8")
    assert has_changes(repository, "a.txt") is True


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
