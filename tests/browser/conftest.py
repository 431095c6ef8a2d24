"""One service for all tests; each test has a page of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.service import Repository, make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever is in this folder needs the browser."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A generated repository with a trained model."""
    return make(tmp_path_factory.mktemp("browser") / "visit-forecast")


@pytest.fixture(scope="session")
def address(repository: Repository) -> Iterator[str]:
    """Where its service runs; ends with a slash."""
    with repository.serving() as running:
        yield running


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open a page; at the end no console error and no request to another host is left."""
    contexts, complaints = [], []

    def opened(path: str = "", *, width: int = 1280, scheme: str = "light", at: str = "") -> Page:
        home = at or address
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        contexts.append(context)
        page = context.new_page()

        def note(kind: str, text: str) -> None:
            # The browser itself reports each refused request; the page shows it to the person.
            if not re.search("status of (4|503)|net::ERR_(CONNECTION|INCOMPLETE|EMPTY)", text):
                complaints.append(f"{kind}: {text}")

        page.on("console", lambda line: note("console", line.text) if line.type == "error" else 0)
        page.on("pageerror", lambda error: note("error", str(error)))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((home, "data:")) else note("request", request.url)
            ),
        )
        page.goto(home + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
