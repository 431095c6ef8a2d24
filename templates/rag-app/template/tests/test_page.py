"""The page at `/` works for everybody, says what leaves the machine and loads only our files."""

import re
from html.parser import HTMLParser
from pathlib import Path
from shlex import split
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api import create_app
from app.page.render import STATIC, Pages
from app.project import Project
from app.settings import Settings

from .small_project import small_project

ADDRESS = "http://127.0.0.1:8000/"
EXAMPLES = ("How long do I knead?", "It's late: why?")


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


def words(**given: object) -> Project:
    project = Project()
    return project.model_copy(update={"words": project.words.model_copy(update=given)})


def page(missing: str | None = None, project: Project | None = None, **settings: object) -> Page:
    given: dict[str, Any] = {"_env_file": None, "database_url": "sqlite:///var/app.db"} | settings
    pages = Pages(project or words(examples=EXAMPLES, off_topic="Why duck?"), Settings(**given))
    return Page(pages.chat(missing, ADDRESS))


def test_every_control_has_a_label_and_every_reference_an_element() -> None:
    found = page(api_key="secret")
    labelled = {label.get("for") for label in found.all("label")}
    assert {tag["id"] for tag in found.all("input", "textarea")} <= labelled
    assert len(found.ids) == len(set(found.ids))
    for name in ("aria-describedby", "aria-labelledby"):
        assert {tag[name] for _, tag in found.tags if tag.get(name)} <= set(found.ids)


def test_the_examples_are_buttons_also_the_one_that_is_refused() -> None:
    asked = [tag["data-question"] for tag in page().all("button") if "data-question" in tag]
    assert asked == [*EXAMPLES, "Why duck?"]
    assert "examples" not in page(project=words()).ids


def test_what_happens_is_told_in_a_region_that_the_tokens_do_not_stand_in() -> None:
    live = [tag for _, tag in page().tags if tag.get("role") == "status" or "aria-live" in tag]
    assert [tag.get("id") for tag in live] == ["status"]


def test_without_a_model_it_says_how_to_add_one_and_what_leaves_the_machine_then() -> None:
    text = page().text
    assert "answered here and sent nowhere else" in text
    assert "MODEL=openai:" in text
    assert "OPENAI_API_KEY=" in text
    assert "each question, the turns before it and the passages found for it leave" in text
    assert "at most 1 dollar a day" in text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_whoever_runs_it_is_told_how_to_add_a_model(host: str) -> None:
    assert ".env" in page(host=host).text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "api.example"])  # noqa: S104
def test_visitors_of_a_host_are_told_what_answers_and_nothing_of_files(host: str) -> None:
    text = page(host=host).text
    assert "Nobody writes" in text
    assert ".env" not in text
    assert "how to add a model" not in text


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        ({"model": "openai:some-model", "openai_api_key": "k"}, "api.openai.com"),
        ({"model": "anthropic:some-model", "anthropic_api_key": "k"}, "api.anthropic.com"),
        (
            {"model": "openai:x", "openai_base_url": "http://user:pass@model.example:1/v1"},
            "model.example",
        ),
    ],
)
def test_with_a_model_it_says_who_gets_the_questions(settings: dict[str, Any], host: str) -> None:
    text = page(daily_dollars=2.5, **settings).text
    assert f"passages found for it are sent to {host}." in text
    assert f"{settings['model']} is told to write" in text
    assert "2.5 dollars a day" in text
    assert "OPENAI_API_KEY" not in text
    assert "pass@" not in text


def test_embeddings_of_a_provider_get_the_question_too() -> None:
    text = page(embeddings="openai:some-vectors", openai_api_key="k").text
    assert "Your question is sent to api.openai.com, for its vector" in text


def test_it_says_where_records_are_kept_and_for_how_long() -> None:
    assert "kept for 90 days in a file" in page().text
    postgres = page(database_url="postgresql://host/name", retention_days=7).text
    assert "kept in Postgres for 7 days" in postgres


def test_a_key_is_asked_for_only_where_one_is_needed() -> None:
    assert "api-key" not in page().ids
    needing = page(api_key="secret")
    assert "api-key" in needing.ids
    assert "X-API-Key" in needing.text
    assert "secret" not in needing.text


def test_the_command_is_one_that_a_shell_understands() -> None:
    found = page(project=words(examples=("It's late: why?",)))
    command = found.text[found.text.index("curl ") : found.text.index(" Gives the answer")]
    parts = split(command)
    assert parts[1] == f"{ADDRESS}ask"
    assert parts[-1] == '{"question": "It\'s late: why?"}'


def test_without_an_index_the_page_says_what_to_run() -> None:
    empty = page(missing="Nothing has been ingested yet: run `uv run app ingest`.")
    assert "uv run app ingest" in empty.text
    assert "ask" not in empty.ids


def test_words_of_the_project_are_text_and_never_markup() -> None:
    sly = words(
        title="<b>&", summary='"><img src=x>', examples=('" onclick="x()', "<script>x()</script>")
    )
    html = Pages(sly, Settings(_env_file=None)).chat("<i>gone</i>", ADDRESS)
    html += Pages(sly, Settings(_env_file=None)).chat(None, ADDRESS)
    assert "&lt;b&gt;&amp;" in html
    found = Page(html)
    assert not found.all("b", "i", "img")
    assert all("onclick" not in tag for _, tag in found.tags)
    assert [tag["src"] for tag in found.all("script")] == ["/static/page.js"] * 2


def test_nothing_is_inline_and_every_file_is_ours(tmp_path: Path) -> None:
    client = TestClient(create_app(small_project(tmp_path).settings))
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
