"""The templates' language: Jinja with our own delimiters, read as a syntax tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined, meta, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVOPS = {
    "variable_start_string": "~{{",
    "variable_end_string": "}}~",
    "block_start_string": "~{%",
    "block_end_string": "%}~",
    "comment_start_string": "~{#",
    "comment_end_string": "#}~",
    "undefined": "jinja2.StrictUndefined",
    "trim_blocks": True,
}
"""What `_envops` of copier.yml says, for ever: old releases are read with the newest settings."""

DELIMITERS = tuple(str(value) for key, value in ENVOPS.items() if key.endswith("_string"))
SUFFIX = ".jinja"
STUB = re.compile(r"~\{% include '(templates/_shared/[^'~]+)' %\}~\n?")
"""A whole file that is one include of a plain file."""

_ENVIRONMENT = Environment(  # noqa: S701 - nothing is rendered with it
    variable_start_string="~{{",
    variable_end_string="}}~",
    block_start_string="~{%",
    block_end_string="%}~",
    comment_start_string="~{#",
    comment_end_string="#}~",
    undefined=StrictUndefined,
    trim_blocks=True,
)


def parse(text: str) -> nodes.Template:
    """The syntax tree of a template.

    Raises:
        jinja2.TemplateSyntaxError: It is none.
    """
    return _ENVIRONMENT.parse(text)


def names(tree: nodes.Template) -> set[str]:
    """The names that a template takes from its surroundings."""
    return meta.find_undeclared_variables(tree)


def references(tree: nodes.Template) -> list[str | None]:
    """The files that a template includes or imports; None for a name that is computed."""
    return list(meta.find_referenced_templates(tree))


def bare(tree: nodes.Template, name: str) -> Iterator[int]:
    """The lines where `name` is used without `|default`."""
    held = {id(node.node) for node in tree.find_all(nodes.Filter) if node.name in {"default", "d"}}
    for node in tree.find_all(nodes.Name):
        if node.name == name and node.ctx == "load" and id(node) not in held:
            yield node.lineno


def attributes(tree: nodes.Template, name: str) -> Iterator[int]:
    """The lines where an attribute or item `name` of anything is taken."""
    yield from (node.lineno for node in tree.find_all(nodes.Getattr) if node.attr == name)
    for node in tree.find_all(nodes.Getitem):
        if isinstance(node.arg, nodes.Const) and node.arg.value == name:
            yield node.lineno


def filters(tree: nodes.Template, names: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Line and name of each filter among `names`, and of each such text: `map` takes those."""
    for node in tree.find_all(nodes.Filter):
        if node.name in names:
            yield node.lineno, node.name
    for const in tree.find_all(nodes.Const):
        if const.value in names:
            yield const.lineno, const.value


def texts(tree: nodes.Template) -> Iterator[str]:
    """The texts that stand in a template, plain and quoted."""
    yield from (data.data for data in tree.find_all(nodes.TemplateData))
    for const in tree.find_all(nodes.Const):
        if isinstance(const.value, str):
            yield const.value


def outputs(tree: nodes.Template) -> Iterator[nodes.Expr]:
    """The expressions whose value becomes text."""
    for output in tree.find_all(nodes.Output):
        yield from (node for node in output.nodes if not isinstance(node, nodes.TemplateData))


def used_in(expression: nodes.Expr) -> set[str]:
    """The names that an expression uses."""
    found = {node.name for node in expression.find_all(nodes.Name)}
    return found | ({expression.name} if isinstance(expression, nodes.Name) else set())


def is_plain_json(expression: nodes.Expr) -> bool:
    """Whether the value is written by `to_json(ensure_ascii=false)`, as TOML needs it."""
    return (
        isinstance(expression, nodes.Filter)
        and expression.name == "to_json"
        and any(
            keyword.key == "ensure_ascii"
            and isinstance(keyword.value, nodes.Const)
            and keyword.value.value is False
            for keyword in expression.kwargs
        )
    )
