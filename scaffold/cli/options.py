"""Options that several verbs share."""

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="Default: this folder.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
SourceName = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="URL|FILE|DIR",
        help="Take templates from a git URL, a bundle or a folder instead of the embedded ones.",
    ),
]
Ref = Annotated[
    str | None,
    typer.Option("--ref", metavar="VERSION", help="A release (v0.1.0), or HEAD of a folder."),
]
Data = Annotated[
    list[str] | None,
    typer.Option("--data", "-d", metavar="KEY=VALUE", help="Answer a question."),
]


def template_ids(incomplete: str) -> list[str]:
    """Complete a template's id from the embedded catalogue."""
    from scaffold import catalog, source
    from scaffold.errors import ScaffoldError

    try:
        with source.open_pack(source.embedded()) as pack:
            return [one.id for one in catalog.read(pack.root) if one.id.startswith(incomplete)]
    except (ScaffoldError, OSError):
        return []  # a shell that completes has no place for an error
