"""`scaffold new`."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli import asking, options, terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.generate import Generated
    from scaffold.questions import Questionnaire

verb = typer.Typer(rich_markup_mode=None, add_completion=False)
_GITHUB = "https://github.com/"


def _place(text: str) -> Path:
    """What a person calls the folder, absolute; links in it stay."""
    from scaffold import names

    if not text:
        names.check_folder_name(text)
    return Path(os.path.abspath(os.path.expanduser(text)))  # noqa: PTH100, PTH111 - see above


@verb.command()
def new(
    template: Annotated[
        str,
        typer.Argument(
            help="The starter's id, see `scaffold list`; with --class the assignment's will do.",
            autocompletion=options.template_ids,
        ),
    ],
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="Where. Default: the project's name.", parser=_place),
    ] = None,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Ask nothing: take the default of every question.")
    ] = False,
    data: Annotated[
        list[str] | None,
        typer.Option("--data", "-d", metavar="KEY=VALUE", help="Answer a question."),
    ] = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help="Answers from a YAML file.")
    ] = None,
    source: options.SourceName = None,
    ref: options.Ref = None,
    klass: Annotated[
        str | None,
        typer.Option("--class", metavar="URL", help="Your class: templates and answers are its."),
    ] = None,
    git: Annotated[bool, typer.Option("--git/--no-git", help="Make a git repository.")] = True,
    lock: Annotated[
        bool, typer.Option("--lock/--no-lock", help="Lock the versions that were tested.")
    ] = True,
    as_json: options.Json = False,
) -> None:
    """Generate a repository from a starter.

    Interrupted or failed, it leaves nothing behind. The repository is yours: plain `copier update`
    works in it as well as `scaffold`.
    """
    from scaffold import answers as answering
    from scaffold import catalog, generate, names, questions
    from scaffold.source import choose, open_pack

    target = folder
    if target is not None and _completed(target, as_json=as_json):
        return
    if target is not None:
        generate.check_target(target)
    given: dict[str, Any] = answering.from_file(answers) if answers is not None else {}
    given |= answering.from_pairs(data or [])
    joined = None
    if klass is not None:
        from scaffold.cohort import joining

        joining.refuse_choice(source, ref)
        joined = joining.join(klass, template)
        given = joining.answers(joined, given)
        template, ref = joined.assignment.template, joined.assignment.version
    with open_pack(joined.source if joined else choose(source), ref) as pack:
        starter = catalog.find(catalog.read(pack.root), template)
        questionnaire = questions.read(pack.root)
        answering.check_names(questionnaire, starter.id, given)
        otherwise = joined.assignment.name if joined else starter.id
        context = _context(target.name if target is not None else otherwise)
        at_terminal = sys.stdin.isatty() and sys.stdout.isatty() and not as_json
        if not defaults and not at_terminal:
            _refuse_to_guess(questionnaire, starter.id, given, context)
        ask = None if defaults or not at_terminal else asking.at_terminal
        known = answering.complete(questionnaire, starter.id, given, context, ask)
        if target is None:
            name = names.slug(str(known.get("project_name", "")), otherwise=otherwise)
            target = Path.cwd() / name
            if _completed(target, as_json=as_json):
                return
        with terminal.steps(quiet=as_json) as step:
            made = generate.generate(
                pack,
                known,
                target,
                generate.Making(git, lock, joined.member if joined else None),
                generate.Watch(step, terminal.ignore_interrupts),
            )
    if as_json:
        facts = {"class": joined.facts()} if joined else {}
        terminal.document(_facts(made, known) | facts)
    else:
        owner = str(known.get("github_owner") or "").rstrip("/").rpartition("/")[2].lstrip("@")
        _tell(made, owner, joined.place_of(owner) if joined else "")
        if joined:
            terminal.out()
            for line in joined.told(owner):
                terminal.out(line)


def _completed(target: Path, *, as_json: bool) -> bool:
    """Finish a generation into `target` that was killed while its files were being moved in."""
    from scaffold import generate

    if not generate.finish_interrupted(target):
        return False
    if as_json:
        terminal.document({"folder": os.fspath(target), "completed_interrupted": True})
    else:
        terminal.out(f"A `scaffold new` that was killed while filling {target} is now complete.")
    return True


def _context(folder_name: str) -> dict[str, Any]:
    """What the defaults of questions may refer to: copier's folder name, and who you are to git."""
    from scaffold import git

    signer = git.identity(Path.cwd())
    return {"_folder_name": folder_name} | ({"author": signer[0]} if signer else {})


def _refuse_to_guess(
    questionnaire: Questionnaire, template: str, given: dict[str, Any], context: dict[str, Any]
) -> None:
    """Without a terminal nobody can be asked: name the questions that are still open."""
    from scaffold.answers import open_questions
    from scaffold.errors import RequestError

    left = open_questions(questionnaire, template, given, context)
    if left:
        raise RequestError(
            f"Not at a terminal, and not answered: {', '.join(one.name for one in left)}.",
            "Add --defaults, or answer with --data KEY=VALUE or --answers FILE.",
        )


def _facts(made: Generated, known: dict[str, Any]) -> dict[str, Any]:
    return {
        "folder": os.fspath(made.folder),
        "template": made.template,
        "version": made.ref,
        "answers": known,
        "repository": made.repository,
        "committed": made.committed,
        "locked": made.locked is not None and made.locked.done,
        "not_locked_because": made.locked.reason if made.locked is not None else "not asked for",
    }


def _tell(made: Generated, owner: str, place: str) -> None:
    """Say what was made and the exact next commands.

    Args:
        made: What was made.
        owner: Its account on GitHub; empty where that was not answered.
        place: Where a class looks for it; empty without one.
    """
    from scaffold import interpreters, machine

    shown = _shown(made.folder)
    terminal.say(f"Made {shown} from {made.template} {made.ref}.", "bold green")
    for note in _notes(made):
        terminal.say(note, "yellow")
    terminal.say("\nRun it:", "bold")
    if made.folder != Path.cwd():
        terminal.out(f"  cd {_quoted(shown)}")
    if interpreters.uv() is None:
        terminal.out("  python -m pip install uv")
        command = _locks_tested(made)
        if command and made.committed and made.locked is not None:
            terminal.out(f"  {command}")  # before `uv sync` locks what is newest
    terminal.out("  uv sync")
    terminal.out("  uv run app demo")
    if made.committed and made.cloned:
        terminal.say("\nPush it:", "bold")
        terminal.out("  git push --set-upstream origin HEAD")
    elif made.committed and place and not place.startswith(_GITHUB):
        terminal.say("\nPush it, once that repository exists:", "bold")
        terminal.out(f"  git remote add origin {_quoted(place)}")
        terminal.out("  git push --set-upstream origin HEAD")
    elif made.committed:
        name = f"{owner}/{made.folder.name}" if owner else made.folder.name
        name = place.removeprefix(_GITHUB).removesuffix(".git") or name
        terminal.say("\nPut it on GitHub:", "bold")
        terminal.out(f"  gh repo create {_quoted(name)} --public --source . --push")
    elif made.repository:
        terminal.say("\nCommit it, after git was told who you are:", "bold")
        for line in (*machine.INTRODUCE, f'git commit -m "Start from {made.template} {made.ref}"'):
            terminal.out(f"  {line}")


def _notes(made: Generated) -> Iterator[str]:
    """What is not as it should be."""
    if made.locked is not None and not made.locked.done:
        command = _locks_tested(made)
        yield f"Not locked: {made.locked.reason}. Later: " + (
            f"{command} (the versions that were tested; uv lock takes the newest)."
            if command
            else "uv lock, then commit uv.lock."
        )
    if made.repository and not made.committed:
        yield "Nothing is committed: git does not know you yet."


def _locks_tested(made: Generated) -> str:
    """The command that locks what was made, without going to another release; empty without one."""
    from scaffold.lock import can_lock
    from scaffold.versions import parse_tag

    known = parse_tag(made.ref) is not None and can_lock(made.folder)
    return f"scaffold update --to {made.ref}" if known else ""


def _shown(folder: Path) -> str:
    """A folder as a person would type it from here."""
    here = Path.cwd()
    return os.fspath(folder.relative_to(here)) if folder.is_relative_to(here) else os.fspath(folder)


def _quoted(word: str) -> str:
    """A word as the user's shell takes it."""
    if os.name == "nt":
        return f'"{word}"' if any(mark in word for mark in " &<>") else word
    return shlex.quote(word)
