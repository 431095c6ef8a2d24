"""What a person decides on multi-agent's page: approve, edit, reject, and who may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.desk import (
    QUESTION,
    WAITS,
    address,
    ask,
    button,
    decide,
    model,
    repository,
    run_of,
    thinking_at,
    waiting,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.service import Repository

    Open = Callable[..., Page]

__all__ = ["address", "model", "repository", "thinking_at"]  # fixtures


def test_exactly_what_will_happen_is_shown_and_happens(open_page: Open, address: str) -> None:
    page = open_page()
    run_id = waiting(page)
    [action] = run_of(address, run_id)["request"]["action_requests"]
    memo = action["args"]["memo"]
    assert memo["exceptions"]
    for at, one in enumerate(memo["exceptions"]):
        shown = page.locator(".exceptions > li").nth(at)
        for name in ("subject", "rule", "reason"):
            expect(shown).to_contain_text(one[name])
        expect(shown).to_contain_text(f"Record {run_id}-{at + 1}")
    button(page, "Approve: memo and").click()
    expect(page.get_by_role("heading", name="On record")).to_be_visible()
    run = run_of(address, run_id)
    assert run["memo"] == memo
    for at, key in enumerate(sorted(run["published"]["exceptions"])):
        expect(page.locator(".exceptions > li").nth(at)).to_contain_text(f"Record {key}")
    page.reload()
    expect(page.get_by_role("heading", name="On record")).to_be_visible()
    expect(button(page, "Approve")).to_have_count(0)


def test_an_edit_that_is_refused_loses_nothing_and_a_better_one_is_published(
    open_page: Open, address: str
) -> None:
    page = open_page()
    run_id = waiting(page)
    before = run_of(address, run_id)["memo"]
    button(page, "Edit").click()
    expect(page.get_by_label("Title")).to_be_focused()
    page.get_by_label("Title").fill("Mine <b>now</b>")
    second = page.get_by_role("group", name="Sentence 2", exact=True).get_by_role("textbox")
    second.fill("There are 4711 of them.")
    button(page, "Publish what I edited").click()
    told = page.locator(".decision [role=alert]")
    expect(told).to_contain_text("Sentence 2: 4711 is not in the evidence")
    expect(told).to_be_focused()
    expect(second).to_have_attribute("aria-invalid", "true")
    expect(second).to_have_value("There are 4711 of them.")
    expect(page.get_by_label("Title")).to_have_value("Mine <b>now</b>")
    button(page, "Leave out sentence 2").click()
    expect(button(page, "Leave out sentence 2")).to_be_focused()
    button(page, "Leave out exception 1").press("Enter")
    button(page, "Add a sentence").click()
    page.keyboard.type("Read by a person.")
    added = page.get_by_role("group", name=f"Sentence {len(before['lines'])}", exact=True)
    added.get_by_text("Evidence: none").click()
    added.get_by_role("checkbox").first.check()
    expect(added).to_contain_text("Evidence: analyst.1")
    page.get_by_label("Open questions").fill("Who asks?\n\n  And why? ")
    button(page, "Publish what I edited").click()
    expect(page.get_by_role("heading", name="On record")).to_be_focused()
    expect(page.locator("#memo h3")).to_contain_text("Mine <b>now</b>")
    memo = run_of(address, run_id)["memo"]
    assert memo["title"] == "Mine <b>now</b>"
    assert memo["lines"] == [
        before["lines"][0],
        *before["lines"][2:],
        {"text": "Read by a person.", "cites": ["analyst.1"]},
    ]
    assert memo["exceptions"] == before["exceptions"][1:]
    assert memo["open_questions"] == ["Who asks?", "And why?"]
    assert memo["answer"] == before["answer"]


def test_a_rejection_needs_a_reason_and_publishes_nothing(open_page: Open, address: str) -> None:
    page = open_page()
    run_id = waiting(page)
    button(page, "Reject").click()
    expect(page.get_by_label("Why do you reject it?")).to_be_focused()
    button(page, "Back").click()
    expect(button(page, "Reject")).to_be_focused()
    page.keyboard.press("Enter")
    button(page, "Reject the memo").click()
    expect(page.locator(".decision [role=alert]")).to_contain_text("Say why")
    page.get_by_label("Why do you reject it?").fill("Not <i>before</i> the audit")
    button(page, "Reject the memo").click()
    heading = page.get_by_role("heading", name="Rejected: nothing is on record")
    expect(heading).to_be_focused()
    expect(page.locator(".closed")).to_contain_text("Reason: Not <i>before</i> the audit")
    assert run_of(address, run_id)["published"] is None


def test_who_is_second_is_told_keeps_the_text_and_sees_what_became_of_it(
    open_page: Open, address: str
) -> None:
    page = open_page()
    run_id = waiting(page)
    button(page, "Edit").click()
    page.get_by_label("Title").fill("Too late")
    decide(address, run_id, {"type": "reject", "reason": "faster"})
    button(page, "Publish what I edited").click()
    expect(page.locator(".decision [role=alert]")).to_contain_text("does not wait")
    expect(page.get_by_label("Title")).to_have_value("Too late")
    button(page, "Show what became of it").click()
    expect(page.locator(".closed")).to_contain_text("Reason: faster")


def test_a_key_that_is_needed_to_decide_is_asked_for(
    open_page: Open, repository: Repository
) -> None:
    with repository.serving(API_KEY="geheim-ü") as guarded:
        page = open_page(at=guarded)
        waiting(page)
        button(page, "Reject").click()
        page.get_by_label("Why do you reject it?").fill("No key")
        button(page, "Reject the memo").click()
        expect(page.get_by_label("API key")).to_be_focused()
        expect(page.locator(".decision [role=alert]")).to_contain_text("right key")
        expect(page.get_by_label("Why do you reject it?")).to_have_value("No key")
        button(page, "Show the newest").click()
        expect(page.locator("#runs-told")).to_contain_text("right key")
        page.get_by_label("API key").fill("geheim-ü")
        button(page, "Reject the memo").click()
        expect(page.locator(".closed")).to_contain_text("Reason: No key")
        button(page, "Show the newest").click()
        expect(page.locator("#runs li").first).to_be_visible()
        page.close()


def test_where_a_key_is_needed_to_ask_the_question_stays(
    open_page: Open, repository: Repository
) -> None:
    with repository.serving(API_KEY="k", ASK_WITH_KEY="true") as guarded:
        page = open_page(at=guarded)
        ask(page)
        expect(page.get_by_label("API key")).to_be_focused()
        expect(page.get_by_label("Your question")).to_have_value(QUESTION)
        page.get_by_label("API key").fill("k")
        page.keyboard.press("Enter")
        expect(page.locator("#state")).to_contain_text(WAITS)
        page.close()


def test_where_nobody_can_decide_the_page_says_why(open_page: Open, repository: Repository) -> None:
    with repository.serving(HOST="0.0.0.0") as shared:  # noqa: S104 - that is what is tested
        page = open_page(at=shared)
        waiting(page)
        expect(page.locator(".decision")).to_contain_text("Whoever runs it must set API_KEY")
        expect(page.locator(".decision .buttons")).to_have_count(0)
        page.close()
