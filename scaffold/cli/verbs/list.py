"""`scaffold list`."""

import typer

from scaffold.cli import options, terminal

verb = typer.Typer(rich_markup_mode=None, add_completion=False)


@verb.command()
def list_starters(
    source: options.SourceName = None,
    ref: options.Ref = None,
    as_json: options.Json = False,
) -> None:
    """List the starters, in the order of the roadmap."""
    from dataclasses import asdict

    from scaffold import catalog
    from scaffold.source import choose, open_pack

    with open_pack(choose(source), ref) as pack:
        starters = catalog.read(pack.root)
    if as_json:
        terminal.document(
            {
                "source": pack.source.recorded,
                "ref": pack.ref,
                "starters": [asdict(starter) for starter in starters],
            }
        )
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Month", no_wrap=True)
    table.add_column("Template", no_wrap=True, style="cyan")
    table.add_column("You end with", no_wrap=True)
    table.add_column("What it is")
    for starter in starters:
        cells = (starter.month, starter.id, f"a {starter.deliverable}", starter.summary)
        table.add_row(*map(terminal.cell, cells))
    printer = terminal.console()
    printer.print(table)
    printer.print()
    closer = f"Templates {pack.ref}. Look closer: scaffold show {starters[0].id}"
    printer.print(terminal.cell(closer))
