"""Writes docs/screenshots/: the pages of the starters, on a phone and on a desk.

python -m tests.browser.screenshots [STARTER]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.browser.service import ROOT, make, render
from tests.browser.writer import writing
from tests.chromium import find

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

FOLDER = ROOT / "docs" / "screenshots"
LARGEST = 150_000  # bytes
DESK, PHONE = 1000, 360
# What a model might write about the first question of the field guide; one number is invented.
TEXT = """A chunk should be the smallest piece of text that answers a question by itself [1]. \
Cut at headings and put the document's and section's title in front of each chunk [1].

- Short chunks match precisely and read badly [3].
- An overlap of 64 tokens is always right [3]."""


def predict(page: Page) -> None:
    """Fill in nothing: the form begins with an example."""
    page.get_by_role("button", name="Predict").click()
    page.locator("#why").wait_for()


def ask(page: Page) -> None:
    """Ask the first example."""
    page.locator(".example").first.click()
    page.locator(".facts").wait_for()


def wait_for_memo(page: Page) -> None:
    """Ask the example; the memo comes and waits."""
    page.locator(".example").first.click()
    page.locator(".decision").wait_for()
    # Text is most of it, which takes many bytes: a little less of it.
    page.set_viewport_size({"width": page.evaluate("innerWidth"), "height": 520})
    page.locator("#run").evaluate("node => node.scrollIntoView()")


def see_what_is_asked(page: Page) -> None:
    """Go on to what happens on approval."""
    page.locator(".example").first.click()
    page.get_by_role("button", name="See what is asked").click()
    page.locator(".decision").evaluate("node => node.scrollIntoView({ block: 'end' })")


def open_evidence(page: Page) -> None:
    """Open what the first sentence rests on."""
    page.locator(".example").first.click()
    page.locator("#memo .lines .cite").first.click()


def look_closer(page: Page) -> None:
    """Open the trace, and one call in it."""
    page.locator(".example").first.click()
    page.locator(".decision").wait_for()
    page.get_by_role("link", name="Trace").click()
    page.locator(".waterfall summary").nth(1).click()
    page.locator("#calls-title").evaluate("node => node.scrollIntoView()")


def nothing(page: Page) -> None:
    """Take the page as it is."""


def shoot(
    browser: Browser, address: str, act: Callable[[Page], None], name: str, scheme: str = "light"
) -> None:
    """Write one picture of what stands at an address after something was done there."""
    page = browser.new_page(
        viewport={"width": PHONE if name.endswith("phone") else DESK, "height": 680},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page.goto(address)
    act(page)
    file = FOLDER / f"{name}.png"
    page.screenshot(path=file)
    page.close()
    if file.stat().st_size > LARGEST:
        message = f"{file.name} has {file.stat().st_size} bytes, more than {LARGEST}"
        raise SystemExit(message)


def supervised_api(browser: Browser, folder: Path) -> None:
    """A prediction and why, and the model card."""
    repository = make(folder / "visit-forecast")
    with repository.serving() as address:
        shoot(browser, address, predict, "supervised-api-desk")
        shoot(browser, address, predict, "supervised-api-desk-dark", "dark")
        shoot(browser, address, predict, "supervised-api-phone")
        shoot(browser, f"{address}model-card", nothing, "supervised-api-card")


def rag_app(browser: Browser, folder: Path) -> None:
    """The first page, passages that are quoted, and a text whose last sentence is marked."""
    repository = render(folder / "field-guide", "rag-app")
    repository.run("app", "ingest")
    with repository.serving() as address:
        shoot(browser, address, nothing, "rag-app-start")
        shoot(browser, address, ask, "rag-app-quoted")
        shoot(browser, address, ask, "rag-app-phone")
    with writing() as writer:
        writer.will_say(TEXT)
        settings = {"MODEL": "openai:example", "MODEL_PRICE": "0.25,2", "OPENAI_API_KEY": "none"}
        with repository.serving(**settings, OPENAI_BASE_URL=writer.address) as address:
            shoot(browser, address, ask, "rag-app-desk")
            shoot(browser, address, ask, "rag-app-desk-dark", "dark")


def multi_agent(browser: Browser, folder: Path) -> None:
    """The first page, a memo that waits, its evidence, what is asked, and the trace."""
    repository = render(folder / "dependency-desk", "multi-agent")
    repository.run("app", "runs")
    with repository.serving() as address:
        shoot(browser, address, nothing, "multi-agent-start")
        shoot(browser, address, wait_for_memo, "multi-agent-desk")
        shoot(browser, address, wait_for_memo, "multi-agent-desk-dark", "dark")
        shoot(browser, address, wait_for_memo, "multi-agent-phone")
        shoot(browser, address, open_evidence, "multi-agent-evidence")
        shoot(browser, address, see_what_is_asked, "multi-agent-waiting")
        shoot(browser, address, look_closer, "multi-agent-trace")


STARTERS = {"supervised-api": supervised_api, "rag-app": rag_app, "multi-agent": multi_agent}


def main(*wanted: str) -> None:
    """Render, prepare, serve, and write the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = find()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for starter in wanted or STARTERS:
            STARTERS[starter](browser, Path(folder))
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
