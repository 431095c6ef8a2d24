"""`scaffold explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli import options, terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.check.rule import Rule

verb = typer.Typer(rich_markup_mode=None, add_completion=False)


def _ids(incomplete: str) -> list[str]:
    from scaffold.check.rules import catalogue

    return [name for name in catalogue() if name.startswith(incomplete.upper())]


@verb.command()
def explain(
    rule: Annotated[
        str | None,
        typer.Argument(
            help="Its id, such as PF103; a family, PF; or a question of the README, PF1.",
            autocompletion=_ids,
        ),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Explain a rule of `check`: why it exists, what passes it, what it can't tell."""
    from scaffold.check import config
    from scaffold.check.rules import catalogue
    from scaffold.check.telling import rule_page

    rules = catalogue()
    name = (rule or "").upper()
    if name in rules:
        _one(rules[name], as_json=as_json)
        return
    meant = [one for one in rules.values() if _is_meant(one, name)]
    if rule is not None and not meant:
        raise config.no_rule(rule, rules)
    if as_json:
        terminal.document({"rules": [rule_page.facts(one) for one in meant]})
        return
    if any(name in one.asks for one in meant):
        terminal.out(f"{name} is a question of the README. These rules look at its answer:\n")
    _listed(meant)


def _is_meant(rule: Rule, name: str) -> bool:
    """Whether a family, a question or nothing at all names this rule among others."""
    return name in {"", rule.family} or name in rule.asks


def _one(rule: Rule, *, as_json: bool) -> None:
    from scaffold.check.telling import rule_page

    if as_json:
        terminal.document(rule_page.facts(rule))
        return
    printer = terminal.console()
    for line in rule_page.lines(rule):
        printer.print(terminal.cell(line))


def _listed(rules: Sequence[Rule]) -> None:
    from rich.table import Table

    from scaffold.check.rule import FAMILIES, texts

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Rule", no_wrap=True, style="cyan")
    table.add_column("Signal", no_wrap=True)
    table.add_column("It asks")
    for one in rules:
        asked = (one.__name__, FAMILIES[one.family], texts(one).title)
        table.add_row(*map(terminal.cell, asked))
    terminal.console().print(table)
