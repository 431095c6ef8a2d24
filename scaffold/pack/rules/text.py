"""What stands in the files, in the pack and as rendered."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING

import yaml
from jinja2 import TemplateSyntaxError

from scaffold.distrust import MACHINE_FILTERS
from scaffold.pack import jinja
from scaffold.pack.hosts import find_host
from scaffold.pack.questionnaire import ROOT
from scaffold.pack.rule import Finding, RenderRule, StateRule, TreeRule
from scaffold.pack.rules.questions import entries
from scaffold.pack.tree import PackTree, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.pack.render import Render
    from scaffold.pack.state import State

_SOURCE = "(release|default(_copier_answers))._src_path"
_ANSWERS_NAME = "~{{ _copier_conf.answers_file }}~.jinja"
_MARK = re.compile(r"^(?:<{7}|>{7})(?= )", re.MULTILINE)  # what git leaves where two meet
_ANSWERS_LINE = "~{{ dict(_copier_answers, **(release|default({})))|to_nice_yaml -}}~"


class TX01(TreeRule):
    """No file of the pack names the host of a package index: where packages come from is yours."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Search every file."""
        for path, entry in pack.entries.items():
            found = find_host(entry.data)
            if found:
                yield self.at(path, found[0], f"it names a package index's host: {found[1]}")


class TX02(RenderRule):
    """No generated file names the host of a package index, not even one put together by Jinja."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Search every file."""
        del pack
        for render in renders:
            for file, data in render.files.items():
                found = find_host(data)
                if found:
                    yield self.at(file, found[0], f"it names a package index's host: {found[1]}")


class TX03(RenderRule):
    """No generated file holds one of our delimiters: something was not rendered."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Search every file."""
        del pack
        for render in renders:
            for file in render.files:
                text = render.text(file)
                for mark in jinja.DELIMITERS:
                    if mark in text:
                        yield self.at(file, line_of(text, mark), f"it holds our delimiter {mark}")


class TX04(TreeRule):
    """`release` stands only with `|default`: plain copier does not know the name."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Read every text with our delimiters as a syntax tree."""
        for path, start, text in _templated(pack):
            try:
                lines = list(jinja.bare(jinja.parse(text), "release"))
            except TemplateSyntaxError as error:
                line = start + error.lineno
                yield self.at(path, line, f"this is not our Jinja: {error.message}")
                continue
            for line in lines:
                yield self.at(path, start + line, "write `release|default(...)`")


class TX05(TreeRule):
    """Which files depend on the source is decided by `_exclude`, in the one form that works.

    A file's name may not hold a slash, and what copier calls the source path is its own copy's.
    """

    requires = frozenset({"TX04"})

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Look at every expression that takes `_src_path`."""
        excluded = entries(pack, "_exclude")
        if not any(_SOURCE in entry for entry in excluded):
            yield self.at(ROOT, 0, f"no entry of _exclude asks {_SOURCE}")
        for path, start, text in _templated(pack):
            rest = text.replace(_SOURCE, "''") if path == ROOT and text in excluded else text
            for line in jinja.attributes(jinja.parse(rest), "_src_path"):
                message = f"only _exclude may ask for the source, as {_SOURCE}"
                yield self.at(path, start + line, message)


def _templated(pack: PackTree) -> Iterator[tuple[str, int, str]]:
    """Every text that Jinja reads: its file, how many lines are above it, and the text itself."""
    asked = {ROOT, *pack.questionnaire.includes}
    for path, text in pack.texts():
        for part in pack.questionnaire.texts(path) if path in asked else [text]:
            if any(mark in part for mark in jinja.DELIMITERS):
                above = max(line_of(text, part.strip().split("\n")[0]) - 1, 0)
                yield path, above if path in asked else 0, part


class TX06(TreeRule):
    """A text goes into TOML through `to_json(ensure_ascii=false)`: any quote or emoji is safe."""

    requires = frozenset({"TX04"})

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Look at each value that somebody typed."""
        typed = {name for name, it in pack.questionnaire.questions.items() if it.free_text}
        for path, text in pack.texts():
            if not path.endswith(".toml.jinja"):
                continue
            for expression in jinja.outputs(jinja.parse(text)):
                names = sorted(jinja.used_in(expression) & typed)
                if names and not jinja.is_plain_json(expression):
                    message = f"write {', '.join(names)} with |to_json(ensure_ascii=false)"
                    yield self.at(path, expression.lineno, message)


class TX07(RenderRule):
    """Generated TOML, YAML and JSON can be read, whatever was answered."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Read them."""
        del pack
        for render in renders:
            for file in render.files:
                said = _unreadable(file, render.text(file))
                if said:
                    yield self.at(file, 0, f"{render.name}: {said}")


def _unreadable(file: str, text: str) -> str:
    try:
        if file.endswith(".toml"):
            tomllib.loads(text)
        elif re.search(r"\.ya?ml$", file):
            list(yaml.safe_load_all(text))
        elif file.endswith(".json"):
            json.loads(text)
    except (ValueError, yaml.YAMLError) as error:
        return " ".join(str(error).split())
    return ""


class TX08(TreeRule):
    """Every template brings the answers file, in the form that renders from a plain folder too."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Look for it in each template."""
        for template in pack.templates:
            file = f"templates/{template}/template/{_ANSWERS_NAME}"
            if _ANSWERS_LINE not in (pack.text(file) or "").splitlines():
                yield self.at(file, 0, f"this file must hold the line {_ANSWERS_LINE}")


class TX09(RenderRule):
    """copier renders every template with every choice."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Report what it could not render."""
        del pack
        for render in renders:
            if render.error:
                yield self.at(f"templates/{render.template}", 0, f"{render.name}: {render.error}")


class TX10(StateRule):
    """Plain copier and a plain folder give the same bytes: `scaffold new` renders from the one."""

    requires = frozenset({"TX09"})

    def check(self, now: State, earlier: Sequence[State]) -> Iterator[Finding]:
        """Render the defaults both ways."""
        del earlier
        for template in now.pack.templates:
            plain, folder = now.both_ways(template)
            for error in (plain.error, folder.error):
                if error:
                    yield self.at(f"templates/{template}", 0, error)
                    return
            for file in sorted(plain.files.keys() | folder.files.keys()):
                if plain.files.get(file) != folder.files.get(file):
                    message = f"{template}: plain copier and a plain folder give different files"
                    yield self.at(file, 0, message)


class TX11(TreeRule):
    """No filter reads the learner's machine: its paths and variables would be published."""

    requires = frozenset({"TX04"})

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Look at every text and name that Jinja reads."""
        for path, start, text in (*_templated(pack), *_templated_names(pack)):
            try:
                used = list(jinja.filters(jinja.parse(text), frozenset(MACHINE_FILTERS)))
            except TemplateSyntaxError:
                continue  # of a name: copier cannot render it, and TX09 says so
            for line, name in used:
                yield self.at(path, start + line, f"{name} reads the machine that renders it")


def _templated_names(pack: PackTree) -> Iterator[tuple[str, int, str]]:
    """Every name that Jinja reads, as if it stood above the first line."""
    for path in pack.entries:
        if any(mark in path for mark in jinja.DELIMITERS):
            yield path, -1, path


class TX12(TreeRule):
    """No file holds the marks of a merge that nobody decided."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Search every text."""
        for path, text in pack.texts():
            if found := _MARK.search(text):
                line = text.count("\n", 0, found.start()) + 1
                yield self.at(path, line, f"decide what stays, and delete the line {found[0]}")
