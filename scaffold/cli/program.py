"""The program `scaffold`: finds its verbs, runs one, and turns errors into exit codes."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from scaffold import __version__
from scaffold.cli import terminal, verbs
from scaffold.errors import OutsideError, ScaffoldError, StoppedError
from scaffold.git import forget_parent

if TYPE_CHECKING:
    from typer._click.core import Context  # typer carries its own click
    from typer._click.formatting import HelpFormatter


class Verbs(MutableMapping[str, Any]):
    """The modules of `scaffold.cli.verbs` as commands, each imported when it is looked up."""

    def __init__(self) -> None:
        # Not pkgutil: its import takes as long as a tenth of `--help`.
        files = [file for place in verbs.__path__ for file in Path(place).glob("[!_]*.py")]
        found = {file.stem for file in files}
        met = {name: place for place, name in enumerate(verbs.ORDER)}
        self._names = sorted(found, key=lambda name: (met.get(name, len(met)), name))

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        command: Any = typer.main.get_command(
            importlib.import_module(f"{verbs.__name__}.{name}").verb
        )
        command.name = name
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __setitem__(self, name: str, command: Any) -> None:
        raise TypeError("a verb is a module of scaffold.cli.verbs")

    def __delitem__(self, name: str) -> None:
        raise TypeError("a verb is a module of scaffold.cli.verbs")


class VerbGroup(TyperGroup):
    """A group whose commands are found on disk."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = Verbs()

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - typer's signature
        """Names of all verbs, in the order in which a person meets them."""
        return list(self.commands)

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002
        """List the verbs with the first line of what they say, without building each command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _first_line(name)) for name in self.commands])


def _first_line(name: str) -> str:
    verb: typer.Typer = importlib.import_module(f"{verbs.__name__}.{name}").verb
    said = verb.registered_callback or verb.registered_commands[0]
    return (said.callback.__doc__ or "").partition("\n")[0] if said.callback else ""


program = typer.Typer(
    cls=VerbGroup,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        terminal.out(f"scaffold {__version__}")
        raise typer.Exit


@program.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Make portfolio repositories for ML engineers, and see where they stand.

    Begin with `scaffold list`, then `scaffold new supervised-api my-api`.
    """


def run(arguments: list[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: The words after `scaffold`; those of this process when None.

    Returns:
        The exit code: 0 done, 1 the answer is "no", 2 wrong request, 3 something outside failed,
        130 interrupted.
    """
    words = (sys.argv[1:] if arguments is None else arguments) or ["--help"]
    as_json = "--json" in words
    terminal.ready()
    forget_parent()
    try:
        code = _answer(words, as_json=as_json)
    except (BrokenPipeError, SystemExit):  # typer and Rich leave with 1 when nobody reads on
        terminal.abandon_output()
        code = 0
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        terminal.abandon_output()
    except OSError as error:
        terminal.abandon_output()
        return code or terminal.fail(_refused(error), as_json=False)
    return code


def _answer(words: list[str], *, as_json: bool) -> int:
    try:
        code = program(args=words, prog_name="scaffold", standalone_mode=False)
    except typer.TyperException as error:
        return terminal.misused(error, as_json=as_json)
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - never a bare traceback
        return terminal.fail(_told(error), as_json=as_json)
    if code == StoppedError.exit_code:  # typer makes this of a Ctrl-C, and says nothing
        return terminal.fail(StoppedError(), as_json=as_json)
    return code if isinstance(code, int) else 0


def _told(error: BaseException) -> ScaffoldError:
    """What a person is told of an error."""
    if isinstance(error, ScaffoldError):
        return error
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return StoppedError()
    if os.environ.get("SCAFFOLD_TRACEBACK"):
        traceback.print_exception(error)
    if isinstance(error, OSError):
        return _refused(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    return OutsideError(
        f"This is a bug in scaffold: {type(error).__name__}: {error}".replace("\n", " "),
        f"Please report it ({os.path.basename(place.filename)}:{place.lineno}); "  # noqa: PTH119
        "SCAFFOLD_TRACEBACK=1 shows everything.",
    )


def _refused(error: OSError) -> OutsideError:
    """The error for what the disk or the system refused somewhere in the middle of work."""
    where = f" ({error.filename})" if error.filename else ""
    return OutsideError(
        f"This machine refused to go on: {error.strerror or error}{where}.",
        "Mend that and run it again; `scaffold doctor` looks at what is needed.",
    )
