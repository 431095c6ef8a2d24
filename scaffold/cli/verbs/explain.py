"""`scaffold explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaffold.cli import options, terminal

verb = typer.Typer(rich_markup_mode=None, add_completion=False)


def _ids(incomplete: str) -> list[str]:
    from scaffold.check.rules import catalogue

    return [name for name in catalogue() if name.startswith(incomplete.upper())]


@verb.command()
def explain(
    rule: Annotated[
        str | None, typer.Argument(help="Its id, such as PF103.", autocompletion=_ids)
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Explain a rule of `check`: why it exists, what passes it, what it can't tell."""
    from scaffold.check import config
    from scaffold.check.rule import FAMILIES, texts
    from scaffold.check.rules import catalogue
    from scaffold.check.telling import rule_page

    rules = catalogue()
    if rule is None:
        if as_json:
            terminal.document({"rules": [rule_page.facts(one) for one in rules.values()]})
            return
        from rich.table import Table

        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("Rule", no_wrap=True, style="cyan")
        table.add_column("Signal", no_wrap=True)
        table.add_column("It asks")
        for name, one in rules.items():
            table.add_row(*map(terminal.cell, (name, FAMILIES[one.family], texts(one).title)))
        terminal.console().print(table)
        return
    if rule.upper() not in rules:
        raise config.no_rule(rule, rules)
    found = rules[rule.upper()]
    if as_json:
        terminal.document(rule_page.facts(found))
        return
    printer = terminal.console()
    for line in rule_page.lines(found):
        printer.print(terminal.cell(line))
