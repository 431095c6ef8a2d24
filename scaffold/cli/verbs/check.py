"""`scaffold check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli import options, terminal
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.check.examine import Verdict
    from scaffold.check.many import Request

verb = typer.Typer(rich_markup_mode=None, add_completion=False)
_SAID = 20


@verb.command()
def check(
    repositories: Annotated[
        list[str] | None, typer.Argument(metavar="DIR|URL", help="Default: this folder.")
    ] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Ask the live address of the README, and GitHub.")
    ] = False,
    url: Annotated[
        str | None,
        typer.Option("--url", help="Ask this address instead, which may be a private one."),
    ] = None,
    questions: Annotated[
        bool, typer.Option("--questions", help="Questions for the author, from the evidence.")
    ] = False,
    rules: Annotated[bool, typer.Option("--rules", help="Show what every rule found.")] = False,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="RULE", help="Only these rules, or families such as PF."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="RULE", help="Not these.")
    ] = None,
    write_readme: Annotated[
        bool,
        typer.Option("--write-readme", help="Write into the README what is yours, counted."),
    ] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page for people.")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown instead of text.")
    ] = False,
    source: options.SourceName = None,
    ref: options.Ref = None,
    as_json: options.Json = False,
) -> None:
    """Check the 4 Signals, the live deployment and what is yours, with evidence."""
    from scaffold.check import config, many
    from scaffold.check.examine import Online
    from scaffold.check.facts.given import Wanted
    from scaffold.check.rules import catalogue

    names = repositories or ["."]
    if url is not None and len(names) > 1:
        raise RequestError(
            "One address can't be that of many repositories.", "Check one at a time."
        )
    request = many.Request(
        config.choice(select or (), ignore or (), catalogue()),
        Wanted(source, ref),
        Online(url) if online or url is not None else None,
    )
    found = _looked(names, request, quiet=as_json or markdown or len(names) == 1)
    if write_readme:
        _write(names, found)
    if html is not None:
        _page(html, found)
    if as_json:
        from scaffold.check.telling import document

        terminal.document({"repositories": [document.facts(one) for one in found]})
    elif markdown:
        from scaffold.check.telling import markdown as page

        terminal.out(page.page(found))
    else:
        from scaffold.cli import told_check

        told_check.tell(found, rules=rules, questions=questions)
    unread = [one for one in found if one.trouble[0]]
    if unread:
        raise typer.Exit(max(one.code for one in unread))
    if not all(one.good for one in found):
        raise typer.Exit(1)


def _looked(names: Sequence[str], request: Request, *, quiet: bool) -> list[Verdict]:
    from scaffold.check import many

    found: dict[int, Verdict] = {}
    with terminal.steps(quiet=quiet) as step:
        every = max(1, len(names) // _SAID)
        step(f"Looking at {len(names)} repositories")
        for place, verdict in many.look(names, request):
            found[place] = verdict
            if len(found) % every == 0:
                step(f"Looked at {len(found)} of {len(names)}")
    return [found[place] for place in sorted(found)]


def _write(names: Sequence[str], found: Sequence[Verdict]) -> None:
    from scaffold.addresses import fetchable
    from scaffold.check import block

    for name, verdict in zip(names, found, strict=True):
        if fetchable(name) is not None:
            raise RequestError(f"The README of {name} can't be written.", "Clone it first.")
        if not verdict.trouble[0]:
            block.write(Path(name).expanduser(), verdict)


def _page(file: Path, found: Sequence[Verdict]) -> None:
    import datetime

    from scaffold.check.telling import html

    date = f"{datetime.datetime.now(tz=datetime.UTC):%Y-%m-%d}"
    file.expanduser().write_text(html.page(found, date), encoding="utf-8", newline="\n")
