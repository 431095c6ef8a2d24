"""What a person is told of an update: what came, what needs them, and the next commands."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.cli import terminal
from scaffold.lock import can_lock
from scaffold.places import EMBEDDED_SOURCE
from scaffold.update.repository import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    Told = dict[str, Any]

_ALWAYS_ALL = ("conflict", "renamed", "removed", "kept")
_NAMED = 12
_ACTIONS = {
    "conflict": ("needs you", "bold red"),
    "merged": ("merged", "green"),
    "renamed": ("moved", "green"),
    "changed": ("changed", "green"),
    "added": ("added", "green"),
    "removed": ("removed", "yellow"),
    "kept": ("kept", "yellow"),
}
_OWNERS = {"owned": "the starter's", "merged": "shared", "seeded": "yours"}


def tell(told: Told) -> None:
    """Print what there is to say of an update, whatever became of it."""
    state = told["state"]
    if state == "completed":
        terminal.say("An update that was interrupted is now complete.", "yellow")
        state = told["completed"]
    if state == "newest":
        _newest(told)
    elif state == "staged":
        terminal.say("An update is staged and not committed; nothing else to do.", "yellow")
        _enter(told)
        _keep_or_not(told)
    elif state == "locked" or (state == "previewed" and told["lock"]["state"] == "made"):
        _locked(told, preview=state == "previewed")
    elif state == "undone":
        terminal.say(f"Taken back: this is {told['template']} {told['from']} again.", "bold green")
        terminal.out("What was here before is saved: git show refs/worktree/scaffold/before-undo")
    elif state == "finished":
        _finished(told)
    else:
        _updated(told, preview=state == "previewed")
    for line in told.get("disturbed", []):
        terminal.say(line, "yellow")


def _newest(told: Told) -> None:
    if told["lock"]["state"] != "missing":
        terminal.say(f"{_name(told)} is the newest release; nothing to do.", "green")
        return
    terminal.say(f"This is {_name(told)}.", "green")
    terminal.say(f"Still not locked: {told['lock']['reason']}.", "yellow")
    _enter(told)
    _command("scaffold update", "with that mended: the tested versions")
    _command("uv lock", "or the newest ones")


def _locked(told: Told, *, preview: bool) -> None:
    """A repository of the newest release that had no lock."""
    terminal.say(f"This is {_name(told)}.", "green")
    if preview:
        terminal.out("It has no uv.lock; the tested versions would be locked. Nothing is written.")
        _enter(told)
        if told["uncommitted"]:
            _command("git stash", "or commit what you changed")
        _command("scaffold update", "do it")
        return
    terminal.say("It had no uv.lock. Locked to the tested versions and staged.", "bold green")
    _enter(told)
    _command("uv sync", "then: uv run pytest")
    _keep_or_not(told)


def _keep_or_not(told: Told) -> None:
    _command(_commit(told), "keep it")
    _command("scaffold update --undo", "or take it back")


def _name(told: Told) -> str:
    return f"{told['template']} {told['to']}"


def _updated(told: Told, *, preview: bool) -> None:
    terminal.say(f"{told['template']} {told['from']} -> {told['to']}", "bold")
    if preview and told["uncommitted"]:
        changed = listed(told["uncommitted"])
        terminal.say(
            f"Not committed yet: {changed}. This is what would come of the files as they are; "
            "the update itself wants them committed first.",
            "yellow",
        )
    _notes(told)
    conflicts = [one for one in told["files"] if one["action"] == "conflict"]
    if not told["files"]:
        terminal.out("\nNo file changes.")
    else:
        terminal.out()
        _files(told["files"], whole=preview)
    _remarks(told, preview=preview)
    if preview:
        terminal.say("\nWhat would change, line by line", "bold")
        _diff(told["diff"])
        terminal.out(f"\nNothing is written yet. {_verdict(conflicts)}")
        _enter(told)
        if told["uncommitted"]:
            _command("git stash", "or commit what you changed")
        _command("scaffold update", "do it")
    elif conflicts:
        _how_to_finish(told, conflicts)
    else:
        _how_to_go_on(told)


def _verdict(conflicts: Sequence[Told]) -> str:
    if not conflicts:
        return "It would merge without a conflict:"
    return f"{_files_word(len(conflicts))} would need you:"


def _files_word(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"


def _notes(told: Told) -> None:
    for note in told["release_notes"]:
        terminal.say(f"\n{note['version']} brings", "bold")
        for line in note["text"].splitlines():
            terminal.out(f"  {line}".rstrip())


def _files(files: Sequence[Told], *, whole: bool) -> None:
    """A row for each file, or for a group of them where they are many and need nobody."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True, style="dim")
    for action, (word, style) in _ACTIONS.items():
        group = [one for one in files if one["action"] == action]
        shown = group if whole or action in _ALWAYS_ALL or len(group) <= _NAMED else group[:_NAMED]
        for one in shown:
            owner = _OWNERS.get(str(one["owner"]), "")
            table.add_row(terminal.cell(word, style), terminal.cell(_described(one)), owner)
        if len(shown) < len(group):
            rest = f"and {len(group) - len(shown)} more"
            table.add_row(terminal.cell(word, style), rest, "")
    terminal.console().print(table)


def _described(one: Told) -> str:
    path = one["path"] if one["from"] is None else f"{one['from']} -> {one['path']}"
    lines = ", ".join(map(str, one["lines"]))
    where = f" line {lines}" if lines else ""
    return f"{path}{where}" + (f" ({one['note']})" if one["note"] else "")


def _remarks(told: Told, *, preview: bool) -> None:
    if told["advice"]:
        terminal.say("\nQuestions that are worded otherwise now; your answers stay:", "bold")
        for one in told["advice"]:
            terminal.out(f"  {one['id']}: {one['question']}")
    if told["new_questions"]:
        terminal.say("\nNew questions, and what was taken for them:", "bold")
        for one in told["new_questions"]:
            terminal.out(f"  {one['name']} = {one['value']} ({one['help']})")
            terminal.out(f"    another answer: scaffold update -d {one['name']}=...")
    lock = told["lock"]
    if lock["state"] == "refreshed":
        moved = "would follow" if preview else "follows"
        terminal.out(f"\nuv.lock {moved} the versions that moved.")
    elif lock["state"] == "kept":
        terminal.say(f"\nuv.lock is as it was: {lock['reason']}. Later: uv lock", "yellow")


def _diff(text: str) -> None:
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in text.splitlines():
        terminal.say(line, colours.get(line[:1], ""))


def _how_to_go_on(told: Told) -> None:
    terminal.say("\nDone. Everything is staged, nothing is committed.", "bold green")
    _enter(told)
    _command("git diff --cached", "look at it")
    if not can_lock(Path(told["folder"])):
        _command("uv sync", "then: uv run pytest")
    _keep_or_not(told)
    if can_lock(Path(told["folder"])):
        _command("scaffold update", "once more, then: lock the tested versions")


def _commit(told: Told) -> str:
    if "source" in told:
        return f'git commit -m "Take updates from {_short(told["source"])}"'
    if told["from"] == told["to"] and not told["files"]:
        return 'git commit -m "Lock the tested versions"'
    return f'git commit -m "Update to {_name(told)}"'


def _command(words: str, why: str) -> None:
    terminal.out(f"  {words:<50}  {why}")


def _enter(told: Told) -> None:
    """The command that leads into the repository, for somebody who is elsewhere."""
    folder, here = Path(told["folder"]), Path.cwd()
    if folder != here:
        inside = folder.relative_to(here) if folder.is_relative_to(here) else folder
        _command(f"cd {shlex.quote(os.fspath(inside))}", "first of all")


def _how_to_finish(told: Told, conflicts: Sequence[Told]) -> None:
    number = _files_word(len(conflicts))
    needs = "needs" if len(conflicts) == 1 else "need"
    terminal.say(f"\n{number} {needs} you. The rest is done and staged.", "bold red")
    marked = [one for one in conflicts if one["lines"]]
    if marked:
        terminal.out("In each, you and the starter changed the same lines. Both stand there now:\n")
        terminal.out("  <<<<<<< yours")
        terminal.out("  the lines as you have them")
        terminal.out("  =======")
        terminal.out("  the lines as the starter has them now")
        terminal.out(f"  >>>>>>> template {told['to']}\n")
    steps = []
    for one in marked:
        where = ", ".join(map(str, one["lines"]))
        steps.append(f"Open {one['path']}, line {where}: keep what is right (yours, the starter's,")
        steps.append("  or both put together) and delete the three marker lines.")
    for one in conflicts:
        if not one["lines"]:
            steps.append(f"{one['path']} is yours still. To take the starter's:")
            steps.append(f"  git checkout --theirs -- {one['path']}")
    _enter(told)
    number_of_step = 0
    for step in steps:
        if not step.startswith("  "):
            number_of_step += 1
            terminal.out(f"{number_of_step}. {step}")
        else:
            terminal.out(f" {step}")
    terminal.out(f"{number_of_step + 1}. Then: scaffold update --finish")
    terminal.out("\nOr take all of it back, as if nothing had happened: scaffold update --undo")


def _finished(told: Told) -> None:
    resolved = told.get("resolved", [])
    if resolved:
        terminal.say(f"Resolved and staged: {', '.join(resolved)}.", "bold green")
    else:
        terminal.say("Nothing is left to resolve.", "bold green")
    _remarks({**told, "advice": [], "new_questions": []}, preview=False)
    terminal.out()
    _enter(told)
    _command("uv sync", "then: uv run pytest")
    _keep_or_not(told)


def tell_bound(told: Told, what: str) -> None:
    """Print what became of a repository's source.

    Args:
        told: The JSON document.
        what: The words before the source.
    """
    if told["state"] == "newest":
        terminal.say(f"{told['source']} is its source already; nothing to do.", "green")
        return
    terminal.say(f"{what} {told['source']}", "bold")
    terminal.out()
    _files(told["files"], whole=True)
    conflicts = [one for one in told["files"] if one["action"] == "conflict"]
    if conflicts:
        _how_to_finish(told, conflicts)
        return
    terminal.say("\nEverything is staged, nothing is committed.", "bold green")
    _enter(told)
    _keep_or_not(told)


def _short(source: str) -> str:
    """A source in few words, for a commit's message."""
    if source == EMBEDDED_SOURCE:
        return "scaffold itself"
    return source.rpartition("/")[2].removesuffix(".git").removesuffix(".bundle")
