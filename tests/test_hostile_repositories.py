"""What a cloned repository or a stranger's pack may hold, and what then does not happen."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold import answers, catalog, edits, owners, project, questions, strangers, yaml_text
from scaffold.cli import terminal
from scaffold.cli.program import run
from scaffold.cli.verbs import status as status_verb
from scaffold.errors import RequestError
from scaffold.versions import parse_tag
from tests.small_pack import write

if TYPE_CHECKING:
    from collections.abc import Callable

ANSWERS = ".copier-answers.yml"
GOOD = "_commit: v0.1.0\n_src_path: /nowhere/at/all\ntemplate: supervised-api\n"
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 30))
SIZE = 1_000_001
posix = pytest.mark.skipif(os.name == "nt", reason="links and pipes of another kind there")


def _link(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _link_to_text(path: Path) -> None:
    secret = path.with_name("secret")
    secret.write_text(GOOD, encoding="utf-8")
    path.symlink_to(secret)


def _large(path: Path) -> None:
    path.write_bytes(b"#" * SIZE)


def _bomb(path: Path) -> None:
    path.write_text(GOOD + BOMB, encoding="utf-8")


def _merge(path: Path) -> None:
    path.write_text(GOOD + "<<: {a: 1}\n", encoding="utf-8")


@posix
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_link, "it is a link, which is not followed"),
        (_link_to_text, "it is a link, which is not followed"),
        (os.mkfifo, "it is no regular file"),
        (Path.mkdir, "it is a folder"),
        (_large, "it is larger than 1 MB"),
        (_bomb, "aliases (*name) are not taken in line 5, column 10"),
        (_merge, "merges (<<) are not taken in line 4, column 1"),
    ],
)
def test_an_answers_file_of_a_stranger_is_a_small_plain_file(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    make(tmp_path / ANSWERS)
    with pytest.raises(RequestError) as told:
        project.read_origin(tmp_path)
    assert told.value.problem == f"{tmp_path / ANSWERS} cannot be read: {reason}."


@posix
def test_a_persons_own_answers_may_come_through_a_link_but_not_without_end(
    tmp_path: Path,
) -> None:
    _link_to_text(tmp_path / "mine.yml")
    assert answers.from_file(tmp_path / "mine.yml") == {"template": "supervised-api"}
    _link(tmp_path / "endless.yml")
    with pytest.raises(RequestError, match="larger than 1 MB"):
        answers.from_file(tmp_path / "endless.yml")


def test_aliases_in_a_packs_files_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "copier.yml", f"{BOMB}q:\n  help: *a29\n")
    with pytest.raises(RequestError, match=r"copier.yml cannot be understood: aliases"):
        questions.read(tmp_path)
    write(tmp_path, "copier.yml", "--- !include more.yml\n")
    write(tmp_path, "more.yml", BOMB)
    with pytest.raises(RequestError, match=r"copier.yml cannot be understood: aliases"):
        questions.read(tmp_path)
    write(tmp_path, "templates/x/starter.yml", f"{BOMB}title: *a29\n")
    with pytest.raises(RequestError, match=r"starter.yml is incomplete: aliases"):
        catalog.read(tmp_path)
    write(tmp_path, "templates/x/owners.yml", f"{BOMB}owned: *a29\n")
    with pytest.raises(RequestError, match=r"owners.yml cannot be understood: .*aliases"):
        owners.read(tmp_path, "x")


@pytest.mark.parametrize("key", ["_src_path", "_commit", "template"])
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("[a, [b]]", "it is no text"),
        ("7", "it is no text"),
        (f"{'x' * 1001}", "it is longer than 1,000 characters"),
        ('"a\\0b"', "it holds a line break or another control character"),
        ('"a\\e[2Jb"', "it holds a line break or another control character"),
        ('"a\\nb"', "it holds a line break or another control character"),
        ('"a\\x9bb"', "it holds a line break or another control character"),
        ('"a\\ud800b"', "it holds a line break or another control character"),
    ],
)
def test_what_a_repository_says_of_its_origin_is_short_plain_text(
    tmp_path: Path, key: str, value: str, reason: str
) -> None:
    lines = [line for line in GOOD.splitlines() if not line.startswith(f"{key}:")]
    write(tmp_path, ANSWERS, "\n".join([*lines, f"{key}: {value}\n"]))
    with pytest.raises(RequestError) as told:
        project.read_origin(tmp_path)
    assert told.value.problem.endswith(f" says a {key} that cannot be right: {reason}.")
    assert told.value.remedy == f"Bring it back: git checkout HEAD -- {ANSWERS}"


def test_keys_that_are_no_text_are_no_answers(tmp_path: Path) -> None:
    write(tmp_path, ANSWERS, f"{GOOD}1: one\n")
    assert project.read_origin(tmp_path).answers == {"template": "supervised-api"}


def test_open_questions_are_found_in_linear_time() -> None:
    many = 40_000
    anchors = "".join(f"<!-- signal:AA{n} -->\n" for n in range(many))
    began = time.perf_counter()
    assert project.open_prompts(f"{anchors}_AA7: replace\n") == ("AA7",)
    assert time.perf_counter() - began < 5


@posix
@pytest.mark.parametrize("make", [_link, os.mkfifo, Path.mkdir, lambda p: os.truncate(p, 10**10)])
def test_a_readme_is_read_only_where_it_can_be_one(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("<!-- signal:PF1 -->\n_PF1: x\n", encoding="utf-8")
    assert project.open_prompts(project._readme(tmp_path)) == ("PF1",)
    if make not in {_link, os.mkfifo, Path.mkdir}:
        make(readme)
    else:
        readme.unlink()
        make(readme)
    assert not project._readme(tmp_path)


@posix
def test_a_link_in_place_of_a_file_is_an_edit_and_never_followed(tmp_path: Path) -> None:
    given, here = tmp_path / "given", tmp_path / "here"
    for path in ("same", "crlf", "link", "endless", "dangling", "app/x", "gone", "pipe", "large"):
        write(given, path, "a\n")
    for path, text in {"same": "a\n", "crlf": "a\r\n"}.items():
        write(here, path, text)
    (here / "link").symlink_to(given / "link")
    (here / "endless").symlink_to("/dev/zero")
    (here / "dangling").symlink_to("/nowhere/at/all")
    (here / "app").symlink_to(given / "app")
    os.mkfifo(here / "pipe")
    write(here, "large", "")
    os.truncate(here / "large", 10**10)
    files = [one for one in given.rglob("*") if one.is_file()]
    found = edits.find(here, {one.relative_to(given).as_posix(): one.read_bytes() for one in files})
    assert found.deleted == ("gone",)
    assert found.edited == ("app/x", "dangling", "endless", "large", "link", "pipe")


def test_a_repositorys_text_is_shown_as_it_is_and_steers_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = "[bold]x[/] :smile: [/nope]"
    origin = project.Origin(tmp_path, "one", "v0.1.0", source, {})
    bad = "\x1b]0;owned\x07 \x9b2J \u202e [link=file:///]\\"
    status_verb._tell(project.Status(origin, None, (), (), (), locked=True, trouble=bad))
    said = " ".join(capsys.readouterr().out.split())
    assert source in said
    assert "\ufffd]0;owned\ufffd \ufffd2J \ufffd [link=file:///]\\" in said


def test_a_packs_texts_are_shown_as_they_are(
    tmp_path: Path, pack: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    monkeypatch.setenv("HOME", os.fspath(tmp_path / "home"))
    shutil.copytree(pack, tmp_path / "pack")
    starter = tmp_path / "pack/templates/supervised-api/starter.yml"
    text = starter.read_text(encoding="utf-8")
    text = text.replace("title: Supervised model as a live API", 'title: "[/bad] \\e[2J"')
    text = text.replace('month: "1-2"', 'month: "1 [/m]"').replace(
        "deliverable: live API", 'deliverable: "[/d]"'
    )
    starter.write_text(text, encoding="utf-8")
    words = ("--source", os.fspath(tmp_path / "pack"), "--ref", "HEAD")
    assert run(["list", *words]) == 0
    assert "1 [/m]" in (said := capsys.readouterr().out)
    assert "a [/d]" in said
    assert run(["show", "supervised-api", *words]) == 0
    assert "[/bad] \ufffd[2J (month 1 [/m])" in capsys.readouterr().out


def test_an_error_is_two_lines_that_steer_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert terminal.fail(RequestError("a\x1b[2J\nb", "c\x9b"), as_json=False) == 2
    assert capsys.readouterr().err == "Error: a\ufffd[2J b\nc\ufffd\n"


def test_a_document_holds_every_character_and_shows_no_control(
    capsys: pytest.CaptureFixture[str],
) -> None:
    terminal.document({"text": "ü \x1b \x9b \u202e"})
    said = capsys.readouterr().out
    assert json.loads(said)["text"] == "ü \x1b \x9b \u202e"
    assert not set(said) & {"\x1b", "\x9b", "\u202e"}
    assert "ü" in said


def test_one_bad_repository_does_not_hide_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [os.fspath(tmp_path / name) for name in ("good", "bad", "none", "last")]
    for name in ("good", "last"):
        write(tmp_path / name, ANSWERS, GOOD)
    write(tmp_path / "bad", ANSWERS, BOMB)
    assert run(["status", *names, "--json"]) == 2
    told = json.loads(capsys.readouterr().out)["repositories"]
    assert [one["folder"] for one in told] == names
    assert [one["version"] for one in told] == ["v0.1.0", None, None, "v0.1.0"]
    assert told[0].keys() == told[1].keys()
    assert "aliases (*name) are not taken" in told[1]["trouble"]
    assert told[2]["trouble"] == f"There is no folder {names[2]}."
    assert run(["status", *names, "--exit-code"]) == 2
    said = " ".join(capsys.readouterr().out.split())
    assert "Not known, of good, last: There is no source /nowhere/at/all." in said
    assert said.count("Not read: ") == 2
    assert said.endswith("4 repositories: 2 without a lock, 2 not wholly known, 2 not read.")


@pytest.mark.parametrize("error", [ValueError("embedded null byte"), OSError(7, "Too long")])
def test_what_git_cannot_be_asked_is_trouble_of_one_repository(
    tmp_path: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(project.sources, "choose", fails)
    origin = project.Origin(tmp_path, "one", "v0.1.0", "/nowhere", {})
    (told,) = project.statuses([origin])
    assert isinstance(told, project.Status)
    assert told.trouble == str(error)


@pytest.mark.parametrize(
    "tag",
    [
        "v1.2.3.post04",
        "v01.2.3",
        "v1.2.03",
        "v\u0661.\u0662.\u0663",
        "v1.2.³",
        f"v1.2.{'9' * 5000}",
    ],
)
def test_a_release_has_one_spelling(tag: str) -> None:
    assert parse_tag(tag) is None


def test_zeros_are_numbers_of_a_release() -> None:
    assert parse_tag("v0.0.0.post0") == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("month", "reason"),
    [
        ('"²"', "the month is '²', not a number or two such as 1-2"),
        ("2026-13-45", "month must be in 1..12"),
        (f'"{"9" * 5000}"', "the month is "),
    ],
)
def test_a_month_that_is_none_is_named(tmp_path: Path, month: str, reason: str) -> None:
    text = f"title: t\nmonth: {month}\ndeliverable: d\nsummary: s\nskills: [a]\nstack: [b]\n"
    write(tmp_path, "templates/x/starter.yml", text)
    with pytest.raises(RequestError) as told:
        catalog.read(tmp_path)
    problem = told.value.problem
    assert problem.startswith(f"templates/x/starter.yml is incomplete: {reason}")
    assert "\n" not in problem


def test_an_impossible_date_in_the_questions_is_named(tmp_path: Path) -> None:
    write(tmp_path, "copier.yml", "q: {default: 2026-13-45}\n")
    with pytest.raises(RequestError, match=r"cannot be understood: month must be in 1\.\.12"):
        questions.read(tmp_path)
    write(tmp_path, "templates/x/owners.yml", "owned: 2026-13-45\n")
    with pytest.raises(RequestError, match=r"owners.yml cannot be understood: month must be"):
        owners.read(tmp_path, "x")


def test_a_file_as_large_as_allowed_is_read(tmp_path: Path) -> None:
    write(tmp_path, "most", b"#" * yaml_text.LARGEST_BYTES)
    assert len(strangers.read(tmp_path / "most", yaml_text.LARGEST_BYTES)) == 1_000_000
