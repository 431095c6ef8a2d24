"""`scaffold pack`: for people who maintain templates."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli import options, terminal
from scaffold.cli.told_commands import ToldGroup

if TYPE_CHECKING:
    from scaffold.pack.rehearse import Rehearsal

verb = typer.Typer(cls=ToldGroup, rich_markup_mode=None, add_completion=False)
Root = Annotated[
    Path, typer.Option("--root", metavar="DIR", help="The folder with copier.yml and templates/.")
]
_HERE = Path()
_RELEASES = Path("scaffold", "releases")


@verb.callback()
def _pack() -> None:
    """Maintain templates: lint, render, relock, release."""


@verb.command()
def lint(root: Root = _HERE, as_json: options.Json = False) -> None:
    """Hold the templates to their rules."""
    from dataclasses import asdict

    from scaffold.pack.lint import lint as examine

    with terminal.steps(quiet=as_json) as step:
        step("Rendering every template with every choice")
        findings = examine(root, root / _RELEASES)
    if as_json:
        terminal.document({"findings": [asdict(one) for one in findings]})
    else:
        for one in findings:
            terminal.out(f"{one.file}:{one.line}: {one.rule}: {one.message}")
        terminal.say(f"{len(findings)} findings." if findings else "No rule is broken.")
    if findings:
        raise typer.Exit(1)


@verb.command()
def render(
    template: Annotated[str, typer.Argument(help="The starter's id.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where; it must not exist.")],
    data: options.Data = None,
    root: Root = _HERE,
    as_json: options.Json = False,
) -> None:
    """Render the working state of a template, to look at it."""
    from scaffold import answers
    from scaffold.pack.render import render_working

    render_working(root, template, answers.from_pairs(data or []), folder)
    if as_json:
        terminal.document({"folder": os.fspath(folder), "template": template})
    else:
        terminal.say(f"Rendered {template} into {folder}.")


@verb.command()
def relock(
    template: Annotated[str, typer.Argument(help="The starter's id.")],
    root: Root = _HERE,
    as_json: options.Json = False,
) -> None:
    """Resolve a template's packages anew into its constraints.txt."""
    from dataclasses import asdict

    from scaffold.pack.relock import relock as resolve

    with terminal.steps(quiet=as_json) as step:
        step("Resolving")
        changed = resolve(root, template)
    if as_json:
        terminal.document({**asdict(changed), "file": os.fspath(changed.file)})
        return
    for name in changed.added:
        terminal.out(f"+ {name}")
    for name in changed.removed:
        terminal.out(f"- {name}")
    for one in changed.moved:
        terminal.out(f"  {one.name}: {', '.join(one.old)} -> {', '.join(one.new)}")
    terminal.say(f"Wrote {changed.file}.")


@verb.command()
def release(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="X.Y.Z, or X.Y.Z.postN.")],
    root: Root = _HERE,
    as_json: options.Json = False,
) -> None:
    """Rehearse updates from every release, then cut the next one."""
    from scaffold.pack.release import cut

    with terminal.steps(quiet=as_json) as step:
        step("Holding the templates to their rules")

        def tell(rehearsal: Rehearsal) -> None:
            how = f"{rehearsal.learner}, by {rehearsal.tool}"
            step(f"Updated {rehearsal.template} from {rehearsal.old}, {how}")

        made = cut(root, root / _RELEASES, f"v{version.removeprefix('v')}", tell)
    facts: dict[str, Any] = {
        "bundle": os.fspath(made.bundle),
        "commit": made.commit,
        "changelogs": [os.fspath(path) for path in made.changelogs],
        "rehearsals": len(made.rehearsals),
    }
    if as_json:
        terminal.document(facts)
        return
    terminal.say(f"Cut {made.bundle} after {len(made.rehearsals)} rehearsed updates.", "bold green")
    for path in made.changelogs:
        terminal.out(f"{path} now names the version.")
