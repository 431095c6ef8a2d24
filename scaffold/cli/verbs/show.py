"""`scaffold show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli import options, terminal

if TYPE_CHECKING:
    from scaffold.catalog import Starter
    from scaffold.questions import Question

_OWNERS = {
    "seeded": ("  (yours)", "cyan"),
    "merged": ("  (shared)", "green"),
}

verb = typer.Typer(rich_markup_mode=None, add_completion=False)


@verb.command()
def show(
    template: Annotated[
        str,
        typer.Argument(
            help="The starter's id, see `scaffold list`.", autocompletion=options.template_ids
        ),
    ],
    source: options.SourceName = None,
    ref: options.Ref = None,
    as_json: options.Json = False,
) -> None:
    """Show a starter: what it proves, asks and gives."""
    from dataclasses import asdict

    from scaffold import catalog, preview, questions
    from scaffold.source import choose, open_pack

    with open_pack(choose(source), ref) as pack:
        starter = catalog.find(catalog.read(pack.root), template)
        asked = preview.asked(questions.read(pack.root), starter.id)
        files = preview.files(pack, starter.id)
    if as_json:
        terminal.document(
            {
                "source": pack.source.recorded,
                "ref": pack.ref,
                **asdict(starter),
                "questions": [_question(one, default) for one, default in asked],
                "files": [{"path": path, "owner": owner} for path, owner in files.items()],
            }
        )
    else:
        _tell(starter, asked, files, pack.ref)


def _question(question: Question, default: Any) -> dict[str, Any]:
    return {
        "name": question.name,
        "help": question.help,
        "type": question.kind,
        "default": default,
        "choices": list(question.choices),
    }


def _tell(
    starter: Starter, asked: list[tuple[Question, Any]], files: dict[str, str], ref: str
) -> None:
    from rich.table import Table
    from rich.tree import Tree

    printer = terminal.console()
    title = f" {ref}: {starter.title} (month {starter.month})"
    printer.print(terminal.cell(starter.id, "bold") + terminal.cell(title))
    printer.print(terminal.cell(starter.summary))
    stack = terminal.cell(f" {', '.join(starter.stack)}")
    printer.print(terminal.cell("\nBuilt with", "bold") + stack)
    printer.print("[bold]Finishing it shows[/]")
    for skill in starter.skills:
        printer.print(terminal.hanging("  - ", skill))
    table = Table(box=None, pad_edge=False, title="Questions", title_justify="left")
    table.title_style = "bold"
    for heading in ("name", "default", "what it means"):
        table.add_column(heading)
    for question, default in asked:
        choices = f" ({', '.join(map(str, question.choices))})" if question.choices else ""
        cells = (question.name, str(default), question.help + choices)
        table.add_row(*map(terminal.cell, cells))
    printer.print()
    printer.print(table)
    printer.print("\n[bold]Files[/]")
    printer.print("yours: no update touches it. shared: updates merge into your edits.")
    printer.print("The rest is the template's; edits there are merged too.")
    tree = Tree(terminal.cell(f"{starter.id}/"))
    branches = {"": tree}
    for path, owner in files.items():
        folder = ""
        for part in path.split("/")[:-1]:
            inner = f"{folder}/{part}"
            if inner not in branches:
                branches[inner] = branches[folder].add(terminal.cell(f"{part}/"))
            folder = inner
        mark = terminal.cell(*_OWNERS.get(owner, ("",)))
        branches[folder].add(terminal.cell(path.rpartition("/")[2]) + mark)
    printer.print(tree)
    printer.print(terminal.cell(f"\nStart it: scaffold new {starter.id} my-project"))
