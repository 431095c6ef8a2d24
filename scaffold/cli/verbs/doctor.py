"""`scaffold doctor`."""

import typer

from scaffold.cli import options, terminal

verb = typer.Typer(rich_markup_mode=None, add_completion=False)
_MARKS = {"ok": "[green]ok[/]", "missing": "[red]missing[/]", "optional": "[yellow]optional[/]"}


@verb.command()
def doctor(as_json: options.Json = False) -> None:
    """Show what this machine lacks, and what installs it."""
    from dataclasses import asdict

    from scaffold import machine

    checks = machine.examine()
    missing = [check for check in checks if check.state == "missing"]
    if as_json:
        terminal.document({"ready": not missing, "checks": [asdict(check) for check in checks]})
    else:
        from rich.markup import escape
        from rich.table import Table

        table = Table(box=None, pad_edge=False, show_header=False)
        for _ in range(3):
            table.add_column(overflow="fold")
        for check in checks:
            lacking = [f"for {check.needed_for}", check.remedy] if check.state != "ok" else []
            told = "\n".join(filter(None, [check.found, *lacking]))
            table.add_row(_MARKS[check.state], check.name, escape(told))
        printer = terminal.console()
        printer.print(table)
        printer.print()
        printer.print(
            f"Missing: {', '.join(check.name for check in missing)}."
            if missing
            else "Everything you need is here. Begin with: scaffold list"
        )
    if missing:
        raise typer.Exit(1)
