"""What a person does on the page: with a keyboard, on a phone, by day and by night."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.service import Repository

    Open = Callable[..., Page]

PHONE, DESK = 360, 1280


def predict_by_keyboard(page: Page) -> None:
    """Walk to the button with the Tab key, as somebody without a mouse."""
    page.keyboard.press("Tab")
    for _ in range(60):
        if page.evaluate("document.activeElement.textContent") == "Predict":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#answer .output")).to_be_visible()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_case_is_predicted_and_explained_by_keyboard(open_page: Open, width: int) -> None:
    page = open_page(width=width)
    predict_by_keyboard(page)
    expect(page.locator("#answer .output")).to_have_text("45%")
    expect(page.locator("#answer")).to_be_in_viewport()
    expect(page.locator("#reasons li").first).to_contain_text("been typical")
    expect(page.locator("#note")).to_contain_text("not causes")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_an_error_stands_at_its_field_which_has_the_focus(open_page: Open, width: int) -> None:
    page = open_page(width=width)
    page.fill("#family_size", "99")
    page.press("#family_size", "Enter")
    expect(page.locator("#family_size-help .error")).to_be_visible()
    expect(page.locator("#family_size")).to_be_focused()
    expect(page.locator("#family_size")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#answer")).to_contain_text("Family size")
    page.fill("#family_size", "4")
    page.press("#family_size", "Enter")
    expect(page.locator("#answer .output")).to_be_visible()
    expect(page.locator(".field .error")).to_have_count(0)


@pytest.mark.parametrize("fields", [2, 40])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_form_of_any_length_is_followed_at_once_by_the_next_text(
    open_page: Open, width: int, fields: int
) -> None:
    page = open_page(width=width)
    hide_after = "(all, n) => all.slice(n).forEach(one => { one.style.display = 'none'; })"
    page.locator(".field").evaluate_all(hide_after, fields)
    predict_by_keyboard(page)
    gap = page.evaluate(
        """() => {
          const above = innerWidth > 900 ? document.querySelector("#case").closest("section")
            : document.querySelector(".answer");
          const below = document.querySelector(".meaning");
          return below.getBoundingClientRect().top - above.getBoundingClientRect().bottom;
        }"""
    )
    assert 0 <= gap <= 20


def test_feedback_is_sent_and_stored(open_page: Open, address: str) -> None:
    page = open_page()
    predict_by_keyboard(page)
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("What were you trying to do?").fill("<b>plan</b> next week")
    page.get_by_label("What came true").select_option("true")
    page.get_by_role("button", name="Send feedback").press("Enter")
    expect(page.locator("#thanks")).to_have_text("Stored. Thank you.")
    with urllib.request.urlopen(f"{address}status", timeout=5) as response:
        hours = json.load(response)["last_hours"]
    assert (hours["thumbs_up"], hours["comments"], hours["labels"]) == (1, 1, 1)


def test_feedback_that_says_nothing_is_refused_in_words(open_page: Open) -> None:
    page = open_page()
    predict_by_keyboard(page)
    page.get_by_role("button", name="Send feedback").click()
    expect(page.locator("#thanks")).to_contain_text("at least one of")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_model_card_is_linked_and_fits(open_page: Open, width: int) -> None:
    page = open_page(width=width)
    page.get_by_role("link", name="Model card").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Model")
    expect(page.locator("table").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "model-card"])
def test_axe_finds_nothing_serious(open_page: Open, path: str, scheme: str) -> None:
    page = open_page(path, width=PHONE, scheme=scheme)
    if not path:
        predict_by_keyboard(page)
        expect(page.locator("#why")).to_be_visible()
    # axe is put into the page past its policy, by the browser's own means.
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in {"serious", "critical"}]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in serious] == []


def test_the_documentation_opens(open_page: Open) -> None:
    page = open_page("docs")
    expect(page.locator("#operations-prediction-predict_predict_post")).to_be_visible()


def test_a_key_that_is_needed_is_asked_for(open_page: Open, repository: Repository) -> None:
    with repository.serving(API_KEY="secret", DATABASE_URL="sqlite:///var/key.db") as guarded:
        page = open_page(at=guarded)
        page.get_by_role("button", name="Predict").click()
        expect(page.locator("#api-key")).to_be_focused()
        page.get_by_label("API key").fill("secret")
        page.get_by_role("button", name="Predict").click()
        expect(page.locator("#answer .output")).to_be_visible()
        expect(page.locator("#reasons li").first).to_be_visible()
        page.close()
