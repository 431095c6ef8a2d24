"""What a person does on rag-app's page: ask, read, open a source, stop, say what it was worth."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.service import Repository, render
from tests.browser.writer import Writer, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Open = Callable[..., Page]

PHONE, DESK = 360, 1280
QUESTION = "How big should a chunk be?"
REMEMBERED = "How long should a chunk be?"  # its written answers are good, so they are kept
# A sentence of the guide, and one with a number that is not in it.
GROUNDED = "A chunk should be the smallest piece of text that answers a question by itself [1]."
FLAWED = "Overlap of 4711 tokens is the best choice for a piece of text [1]."
# Written into the documents: whatever shows a passage must show this as text.
SLY = """# <img src="/x" onerror="window.ran = 1"> Zanzibar's <script>window.ran = 1</script> ferry

The Zanzibar ferry leaves at noon. <script>window.ran = 1</script> <img src=x onerror="ran=1">

| <b onclick="window.ran=1">pier</b> | boat |
|---|---|
| <svg onload="window.ran=1"> | Zanzibar ferry |
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A generated repository whose documents are indexed, a hostile one among them."""
    rendered = render(tmp_path_factory.mktemp("browser") / "field-guide", "rag-app")
    (rendered.folder / "data" / "corpus" / "ferry.md").write_text(SLY, encoding="utf-8")
    rendered.run("app", "ingest")
    return rendered


@pytest.fixture(scope="module")
def address(repository: Repository) -> Iterator[str]:
    """Where it answers without a model."""
    with repository.serving() as running:
        yield running


@pytest.fixture(scope="module")
def writer() -> Iterator[Writer]:
    """The model."""
    with writing() as running:
        yield running


def with_model(writer: Writer) -> dict[str, str]:
    return {
        "MODEL": "openai:test",
        "MODEL_PRICE": "0.5,2",
        "OPENAI_BASE_URL": writer.address,
        "OPENAI_API_KEY": "no-key",
    }


@pytest.fixture(scope="module")
def written_at(repository: Repository, writer: Writer) -> Iterator[str]:
    """Where the same answers with a model."""
    with repository.serving(**with_model(writer)) as running:
        yield running


def ask(page: Page, question: str = QUESTION) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


def asked(page: Page, question: str = QUESTION) -> None:
    ask(page, question)
    expect(page.locator(".turn").last.locator(".facts")).to_be_visible()


def press_until(page: Page, key: str, selector: str) -> None:
    """Walk on with a key until something of a kind has the focus."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} does not lead to {selector}")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def last_hours(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{address}status", timeout=5) as response:
        found: dict[str, Any] = json.load(response)["last_hours"]
    return found


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_by_keyboard_alone_a_question_is_asked_and_a_source_opened(
    open_page: Open, width: int
) -> None:
    page = open_page(width=width)
    press_until(page, "Tab", "#question")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".turn")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Closest passages")).to_be_in_viewport()
    expect(page.locator("#status")).to_have_text("5 closest passages found.")
    expect(page.locator("blockquote").first).to_contain_text("smallest piece of text")
    expect(page.locator(".facts")).to_contain_text("cost nothing")
    press_until(page, "Shift+Tab", ".source")
    opener = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator("mark").first).to_be_visible()
    expect(dialog.locator("#passage-place")).to_contain_text("chunking.md, line")
    assert fits(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.evaluate("document.activeElement.textContent") == opener
    assert fits(page)


def test_an_example_asks_at_once(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name=QUESTION).press("Enter")
    expect(page.locator("h3.question")).to_have_text(QUESTION)
    expect(page.locator(".facts")).to_be_visible()


def test_what_the_documents_do_not_hold_is_refused_with_where_to_look(open_page: Open) -> None:
    page = open_page()
    asked(page, "Which wine goes with roasted duck?")
    expect(page.locator(".refused")).to_contain_text("No answer.")
    expect(page.get_by_role("heading", name="Nearest passages: where to look")).to_be_visible()
    expect(page.locator(".passages li").first).to_be_visible()
    expect(page.locator("blockquote")).to_have_count(0)


def test_a_thumb_and_a_text_are_stored_once_each(open_page: Open, address: str) -> None:
    before = last_hours(address)
    page = open_page()
    asked(page)
    useful = page.get_by_role("button", name="Useful", exact=True)
    useful.press("Enter")
    expect(page.locator(".told")).to_have_text("Stored. Thank you.")
    expect(useful).to_have_attribute("aria-pressed", "true")
    useful.press("Enter")
    page.get_by_label("What were you trying to do?").fill("<b>cut</b> a manual")
    page.get_by_role("button", name="Send").press("Enter")
    expect(page.get_by_label("What were you trying to do?")).to_have_value("")
    after = last_hours(address)
    assert (after["thumbs_up"] - before["thumbs_up"], after["comments"] - before["comments"]) == (
        1,
        1,
    )


def test_feedback_without_a_text_is_not_sent(open_page: Open) -> None:
    page = open_page()
    asked(page)
    page.get_by_text("Say more").click()
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".told")).to_have_text("There is no text yet.")


def test_an_answer_streams_and_what_is_not_grounded_is_marked_in_words(
    open_page: Open, written_at: str, writer: Writer
) -> None:
    writer.will_say(f"{GROUNDED} {FLAWED}", pauses_after=5)
    page = open_page(at=written_at)
    ask(page)
    expect(page.locator(".writing")).to_have_text(GROUNDED[:30])
    expect(page.locator("#status")).to_have_text("The answer is being written.")
    expect(page.locator(".beside .source")).to_have_count(5)
    expect(page.locator(".beside")).not_to_contain_text("not cited")
    writer.goes_on.set()
    expect(page.locator(".answer .notice")).to_contain_text("1 of 2 sentences did not pass")
    mark = page.locator("mark.flawed")
    expect(mark).to_have_count(1)
    expect(mark).to_contain_text("(has a number that is not in the passage it cites)")
    expect(page.locator("#status")).to_have_text("The answer is there. Sentences in it are marked.")
    expect(page.locator(".beside")).to_contain_text("not cited")
    # 1200 tokens at 0.5 and 80 at 2 dollars a million
    expect(page.locator(".facts")).to_contain_text("0.00076 dollars")
    expect(page.locator(".facts")).to_contain_text("model openai:test · prompt answer-")
    page.locator(".prose .cite").first.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("smallest piece of text")
    page.keyboard.press("Escape")
    expect(page.locator(".prose .cite").first).to_be_focused()


def test_sources_stand_beside_the_answer_or_between_it_and_the_feedback(
    open_page: Open, written_at: str, writer: Writer
) -> None:
    writer.will_say(GROUNDED)
    for width in (PHONE, DESK):
        page = open_page(at=written_at, width=width)
        asked(page, REMEMBERED)
        answer, beside, feedback = (
            page.locator(name).bounding_box() for name in (".answer", ".beside", ".feedback")
        )
        assert answer
        assert beside
        assert feedback
        if width == PHONE:
            assert answer["y"] < beside["y"] < feedback["y"]
        else:
            assert answer["y"] == beside["y"]
            assert answer["x"] < beside["x"]


def test_an_answer_that_was_given_before_cost_nothing(
    open_page: Open, written_at: str, writer: Writer
) -> None:
    writer.will_say(GROUNDED.replace("[1]", "[1][2][3][4][5]"))  # whichever of them holds it
    page = open_page(at=written_at)
    asked(page, REMEMBERED)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_label("Your question")).to_be_focused()
    asked(page, REMEMBERED)
    expect(page.locator(".facts")).to_contain_text("given before, cost nothing")
    expect(page.locator(".answer")).to_contain_text("Each sentence was compared")


def test_stop_ends_the_answer_and_the_model_hears_of_it(
    open_page: Open, written_at: str, writer: Writer
) -> None:
    writer.will_say(GROUNDED * 40, pauses_after=5)
    page = open_page(at=written_at, width=PHONE)
    ask(page, "How big is a chunk, then?")
    # All five pieces before the pause: what stands there does not change any more.
    expect(page.locator(".writing")).to_contain_text(GROUNDED[:30])
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_in_viewport()
    stop.press("Enter")
    expect(page.locator(".answer")).to_contain_text("Stopped. What stands here was not checked.")
    expect(page.locator(".unfinished")).to_have_text(GROUNDED[:30])
    expect(page.get_by_label("Your question")).to_be_focused()
    expect(stop).to_be_hidden()
    writer.goes_on.set()
    assert writer.left.wait(10)


def test_a_follow_up_sends_the_last_three_turns(open_page: Open) -> None:
    page = open_page()
    questions = [
        QUESTION,
        "Which wine goes with roasted duck?",
        "What is recall?",
        "What is drift?",
    ]
    for question in questions:
        asked(page, question)
    with page.expect_request("**/ask/stream") as sent:
        asked(page, "And how is that measured?")
    body = sent.value.post_data_json
    assert [turn["question"] for turn in body["history"]] == questions[1:]
    assert body["history"][0]["answer"] == ""
    assert body["history"][1]["answer"]


def broken(page: Page, *events: tuple[str, dict[str, Any]]) -> None:
    """Let the next answer end after some events."""
    lines = [f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events]
    page.route(
        "**/ask/stream",
        lambda route: route.fulfill(
            status=200, content_type="text/event-stream", body="".join(lines)
        ),
        times=1,
    )


def test_a_stream_that_breaks_says_so_and_keeps_the_question(open_page: Open) -> None:
    page = open_page()
    broken(page, ("sources", {"answer_id": "a", "citations": []}), ("token", {"text": "A chunk"}))
    ask(page)
    expect(page.locator(".answer .error")).to_contain_text("The connection broke")
    expect(page.locator(".unfinished")).to_have_text("A chunk")
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".facts")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(1)


def test_passages_take_the_place_of_a_text_that_its_model_did_not_finish(
    open_page: Open, address: str, written_at: str
) -> None:
    sent = urllib.request.Request(
        f"{address}ask",
        json.dumps({"question": QUESTION}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(sent, timeout=5) as response:
        reply = json.load(response) | {"notice": "The model is away."}
    sources = {"answer_id": reply["answer_id"], "citations": reply["citations"][:2]}
    page = open_page(at=written_at)
    broken(page, ("sources", sources), ("token", {"text": "A chunk"}), ("done", reply))
    asked(page)
    expect(page.locator(".answer .notice")).to_have_text("The model is away.")
    expect(page.locator(".passages > li")).to_have_count(len(reply["citations"]))
    expect(page.locator(".beside")).to_have_count(0)
    expect(page.locator(".answer")).not_to_contain_text("Being written")


def test_an_error_in_a_stream_is_told_in_its_words(open_page: Open) -> None:
    page = open_page()
    broken(page, ("error", {"status": 503, "detail": "The index is away.", "request_id": "r1"}))
    ask(page)
    expect(page.locator(".answer")).to_contain_text("The index is away.")
    expect(page.locator(".answer")).to_contain_text("Request r1")


def test_a_service_that_is_busy_says_when_to_come_back(
    open_page: Open, repository: Repository, writer: Writer
) -> None:
    settings = with_model(writer) | {"ANSWERS_AT_ONCE": "1", "MODEL_PRICE": ""}
    with repository.serving(**settings) as busy:
        writer.will_say(GROUNDED, pauses_after=5)
        first, second = open_page(at=busy), open_page(at=busy)
        ask(first)
        expect(first.locator(".writing")).to_be_visible()
        ask(second)
        expect(second.locator(".answer .error")).to_contain_text("Too many", timeout=15_000)
        expect(second.locator(".again")).to_have_text("Ask again in 5 s.")
        expect(second.locator(".again")).to_have_text("You can ask again now.", timeout=10_000)
        writer.goes_on.set()
        expect(first.locator(".facts")).to_contain_text("price unknown")
        first.close()
        second.close()


def test_the_limit_of_requests_is_told_in_words(open_page: Open, repository: Repository) -> None:
    with repository.serving(RATE_LIMIT_PER_MINUTE="2") as limited:
        page = open_page(at=limited)
        asked(page)
        ask(page, "And then?")
        expect(page.locator(".answer .error")).to_contain_text("At most 2 requests a minute")
        expect(page.locator(".again")).to_contain_text("Ask again in")
        page.close()


def test_hostile_documents_questions_and_answers_stay_text(
    open_page: Open, written_at: str, writer: Writer
) -> None:
    sly = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'
    writer.will_say(f"The Zanzibar ferry leaves at noon {sly} [1].\n\n- **{sly}** [1]\n- `{sly}`")
    for at in ("", written_at):
        page = open_page(at=at)
        asked(page, f"When does the Zanzibar ferry leave? {sly}")
        expect(page.locator(".question")).to_contain_text(sly)
        page.locator(".source", has_text="Zanzibar").first.click()
        expect(page.get_by_role("dialog")).to_contain_text("<script>window.ran = 1</script>")
        expect(page.locator("dialog td").first).to_have_text('<svg onload="window.ran=1">')
        assert page.evaluate("window.ran === undefined")
        assert page.locator("main :is(img, script, svg, b)").count() == 0


def test_a_key_that_is_needed_is_asked_for(open_page: Open, repository: Repository) -> None:
    with repository.serving(API_KEY="geheim-ü") as guarded:
        page = open_page(at=guarded)
        ask(page)
        expect(page.get_by_label("API key")).to_be_focused()
        expect(page.locator(".answer .error")).to_contain_text("right key")
        page.get_by_label("API key").fill("geheim-ü")
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator(".facts")).to_be_visible()
        page.locator(".source").first.click()
        expect(page.get_by_role("dialog")).to_contain_text("smallest piece of text")
        page.close()


# Two events whose parts are cut everywhere: ends of lines of all three kinds, letters of two to
# four bytes, a comment, a field without a value, data on two lines, and an event that has no end.
STREAM = (
    ": hello\r\nevent: token\r\ndata: größe 漢字 🚢\r\n\r\nevent:done\rdata: 1\rdata:2\r\r"
    "id\n\ndata: plain\n\nevent: lost\ndata: never\n"
)
READ = """async ([text, size]) => {
  const { eventsOf } = await import("/static/events.js");
  const all = new TextEncoder().encode(text);
  const stream = new ReadableStream({
    start(controller) {
      for (let at = 0; at < all.length; at += size) controller.enqueue(all.slice(at, at + size));
      controller.close();
    },
  });
  const found = [];
  for await (const { name, data } of eventsOf(stream)) found.push([name, data]);
  return found;
}"""


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_events_are_read_however_they_are_cut(open_page: Open, size: int) -> None:
    found = open_page().evaluate(READ, [STREAM, size])
    assert found == [["token", "größe 漢字 🚢"], ["done", "1\n2"], ["message", "plain"]]


@pytest.mark.parametrize("width", [320, 640])
def test_it_fits_when_all_is_twice_as_large(
    open_page: Open, written_at: str, writer: Writer, width: int
) -> None:
    writer.will_say(f"{GROUNDED} {FLAWED}")
    page = open_page(at=written_at, width=width)
    if width > PHONE:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
    asked(page)
    assert fits(page)
    page.locator(".source").first.click()
    assert fits(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shown", ["start", "quoted", "written", "passage"])
def test_axe_finds_nothing_serious(
    open_page: Open, written_at: str, writer: Writer, shown: str, scheme: str
) -> None:
    page = open_page(at=written_at if shown == "written" else "", width=PHONE, scheme=scheme)
    if shown != "start":
        writer.will_say(f"{GROUNDED} {FLAWED}")
        asked(page)
        page.get_by_role("button", name="Not useful").click()
        expect(page.locator(".told")).to_have_text("Stored. Thank you.")
    if shown == "passage":
        page.locator(".source").first.click()
        expect(page.locator("dialog mark").first).to_be_visible()
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in {"serious", "critical"}]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in serious] == []
