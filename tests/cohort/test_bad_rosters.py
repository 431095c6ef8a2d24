"""A bad roster is refused whole, each bad line is named, and nothing is written anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.cohort.term import small_class
from tests.machine import listing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cohort.term.small_class import SmallClass

_HEADER = "username,name,email"
_GOOD = "ada,Ada,ada@example.org"
_ODD_USERNAMES = (
    *("../x", "a/b", "a\\b", "/etc", ".", "..", ".git", "x.git", "CON", "nul.txt", "com1"),
    *("-rf", "a b", "a:b", "a*", "x" * 200, "a\u202eb", "${HOME}", "{name}", "~", "%2e%2e"),
)


@dataclass(frozen=True)
class Bad:
    """A roster that is refused.

    Attributes:
        name: What is wrong with it.
        content: Its bytes.
        lines: Numbers of the lines that have to be named, and no others.
        words: What the message says besides.
    """

    name: str
    content: bytes
    lines: tuple[int, ...]
    words: tuple[str, ...] = ()


def _of(*lines: str) -> bytes:
    return "".join(f"{one}\n" for one in lines).encode()


BAD = (
    Bad("somebody twice", _of(_HEADER, _GOOD, "bob,Bob,", "ADA,Ada Two,"), (4,), ("ADA", "2")),
    Bad("latin-1", f"{_HEADER}\n{_GOOD}\nbob,Bobé,\n".encode("latin-1"), (3,), ("UTF-8",)),
    Bad("utf-16", f"{_HEADER}\n{_GOOD}\n".encode("utf-16"), (1,)),
    Bad("no username column", _of("name,email", "Ada,a@example.org"), (1,), ("username",)),
    Bad("no email column", _of("username,name", "ada,Ada"), (1,), ("email",)),
    Bad("commas and semicolons", _of("username;name,email", "ada;Ada,"), (1,)),
    Bad("tabs", _of("username\tname\temail", "ada\tAda\t"), (1,)),
    Bad("a formula behind a semicolon", _of("username;name;email", "ada;=1+1;"), (2,)),
    Bad("a short line", _of(_HEADER, "ada,Ada", _GOOD.replace("ada", "bob", 1)), (2,)),
    Bad("a long line", _of(_HEADER, _GOOD, "bob,Bob,,,"), (3,)),
    Bad("a formula", _of(_HEADER, _GOOD, "bob,=1+1,"), (3,), ("formula",)),
    Bad("other formulas", _of(_HEADER, "a,+1,", "b,-1,", "c,@SUM(A1),", 'd,"\t=1",'), (2, 3, 4, 5)),
    Bad("a formula in the email", _of(_HEADER, _GOOD, "bob,Bob,=HYPERLINK(1)"), (3,)),
    Bad(
        "odd usernames", _of(_HEADER, *(f"{one},X," for one in _ODD_USERNAMES)), tuple(range(2, 23))
    ),
    Bad("no username", _of(_HEADER, _GOOD, ",Bob,", "  ,Cleo,"), (3, 4)),
    Bad("a control character", _of(_HEADER, _GOOD, "bob,B\x1b[31mob,"), (3,)),
    Bad("a quote that is not closed", _of(_HEADER, _GOOD, 'bob,"Bob,x'), (3,)),
    Bad("a place that is none", _of(f"{_HEADER},repo", f"{_GOOD},ext::sh -c x"), (2,)),
    Bad("a place that is an option", _of(f"{_HEADER},repo", f"{_GOOD},--upload-pack=x"), (2,)),
    Bad("nothing", b"", (1,)),
    Bad("nobody", _of(_HEADER), ()),
    Bad(
        "many things",
        _of(_HEADER, _GOOD, "../x,X,", "bob,=1,", "cleo,Cleo,", "Ada,A,", "dan,Dan"),
        (3, 4, 6, 7),
    ),
)


@pytest.fixture
def klass(tmp_path: Path, site: Path, joined: Path) -> Iterator[SmallClass]:
    """A class whose roster is still to be written."""
    with small_class.opened(tmp_path, site, joined, (), ("ada",)) as made:
        yield made


def is_refused(klass: SmallClass, bad: Bad, verb: str, *words: str) -> None:
    """Refused, with every bad line named and no good one, and nothing was done."""
    (klass.instructor.folder / "roster.csv").write_bytes(bad.content)
    before = listing(klass.instructor.machine.root)
    said = klass.instructor.run(verb, *words)
    assert said.code == 2, said
    assert said.out == ""
    assert "Traceback" not in said.err
    assert "\x1b" not in said.err
    assert "\u202e" not in said.err
    text = " ".join(said.err.split())
    assert "roster.csv" in text
    named = {int(one) for one in re.findall(r"\bline (\d+)\b(?! too)", text)}
    assert named == set(bad.lines), text
    assert not [one for one in bad.words if one not in text], text
    assert listing(klass.instructor.machine.root) == before
    assert klass.server.count == 0
    assert not list(klass.server.root.iterdir())


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name.replace(" ", "-"))
def test_a_hand_out_with_a_bad_roster_does_nothing(klass: SmallClass, bad: Bad) -> None:
    is_refused(klass, bad, "handout")


@pytest.mark.parametrize(
    "words",
    [
        ("handout", "--dry-run"),
        ("handout", "--only", "ada"),
        ("collect",),
        ("update",),
        ("report",),
        ("nudge",),
    ],
    ids=" ".join,
)
def test_so_does_every_other_verb(klass: SmallClass, words: tuple[str, ...]) -> None:
    is_refused(klass, BAD[-1], *words)
