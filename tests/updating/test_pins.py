"""Where both sides moved the same pin, the higher version stands; anything else is a conflict."""

from __future__ import annotations

import pytest

from scaffold.update.content import Labels, merge
from scaffold.update.files import File

SHA = {"one": "1" * 40, "two": "2" * 40, "three": "3" * 40}


def outcome(base: str, ours: str, theirs: str) -> str:
    found = merge(File(base.encode()), File(ours.encode()), File(theirs.encode()), Labels())
    return "conflict" if found.conflicts else found.file.data.decode()


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "wanted"),
    [
        ('    "uvicorn>=0.5",', '    "uvicorn>=0.9",', '    "uvicorn>=0.10",', "theirs"),
        ('    "uvicorn>=0.5",', '    "uvicorn>=0.54",', '    "uvicorn>=0.6",', "ours"),
        ('"uvicorn[standard]>=1"', '"uvicorn[standard]>=3"', '"uvicorn[standard]>=2"', "ours"),
        ("onnx==1.1 ; python_version < '3.12'",) * 2
        + ("onnx==1.2 ; python_version < '3.12'", "theirs"),
        ("anyio==4.1", "anyio==4.3", "anyio==4.2", "ours"),
        (
            f"      - uses: actions/checkout@{SHA['one']} # v6.0.0",
            f"      - uses: actions/checkout@{SHA['two']} # v6.1.0",
            f"      - uses: actions/checkout@{SHA['three']} # v6.0.1",
            "ours",
        ),
        (
            f"        uses: docker/build@{SHA['one']} # v6",
            f"        uses: docker/build@{SHA['two']} # v7",
            f"        uses: docker/build@{SHA['three']} # v10",
            "theirs",
        ),
        ("FROM a:3.12.1-slim AS b", "FROM a:3.12.2-slim AS b", "FROM a:3.12.3-slim AS b", "theirs"),
        ("    image: a/b:v3.5.0", "    image: a/b:v3.6.0", "    image: a/b:v3.5.1", "ours"),
    ],
)
def test_the_higher_version_stands(base: str, ours: str, theirs: str, wanted: str) -> None:
    found = outcome(*(f"first\n{line}\nlast\n" for line in (base, ours, theirs)))
    assert found == f"first\n{ours if wanted == 'ours' else theirs}\nlast\n"


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        ("margin = 0.1", "margin = 0.2", "margin = 0.3"),
        ('"uvicorn>=0.5"', '"uvicorn>=0.6"', '"uvicorn[standard]>=0.7"'),
        ('"uvicorn>=0.5"', '"uvicorn>=0.6"', '"hypercorn>=0.7"'),
        ("FROM python:3.12-slim", "FROM python:3.13-alpine", "FROM python:3.14-slim"),
        ("    image: a/b:v1", "    image: mine/b:v2", "    image: a/b:v3"),
        ("pytest==8", "pytest==9  # mine", "pytest==10"),
        ("pytest==8", "pytest==not-a-version", "pytest==10"),
    ],
)
def test_what_differs_in_more_than_a_version_is_a_conflict(
    base: str, ours: str, theirs: str
) -> None:
    assert outcome(*(f"first\n{line}\nlast\n" for line in (base, ours, theirs))) == "conflict"


def test_neighbours_that_each_side_raised_keep_both() -> None:
    base = 'a = [\n    "one>=1",\n    "two>=1",\n]\n'
    ours, theirs = base.replace("one>=1", "one>=2"), base.replace("two>=1", "two>=2")
    assert outcome(base, ours, theirs) == 'a = [\n    "one>=2",\n    "two>=2",\n]\n'


def test_windows_line_ends_stay_on_the_line_that_wins() -> None:
    base, ours, theirs = (f"first\r\nanyio=={number}\r\n" for number in (1, 2, 3))
    assert outcome(base, ours, theirs.replace("\r\n", "\n")) == "first\r\nanyio==3\r\n"
