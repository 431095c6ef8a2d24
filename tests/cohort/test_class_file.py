"""`class.toml`: what it may say, and what is told of one that will not do."""

from __future__ import annotations

import datetime
import pickle
from typing import TYPE_CHECKING

import pytest

from scaffold.cohort import class_file
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """\
name = "ML engineering, spring 2027"
scaffold = "0.1.0"
source = "https://host.example/school/templates.git"
roster = "people.csv"
where = "https://host.example/school/{username}-{name}.git"
create = ["gh", "repo", "create", "school/{username}-{name}", "--private"]
per_minute = 30
published = "https://school.example/class.toml"

[assignments.first-api]
template = "supervised-api"
version = "v0.5.0"
name = "ml-api"
due = 2027-02-01T23:59:00+01:00
must_pass = ["PF101", "DP"]
[assignments.first-api.answers]
license = "MIT"

[assignments.chatbot]
template = "rag-app"
"""


def complaint(tmp_path: Path, text: str) -> str:
    (tmp_path / "class.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RequestError) as refused:
        class_file.read(tmp_path)
    return refused.value.problem


def test_a_whole_class_is_read(tmp_path: Path) -> None:
    (tmp_path / "class.toml").write_text(WHOLE, encoding="utf-8")
    found = class_file.read(tmp_path)
    assert found.id == "ml-engineering-spring-2027"
    assert found.folder == tmp_path
    assert found.roster == tmp_path / "people.csv"
    assert found.per_minute == 30
    first, second = found.assignments.values()
    offset = datetime.timezone(datetime.timedelta(hours=1))
    assert first.due == datetime.datetime(2027, 2, 1, 23, 59, tzinfo=offset)
    assert (first.id, first.name, first.must_pass) == ("first-api", "ml-api", ("PF101", "DP"))
    assert dict(first.answers) == {"license": "MIT"}
    assert (second.name, second.version, second.due) == ("chatbot", None, None)
    assert class_file.read(tmp_path / "class.toml") == found
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - it goes to other processes


def test_every_complaint_comes_at_once_and_names_its_key(tmp_path: Path) -> None:
    said = complaint(
        tmp_path,
        'nmae = "x"\nper_minute = "many"\nwhere = "https://h/{user}.git"\n'
        '[assignments.one]\ntemplat = "rag-app"\nversion = "newest"\ndue = 2027-02-01\n'
        'must_pass = ["PF999"]\n[assignments.one.answers]\nlicense = ["MIT"]\n'
        '[assignments."Two_2"]\ntemplate = "rag-app"\ndue = 2027-02-01T10:00:00\n',
    )
    for words in (
        "nmae is unknown; did you mean name?",
        "name is missing",
        "per_minute needs a whole number",
        "{user}, which is none of {username}, {name}, {assignment}",
        "assignments.one.templat is unknown; did you mean template?",
        "assignments.one.template is missing",
        "assignments.one.version 'newest' is no release",
        "assignments.one.due has no time",
        "assignments.one.must_pass will not do: There is no rule PF999",
        "assignments.one.answers.license needs a text, a number, true or false",
        "assignments.Two_2 its name needs small letters",
        "assignments.Two_2.due has no offset from UTC",
    ):
        assert words in said, (words, said)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('where = "https://h/one.git"', "where needs {username}"),
        ('where = "https://h/{username}.git"', "where needs {name} or {assignment}"),
        ('where = "https://h/{username"', "a brace that is not closed"),
        ('where = "ext::sh -c x{username}{name}"', "neither a path nor a URL"),
        ('where = "--upload-pack={username}{name}"', "begins with a dash"),
        ('where = "https://me:secret@h/{username}-{name}.git"', "holds a password or a token"),
        ('where = "https://ghp_0123@h/{username}-{name}.git"', "holds a password or a token"),
        ('source = "https://h/x.git?private_token=abc"', "holds a password or a token"),
        ('published = "https://u:p@h/class.toml"', "holds a password or a token"),
        ('create = ["curl", "https://u:p@h/"]', "holds a password or a token"),
        ('create = "gh repo create"', "needs a list of texts"),
        ('create = ["gh", "{user}"]', "{user}, which is none of"),
        ('scaffold = "new"', "scaffold is no version"),
        ("name = 5", "name needs a text in quotes"),
        ("assignments = 5", "assignments needs a table"),
        ("per_minute = true", "per_minute needs a whole number"),
    ],
)
def test_what_will_not_do_is_said(tmp_path: Path, line: str, words: str) -> None:
    key = line.partition(" ")[0]
    kept = [one for one in WHOLE.splitlines() if not one.startswith(f"{key} ")]
    if key == "assignments":
        kept = kept[: kept.index("[assignments.first-api]")]
    said = complaint(tmp_path, "\n".join([line, *kept]))
    assert words in said
    assert "secret" not in said
    assert "ghp_" not in said


def test_a_class_for_a_newer_program_is_refused_before_its_unknown_keys(tmp_path: Path) -> None:
    said = complaint(tmp_path, WHOLE.replace('"0.1.0"', '"99.0.0"') + "new_key = 1\n")
    assert "needs scaffold 99.0.0 or newer" in said


@pytest.mark.parametrize("date", ["28.02.2027", "2027-02-30T23:59:00+01:00"])
def test_a_date_that_is_none_is_told_how_to_write_one(tmp_path: Path, date: str) -> None:
    (tmp_path / "class.toml").write_text(f"due = {date}\n", encoding="utf-8")
    with pytest.raises(RequestError) as refused:
        class_file.read(tmp_path)
    assert "2027-02-01T23:59:00+01:00" in refused.value.remedy


def test_no_class_and_no_toml_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="There is no class in"):
        class_file.read(tmp_path)
    assert "is no TOML" in complaint(tmp_path, "name = ML")
    (tmp_path / "class.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(RequestError, match="is no TOML"):
        class_file.read(tmp_path)
