"""`scaffold adopt`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaffold.cli import options, terminal

verb = typer.Typer(rich_markup_mode=None, add_completion=False)


@verb.command()
def adopt(
    folder: options.Folder = Path(),
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="SOURCE", help="Default: the recorded one."),
    ] = None,
    version: Annotated[
        str | None,
        typer.Option("--version", metavar="VERSION", help="Default: the recorded or nearest one."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Take over a repository that was made from these templates with plain copier.

    Writes source and release into its answers file as scaffold does, so that `scaffold update`
    works in it. Everything is staged; `scaffold update --undo` takes it back.
    """
    from scaffold import project
    from scaffold.update import binding, proposal, updating

    origin = project.read_origin(folder.expanduser().absolute())
    with terminal.steps(quiet=as_json) as step:
        way, how = binding.adopt(origin, binding.named(source or origin.source), version, step)
        wanted = proposal.Wanted(locking=False, step=step, appearing=terminal.ignore_interrupts)
        told = updating.bind(origin, wanted, way) | {"found": how}
    if as_json:
        terminal.document(told)
    else:
        from scaffold.cli.told_update import tell_bound

        tell_bound(told, f"It is {told['template']} {told['to']}, {how}; its source is")
    raise typer.Exit(1 if told["state"] == "conflicts" else 0)
