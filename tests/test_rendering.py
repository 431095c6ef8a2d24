"""What is rendered equals what plain copier renders, for whatever people answer."""

from __future__ import annotations

import filecmp
import os
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import copier
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold import answers, places, questions, source
from scaffold.render import recorded_answers, render
from tests.machine import listing

if TYPE_CHECKING:
    from collections.abc import Iterator

NASTY = [
    'say "hi"',
    "it's",
    "back\\slash \\n",
    "~{{ 1 + 1 }}~",
    "~{% raw %}~",
    "~{# gone #}~",
    "{{ x }} ${{ y }}",
    "$(touch owned) `touch owned`",
    "- a: [b, {c: d}] # e",
    "[table]\nkey = 1".replace("\n", " "),
    "null",
    "true",
    "1.0",
    "2024-01-01",
    "!!python/object:os.system",
    "&a *a",
    "@at %percent",
    "🎉 emoji \N{ZERO WIDTH JOINER} \U0001f468\u200d\U0001f469",
    "日本語",
    "e\u0301 \u00e9",
    "\u202eright to left",
    " lead and trail ",
    "''' \"\"\"",
    "\ufeffmark",
    "x" * 3000,
]


@pytest.fixture
def home(tmp_path: Path, joined: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the embedded source, for this process."""
    monkeypatch.setenv("HOME", os.fspath(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    places.embedded_bundle().parent.mkdir(parents=True)
    shutil.copy(joined, places.embedded_bundle())
    return tmp_path / "home"


@pytest.fixture
def opened(home: Path) -> Iterator[source.Pack]:
    """The newest embedded release, laid out."""
    assert places.embedded_bundle().is_relative_to(home)
    embedded = source.Source(places.EMBEDDED_SOURCE, os.fspath(places.embedded_bundle()))
    with source.open_pack(embedded) as pack:
        yield pack


def known(pack: source.Pack, **given: str) -> dict[str, object]:
    asked = questions.read(pack.root)
    return answers.complete(asked, "supervised-api", given, {"_folder_name": "x"})


def check_round_trip(pack: source.Pack, text: str, tree: Path) -> None:
    given = {"project_name": text, "description": text, "author": text, "github_owner": text}
    said = known(pack, **given)
    render(pack, said, tree)
    recorded = recorded_answers(tree)
    assert {name: recorded[name] for name in said} == said
    project = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["description"], project["authors"]) == (text, [{"name": text}])
    settings_file = yaml.safe_load((tree / "settings.yml").read_text(encoding="utf-8"))
    assert (settings_file["name"], settings_file["owner"]) == (text, text)
    assert (tree / "README.md").read_text(encoding="utf-8").startswith(f"# {text}\n")


@pytest.mark.parametrize("text", NASTY, ids=lambda text: text[:20])
def test_what_people_write_arrives_as_they_wrote_it(
    opened: source.Pack, text: str, tmp_path: Path
) -> None:
    check_round_trip(opened, text, tmp_path / "tree")


ANSWER = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=80
).filter(lambda text: text.strip() != "")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ANSWER)
def test_any_answer_round_trips_through_the_answers_file(opened: source.Pack, text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        check_round_trip(opened, text, Path(name) / "tree")


@pytest.mark.parametrize("ref", ["v0.1.0", "v0.1.1"])
def test_the_tree_is_that_of_plain_copier_byte_for_byte(
    home: Path, tmp_path: Path, ref: str
) -> None:
    assert places.embedded_bundle().is_relative_to(home)
    embedded = source.Source(places.EMBEDDED_SOURCE, os.fspath(places.embedded_bundle()))
    with source.open_pack(embedded, ref) as pack:
        said = known(pack, project_name="Größe 🎉", author='A "B" \\C', license="none")
        render(pack, said, tmp_path / "ours")
    copier.run_copy(
        places.EMBEDDED_SOURCE,
        tmp_path / "theirs",
        said,
        vcs_ref=ref,
        defaults=True,
        quiet=True,
        settings=copier.Settings(),
    )
    assert listing(tmp_path / "ours") == listing(tmp_path / "theirs")
    answers_file = ".copier-answers.yml"
    assert filecmp.cmp(tmp_path / "ours" / answers_file, tmp_path / "theirs" / answers_file, False)
    assert f"_commit: {ref}\n" in (tmp_path / "ours" / answers_file).read_text(encoding="utf-8")
    assert not list((tmp_path / "ours").rglob("template-update.yml"))
