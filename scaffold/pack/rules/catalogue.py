"""What every template folder brings, and that it stays."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateSyntaxError

from scaffold import answers, catalog, questions
from scaffold.errors import ScaffoldError
from scaffold.pack import jinja
from scaffold.pack.changelog import UNRELEASED, sections, unreleased_is_empty
from scaffold.pack.plumbing import workspace
from scaffold.pack.questionnaire import ID_QUESTION, ROOT
from scaffold.pack.rule import Finding, StateRule, TreeRule
from scaffold.pack.state import State, ends
from scaffold.pack.tree import PackTree, line_of
from scaffold.versions import parse_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PARTS = ("starter.yml", "questions.yml", "owners.yml", "CHANGELOG.md")
_TEXTS = ("title", "month", "deliverable", "summary")
_LISTS = ("skills", "stack")


class CT01(TreeRule):
    """A template is a folder with a plain id and all five parts: no command meets half of one."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Name the missing parts."""
        for template in pack.templates:
            folder = f"templates/{template}"
            if not _ID.fullmatch(template):
                yield self.at(folder, 0, "an id is lower-case words joined by hyphens")
            for part in _PARTS:
                if f"{folder}/{part}" not in pack.entries:
                    yield self.at(f"{folder}/{part}", 0, "this file is missing")
            if not any(pack.below(f"{folder}/template")):
                yield self.at(f"{folder}/template", 0, "the template has no files")


class CT02(TreeRule):
    """`starter.yml` is complete: the catalogue shows it before anything is generated."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Name missing, unknown and empty keys."""
        for template in pack.templates:
            file = f"templates/{template}/starter.yml"
            record = pack.mapping(file)
            for key in (*_TEXTS, *_LISTS):
                if not _is_filled(key, record.get(key)):
                    kind = "a list of texts" if key in _LISTS else "a text"
                    yield self.at(
                        file, line_of(pack.text(file) or "", key), f"{key} must be {kind}"
                    )
            for key in sorted(record.keys() - {*_TEXTS, *_LISTS}):
                yield self.at(file, line_of(pack.text(file) or "", key), f"unknown key {key}")


def _is_filled(key: str, value: Any) -> bool:
    if key in _LISTS:
        return isinstance(value, list) and bool(value) and all(map(_is_text, value))
    return _is_text(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


class CT03(TreeRule):
    """CHANGELOG sections are `Unreleased`, then versions, newest first: updates quote them."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Read the section titles."""
        for template in pack.templates:
            file = f"templates/{template}/CHANGELOG.md"
            text = pack.text(file) or ""
            titles = [*sections(text)]
            if titles[:1] == [UNRELEASED]:
                titles = titles[1:]
            versions = [parse_tag(f"v{title}") for title in titles]
            for title, version in zip(titles, versions, strict=True):
                if version is None:
                    line = line_of(text, f"## {title}")
                    yield self.at(file, line, f"{title!r} is no version; write `## X.Y.Z`")
            known = [version for version in versions if version is not None]
            if known != sorted(set(known), reverse=True):
                yield self.at(file, 0, "versions stand newest first, each once")


class CT04(TreeRule):
    """The program reads the pack as `scaffold new` will, and the defaults answer every question."""

    requires = frozenset({"CT01", "CT02", "QS03"})  # they say the same more plainly

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Read catalogue and questions, and complete the answers of each template."""
        with workspace() as work:
            for path, entry in pack.entries.items():
                if entry.mode.startswith("100"):
                    (work / path).parent.mkdir(parents=True, exist_ok=True)
                    (work / path).write_bytes(entry.data)
            said = _refusal(lambda: catalog.read(work))
            if said:
                yield self.at("templates", 0, said)
            said = _refusal(lambda: questions.read(work))
            if said:
                yield self.at(ROOT, 0, said)
                return
            asked = questions.read(work)
        for template in pack.templates:
            surroundings = {"_folder_name": template}
            said = _refusal(partial(answers.complete, asked, template, {}, surroundings))
            if said:
                yield self.at(ROOT, 0, f"{template} with the defaults: {said}")


def _refusal(attempt: Callable[[], object]) -> str:
    """What stops the program in an attempt; empty when nothing does."""
    try:
        attempt()
    except ScaffoldError as error:
        return error.problem
    except Exception as error:  # noqa: BLE001 - whatever a pack's text raises, nobody can use it
        return f"{type(error).__name__}: {error}".partition("\n")[0]
    return ""


class CT11(StateRule):
    """A template's id never vanishes: repositories that recorded it could not be updated."""

    def check(self, now: State, earlier: Sequence[State]) -> Iterator[Finding]:
        """Compare the folders and the choices of `template`."""
        question = now.pack.questionnaire.questions.get(ID_QUESTION)
        choices = question.choices if question else ()
        for state in earlier:
            for template in state.pack.templates:
                if template not in now.pack.templates or template not in choices:
                    message = f"the template {template} of {state.tag} is gone"
                    yield self.at(ROOT, 0, message)


class CT12(StateRule):
    """A template that differs from what was released says so in its `Unreleased` section."""

    requires = frozenset({"CT03"})

    def check(self, now: State, earlier: Sequence[State]) -> Iterator[Finding]:
        """Compare with the newest release; in a fork that takes one over, with either."""
        for template in now.pack.templates:
            if not differs(template, now.pack, earlier):
                continue
            file = f"templates/{template}/CHANGELOG.md"
            text = now.pack.text(file) or ""
            if sections(text)[:1] != (UNRELEASED,):
                yield self.at(file, 0, f"the template changed: begin with `## {UNRELEASED}`")
            elif unreleased_is_empty(text):
                line = line_of(text, f"## {UNRELEASED}")
                yield self.at(file, line, "the template changed: say what a learner gets")


def differs(template: str, now: PackTree, earlier: Sequence[State]) -> bool:
    """Whether a template gives what none of the releases gives that `now` builds on."""
    given = _reach(template, now)
    return all(given != _reach(template, one.pack) for one in ends(earlier))


def _reach(template: str, pack: PackTree) -> dict[str, object]:
    """Everything that decides what one template's learners get."""
    folder = f"templates/{template}"
    waiting = [f"{folder}/questions.yml", *pack.below(f"{folder}/template")]
    reached: dict[str, object] = dict(pack.questionnaire.asked_for(template))
    while waiting:
        path = waiting.pop()
        if path in reached or path not in pack.entries:
            continue
        reached[path] = pack.entries[path]
        waiting += _referenced(pack.text(path) or "")
    return reached


def _referenced(text: str) -> list[str]:
    if "~{%" not in text:
        return []
    try:
        return [name for name in jinja.references(jinja.parse(text)) if name]
    except TemplateSyntaxError:
        return []
