"""`scaffold show`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli import options, terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.text import Text
    from rich.tree import Tree

    from scaffold.catalog import Starter
    from scaffold.questions import Question

_YOURS = "seeded"
_OWNERS = {
    _YOURS: ("  (yours)", "cyan"),
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
    every: Annotated[bool, typer.Option("--files", help="Show every file.")] = False,
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
        _tell(starter, asked, files, pack.ref, every=every)


def _question(question: Question, default: Any) -> dict[str, Any]:
    return {
        "name": question.name,
        "help": question.help,
        "type": question.kind,
        "default": default,
        "choices": list(question.choices),
    }


def _tell(
    starter: Starter,
    asked: list[tuple[Question, Any]],
    files: Mapping[str, str],
    ref: str,
    *,
    every: bool,
) -> None:
    from rich.table import Table

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
    if not every:
        printer.print("Every file: --files")
    tree = _tree(starter.id, files) if every else _overview(starter.id, files)
    printer.print(tree)
    printer.print(terminal.cell(f"\nStart it: scaffold new {starter.id} my-project"))


def _tree(name: str, files: Mapping[str, str]) -> Tree:
    """Every file, with its owner."""
    from rich.tree import Tree

    tree = Tree(terminal.cell(f"{name}/"))
    branches = {"": tree}
    for path, owner in files.items():
        for folder in _folders(path):
            if folder not in branches:
                label = terminal.cell(f"{folder.rpartition('/')[2]}/")
                branches[folder] = branches[folder.rpartition("/")[0]].add(label)
        folder, _, last = path.rpartition("/")
        branches[folder].add(terminal.cell(last) + _mark(owner))
    return tree


def _overview(name: str, files: Mapping[str, str]) -> Tree:
    """What lies at the top, and what is yours below it; a folder of one owner is one line."""
    from rich.tree import Tree

    owners: dict[str, Counter[str]] = {}
    for path, owner in files.items():
        for folder in _folders(path):
            owners.setdefault(folder, Counter())[owner] += 1
    tree = Tree(terminal.cell(f"{name}/"))
    branches = {"": tree}
    for path, owner in files.items():
        for folder in _folders(path):
            above, _, last = folder.rpartition("/")
            held = owners[folder]
            if folder not in branches:
                if above and owner != _YOURS:
                    break
                count = f"{held.total()} files" if held.total() > 1 else "1 file"
                label = terminal.cell(f"{last}/  {count}")
                if len(held) == 1:
                    label += _mark(owner)
                branches[folder] = branches[above].add(label)
            if len(held) == 1:
                break
        else:
            if owner == _YOURS or "/" not in path:
                folder, _, last = path.rpartition("/")
                branches[folder].add(terminal.cell(last) + _mark(owner))
    return tree


def _folders(path: str) -> list[str]:
    """The folders above a file, the outermost first."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def _mark(owner: str) -> Text:
    return terminal.cell(*_OWNERS.get(owner, ("",)))
