"""The roster, and who has what where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.cohort import class_file
from scaffold.cohort.layout import tasks
from scaffold.cohort.roster import Learner, read_roster
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "username,name,email,repo\n"


def roster(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "roster.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(tmp_path: Path, content: str | bytes) -> str:
    with pytest.raises(RequestError) as refused:
        read_roster(roster(tmp_path, content))
    return refused.value.problem


def test_a_plain_roster(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        "username,name,email\r\n# a comment, with commas\r\nada,Ada Müller,ada@x.org\r\n\r\n"
        'bob,"Bob, the second",\r\n',
    )
    assert read_roster(path) == (
        Learner("ada", "Ada Müller", "ada@x.org", line=3),
        Learner("bob", "Bob, the second", "", line=5),
    )


def test_the_roster_of_classroom50_without_its_teachers(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        "username,first_name,last_name,email,section,github_id,role\n"
        "ada,Ada,Lovelace,ada@x.org,A,1234,student\n"
        "prof,Pro,Fessor,prof@x.org,,1,teacher\n"
        "bob,,,bob@x.org,B,,\n",
    )
    assert read_roster(path) == (
        Learner("ada", "Ada Lovelace", "ada@x.org", section="A", line=2),
        Learner("bob", "bob", "bob@x.org", section="B", line=4),
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("ada,A,a@x.org,", "line 3: ada is in line 2 too"),
        ("ADA,A,a@x.org,", "line 3: ADA is in line 2 too"),
        (",A,a@x.org,", "line 3: username is empty"),
        ("../x,A,a@x.org,", "line 3: username ../x is a path"),
        ("a\\b,A,a@x.org,", "line 3: username a\\b is a path"),
        ("..,A,a@x.org,", "line 3: username .. is a path"),
        ("a b,A,a@x.org,", "line 3: username a b is none"),
        ("con,A,a@x.org,", "line 3: username con is a name that Windows reserves"),
        ("a.git,A,a@x.org,", "line 3: username a.git is none"),
        ("bob,=1+1,a@x.org,", "line 3: name begins with '='"),
        ("bob,@SUM(A1),a@x.org,", "line 3: name begins with '@'"),
        ("bob,+1,a@x.org,", "line 3: name begins with '+'"),
        ("-bob,B,a@x.org,", "line 3: username begins with '-'"),
        ("bob,\tB,a@x.org,", "line 3: name begins with"),
        ("bob, =B,a@x.org,", "line 3: name begins with '='"),
        ('bob,"B\nC",a@x.org,', "line 3: name holds a line break"),
        ("bob,B\0,a@x.org,", "line 3: name holds a line break or another control character"),
        ("bob,B", "line 3 has 2 cells, the header has 4"),
        ("bob,B,b@x.org,,", "line 3 has 5 cells, the header has 4"),
        ("bob,B,b@x.org,https://u:p@h/x.git", "line 3: repo holds a password or a token"),
        ("bob,B,b@x.org,https://h/{user}.git", "line 3: repo has the placeholder {user}"),
        ('bob,"B,b@x.org,', "line 3 is no CSV"),
    ],
)
def test_a_bad_line_refuses_the_whole_roster(tmp_path: Path, row: str, words: str) -> None:
    assert words in refusal(tmp_path, f"{HEADER}ada,Ada,ada@x.org,\n{row}\ncarl,C,c@x.org,\n")


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    said = refusal(tmp_path, f"{HEADER}a/b,A,,\nbob,B,,\nbob,=B,,\ncarl,C,\n")
    for line in ("line 2:", "line 4: name", "line 4: bob is in line 3 too", "line 5 has 3"):
        assert line in said, said


@pytest.mark.parametrize("divider", [",", ";"])
def test_what_excel_saves_as_csv_utf_8_is_a_roster(tmp_path: Path, divider: str) -> None:
    rows = ["username,name,email", "jose,José Núñez,j@x.org", "li,李小龙,"]
    saved = "\r\n".join(row.replace(",", divider) for row in rows)
    (tmp_path / "roster.csv").write_bytes(b"\xef\xbb\xbf" + saved.encode())
    learners = read_roster(tmp_path / "roster.csv")
    assert [one.username for one in learners] == ["jose", "li"]
    assert [one.name for one in learners] == ["José Núñez", "李小龙"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("username,name,email\nada,A,\n".encode("utf-16"), "it is UTF-16"),
        (b"username,name,email\nada,A,\nb,M\xfcller,\nc,\xfc,\n", "not UTF-8 in line 3, 4"),
        ("username,mail\nada,a\n", "the column name and email is missing"),
        ("username,first_name,email\nada,a,\n", "the column last_name is missing"),
        ("username,name,email,repos\nada,A,,\n", "column repos is unknown; did you mean repo?"),
        ("username,name,email,email\nada,A,,\n", "the column email is there twice"),
        ("username;name,email\nada;A;\n", "the column username;name is unknown"),
        ("", "the column username and name and email is missing"),
        ("username,name,email\n# ada,A,\n", "names no learner"),
    ],
)
def test_a_file_that_is_no_roster(tmp_path: Path, content: str | bytes, words: str) -> None:
    assert words in refusal(tmp_path, content)


def a_class(tmp_path: Path, where: str) -> class_file.Class:
    (tmp_path / "class.toml").write_text(
        f'name = "Class"\nwhere = "{where}"\n[assignments.one]\ntemplate = "rag-app"\n'
        'name = "first"\n[assignments.two]\ntemplate = "rag-app"\n',
        encoding="utf-8",
    )
    return class_file.read(tmp_path)


LEARNERS = (Learner("ada", line=2), Learner("Bob", repo="https://else.where/{name}", line=3))


def test_places_come_from_the_pattern_or_from_the_roster(tmp_path: Path) -> None:
    klass = a_class(tmp_path, "out/{username}/{name}")
    assert [(one.key, one.place) for one in tasks(klass, LEARNERS)] == [
        ("one/ada", str(tmp_path / "out/ada/first")),
        ("one/Bob", "https://else.where/first"),
        ("two/ada", str(tmp_path / "out/ada/two")),
        ("two/Bob", "https://else.where/two"),
    ]
    assert [one.key for one in tasks(klass, LEARNERS, ["two"], ["bob"])] == ["two/Bob"]
    with pytest.raises(RequestError, match="no assignment twoo; did you mean two"):
        tasks(klass, LEARNERS, ["twoo"])
    with pytest.raises(RequestError, match="no learner adda; did you mean ada"):
        tasks(klass, LEARNERS, only=["adda"])


@pytest.mark.parametrize(
    ("repo", "words"),
    [
        ("https://h/x.git", "one/carl and two/carl have the same place"),
        ("https://H/ada-{name}", "one/ada and one/carl have the same place"),
        ("git@h:ada-{name}.git", "one/ada and one/carl have the same place"),
        ("ssh://git@h/ada-{name}/", "one/ada and one/carl have the same place"),
    ],
)
def test_two_never_have_the_same_place(tmp_path: Path, repo: str, words: str) -> None:
    klass = a_class(tmp_path, "https://h/{username}-{name}.git")
    with pytest.raises(RequestError) as refused:
        tasks(klass, (LEARNERS[0], Learner("carl", repo=repo)))
    assert words in refused.value.problem


def test_a_folder_and_its_url_are_one_place(tmp_path: Path) -> None:
    klass = a_class(tmp_path, "out/{username}-{name}.git")
    ada = (tmp_path / "out/ada-{name}.git").as_uri().replace("%7B", "{").replace("%7D", "}")
    with pytest.raises(RequestError, match="one/ada and one/carl have the same place"):
        tasks(klass, (LEARNERS[0], Learner("carl", repo=ada)))


def test_no_place_lies_inside_another(tmp_path: Path) -> None:
    klass = a_class(tmp_path, "out/{username}-{name}")
    learners = (LEARNERS[0], Learner("carl", repo="out/ada-first/{name}"))
    with pytest.raises(RequestError, match="lies inside that of one/ada"):
        tasks(klass, learners)


@pytest.mark.parametrize(
    "repo", ["repositories/one/{username}", ".cohort/x.git", "Reports/x", "nudges", ".", "..", "/"]
)
def test_no_place_is_a_folder_of_the_class_itself(tmp_path: Path, repo: str) -> None:
    klass = a_class(tmp_path, "out/{username}-{name}")
    with pytest.raises(RequestError, match="is a folder of the class itself"):
        tasks(klass, (Learner("carl", repo=repo),), only=["carl"])
