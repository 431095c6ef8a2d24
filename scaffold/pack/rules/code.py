"""Code in templates is plain code, and every generated project has the same frame."""

from __future__ import annotations

import tomllib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.pack import jinja
from scaffold.pack.rule import Finding, RenderRule, TreeRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.pack.render import Render
    from scaffold.pack.tree import PackTree

_CODE = {".py", ".pyi", ".js", ".mjs", ".ts", ".css", ".html", ".sql", ".sh", ".ps1"}
_SAME = ("app/", "tests/")
_PYTHONS = ">=3.11,<3.14"
_PYTHON = "3.12"


def _templated_code(pack: PackTree) -> Iterator[tuple[str, str]]:
    """Path and landing path of every code file that Jinja touches."""
    for template in pack.templates:
        folder = f"templates/{template}/template"
        for path in pack.below(folder):
            lands = path.removeprefix(f"{folder}/")
            inner = lands.removesuffix(jinja.SUFFIX)
            if inner != lands and (PurePosixPath(inner).suffix in _CODE or inner.startswith(_SAME)):
                yield path, inner


class CD01(TreeRule):
    """Code is plain: a file as it is, or one line that includes a plain file of `_shared`."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Look at code files that are templates, and at what they include."""
        for path, lands in _templated_code(pack):
            match = jinja.STUB.fullmatch(pack.text(path) or "")
            if any(mark in lands for mark in jinja.DELIMITERS):
                yield self.at(path, 0, "the name of a code file may not be templated")
            if match is None:
                message = (
                    "write plain code, or the one line ~{% include 'templates/_shared/...' %}~"
                )
                yield self.at(path, 1, message)
            elif match.group(1) not in pack.entries:
                yield self.at(path, 1, f"there is no {match.group(1)}")


class CD02(RenderRule):
    """What a stub includes arrives byte for byte."""

    requires = frozenset({"CD01"})

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Compare the rendered file with the shared one."""
        for path, lands in _templated_code(pack):
            match = jinja.STUB.fullmatch(pack.text(path) or "")
            if match is None:
                continue
            shared = match.group(1)
            for render in renders:
                inside = path.startswith(f"templates/{render.template}/")
                got = render.files.get(lands)
                if inside and got is not None and got != pack.entries[shared].data:
                    message = (
                        f"{lands} differs as rendered: our delimiters, or other line ends than LF"
                    )
                    yield self.at(shared, 0, message)


class CD03(RenderRule):
    """`app/` and `tests/` are the same whatever was answered: choices are made at run time."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Compare every render with the first."""
        del pack
        good = [render for render in renders if not render.error]
        for render in good[1:]:
            for file in sorted(good[0].files.keys() | render.files.keys()):
                if file.startswith(_SAME) and good[0].files.get(file) != render.files.get(file):
                    yield self.at(file, 0, f"it differs with {render.name}")


class CD04(RenderRule):
    """The one package and the one command are called `app`: every starter is learnt once."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Read the generated pyproject.toml and look for other packages."""
        del pack
        for render in renders:
            if render.error:
                continue
            scripts = _project(render).get("scripts", {})
            if list(scripts) != ["app"]:
                yield self.at("pyproject.toml", 0, "[project.scripts] must hold `app` and no other")
            tops = {file.split("/")[0] for file in render.files if file.endswith("/__init__.py")}
            for name in sorted(tops - {"app", "tests"}):
                yield self.at(name, 0, "the one package is app/")
            if "app" not in tops:
                yield self.at("app/__init__.py", 0, "the package app/ is missing")


class CD05(RenderRule):
    """The Python versions are the tested ones: 3.11 to 3.13, developed on 3.12."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Read `requires-python` and `.python-version`."""
        del pack
        for render in renders:
            if render.error:
                continue
            if _project(render).get("requires-python") != _PYTHONS:
                yield self.at("pyproject.toml", 0, f'requires-python must be "{_PYTHONS}"')
            if render.text(".python-version").strip() != _PYTHON:
                yield self.at(".python-version", 0, f"it must say {_PYTHON}")


def _project(render: Render) -> dict[str, Any]:
    try:
        project = tomllib.loads(render.text("pyproject.toml")).get("project", {})
    except tomllib.TOMLDecodeError:
        return {}
    return project if isinstance(project, dict) else {}
