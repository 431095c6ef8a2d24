"""The page at `/` is made from the schema, works for everybody and loads nothing from elsewhere."""

from html.parser import HTMLParser

from starlette.testclient import TestClient

from app.columns import Column, columns
from app.explain import number
from app.metadata import Metadata
from app.page.render import Pages
from app.project import Project


class Page(HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def test_each_column_has_one_labelled_control(client: TestClient) -> None:
    page = Page(client.get("/").text)
    controls = [tag for tag in page.all("input", "select") if tag.get("data-kind")]
    assert [control["name"] for control in controls] == [column.name for column in columns()]
    assert {tag["id"] for tag in controls} <= {label.get("for") for label in page.all("label")}
    ids = [tag["id"] for _, tag in page.tags if tag.get("id")]
    assert len(ids) == len(set(ids))
    assert {control["aria-describedby"] for control in controls} <= set(ids)


def test_a_control_allows_what_the_schema_allows(client: TestClient) -> None:
    page = Page(client.get("/").text)
    controls = {tag["name"]: tag for tag in page.all("input", "select") if tag.get("data-kind")}
    for column in columns():
        control = controls[column.name]
        assert ("required" in control) == (not column.optional)
        if column.kind == "number":
            assert control.get("min") == (None if column.minimum is None else f"{column.minimum:g}")
    options = {tag["value"] for tag in page.all("option")}
    assert {text for column in columns() for text in column.categories} <= options


def test_the_answer_is_announced_and_the_documentation_linked(client: TestClient) -> None:
    page = Page(client.get("/").text)
    assert any(tag.get("aria-live") == "polite" for _, tag in page.tags)
    assert "/docs" in {tag.get("href") for tag in page.all("a")}


def test_pages_load_only_our_own_files_and_run_no_inline_script(client: TestClient) -> None:
    for path in ("/", "/docs"):
        response = client.get(path)
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        page = Page(response.text)
        scripts = [tag["src"] for tag in page.all("script")]
        for address in [*scripts, *(tag["href"] for tag in page.all("link"))]:
            assert address is not None
            assert address.startswith("/")
            assert client.get(address).status_code == 200
        assert not [tag for _, tag in page.tags if "style" in tag or "onclick" in tag]


def test_before_training_the_page_says_what_to_run(untrained: TestClient) -> None:
    html = untrained.get("/").text
    assert "uv run app train" in html
    assert not Page(html).all("form")


def test_words_of_the_project_are_text_and_never_markup(
    project: Project, trained: Metadata
) -> None:
    words = project.words.model_copy(update={"title": "<b>&", "outcome": '"><script>'})
    sly = project.model_copy(update={"words": words})
    html = Pages(sly, trained, "", needs_key=False).form(None, "http://127.0.0.1:8000/")
    assert "&lt;b&gt;&amp;" in html
    assert "<script>" not in html


def test_numbers_are_written_for_people() -> None:
    assert [number(value) for value in (0, 0.5, 1e6, 12.25)] == ["0", "0.5", "1,000,000", "12.25"]


def test_a_range_is_told_as_far_as_it_is_known() -> None:
    from app.page.render import _range_text

    def told(minimum: float | None, maximum: float | None) -> str:
        column = Column(
            "x", "number", "X", "", "", optional=False, whole=False,
            minimum=minimum, maximum=maximum, categories=(), example=None,
        )  # fmt: skip
        return _range_text(column)

    assert [told(None, None), told(0, None), told(None, 5), told(1, 2)] == [
        "",
        "0 or more.",
        "Up to 5.",
        "1 to 2.",
    ]
