"""Texts of a pack as functions of the answers, rendered once for all who answered alike.

copier makes a new Jinja environment for every repository and compiles every file in it again. Here
one environment serves them all, and knows less than copier's on purpose: a filter that could tell
the time, a name such as `_copier_python` or a change to what was handed in is an `UnsureError`,
after which the caller asks copier. So what is given is what copier gives, and a stranger's pack
can do less here than there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.filters import FILTERS
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from scaffold.pack.jinja import DELIMITERS, ENVOPS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jinja2 import Template

_FILTERS = (FILTERS.keys() - {"random"}) | {
    *("to_json", "to_nice_json", "to_yaml", "to_nice_yaml"),
    *("regex_replace", "regex_search", "regex_escape", "quote", "ternary", "bool"),
}
"""Filters whose result hangs on their input alone, and which are copier's own."""
GLOBALS = ("dict", "namespace", "range")
"""The names that mean something without anybody's answer."""
_COPIERS = DEFAULT_NAMESPACE.keys() | {"make_secret", "pathjoin"}
"""And what copier knows besides; any other name that nobody answers is undefined there too."""
_UNSURE_TESTS = ("filter", "test")  # they ask what the environment knows, and this one knows less
_REMEMBERED = 16
_ROOM = 50_000_000


class UnsureError(Exception):
    """Whether copier would give the same is not certain here."""


class _Context(Context):
    """Notes which of the values a text reads, and stops at a name that only copier may know."""

    def resolve_or_missing(self, key: str) -> Any:
        found = super().resolve_or_missing(key)
        texts = self.environment
        assert isinstance(texts, _Environment)  # noqa: S101 - it makes its contexts itself
        if key in texts.known:
            texts.read.add(key)
        elif found is missing and (key.startswith("_") or key in _COPIERS):
            raise UnsureError(f"the name {key}")
        return found


class _Environment(ImmutableSandboxedEnvironment):
    context_class = _Context

    def __init__(self, root: Path) -> None:
        super().__init__(
            **{**ENVOPS, "undefined": StrictUndefined},
            keep_trailing_newline=True,
            loader=FileSystemLoader(root),
            auto_reload=False,
            extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],
        )
        self.filters = {name: self.filters[name] for name in _FILTERS}
        self.globals = {name: self.globals[name] for name in GLOBALS}
        for name in _UNSURE_TESTS:
            del self.tests[name]
        self.known: frozenset[str] = frozenset()
        self.read: set[str] = set()
        self.room = _ROOM


class Text:
    """A text with expressions, and what it became for the values that it read so far."""

    def __init__(
        self, environment: _Environment, names: frozenset[str], template: Template
    ) -> None:
        self._environment = environment
        self._names = names
        self._template = template
        self._remembered: list[tuple[dict[str, Any], str]] = []

    def render(self, values: Mapping[str, Any]) -> str:
        """The text for these values.

        Args:
            values: The answers and what else copier hands in; a question that is missing here is
                one that copier does not know either.

        Raises:
            UnsureError: copier must be asked.
        """
        for read, text in self._remembered:
            if all(values.get(name, missing) == value for name, value in read.items()):
                return text
        environment = self._environment
        environment.known = self._names | values.keys()
        environment.read = set()
        try:
            text = self._template.render(values)
        except Exception as error:  # a pack's expressions may raise anything
            raise UnsureError(str(error)) from error
        read = {name: values.get(name, missing) for name in environment.read}
        # Zeros, say, are equal and do not look it; texts and switches do.
        plain = all(value is missing or type(value) in (str, bool) for value in read.values())
        if plain and len(self._remembered) < _REMEMBERED and len(text) <= environment.room:
            environment.room -= len(text)
            self._remembered.append((read, text))
        return text


class Texts:
    """The texts of one state of a pack.

    Args:
        root: Folder of the pack, made by git without links.
        names: The questions, and what else copier may or may not know.
    """

    def __init__(self, root: Path, names: frozenset[str]) -> None:
        self._environment = _Environment(root)
        self._names = names

    def text(self, source: str) -> Text:
        """A text of `copier.yml`, or a file's name.

        Raises:
            UnsureError: It is no template, or needs what only copier has.
        """
        try:
            return self._made(self._environment.from_string(source))
        except Exception as error:
            raise UnsureError(str(error)) from error

    def file(self, path: str) -> Text:
        """A file of the pack, by its path with `/`.

        Raises:
            UnsureError: It is no template, or needs what only copier has.
        """
        try:
            return self._made(self._environment.get_template(path))
        except Exception as error:
            raise UnsureError(str(error)) from error

    def _made(self, template: Template) -> Text:
        return Text(self._environment, self._names, template)


def is_plain(text: str) -> bool:
    """Whether rendering leaves a text as it is."""
    return not any(mark in text for mark in (*DELIMITERS, "\r"))
