"""The list of commands in a group's help, with the whole first line of what each says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperGroup

if TYPE_CHECKING:
    from typer._click.core import Context  # typer carries its own click
    from typer._click.formatting import HelpFormatter


class ToldGroup(TyperGroup):
    """A group that cuts no line of its list off: a narrow terminal breaks it instead."""

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """List the commands."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [
            (name, (command.help or "").partition("\n")[0])
            for name, command in found
            if command is not None and not command.hidden
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
