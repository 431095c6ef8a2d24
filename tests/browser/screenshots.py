"""Writes docs/screenshots/: the page with an answer, on a phone and on a desk, and the model card.

python -m tests.browser.screenshots
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM
from tests.browser.service import ROOT, make

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = ROOT / "docs" / "screenshots"
LARGEST = 150_000  # bytes


def shoot(browser: Browser, address: str, name: str, width: int, scheme: str) -> None:
    """Write one picture of what stands at an address."""
    page = browser.new_page(
        viewport={"width": width, "height": 680},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page.goto(address)
    if page.locator("#case").count():
        page.get_by_role("button", name="Predict").click()
        page.locator("#why").wait_for()
    file = FOLDER / f"{name}.png"
    page.screenshot(path=file)
    page.close()
    if file.stat().st_size > LARGEST:
        message = f"{file.name} has {file.stat().st_size} bytes, more than {LARGEST}"
        raise SystemExit(message)


def main() -> None:
    """Render, train, serve, and write the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = next(filter(None, map(shutil.which, CHROMIUM)))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        repository = make(Path(folder) / "visit-forecast")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        with repository.serving() as address:
            shoot(browser, address, "supervised-api-desk", 1000, "light")
            shoot(browser, address, "supervised-api-desk-dark", 1000, "dark")
            shoot(browser, address, "supervised-api-phone", 360, "light")
            shoot(browser, f"{address}model-card", "supervised-api-card", 1000, "light")
        browser.close()


if __name__ == "__main__":
    main()
