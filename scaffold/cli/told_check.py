"""What `scaffold check` says at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from scaffold.check.telling import words
from scaffold.cli import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.check.examine import Verdict

_IN_FULL = 3
_STYLES = {
    **dict.fromkeys(("shown", "pass"), "green"),
    **dict.fromkeys(("not yet", "fail"), "red"),
    **dict.fromkeys(("not known", "unknown", "human"), "yellow"),
}
_SHORT = {"shown": "yes", "not yet": "no", "not known": "?"}
_LONGEST = 60


def tell(found: Sequence[Verdict], *, rules: bool, questions: bool) -> None:
    """Print all of them: few in full, many as a table."""
    if len(found) > _IN_FULL and not rules and not questions:
        _overview(found)
        return
    for number, verdict in enumerate(found):
        if number:
            terminal.out()
        if verdict.trouble[0]:
            for line in verdict.trouble:  # not folded: a path in it is copied as it stands
                terminal.out(line)
        elif questions:
            _questions(verdict)
        else:
            _one(verdict, rules=rules)


def _one(verdict: Verdict, *, rules: bool) -> None:
    printer = terminal.console()
    name = words.named(verdict)
    printer.print(terminal.cell(f"{name}: {words.headline(verdict)}", "bold"))
    printer.print()
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for signal in verdict.signals:
        state = terminal.cell(signal.state, _STYLES[signal.state])
        table.add_row(terminal.cell(signal.title), state, terminal.cell(signal.why))
    printer.print(table)
    if rules:
        printer.print()
        _rules(verdict)
    printer.print()
    facts = Table(box=None, pad_edge=False, show_header=False)
    facts.add_column(style="bold", no_wrap=True)
    facts.add_column()
    facts.add_row("Yours", terminal.cell(words.own(verdict)))
    facts.add_row("Numbers", terminal.cell(words.rungs(verdict)))
    for note in verdict.notes:
        facts.add_row("Note", terminal.cell(note))
    if verdict.next:
        place = f" ({verdict.next.finding.place})" if verdict.next.finding.place else ""
        facts.add_row(
            "Next", terminal.cell(f"{verdict.next.rule}: {verdict.next.finding.message}{place}")
        )
        facts.add_row("", terminal.cell(verdict.next.todo))
    else:
        more = "; ".join(f"{why}: {command}" for why, command in words.further(verdict))
        facts.add_row("Next", terminal.cell(f"nothing that files can tell; {more}"))
    printer.print(facts)


def _rules(verdict: Verdict) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(no_wrap=True)
    table.add_column()
    for one in verdict.results:
        said = [f"{each.message} {each.place}".rstrip() for each in one.outcome.findings[:3]]
        left = len(one.outcome.findings) - len(said)
        text = "\n".join([*said, f"and {left} more"] if left > 0 else said)
        if one.switched_off:
            text = f"switched off: {one.switched_off}\n{text}"
        state = terminal.cell(one.outcome.state, _STYLES[one.outcome.state])
        table.add_row(one.rule, state, terminal.cell(text))
    terminal.console().print(table)


def _questions(verdict: Verdict) -> None:
    printer = terminal.console()
    printer.print(
        terminal.cell(
            f"Questions for the author of {words.named(verdict)}, from its evidence", "bold"
        )
    )
    for number, one in enumerate(verdict.questions, 1):
        printer.print(terminal.cell(f"{number}. {one.message}"))
        if one.place:
            printer.print(terminal.cell(f"   {one.place}"))


def _overview(found: Sequence[Verdict]) -> None:
    printer = terminal.console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Folder", overflow="fold", max_width=24)
    for head in words.SHORT.values():
        table.add_column(head, no_wrap=True)
    table.add_column("Next")
    for verdict in found:
        if verdict.trouble[0]:
            table.add_row(
                terminal.cell(words.named(verdict)), *([Text("?")] * len(words.SHORT)), "not read"
            )
            continue
        by = {one.family: one.state for one in verdict.signals}
        marks = [
            terminal.cell(_SHORT[by[one]], _STYLES[by[one]]) if one in by else Text("-")
            for one in words.SHORT
        ]
        table.add_row(terminal.cell(words.named(verdict)), *marks, terminal.cell(_next(verdict)))
    printer.print(table)
    printer.print()
    for verdict in found:
        if verdict.trouble[0]:
            printer.print(terminal.cell(f"Not read: {' '.join(verdict.trouble)}"))
    good = sum(one.good for one in found)
    unread = sum(bool(one.trouble[0]) for one in found)
    left = f", {unread} not read" if unread else ""
    printer.print(
        terminal.cell(f"{len(found)} repositories: {good} with nothing left to do{left}.")
    )


def _next(verdict: Verdict) -> str:
    if verdict.next is None:
        return "-"
    said = verdict.next.finding.message
    cut = said if len(said) <= _LONGEST else f"{said[: _LONGEST - 3]}..."
    return f"{verdict.next.rule} {cut}"
