"""Names, versions and `KEY=VALUE` texts, for whatever people write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold import names
from scaffold.answers import from_pairs
from scaffold.errors import RequestError
from scaffold.versions import Version, newest, parse_tag

TEXT = st.text(st.characters(codec="utf-8"), max_size=300)


@given(TEXT)
def test_a_slug_is_a_folder_name_that_works_everywhere(name: str) -> None:
    made = names.slug(name, otherwise="starter")
    names.check_folder_name(made)
    assert made == names.slug(made, otherwise="other")
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Churn Alert", "churn-alert"),
        ("Café  Größe", "cafe-grosse"),
        ("Cafe\u0301 Große", "cafe-grosse"),
        ("İstanbul", "istanbul"),
        ("日本語", "starter"),
        ("🎉🎉", "starter"),
        ("ship 🎉 it", "ship-it"),
        ("../../etc/passwd", "etc-passwd"),
        ("con", "starter"),
        ("-rf", "rf"),
        ("", "starter"),
        ("~{{ 1 }}~", "1"),
        ("a" * 300, "a" * 100),
        ("a" * 99 + " b", "a" * 99),
    ],
)
def test_slugs(name: str, slug: str) -> None:
    assert names.slug(name, otherwise="starter") == slug


@pytest.mark.parametrize("name", ["my-api", "Über App", "日本", "a.b", ".hidden", "🎉", "it's"])
def test_names_that_work(name: str) -> None:
    names.check_folder_name(name)


VERSIONS = st.builds(
    Version,
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(-1, 10**6),
)


@given(VERSIONS)
def test_a_tag_reads_back_as_its_version(version: Version) -> None:
    assert parse_tag(version.tag) == version


@given(st.lists(VERSIONS, min_size=1))
def test_the_newest_tag_is_that_of_the_highest_version(versions: list[Version]) -> None:
    assert newest([version.tag for version in versions]) == max(versions).tag


@given(TEXT)
def test_no_other_text_is_a_tag(text: str) -> None:
    version = parse_tag(text)
    assert version is None or text.startswith("v")


@pytest.mark.parametrize(
    "text",
    ["", "v1", "v1.2", "1.2.3", "v1.2.3.4", "v1.2.3.post", "v1.2.3+x", "v1.2.3\n", " v1.2.3"],
)
def test_texts_that_are_no_tag(text: str) -> None:
    assert parse_tag(text) is None
    assert newest([text]) is None


def test_a_post_release_follows_its_release_and_precedes_the_next() -> None:
    assert newest(["v0.9.0", "v0.10.0", "v0.10.0.post1", "junk"]) == "v0.10.0.post1"
    assert newest(["v0.10.1", "v0.10.0.post9"]) == "v0.10.1"


KEYS = TEXT.filter(lambda text: "=" not in text and text.strip() != "")


@given(st.dictionaries(KEYS.map(str.strip), TEXT))
def test_pairs_read_back_whatever_the_value_holds(answers: dict[str, str]) -> None:
    assert from_pairs(f"{key}={value}" for key, value in answers.items()) == answers


@given(TEXT.filter(lambda text: "=" not in text))
def test_a_text_without_an_equals_sign_is_no_pair(text: str) -> None:
    with pytest.raises(RequestError):
        from_pairs([text])
