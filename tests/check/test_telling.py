"""What people are told: at a terminal, on a page, in JSON and in the README."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from scaffold.check import block
from scaffold.check.telling import document, html, markdown
from scaffold.errors import OutsideError, RequestError
from tests.check.growing import git, seen, why

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.check.examine import Verdict


@pytest.fixture(scope="module")
def both(done: Path, begun: Mapping[str, Path]) -> list[Verdict]:
    """What a finished repository and an untouched one show."""
    return [seen(done), seen(begun["rag-app"])]


class Balanced(HTMLParser):
    """Makes sure that every element is closed where it was opened."""

    EMPTY = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {tag, *(name for name, _ in attrs)}
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_stands_alone(both: list[Verdict]) -> None:
    page = html.page(both, "2030-01-01")
    read = Balanced()
    read.feed(page)
    assert read.open == []
    assert not read.names & {"script", "src", "link", "img", "iframe", "onclick"}
    assert re.findall(r'href="([^"]*)"', page) == ["#r1", "#r2"]


def test_nothing_in_the_page_steers_a_terminal_or_turns_its_text(
    done: Path, tmp_path: Path
) -> None:
    mine = shutil.copytree(done, tmp_path / "bikes")
    reason = r"\u001b]0;owned\u0007\u009b31m\u202e\u2066"
    with (mine / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[tool.scaffold.check.ignore]\nOW101 = "{reason} by contract"\n')
    page = html.page([seen(mine)], "2030-01-01")
    assert "by contract" in page
    assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page) == []


def test_a_path_that_begins_a_sentence_keeps_its_letters(done: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(done, tmp_path / "bikes")
    (mine / "reports/evaluation.json").write_text("[]", encoding="utf-8")
    found = why(seen(mine, select="RC102"), "RC102")
    assert "reports/evaluation.json is no report" in found


def test_the_page_of_a_class_has_each_state_and_the_next_thing(both: list[Verdict]) -> None:
    page = html.page(both, "2030-01-01")
    overview = page[page.index("<tbody>") : page.index("</tbody>")]
    assert overview.count(">✓<") == 6
    assert overview.count(">✗<") == 7
    assert overview.count(">?<") == 1
    assert "PF1 is still our question." in overview
    assert "Who asks, " not in overview
    done = page[page.index('<section id="r1">') : page.index('<section id="r2">')]
    assert "Ask the live address: <code>scaffold check --online</code>" in done
    assert "practise: <code>scaffold check --questions</code>." in done


def test_markdown_has_a_table_of_signals(both: list[Verdict]) -> None:
    page = markdown.page(both[1:])
    assert "| Problem framing | **not yet** | PF1 is still our question. |" in page
    assert re.search(r"\*\*Next:\*\* PF101: PF1 is still our question\. \(README\.md:", page)
    assert re.search(r"^Who asks, .*\? Answer it in two to six sentences", page, re.MULTILINE)
    done = markdown.page([replace(both[0], asked=True)])
    assert "**Next:** nothing that files can tell; practise: `scaffold check --questions`\n" in done


def test_json_holds_all_that_the_page_shows(both: list[Verdict]) -> None:
    verdict = both[0]
    facts = json.loads(json.dumps(document.facts(verdict)))
    assert facts["good"] is True
    assert facts["next"] is None
    assert {one["rung"] for one in facts["numbers"]} == {"consistent", "recorded", "typed"}
    assert facts["own"]["lines"]["code"] > 0
    assert len(facts["results"]) == len(verdict.results)
    assert 3 <= len(facts["questions"]) <= 5


def test_questions_are_about_this_repository(both: list[Verdict]) -> None:
    mine, others = ([each.message for each in one.questions] for one in both)
    assert any("district" in one for one in mine)
    assert any("app/stations.py" in one for one in mine)
    assert 3 <= len(others) <= 5


def test_the_readme_says_what_is_whose_and_stays_fresh(done: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(done, tmp_path / "bikes")
    assert block.write(mine, seen(mine)) is True
    text = (mine / "README.md").read_text(encoding="utf-8")
    inside = text[text.index(block.START) : text.index(block.END)]
    assert "8 lines of code" in inside
    assert "`app/stations.py`" in inside
    assert text.index("**Mine:**") < text.index(block.START) < text.index("## Evidence")
    assert block.write(mine, seen(mine)) is False
    assert git(mine, "status", "--porcelain") == "M README.md"


def test_a_readme_that_is_read_only_stays_and_is_named(done: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(done, tmp_path / "bikes")
    verdict = seen(mine)
    readme = mine / "README.md"
    before = readme.read_bytes()
    readme.chmod(0o444)
    with pytest.raises(OutsideError) as raised:
        block.write(mine, verdict)
    assert raised.value.problem == f"{readme} can't be written: Permission denied."
    assert readme.read_bytes() == before


def test_a_folder_that_takes_no_file_is_told_of_by_the_readmes_name(
    done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = shutil.copytree(done, tmp_path / "bikes")
    verdict = seen(mine)

    def refuse(place: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), os.fspath(place))

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with pytest.raises(OutsideError) as raised:
        block.write(mine, verdict)
    assert raised.value.problem == f"{mine / 'README.md'} can't be written: Read-only file system."


def test_a_readme_that_is_a_link_is_not_written(done: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(done, tmp_path / "bikes")
    verdict = seen(mine)
    elsewhere = tmp_path / "elsewhere.md"
    (mine / "README.md").rename(elsewhere)
    (mine / "README.md").symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    with pytest.raises(RequestError):
        block.write(mine, verdict)
    assert elsewhere.read_bytes() == before
