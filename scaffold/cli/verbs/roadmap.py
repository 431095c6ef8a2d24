"""`scaffold roadmap`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli import options, terminal

if TYPE_CHECKING:
    from scaffold.catalog import Starter
    from scaffold.check.examine import Verdict

verb = typer.Typer(rich_markup_mode=None, add_completion=False)


@verb.command()
def roadmap(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR",
            help="A repository, or the folder that holds them. Default: this folder.",
        ),
    ] = None,
    source: options.SourceName = None,
    ref: options.Ref = None,
    as_json: options.Json = False,
) -> None:
    """Show the months, what each proves, and how far your repositories are."""
    from scaffold import catalog
    from scaffold.check import many
    from scaffold.check.facts.given import Wanted
    from scaffold.source import choose, open_pack

    with open_pack(choose(source), ref) as pack:
        starters = catalog.read(pack.root)
    places = _repositories(Path(os.path.abspath((folder or Path()).expanduser())))  # noqa: PTH100
    with terminal.steps(quiet=as_json or len(places) <= 1) as step:
        step(f"Looking at {len(places)} repositories")
        request = many.Request(wanted=Wanted(source, ref))
        found = [one for _, one in sorted(many.look(places, request), key=lambda pair: pair[0])]
    if as_json:
        months = [_month(starter, found) for starter in starters]
        terminal.document({"months": months})
        return
    for starter in starters:
        _tell(starter, [one for one in found if one.template == starter.id])


def _repositories(folder: Path) -> list[str]:
    """The repositories in a folder; of one repository, those beside it too."""
    from scaffold.errors import RequestError
    from scaffold.render import ANSWERS_FILE

    def made(one: Path) -> bool:
        return os.path.isfile(one / ANSWERS_FILE)  # noqa: PTH113 - no is where nobody may look

    if not folder.is_dir():
        raise RequestError(
            f"There is no folder {folder}.", "Name the folder that holds your repositories."
        )
    top = folder.parent if made(folder) else folder
    near = {folder, *top.iterdir()} if os.access(top, os.R_OK) else {folder}
    return sorted(os.fspath(one) for one in near if made(one))


def _month(starter: Starter, found: list[Verdict]) -> dict[str, Any]:
    return {
        "month": starter.month,
        "template": starter.id,
        "deliverable": starter.deliverable,
        "skills": list(starter.skills),
        "repositories": [
            {
                "name": one.name,
                "signals": {signal.family: signal.state for signal in one.signals},
                "next": one.next.rule if one.next else None,
            }
            for one in found
            if one.template == starter.id
        ],
    }


def _tell(starter: Starter, found: list[Verdict]) -> None:
    printer = terminal.console()
    printer.print(
        terminal.cell(f"Month {starter.month}: a {starter.deliverable} ({starter.id})", "bold")
    )
    for skill in starter.skills:
        printer.print(terminal.hanging("  - ", skill))
    if not found:
        printer.print(terminal.cell(f"  not begun: scaffold new {starter.id} my-project"))
    for one in found:
        shown = sum(signal.state == "shown" for signal in one.signals)
        name = Path(one.name).absolute().name
        printer.print(
            terminal.cell(f"  {name}: {shown} of {len(one.signals)} signals are shown", "cyan")
        )
        if one.next:
            printer.print(
                terminal.cell(
                    f"    next: {one.next.finding.message} {one.next.finding.place}".rstrip()
                )
            )
    printer.print()
