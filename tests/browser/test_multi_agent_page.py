"""What a person does on multi-agent's page: ask, watch, read the evidence, look closer."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import (
    DESK,
    PHONE,
    QUESTION,
    RECORDS,
    SLY,
    SMALLEST,
    UNKNOWN,
    WAITS,
    address,
    ask,
    button,
    fits,
    model,
    press_until,
    repository,
    run_of,
    steered,
    thinking_at,
    waiting,
)
from tests.browser.relay import relaying

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from tests.browser.service import Repository

    Open = Callable[..., Page]

__all__ = ["address", "model", "repository", "thinking_at"]  # fixtures


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_by_keyboard_alone_a_memo_is_asked_for_read_and_approved(
    open_page: Open, width: int
) -> None:
    page = open_page(width=width)
    press_until(page, "Tab", "#question")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=QUESTION)).to_be_focused()
    expect(page.locator("#state")).to_contain_text(WAITS)
    press_until(page, "Tab", "#memo .cite")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("SELECT")
    expect(dialog.locator("td").first).to_be_visible()
    assert fits(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#memo .cite").first).to_be_focused()
    press_until(page, "Tab", ".decision .buttons button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="On record")).to_be_focused()
    assert fits(page)


def test_an_example_is_asked_at_once_and_what_is_asked_is_a_step_away(open_page: Open) -> None:
    page = open_page()
    page.locator(".example").first.press("Enter")
    button(page, "See what is asked").press("Enter")
    heading = page.get_by_role("heading", name="Exactly this happens when you approve")
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()


def test_what_the_desk_can_not_know_is_refused_with_the_reason(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name=UNKNOWN).click()
    expect(page.locator(".closed")).to_contain_text("No answer")
    expect(page.locator(".closed")).to_contain_text("not in my playbook")
    expect(button(page, "Approve")).to_have_count(0)


def test_the_banner_says_that_a_playbook_answers_and_leads_to_how_to_change_that(
    open_page: Open,
) -> None:
    page = open_page()
    waiting(page)
    url = page.url
    page.get_by_role("link", name="how to add a model").click()
    expect(page.get_by_text("OPENAI_API_KEY=your key")).to_be_in_viewport()
    expect(page.locator("#facts")).to_contain_text("by a playbook, not a language model")
    assert page.url == url


def test_each_sentence_opens_its_evidence_where_its_numbers_are_underlined(open_page: Open) -> None:
    page = open_page()
    run = run_of(page.url, waiting(page))
    lines = page.locator("#memo .lines > li")
    expect(lines).to_have_count(len(run["memo"]["lines"]))
    line = run["memo"]["lines"][0]
    lines.first.locator(".cite").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("q")).to_have_text(line["text"])
    expect(dialog.locator("mark").first).to_be_visible()
    evidence = next(one for one in run["evidence"] if one["id"] == line["cites"][0])
    expect(dialog).to_contain_text(evidence["tool"])
    for value in evidence["found"]["rows"][0].values():
        expect(dialog.locator("table")).to_contain_text(str(value))


def test_runs_that_wait_are_listed_first_and_open(open_page: Open) -> None:
    page = open_page()
    waiting(page, "Who pulls in certifi?")
    ask(page, UNKNOWN)
    expect(page.locator(".closed")).to_be_visible()
    button(page, "Show the newest").press("Enter")
    first = page.locator("#runs li").first
    expect(first).to_contain_text("waits for a decision")
    first.get_by_role("link", name="Who pulls in certifi?").click()
    expect(page.locator("#state")).to_contain_text(WAITS)
    expect(page.get_by_role("heading", name="Who pulls in certifi?")).to_be_focused()
    page.go_back()
    expect(page.locator(".closed")).to_contain_text("No answer")


def test_steps_come_live_and_a_page_that_is_loaded_again_finds_its_run(
    open_page: Open, thinking_at: str, repository: Repository
) -> None:
    with steered(repository, "hold", "Memo") as release:
        page = open_page(at=thinking_at)
        ask(page)
        for _ in range(2):
            expect(page.locator("#state")).to_have_text("At work: writer.", timeout=15_000)
            expect(page.locator(".agent.working")).to_have_attribute("data-agent", "writer")
            expect(page.locator("[data-agent=analyst] .done").first).to_be_visible()
            page.reload()
        release()
        expect(page.locator("#state")).to_contain_text(WAITS)
        expect(page.locator("[data-agent=reviewer] .done")).to_have_count(1)
        expect(page.locator("#facts")).to_contain_text("dollars")
        expect(page.locator(".agent.working")).to_have_count(0)


def test_a_stream_that_breaks_is_taken_up_where_it_ended(open_page: Open, address: str) -> None:
    with relaying(address) as relay:
        page = open_page(at=relay.address)
        waiting(page)
        assert [(one or "").partition("-")[0] for one in relay.last_ids] == ["", "1"]
        expect(page.locator("[data-agent=planner] .calls li")).to_have_count(1)
        page.close()


def test_a_service_that_restarts_goes_on_with_the_run_and_the_page_with_it(
    open_page: Open, repository: Repository, model: dict[str, str]
) -> None:
    with steered(repository, "hold", "Memo") as release:
        with repository.serving(**model) as first:
            page = open_page(at=first)
            ask(page)
            expect(page.locator("#state")).to_have_text("At work: writer.", timeout=15_000)
        port = first.rpartition(":")[2].strip("/")
        expect(page.locator("#run")).to_contain_text("Go on with it")
        with repository.serving(**model, PORT=port):
            release()
            expect(page.locator("#state")).to_contain_text(WAITS, timeout=45_000)
            expect(page.locator("#trouble")).to_be_empty()
            page.close()


def test_a_run_that_does_not_exist_is_told_in_words(open_page: Open) -> None:
    page = open_page("#run=0123456789abcdef")
    expect(page.locator("#trouble")).to_contain_text("There is no run 0123456789abcdef")
    waiting(page)
    expect(page.locator("#trouble")).to_be_empty()


def test_what_the_reviewer_objects_to_is_shown_and_nothing_can_be_approved(
    open_page: Open, thinking_at: str, repository: Repository
) -> None:
    with steered(repository, "lie", " Or 4711."):
        page = open_page(at=thinking_at)
        ask(page)
        expect(page.locator(".closed")).to_contain_text("Not finished: nothing is on record")
        expect(page.locator("#memo .notice")).to_contain_text("4711 is not in the evidence")
        expect(page.locator("#memo .lines")).not_to_contain_text("4711")
        expect(button(page, "Approve")).to_have_count(0)


def test_a_price_that_is_not_known_is_unknown(
    open_page: Open, repository: Repository, model: dict[str, str]
) -> None:
    with repository.serving(**model | {"MODEL_PRICE": ""}) as unpriced:
        page = open_page(at=unpriced)
        expect(page.locator("main")).to_contain_text("openai:test")
        waiting(page)
        expect(page.locator("#facts")).to_contain_text("price unknown")
        page.get_by_role("link", name="Trace").click()
        expect(page.locator(".waterfall")).to_contain_text("price unknown")
        page.close()


def test_a_service_that_is_busy_says_so_and_the_question_stays(
    open_page: Open, repository: Repository, model: dict[str, str]
) -> None:
    with (
        steered(repository, "hold", "Memo") as release,
        repository.serving(**model, RUNS_AT_ONCE="1") as busy,
    ):
        first, second = open_page(at=busy), open_page(at=busy)
        ask(first)
        expect(first.locator("#state")).to_have_text("At work: writer.", timeout=15_000)
        ask(second, "And then?")
        expect(second.locator("#asked")).to_contain_text("Too many runs at once")
        expect(second.get_by_label("Your question")).to_have_value("And then?")
        release()
        expect(first.locator("#state")).to_contain_text(WAITS)
        first.close()
        second.close()


def test_a_thumb_and_a_text_are_stored(open_page: Open, address: str) -> None:
    def counted() -> tuple[int, int]:
        with urllib.request.urlopen(f"{address}status", timeout=5) as response:
            last = json.load(response)["last_hours"]
        return last["thumbs_up"], last["comments"]

    before = counted()
    page = open_page()
    ask(page, UNKNOWN)
    useful = page.get_by_role("button", name="Useful", exact=True)
    useful.press("Enter")
    expect(page.locator(".feedback .told")).to_have_text("Stored. Thank you.")
    expect(useful).to_have_attribute("aria-pressed", "true")
    useful.press("Enter")
    text = page.get_by_label("What were you trying to do?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".feedback .told")).to_have_text("There is no text yet.")
    text.fill("<b>cut</b> a release")
    page.get_by_role("button", name="Send").click()
    expect(text).to_have_value("")
    assert counted() == (before[0] + 1, before[1] + 1)


def test_hostile_documents_questions_and_memos_stay_text(open_page: Open, address: str) -> None:
    page = open_page()
    question = f"{RECORDS} {SLY}"
    run_id = waiting(page, question)
    expect(page.locator("#run-title")).to_have_text(question)
    expect(page.locator("#memo .lines")).to_contain_text(SLY)
    for cite in page.locator("#memo .cite").all():
        cite.click()
        page.keyboard.press("Escape")
    button(page, "Edit").click()
    page.get_by_label("Title").fill(SLY)
    button(page, "Publish what I edited").click()
    expect(page.locator("#memo h3")).to_contain_text(SLY)
    strange = "main :is(img, script, b), dialog :is(img, script)"
    assert page.locator(strange).count() == 0
    assert page.evaluate("window.ran === undefined")
    page.goto(f"{address}trace/{run_id}")
    expect(page.locator("h1 + .question")).to_have_text(question)
    for summary in page.locator("summary").all():
        summary.click()
    expect(page.locator(".waterfall")).to_contain_text(SLY)
    assert page.locator(strange).count() == 0
    assert page.evaluate("window.ran === undefined")


def test_a_trace_is_read_without_javascript(browser: Browser, open_page: Open) -> None:
    page = open_page()
    run_id = waiting(page)
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(page.url.replace(f"#run={run_id}", f"trace/{run_id}"))
    run = run_of(page.url.partition("#")[0], run_id)
    bars = plain.locator(".waterfall rect.bar")
    expect(bars).to_have_count(len(run["calls"]))
    width = plain.locator(".waterfall svg").first.bounding_box()
    assert width
    assert width["width"] > 200
    plain.locator(".waterfall summary").nth(1).press("Enter")
    expect(plain.locator(".waterfall details[open] table")).to_be_visible()
    expect(plain.locator("main")).to_contain_text("waits for a person")
    plain.get_by_role("link", name="Back to the run").click()
    expect(plain).to_have_url(page.url)
    context.close()


@pytest.mark.parametrize("width", [SMALLEST, 640])
def test_it_fits_when_all_is_twice_as_large(open_page: Open, width: int) -> None:
    page = open_page(width=width)

    def enlarged() -> bool:
        if width > PHONE:
            page.evaluate("document.documentElement.style.fontSize = '200%'")
        return fits(page)

    assert enlarged()
    run_id = waiting(page)
    assert enlarged()
    page.locator("#memo .cite").first.click()
    assert enlarged()
    page.keyboard.press("Escape")
    button(page, "Edit").click()
    page.locator(".picks summary").first.click()
    assert enlarged()
    page.goto(page.url.replace(f"#run={run_id}", f"trace/{run_id}"))
    for summary in page.locator("summary").all():
        summary.click()
    assert enlarged()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shown", ["start", "waiting", "editing", "evidence", "published", "trace"])
def test_axe_finds_nothing_serious(open_page: Open, shown: str, scheme: str) -> None:
    page = open_page(width=PHONE, scheme=scheme)
    run_id = "" if shown == "start" else waiting(page)
    if shown == "editing":
        button(page, "Edit").click()
        page.get_by_label("Title").fill("4711")
        page.locator(".picks summary").first.click()
        button(page, "Publish what I edited").click()
        expect(page.locator(".decision [role=alert]")).to_contain_text("4711")
    if shown == "evidence":
        page.locator("#memo .cite").first.click()
    if shown == "published":
        button(page, "Approve").click()
        button(page, "Not useful").click()
        expect(page.locator(".feedback .told")).to_have_text("Stored. Thank you.")
        button(page, "Show the newest").click()
        expect(page.locator("#runs li").first).to_be_visible()
    if shown == "trace":
        page.goto(page.url.replace(f"#run={run_id}", f"trace/{run_id}"))
        for summary in page.locator("summary").all():
            summary.click()
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in {"serious", "critical"}]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in serious] == []
