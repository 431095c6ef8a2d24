"""A generated multi-agent that works for browser tests, and what a person does on its page."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.service import Repository, render
from tests.browser.thinker import thinking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SMALLEST, PHONE, DESK = 320, 360, 1280
QUESTION = "Can we ship this under our licence policy?"
RECORDS = "Which packages break the rules, and what do we do about licences and exceptions?"
UNKNOWN = "Which of our suppliers will still exist in five years?"
# Without a number, which the check of the memo would object to.
SLY = '<img src="/x" onerror="window.ran = true"><script>window.ran = true</script>'
WAITS = "The memo is there. It waits for your decision."


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A generated repository with a hostile text among its policies."""
    rendered = render(tmp_path_factory.mktemp("browser") / "dependency-desk", "multi-agent")
    file = rendered.folder / "data" / "documents" / "exceptions.md"
    text = file.read_text(encoding="utf-8")
    heading = "## What a record holds\n"
    assert heading in text
    file.write_text(text.replace(heading, f"{heading}\n{SLY} "), encoding="utf-8")
    rendered.run("app", "runs")
    return rendered


@pytest.fixture(scope="module")
def address(repository: Repository) -> Iterator[str]:
    """Where it works by its playbook."""
    with repository.serving() as running:
        yield running


@pytest.fixture(scope="module")
def model(repository: Repository) -> Iterator[dict[str, str]]:
    """Settings for a model that can be held and made to lie."""
    with thinking(repository) as settings:
        yield settings


@pytest.fixture(scope="module")
def thinking_at(repository: Repository, model: dict[str, str]) -> Iterator[str]:
    """Where it works with that model."""
    with repository.serving(**model) as running:
        yield running


@contextlib.contextmanager
def steered(repository: Repository, name: str, text: str) -> Iterator[Callable[[], None]]:
    """Hold the model, or let it lie; what is given ends that early."""
    file = repository.folder / name
    file.write_text(text, encoding="utf-8")
    try:
        yield lambda: file.unlink(missing_ok=True)
    finally:
        file.unlink(missing_ok=True)


def ask(page: Page, question: str = QUESTION) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


def waiting(page: Page, question: str = QUESTION) -> str:
    """Ask, wait for the memo, and give the run's id."""
    ask(page, question)
    expect(page.locator("#state")).to_contain_text(WAITS)
    return page.url.partition("#run=")[2]


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def run_of(address: str, run_id: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{address}runs/{run_id}", timeout=5) as response:
        found: dict[str, Any] = json.load(response)
    return found


def decide(address: str, run_id: str, decision: dict[str, Any]) -> None:
    request = urllib.request.Request(
        f"{address}runs/{run_id}/decision",
        json.dumps(decision).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10):
        pass


def press_until(page: Page, key: str, selector: str) -> None:
    """Walk on with a key until something of a kind has the focus."""
    for _ in range(120):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} does not lead to {selector}")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
