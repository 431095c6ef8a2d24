"""`scaffold status`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli import options, terminal
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.project import Status, Unread

verb = typer.Typer(rich_markup_mode=None, add_completion=False)
_IN_FULL = 3
_NAMED = 6
_INTERRUPTED = "an update was interrupted: `scaffold update` completes it"
_FACTS = (
    *("folder", "template", "version", "newest", "outdated", "source"),
    *("edited", "deleted", "open_prompts", "locked", "interrupted", "trouble"),
)


@verb.command()
def status(
    folders: Annotated[
        list[Path] | None, typer.Argument(metavar="DIR", help="Default: this folder.")
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 1 if one of them is outdated.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Show where repositories stand: version, edits, questions."""
    from scaffold import project

    asked = [folder.expanduser() for folder in folders or [Path()]]
    alone = len(asked) == 1
    # One of many that cannot be read is no reason to say nothing of the others.
    read = project.read_origin if alone else project.try_origin
    with terminal.steps(quiet=as_json or alone) as step:
        step("Comparing with the starters")
        found = project.statuses([read(folder) for folder in asked])
    if as_json:
        terminal.document({"repositories": [_facts(one) for one in found]})
    elif len(found) > _IN_FULL:
        from scaffold.cli import overview

        overview.show(found)
    else:
        for number, one in enumerate(found):
            if number:
                terminal.out()
            _tell(one)
    if any(isinstance(one, project.Unread) for one in found):
        raise typer.Exit(RequestError.exit_code)
    if exit_code and any(one.outdated for one in found):
        raise typer.Exit(1)


def _facts(status: Status | Unread) -> dict[str, Any]:
    """What is known of one repository; null is what is not."""
    from scaffold.project import Unread

    if isinstance(status, Unread):
        known = {"folder": os.fspath(status.folder), "trouble": status.problem}
        return dict.fromkeys(_FACTS) | known
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
        "interrupted": status.interrupted,
        "trouble": status.trouble,
    }


def _tell(status: Status | Unread) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for name, value in _rows(status):
        table.add_row(name, terminal.cell(value))
    printer = terminal.console()
    printer.print(table)


def _rows(status: Status | Unread) -> Iterator[tuple[str, str]]:
    """What a person is told of a repository, line by line."""
    from scaffold.lock import can_lock
    from scaffold.project import Unread

    if isinstance(status, Unread):
        yield "Folder", os.fspath(status.folder.absolute())
        yield "Not read", status.problem
        yield "To do", status.remedy
        return
    origin = status.origin
    yield "Folder", os.fspath(origin.folder.absolute())
    yield "Template", f"{origin.template} {origin.version}, {_news(status)}"
    if status.interrupted:
        yield "Note", _INTERRUPTED
    yield "Source", origin.source
    if status.trouble:
        yield "Not known", status.trouble
    else:
        yield "Edited", _listed(status.edited) or "nothing yet"
        if status.deleted:
            yield "Deleted", _listed(status.deleted)
    yield "To answer", _listed(status.open_prompts) or "every README question is answered"
    if not status.locked:
        to = f" --to {origin.version}" if status.outdated else ""
        yield (
            "Lock",
            (
                f"missing: `scaffold update{to}` locks the tested versions"
                if status.outdated is not None and can_lock(origin.folder)
                else "missing: run `uv lock` and commit uv.lock"
            ),
        )


def _news(status: Status) -> str:
    if status.outdated is None:
        return "newest release not known"
    return (
        f"{status.newest} is out: scaffold update --preview"
        if status.outdated
        else "the newest release"
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    left = len(names) - _NAMED
    return f"{shown} and {left} more" if left > 0 else shown
