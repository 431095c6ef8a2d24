"""The report's page in Chromium: 500 rows that sort, filter, open and print."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from scaffold.check.finding import Finding
from scaffold.check.signals import Next
from scaffold.cohort import page as pages
from scaffold.cohort.page import DUE
from tests.cohort import drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scaffold.cohort.standing import Standing

    Open = Callable[..., Page]

pytestmark = pytest.mark.browser
PHONE, DESK = 360, 1280
NUMBER = 500
SLY = "<img src=x onerror=window.ran=1><script>window.ran=1</script>"


@pytest.fixture(scope="module")
def standings() -> list[Standing]:
    """Of 250 learners, two each; one of them would like to run something."""
    found = drawn.class_of(NUMBER)
    place = next(at for at, one in enumerate(found) if one.next)
    found[place] = replace(
        found[place],
        task=drawn.task("learner-sly", f'"{SLY}'),
        next=Next("PF101", Finding(SLY), SLY),
        live="https://sly.dev/'onclick=window.ran=1",
    )
    return sorted(found, key=lambda one: one.task.learner.username)


@pytest.fixture(scope="module")
def file(standings: list[Standing], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page."""
    written = tmp_path_factory.mktemp("page") / "report.html"
    written.write_text(pages.text(drawn.report(standings)), encoding="utf-8")
    return written


@pytest.fixture
def open_page(browser: Browser, file: Path) -> Iterator[Open]:
    """Open it; at the end nothing complained, and nothing was asked of anybody."""
    contexts, complaints = [], []

    def opened(
        *, width: int = DESK, scheme: Any = "light", script: bool = True, at: Path = file
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: complaints.append(line.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda asked: complaints.append(asked.url) if asked.url != at.as_uri() else None,
        )
        page.goto(at.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def column(page: Page, title: str) -> list[str]:
    """What stands in a column, of the rows that are shown, in their order."""
    return page.evaluate(  # type: ignore[no-any-return]
        """title => {
          const table = document.getElementById("standings");
          const at = Array.from(table.tHead.rows[0].cells)
            .findIndex(cell => cell.textContent.trim() === title);
          return Array.from(table.tBodies).filter(body => !body.hidden)
            .map(body => body.rows[0].cells[at].innerText);
        }""",
        title,
    )


def head(page: Page, title: str) -> Any:
    return page.get_by_role("columnheader", name=title)


def numbers(texts: list[str]) -> list[float]:
    return [float(found[0]) if (found := re.search(r"[\d.]+", one)) else -1 for one in texts]


def test_it_sorts_by_each_column_and_says_so(open_page: Open) -> None:
    page = open_page()
    expect(head(page, "Learner")).to_have_attribute("aria-sort", "ascending")
    heads = page.locator("#standings thead th")
    for at in range(heads.count()):
        one = heads.nth(at)
        title = one.inner_text().strip()
        one.get_by_role("button").click()
        first = one.get_attribute("aria-sort")
        forward = column(page, title)
        one.get_by_role("button").click()
        assert {first, one.get_attribute("aria-sort")} == {"ascending", "descending"}
        assert column(page, title) != forward or len(set(forward)) == 1, title
        assert page.locator("#standings thead th:not([aria-sort=none])").count() == 1
        assert sorted(column(page, title)) == sorted(forward)


def test_numbers_sort_as_numbers_states_by_urgency_and_dates_by_time(open_page: Open) -> None:
    page = open_page()
    head(page, "Points").get_by_role("button").click()
    points = numbers(column(page, "Points"))
    assert points == sorted(points, reverse=True)
    assert len(set(points)) > 2
    head(page, "Own work").get_by_role("button").click()
    own = numbers(column(page, "Own work"))
    assert own == sorted(own, reverse=True)
    head(page, "Due").get_by_role("button").click()
    states = [one.split("\n")[0].strip("✓✗? ") for one in column(page, "Due")]
    assert [DUE.index(one) for one in states] == sorted(map(DUE.index, states))
    head(page, "Last own commit").get_by_role("button").click()
    dates = [one[:10] for one in column(page, "Last own commit") if one[:1] == "2"]
    assert dates == sorted(dates, reverse=True)
    assert len(set(dates)) > 20


def test_what_is_equal_keeps_the_order_of_names(open_page: Open) -> None:
    page = open_page()
    head(page, "Assignment").get_by_role("button").click()
    named = list(zip(column(page, "Assignment"), column(page, "Learner"), strict=True))
    its = [name for assignment, name in named if assignment == "first-api"]
    assert its == sorted(its)


def test_it_filters_by_words_assignment_and_state(
    open_page: Open, standings: list[Standing]
) -> None:
    page = open_page()
    expect(page.locator("#shown")).to_have_text("500 of 500 shown")
    page.get_by_label("Name, section, assignment").fill("LEARNER-00 grace")
    expected = [
        one
        for one in standings
        if "learner-00" in one.task.learner.username and "Grace" in one.task.learner.name
    ]
    assert expected
    expect(page.locator("#shown")).to_have_text(f"{len(expected)} of 500 shown")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#shown")).to_have_text("500 of 500 shown")
    page.locator("#assignment").select_option("chatbot")
    page.locator("#state").select_option(label="Update in conflict")
    conflicts = [
        one
        for one in standings
        if one.task.assignment.id == "chatbot" and one.pending.startswith("conflicts")
    ]
    expect(page.locator("#shown")).to_have_text(f"{len(conflicts)} of 500 shown")
    assert set(column(page, "Assignment")) == {"chatbot"}
    page.get_by_label("Name, section, assignment").fill("nobody at all")
    expect(page.locator("#none")).to_be_visible()


def test_every_state_filter_finds_somebody(open_page: Open) -> None:
    page = open_page()
    options = page.locator("#state option").all()
    assert len(options) > 8
    for one in options[1:]:
        page.locator("#state").select_option(one.get_attribute("value"))
        assert 0 < len(column(page, "Learner")) < NUMBER


def test_by_keyboard_alone_a_column_is_sorted_and_a_row_opened(open_page: Open) -> None:
    page = open_page()
    page.locator("#words").focus()
    page.keyboard.type("learner-01")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Due":
            break
    page.keyboard.press("Enter")
    expect(head(page, "Due")).to_have_attribute("aria-sort", "ascending")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.hasAttribute('aria-controls')"):
            break
    page.keyboard.press("Space")
    expect(page.locator("button[aria-expanded=true]")).to_have_count(1)
    expect(page.locator("tr.more.open .detail")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("tr.more.open")).to_have_count(0)


def test_a_row_that_is_open_goes_with_its_learner(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="learner-007").first.click()
    head(page, "Points").get_by_role("button").click()
    around = page.locator("tbody:has(tr.more.open)")
    expect(around).to_have_count(1)
    expect(around.locator(".who button")).to_have_text("learner-007")


def test_what_a_learner_wrote_is_text_and_runs_nothing(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="learner-sly").click()
    expect(page.locator("tr.more.open")).to_contain_text(SLY)
    assert page.evaluate("window.ran") is None
    assert page.locator("#standings img, #standings script, [onclick], [onerror]").count() == 0


def test_a_script_that_got_into_the_page_would_not_run(browser: Browser, file: Path) -> None:
    page = browser.new_page()
    page.goto(file.as_uri())
    inline = "const one = document.createElement('script'); one.textContent = 'window.ran = 2';"
    with page.expect_console_message() as refused:
        page.evaluate(f"() => {{ {inline} document.body.append(one); }}")
    assert "Content Security Policy" in refused.value.text
    assert page.evaluate("window.ran") is None
    page.context.close()


@pytest.mark.parametrize("width", [PHONE, 768, 1160, DESK, 1920])
def test_nothing_is_wider_than_the_window(open_page: Open, width: int) -> None:
    page = open_page(width=width)
    page.locator(".who button").nth(2).click()
    page.locator(".who button").nth(3).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_each_cell_says_what_it_is_and_rows_sort(open_page: Open) -> None:
    page = open_page(width=PHONE)
    cell = page.locator("#standings td[data-label=Points]").first
    label = cell.evaluate("one => getComputedStyle(one, '::before').content")
    assert label == '"Points"'
    page.get_by_label("Sort by").select_option(label="Points ↓")
    points = numbers(column(page, "Points"))
    assert points == sorted(points, reverse=True)


def test_on_a_phone_the_next_thing_has_the_whole_line(open_page: Open) -> None:
    page = open_page(width=PHONE)
    width = "document.querySelector('{}').getBoundingClientRect().width"
    row = page.evaluate(width.format("#standings > tbody > tr:not(.more)"))
    assert page.evaluate(width.format("#standings .next")) == row


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_people_who_cannot_see_it_can_use_it(
    open_page: Open, tmp_path: Path, width: int, scheme: str
) -> None:
    few = tmp_path / "few.html"  # axe takes half a minute for 500 rows
    few.write_text(pages.text(drawn.report(drawn.class_of(30))), encoding="utf-8")
    page = open_page(width=width, scheme=scheme, at=few)
    page.get_by_label("Name, section, assignment").fill("learner-00")
    page.locator(".who button").first.click()
    found = Axe().run(page).response["violations"]
    assert not found, json.dumps([(one["id"], one["nodes"][:2]) for one in found], indent=1)[:3000]


def test_at_night_it_is_dark(open_page: Open) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    assert open_page(scheme="dark").evaluate(colour) == "rgb(22, 25, 28)"
    assert open_page().evaluate(colour) == "rgb(255, 255, 255)"


def test_printed_it_is_light_with_a_head_on_each_page_and_no_controls(open_page: Open) -> None:
    page = open_page(scheme="dark")
    page.get_by_role("button", name="learner-007").first.click()
    page.emulate_media(media="print")
    style = "one => [getComputedStyle(one).display, getComputedStyle(one).position]"
    assert page.locator("#standings thead").evaluate(style) == ["table-header-group", "static"]
    assert page.locator("#filters").evaluate("one => getComputedStyle(one).display") == "none"
    paper = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--paper')")
    assert paper == "#fff"
    assert page.locator("tr.more:visible").count() == 1
    page.set_viewport_size({"width": 1030, "height": 700})  # A4 across, without its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 1030
    pdf = page.pdf(prefer_css_page_size=True)
    sheets = pdf.count(b"/Type /Page\n") or len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 8 < sheets < 40


def test_without_script_everything_can_be_read(open_page: Open) -> None:
    page = open_page(script=False)
    assert page.locator("#standings > tbody > tr:first-child").count() == NUMBER
    expect(page.locator("#filters")).to_be_hidden()
    page.locator("summary").first.click()
    expect(page.locator(".detail").first).to_be_visible()
