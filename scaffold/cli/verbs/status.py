"""`scaffold status`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli import options, terminal

if TYPE_CHECKING:
    from scaffold.project import Status

verb = typer.Typer(rich_markup_mode=None, add_completion=False)
_NAMED = 6


@verb.command()
def status(
    folders: Annotated[
        list[Path] | None, typer.Argument(metavar="[DIR]...", help="Default: this folder.")
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 1 if one of them is outdated.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Show where repositories stand: version, edits, questions."""
    from scaffold import project

    asked = [folder.expanduser() for folder in folders or [Path()]]
    origins = [project.read_origin(folder) for folder in asked]
    with terminal.steps(quiet=as_json or len(origins) == 1) as step:
        step("Comparing with the starters")
        found = project.statuses(origins)
    if as_json:
        terminal.document({"repositories": [_facts(one) for one in found]})
    else:
        for one in found:
            _tell(one)
    if exit_code and any(one.outdated for one in found):
        raise typer.Exit(1)


def _facts(status: Status) -> dict[str, Any]:
    return {
        "folder": os.fspath(status.origin.folder),
        "template": status.origin.template,
        "version": status.origin.version,
        "newest": status.newest,
        "outdated": status.outdated,
        "source": status.origin.source,
        "edited": list(status.edited),
        "deleted": list(status.deleted),
        "open_prompts": list(status.open_prompts),
        "locked": status.locked,
        "trouble": status.trouble,
    }


def _tell(status: Status) -> None:
    from rich.table import Table

    origin = status.origin
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    table.add_row("Folder", os.fspath(origin.folder.absolute()))
    table.add_row("Template", f"{origin.template} {origin.version}, {_news(status)}")
    table.add_row("Source", origin.source)
    if status.trouble:
        table.add_row("Not known", status.trouble)
    else:
        table.add_row("Edited", _listed(status.edited) or "nothing yet")
        if status.deleted:
            table.add_row("Deleted", _listed(status.deleted))
    table.add_row("To answer", _listed(status.open_prompts) or "every README question is answered")
    if not status.locked:
        table.add_row("Lock", "missing: run `uv lock` and commit uv.lock")
    printer = terminal.console()
    printer.print(table)


def _news(status: Status) -> str:
    if status.outdated is None:
        return "newest release not known"
    return (
        f"{status.newest} is out: uvx copier update --defaults"
        if status.outdated
        else "the newest release"
    )


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_NAMED])
    left = len(names) - _NAMED
    return f"{shown} and {left} more" if left > 0 else shown
