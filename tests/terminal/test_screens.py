"""The screens in docs/terminal.md are those that the commands print now."""

from __future__ import annotations

import re

import pytest

from tests.terminal import screens


@pytest.fixture(scope="module")
def printed() -> dict[str, str]:
    return _sections(screens.page())


def _sections(page: str) -> dict[str, str]:
    """Title and text of each section."""
    found = re.split(r"^## (.*)$", page, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def test_the_page_shows_every_session(printed: dict[str, str]) -> None:
    shown = _sections(screens.PAGE.read_text(encoding="utf-8"))
    assert list(shown) == [session.title for session in screens.SESSIONS] == list(printed)


@pytest.mark.parametrize(
    "title", [session.title for session in screens.SESSIONS if session.words != "scaffold doctor"]
)
def test_the_page_shows_what_is_printed(printed: dict[str, str], title: str) -> None:
    shown = _sections(screens.PAGE.read_text(encoding="utf-8"))
    assert printed[title] == shown[title], "run: python -m tests.terminal.screens"


def test_no_line_is_wider_than_the_terminal(printed: dict[str, str]) -> None:
    for title, text in printed.items():
        for line in text.splitlines():
            assert len(line.removeprefix("$ ")) <= screens.COLUMNS, f"{title}: {line}"
