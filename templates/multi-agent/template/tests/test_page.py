"""The pages work for everybody, say who thinks and what leaves the machine, and load our files."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from shlex import split
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.agents.state import Evidence
from app.agents.watching import fingerprint
from app.api import create_app
from app.page import wording
from app.page.render import STATIC, Pages
from app.page.waterfall import bars, nodes
from app.project import Project
from app.runs.calls import Call, Spent
from app.runs.history import Checkpoint
from app.runs.run_log import Run
from app.settings import Settings

from .small import QUESTION, UNKNOWN, small

ADDRESS = "http://127.0.0.1:8000/"
SLY = '"><img src=x onerror="x()"><script>x()</script>'
QUERY = {"query": "SELECT 1"}
FOUND = Evidence(
    id="analyst.1",
    tool="run_sql",
    arguments=QUERY,
    found={"rows": [{"n": 1}, {"n": 2, "why": None}], "row_count": 9, "truncated": True},
)
RUN = Run(
    run_id="0123456789abcdef",
    question="How many?",
    status="waiting",
    outcome="",
    reason="",
    memo={"title": "Count", "lines": [{"text": "There are 2.", "cites": ["analyst.1"]}]},
    evidence=[FOUND],
    problems=[],
    request=None,
    published=None,
    spent=Spent(1, 1, 12, None),
    seconds=1.5,
)
THOUGHT = Call("model", "planner", "some-model", "", 100.0, 101.0, "done", 12, None)
USED = Call(
    "tool",
    "analyst",
    "run_sql",
    f"c1 {fingerprint('run_sql', QUERY)}",
    101.0,
    102.0,
    "done",
    0,
    0.0,
)


class Page(HTMLParser):
    """Collects the tags of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]

    @property
    def ids(self) -> list[str]:
        return [found for _, tag in self.tags if (found := tag.get("id"))]


def project(**words: str) -> Project:
    given = {"example": QUESTION, "unknown": UNKNOWN} | words
    workers = {"analyst": {"does": "Counts.", "tools": ["run_sql"]}}
    return Project.model_validate({"project": given, "workers": workers})


def pages(of: Project | None = None, **settings: object) -> Pages:
    given: dict[str, Any] = {"_env_file": None, "database_url": "sqlite:///var/app.db"} | settings
    return Pages(of or project(), Settings(**given))


def desk(of: Project | None = None, **settings: object) -> Page:
    return Page(pages(of, **settings).desk(ADDRESS))


def trace(run: Run = RUN, *calls: Call, steps: tuple[Checkpoint, ...] = ()) -> Page:
    return Page(pages().trace(run, calls, steps))


def test_every_control_has_a_label_and_every_reference_an_element() -> None:
    for found in (desk(api_key="k"), desk(api_key="k", ask_with_key=True)):
        labelled = {label.get("for") for label in found.all("label")}
        assert {tag["id"] for tag in found.all("input", "textarea")} <= labelled
        assert len(found.ids) == len(set(found.ids))
        for name in ("aria-describedby", "aria-labelledby"):
            assert {tag[name] for _, tag in found.tags if tag.get(name)} <= set(found.ids)


def test_the_example_and_the_unknown_question_are_buttons() -> None:
    asked = [tag["data-question"] for tag in desk().all("button") if "data-question" in tag]
    assert asked == [QUESTION, UNKNOWN]
    assert "examples" not in desk(project(example="", unknown="")).ids


def test_every_agent_has_a_place_in_the_order_of_the_work() -> None:
    agents = [tag["data-agent"] for tag in desk().all("li") if "data-agent" in tag]
    assert agents == ["planner", "analyst", "writer", "reviewer"]


def test_without_a_model_it_says_that_a_playbook_answers_and_how_to_add_a_model() -> None:
    text = desk().text
    assert "A playbook answers here, not a language model" in text
    assert "worked on here and sent nowhere else" in text
    assert "MODEL=openai:" in text
    assert "OPENAI_API_KEY=" in text
    assert "rows and passages that tools find for it, leave this machine" in text
    assert "at most 5 dollars a day" in text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_whoever_runs_it_is_told_how_to_add_a_model(host: str) -> None:
    assert ".env" in desk(host=host).text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "api.example"])  # noqa: S104
def test_visitors_of_a_host_are_told_what_answers_and_nothing_of_files(host: str) -> None:
    text = desk(host=host).text
    assert "it is not a language model" in text
    assert ".env" not in text
    assert "how to add a model" not in text


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        ({"model": "openai:m"}, "api.openai.com"),
        ({"model": "anthropic:m"}, "api.anthropic.com"),
        ({"model": "google_genai:m"}, "generativelanguage.googleapis.com"),
        ({"model": "ollama:m"}, "127.0.0.1"),
        ({"model": "ollama:m", "ollama_base_url": "http://big.example:11434"}, "big.example"),
        ({"model": "openai:m", "openai_base_url": "http://u:pass@m.example:1/v1"}, "m.example"),
    ],
)
def test_with_a_model_it_says_who_gets_the_questions(settings: dict[str, Any], host: str) -> None:
    text = desk(**settings).text
    assert f"what the tools find for it, are sent to {host}." in text
    assert "playbook" not in text
    assert "OPENAI_API_KEY" not in text
    assert "pass@" not in text


def test_it_says_how_far_a_run_may_go_and_where_it_is_kept() -> None:
    text = desk(run_tokens=5_000, run_dollars=1, retention_days=7).text
    assert "40 calls of models, 60 of tools, 5,000 tokens, 1 dollar and 300 seconds" in text
    assert "kept for 7 days in a file" in text
    assert "kept in Postgres for 90 days" in desk(database_url="postgresql://host/name").text


def test_a_key_is_asked_for_only_where_one_is_needed() -> None:
    assert "api-key" not in desk().ids
    deciding = desk(api_key="secret")
    assert "Needed to decide and to list runs, not to ask." in deciding.text
    assert "X-API-Key" not in deciding.text
    assert "secret" not in deciding.text
    asking = desk(api_key="secret", ask_with_key=True)
    assert "Needed to ask and to decide." in asking.text
    assert "X-API-Key" in asking.text


@pytest.mark.parametrize(
    ("settings", "may"),
    [
        ({"host": "127.0.0.1"}, "yes"),
        ({"host": "0.0.0.0"}, ""),  # noqa: S104 - it only says so
        ({"host": "0.0.0.0", "api_key": "k"}, "yes"),  # noqa: S104
    ],
)
def test_the_page_knows_whether_anybody_can_decide(settings: dict[str, Any], may: str) -> None:
    run = next(tag for tag in desk(**settings).all("section") if tag.get("id") == "run")
    assert run["data-decides"] == may


def test_the_command_is_one_that_a_shell_understands() -> None:
    found = desk(project(example="It's late: why?"))
    command = found.text[found.text.index("curl ") : found.text.index(" Gives the run")]
    parts = split(command)
    assert parts[1] == f"{ADDRESS}runs"
    assert parts[-1] == '{"question": "It\'s late: why?", "wait": 20}'


def test_words_of_the_project_and_of_runs_are_text_and_never_markup() -> None:
    found = Evidence(
        id=f"analyst.{SLY}",
        tool="run_sql",
        arguments={SLY: SLY},
        found={"rows": [{SLY: SLY}, {SLY: SLY}], "row_count": 2, "truncated": False},
    )
    ref = f"c1 {fingerprint('run_sql', {SLY: SLY})}"
    memo = {"title": SLY, "lines": [{"text": SLY, "cites": [SLY]}]}
    run = replace(RUN, question=SLY, reason=SLY, memo=memo, problems=[SLY], evidence=[found])
    calls = (replace(THOUGHT, agent=SLY, name=SLY, status=SLY), replace(USED, ref=ref))
    sly = project(title=SLY, summary=SLY, example=SLY, unknown=SLY)
    made = pages(sly)
    html = made.desk(ADDRESS) + made.trace(run, calls, [Checkpoint(0, 0, (SLY,), (SLY,))])
    html += made.gone(SLY)
    assert "&lt;script&gt;" in html
    page = Page(html)
    assert not page.all("img")
    assert all("onerror" not in tag for _, tag in page.tags)
    assert [tag["src"] for tag in page.all("script")] == ["/static/page.js"]


def test_a_trace_shows_what_a_call_that_failed_was_asked_and_why_it_did() -> None:
    asked = '{"sql": "DROP TABLE packages"}'
    call = replace(USED, status="failed", arguments=asked, problem="It may only be read.")
    found = trace(RUN, call)
    assert asked in found.text
    assert "It may only be read." in found.text
    assert asked not in trace(RUN, replace(USED, arguments=asked)).text  # its evidence has them


def test_a_trace_shows_each_call_with_what_it_was_asked_and_gave() -> None:
    found = trace(RUN, THOUGHT, USED)
    text = found.text
    assert "planner thinks (some-model) done in 1.0 s, begun at 0 ms" in text
    assert "12 tokens, price unknown" in text
    assert "analyst.1: arguments and result" in text
    assert "9 rows, of which the first 2 were handed on" in text
    assert "SELECT 1" in text
    assert len([tag for tag in found.all("rect") if tag["class"] == "bar"]) == 2
    assert not found.all("script")
    assert not [tag for _, tag in found.tags if "style" in tag]


def test_a_trace_of_a_run_without_calls_says_so() -> None:
    text = trace(replace(RUN, status="running", memo=None, evidence=[])).text
    assert "No call has been made yet." in text
    assert "goes on, or was broken off" in text


def test_checkpoints_say_what_ran_before_and_what_waits() -> None:
    steps = (Checkpoint(-1, 0, (), ("__start__",)), Checkpoint(0, 0.5, ("work", "work"), ("wait",)))
    text = trace(RUN, steps=steps).text
    assert "work (2 at once)wait (waits for a person)" in text.replace("> <", "><")


def test_bars_stand_where_the_calls_were() -> None:
    first, second = bars([THOUGHT, USED], [FOUND], goes_on=False)
    assert (first.x, first.width, second.x, second.width) == (0, 500, 500, 500)
    assert second.evidence == FOUND


def test_a_call_without_an_end_goes_on_or_was_cut_off() -> None:
    begun = replace(USED, finished=None, status="begun")
    assert [bars([THOUGHT, begun], [], goes_on=on)[1].status for on in (True, False)] == [
        "goes on",
        "cut off",
    ]


def test_a_bar_never_leaves_the_scale_and_never_vanishes() -> None:
    at_once = replace(THOUGHT, finished=100.0)
    for made in (bars([at_once], [], goes_on=False), bars([THOUGHT, at_once], [], goes_on=False)):
        assert all(one.width >= 4 and 0 <= one.x <= 1000 - one.width for one in made)
    assert bars([], [], goes_on=False) == []


def test_evidence_belongs_to_one_call_and_to_the_agent_that_made_it() -> None:
    other = replace(USED, agent="researcher")
    failed = replace(USED, status="failed")
    made = bars([other, failed, USED, USED], [FOUND], goes_on=False)
    assert [one.evidence for one in made] == [None, None, FOUND, None]


def test_an_unknown_price_is_unknown_and_a_playbook_costs_nothing() -> None:
    assert wording.dollars(None) == "price unknown"
    free = bars([replace(THOUGHT, dollars=0.0)], [], goes_on=False)
    assert free[0].used == "12 tokens"
    priced = bars([replace(THOUGHT, dollars=0.01234)], [], goes_on=False)
    assert priced[0].used == "12 tokens, 0.0123 dollars"


def test_nodes_that_run_side_by_side_are_counted() -> None:
    assert nodes(("__start__",)) == ""
    assert nodes(("work", "work")) == "work (2 at once)"


def test_a_run_has_a_trace_and_what_is_no_run_a_page_that_says_so(tmp_path: Path) -> None:
    with TestClient(create_app(small(tmp_path).settings)) as client:
        run = client.post("/runs", json={"question": QUESTION, "wait": 20}).json()
        assert run["status"] == "waiting"
        response = client.get(f"/trace/{run['run_id']}")
        gone = client.get("/trace/none")
    text = Page(response.text).text
    for one in run["evidence"]:
        assert f"{one['id']}: arguments and result" in text
    assert "(waits for a person)" in text
    assert response.headers["cache-control"] == "no-store"
    assert gone.status_code == 404
    assert "There is no run none." in Page(gone.text).text


def test_nothing_is_inline_and_every_file_is_ours(tmp_path: Path) -> None:
    client = TestClient(create_app(small(tmp_path).settings))
    response = client.get("/")
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    found = Page(response.text)
    files = [tag["src"] for tag in found.all("script")]
    for address in [*files, *(tag["href"] for tag in found.all("link"))]:
        assert address is not None
        assert client.get(address).status_code == 200
    assert not [tag for _, tag in found.tags if "style" in tag or "onclick" in tag]


def test_the_scripts_make_elements_and_never_html() -> None:
    scripts = {file.name: file.read_text(encoding="utf-8") for file in STATIC.glob("*.js")}
    for text in scripts.values():
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
        assert set(re.findall(r'from "\./([\w.]+)"', text)) <= set(scripts)
        assert "http" not in text
