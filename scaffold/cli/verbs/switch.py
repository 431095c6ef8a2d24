"""`scaffold switch`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaffold.cli import options, terminal

verb = typer.Typer(rich_markup_mode=None, add_completion=False)


@verb.command()
def switch(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="A git URL, a bundle, or `embedded`: what scaffold carries."
        ),
    ],
    folder: options.Folder = Path(),
    as_json: options.Json = False,
) -> None:
    """Let a repository take its updates from another source, say your school's fork.

    The other source must have the release that the repository has. Files that depend on the source
    come and go with it. Everything is staged; `scaffold update --undo` takes it back.
    """
    from scaffold import project
    from scaffold.update import binding, proposal, updating

    origin = project.read_origin(folder.expanduser().absolute())
    with terminal.steps(quiet=as_json) as step:
        step("Looking at the other source")
        way = binding.switch(origin, binding.named(source))
        wanted = proposal.Wanted(locking=False, step=step, appearing=terminal.ignore_interrupts)
        told = updating.bind(origin, wanted, way)
    if as_json:
        terminal.document(told)
    else:
        from scaffold.cli.told_update import tell_bound

        tell_bound(told, "It takes its updates from")
    raise typer.Exit(1 if told["state"] == "conflicts" else 0)
