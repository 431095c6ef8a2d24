"""`scaffold update`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaffold.cli import options, terminal
from scaffold.errors import RequestError

verb = typer.Typer(rich_markup_mode=None, add_completion=False)


@verb.command()
def update(
    folder: options.Folder = Path(),
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what would change, and write nothing.")
    ] = False,
    to: Annotated[
        str | None, typer.Option("--to", metavar="VERSION", help="Default: the newest release.")
    ] = None,
    data: options.Data = None,
    lock: Annotated[
        bool, typer.Option("--lock/--no-lock", help="Let uv.lock follow changed dependencies.")
    ] = True,
    finish: Annotated[
        bool, typer.Option("--finish", help="Conflicts are resolved: check, stage and lock.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last update back.")] = False,
    as_json: options.Json = False,
) -> None:
    """Bring a repository to the newest release of its starter; nothing of yours is lost.

    What you edited is merged, what is yours from the start is never touched. Everything is staged
    and nothing is committed. Ends with 1 when conflicts are left; --undo gives back what was.
    """
    from scaffold import answers, project
    from scaffold.update import proposal, updating

    if preview + finish + undo > 1:
        raise RequestError(
            "--preview, --finish and --undo are three different things.", "Choose one of them."
        )
    given = answers.from_pairs(data or [])
    if (finish or undo) and (to or given):
        raise RequestError("--to and --data begin an update.", "Leave them out here.")
    origin = project.read_origin(folder.expanduser().absolute())
    with terminal.steps(quiet=as_json) as step:
        wanted = proposal.Wanted(to, given, lock, step, terminal.ignore_interrupts)
        if finish:
            told = updating.finish(origin, wanted)
        elif undo:
            told = updating.undo(origin, wanted)
        else:
            told = updating.begin(origin, wanted, preview=preview)
    if as_json:
        terminal.document(told)
    else:
        from scaffold.cli.told_update import tell

        tell(told)
    ended = told.get("completed", told["state"]) in {"finished", "undone", "staged"}
    conflicts = not ended and any(one["action"] == "conflict" for one in told["files"])
    raise typer.Exit(1 if conflicts or told.get("disturbed") else 0)
