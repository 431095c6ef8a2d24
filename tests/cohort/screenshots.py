"""Writes docs/screenshots/class-report.png: the report of a class that is drawn by a seed.

python -m tests.cohort.screenshots
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from scaffold.cohort import page as pages
from tests.chromium import find
from tests.cohort import drawn

FILE = Path(__file__).parents[2] / "docs" / "screenshots" / "class-report.png"
LEARNERS = 90
_DRAWABLE = 0x250  # fonts of a bare machine have the letters below


def main() -> None:
    """Make the page and look at it."""
    standings = [
        one
        for one in drawn.class_of(LEARNERS)
        if all(ord(mark) < _DRAWABLE for mark in one.task.learner.name)
    ]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "report.html"
        file.write_text(pages.text(drawn.report(standings)), encoding="utf-8")
        found = find()
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 880})
        page.goto(file.as_uri())
        page.screenshot(path=FILE)
        browser.close()


if __name__ == "__main__":
    main()
