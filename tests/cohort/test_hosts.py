"""A host that refuses the instructor says nothing of any learner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.cohort import hosts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cohort.school import School
    from tests.updating.server import GitServer


@pytest.mark.parametrize(
    ("place", "host"),
    [
        ("https://ada@Host.example:8443/x.git", "host.example:8443"),
        ("git@host.example:ada/x.git", "host.example"),
        ("/somewhere/x.git", ""),
        ("https://[x/y", ""),
    ],
)
def test_the_host_of_a_place(place: str, host: str) -> None:
    assert hosts.host(place) == host


def test_ones_own_expired_token_is_told_once_and_no_learner_is_asked(
    school: School, pack: Path, server: GitServer
) -> None:
    school.on_host(pack, server)
    school.states("handout", "--no-lock", code=0)
    school.states("collect", "--only", "ada", code=0)
    server.status = 401
    said = school.run("collect")
    assert said.returncode == 1
    name = server.url.partition("://")[2].partition("/")[0]
    reason = f"credentials for {name} were refused: all 3 repositories there are denied"
    assert said.stdout.count(f"Your {reason} (") == 1
    assert said.stdout.count("Renew them") == said.stdout.lower().count("could not read") == 1
    assert "may not be read" not in said.stdout
    nudged = school.run("nudge").stdout
    assert f"None to one/bob, one/cleo: your {reason}\n" in nudged
    told = (school.folder / "nudges/one/ada.md").read_text(encoding="utf-8")
    assert "let me read it" not in told
    assert "can't be read by me" not in told
    assert not (school.folder / "nudges/one/bob.md").exists()


def test_who_made_theirs_private_is_not_taken_for_ones_own_token(
    school: School, pack: Path, server: GitServer
) -> None:
    learners = ("ada", "bob", "cleo", "dan")
    school.on_host(pack, server, learners)
    school.states("handout", "--no-lock", code=0)
    school.states("collect", code=0)
    server.status = 403
    words = ("collect", "--only", "ada", "--only", "bob")
    said = school.run(*words).stdout
    assert said.count("may not be read") == 2
    assert "our credentials" not in said
    school.run("nudge")
    told = (school.folder / "nudges/one/ada.md").read_text(encoding="utf-8")
    assert "can't be read by me" in told
