"""No token of the instructor is ever written down or said, whatever goes well or wrong.

The server wants a password for everything. git knows it, from a credential helper or because its
settings put it into URLs; `scaffold` never has to.
"""

from __future__ import annotations

import base64
import os
import shutil
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.cohort.term.git_server import GitServer
from tests.cohort.term.instructor import TOKEN, USER, Instructor
from tests.cohort.term.small_class import ASSIGNMENT, BRANCH, SmallClass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.machine import Said

#: A password of no known shape: only that it stands in a URL tells what it is.
_PLAIN_WORD = "corr3ct+horse/battery"
_USERS = ("ada", "bob", "cleo", "dan")
_PLACES = ("source", "published", "repo")
_VERBS = ("handout", "collect", "update", "report", "nudge")


class Watch:
    """Runs commands and keeps what they say."""

    def __init__(self, klass: SmallClass, secret: str) -> None:
        self.klass = klass
        self.secret = secret
        self.said: list[tuple[str, Said]] = []

    def run(self, verb: str, *words: str) -> Said:
        """Run a verb."""
        said = self.klass.instructor.run(verb, *words)
        self.said.append((f"{verb} {' '.join(words)}", said))
        return said

    def finds_nothing(self) -> None:
        """Nothing that was said or written holds the secret in any form."""
        pair = f"{USER}:{self.secret}".encode()
        forms = (
            self.secret.encode(),
            quote(self.secret, safe="").encode(),
            base64.b64encode(pair),
            base64.b64encode(self.secret.encode()),
        )
        for words, said in self.said:
            for text in (said.out.encode(), said.err.encode()):
                assert not [one for one in forms if one in text], words
        folder = self.klass.instructor.folder
        temporary = self.klass.instructor.machine.temporary
        everything = [path for top in (folder, temporary) for path in top.rglob("*")]
        files = [path for path in everything if path.is_file()]
        assert not [path for path in files if any(one in path.read_bytes() for one in forms)]
        names = {path.name for path in folder.iterdir()}
        assert {".cohort", "repositories"} <= names, "nothing was written that could hold it"


@pytest.fixture(params=["a credential helper", "a URL of git's settings"])
def watch(
    request: pytest.FixtureRequest, tmp_path: Path, site: Path, joined: Path
) -> Iterator[Watch]:
    """A class with all repositories on a server that wants a password."""
    instructor = Instructor.at(tmp_path / "instructor", site)
    instructor.machine.embedded.parent.mkdir(parents=True)
    shutil.copy(joined, instructor.machine.embedded)
    secret = TOKEN if request.param == "a credential helper" else _PLAIN_WORD
    with GitServer(tmp_path / "server", {USER: secret}) as server:
        klass = SmallClass(instructor, server, (), _USERS)
        klass.write()
        if secret == TOKEN:
            instructor.remember(secret)
        else:
            instructor.rewrite(server)
        yield Watch(klass, secret)


def _forget(watch: Watch) -> None:
    """Let the host know another password than the instructor has: the token was revoked."""
    watch.klass.server.passwords[USER] = "another"


def test_it_is_in_nothing_that_goes_well(watch: Watch) -> None:
    klass = watch.klass
    assert watch.run("handout", "--dry-run").code == 0
    assert watch.run("handout", "--json").code == 0
    klass.edit("ada", "notes/mine.md", "# Mine\n")
    assert watch.run("collect").code == 0
    assert watch.run("update", "--to", "v0.1.1").code == 0
    assert watch.run("collect", "--json").code == 0
    assert watch.run("report").code == 0
    assert watch.run("nudge").code == 0
    assert {BRANCH, "main"} == set(klass.pushed("ada"))
    for user in klass.users:
        clone = klass.instructor.folder / "repositories" / ASSIGNMENT / user
        settings = (clone / ".git/config").read_text("utf-8")
        assert f"{klass.server.url}/{user}-ml-api.git" in settings
        assert f"{USER}:" not in settings
    watch.finds_nothing()


def test_it_is_in_nothing_that_goes_wrong(watch: Watch) -> None:
    klass = watch.klass
    assert watch.run("handout").code == 0
    assert watch.run("collect").code == 0
    # One may not be read any more, one is gone, one ends in the middle, one makes an error.
    klass.server.forbidden[USER, klass.bare("ada").name] = 403
    if watch.secret == TOKEN:  # of another one nobody can know what it is where it stands alone
        klass.server.says[USER] = f"The token {TOKEN} of {USER} may not."
    shutil.rmtree(klass.bare("bob"))
    for verb in ("collect", "update", "report", "nudge"):
        watch.run(verb)
    for verb in ("collect", "update"):
        watch.run(verb, "--only-failed", "--json")
    klass.server.weather = lambda number: ("drop", "cut", "500")[number % 3]  # type: ignore[return-value]
    for verb in ("collect", "update"):
        assert watch.run(verb, "--anew").code == 3
    klass.server.weather = lambda _: "fair"
    _forget(watch)
    for verb in ("collect", "update"):
        assert watch.run(verb, "--anew").code in {1, 3}
    for verb in ("report", "nudge"):
        watch.run(verb)
    if watch.secret == TOKEN:
        logs = (klass.instructor.folder / ".cohort/logs").rglob("ada.log")
        assert any(f"of {USER} may not." in one.read_text("utf-8") for one in logs)
    watch.finds_nothing()


def test_a_hand_out_that_is_refused_says_nothing_of_it(watch: Watch) -> None:
    _forget(watch)
    klass = watch.klass
    for user in klass.users:
        klass.server.make(klass.bare(user).name)
    assert watch.run("handout").code in {1, 3}
    assert watch.run("handout", "--only-failed", "--json").code in {1, 3}
    assert not any(klass.pushed(user) for user in klass.users)
    (klass.instructor.folder / "repositories").mkdir(exist_ok=True)
    (klass.instructor.folder / "repositories/x").touch()
    watch.finds_nothing()


@pytest.mark.parametrize(
    ("verb", "place"),
    [*((verb, "where") for verb in _VERBS), *(("handout", one) for one in _PLACES)],
)
def test_a_class_that_holds_one_is_refused_without_repeating_it(
    tmp_path: Path, site: Path, verb: str, place: str
) -> None:
    instructor = Instructor.at(tmp_path / "instructor", site)
    with GitServer(tmp_path / "server", {USER: TOKEN}) as server:
        klass = SmallClass(instructor, server, (), _USERS)
        klass.write()
        holds = f"{server.url_for(USER)}/{{username}}-{{name}}.git"
        if place == "repo":
            instructor.write_roster(["username,name,email,repo", f"ada,Ada,,{holds}"])
        else:
            text = (instructor.folder / "class.toml").read_text("utf-8")
            kept = [line for line in text.splitlines() if not line.startswith(f"{place} =")]
            value = holds if place == "where" else server.url_for(USER) + "/pack.git"
            instructor.write_class("\n".join([f'{place} = "{value}"', *kept, ""]))
        before = sorted(os.walk(tmp_path))
        said = instructor.run(verb)
        assert said.code == 2, said
        assert place in said.err
        assert TOKEN not in said.out + said.err
        assert server.count == 0
        assert sorted(os.walk(tmp_path)) == before
