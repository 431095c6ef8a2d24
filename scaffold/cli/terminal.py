"""The one place that prints."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text
    from typer import TyperException

    from scaffold.errors import ScaffoldError

SCHEMA = 1
WIDEST = 100

# C0, DEL and C1, which steer a terminal; marks that turn the direction of the text around them.
_TURNING = "\u200e\u200f\u202a-\u202e\u2066-\u2069"
_STEERING = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_TURNING}]")
_UNESCAPED = re.compile(f"[\x7f-\x9f\u2028\u2029{_TURNING}]")


def plain(text: str) -> str:
    """Text that steers no terminal, whoever wrote it: only line breaks and tabs stay."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))


def cell(text: str, style: str = "") -> Text:
    """Text for a Rich table, tree or line, shown as it is: nothing in it is markup."""
    from rich.text import Text

    return Text(plain(text), style)


def hanging(mark: str, text: str) -> Table:
    """An item of a list whose further lines begin below its first word."""
    from rich.table import Table

    line = Table.grid()
    line.add_column(no_wrap=True)
    line.add_row(cell(mark), cell(text))
    return line


def out(text: str = "") -> None:
    """Print plain text to standard output."""
    sys.stdout.write(f"{plain(text)}\n")


def say(text: str, style: str = "") -> None:
    """Print a line for a person: styled at a terminal, plain into a pipe or a file."""
    if sys.stdout.isatty():
        console().print(cell(text, style))
    else:
        out(text)


def document(data: dict[str, Any]) -> None:
    """Print the one JSON document of a command."""
    text = json.dumps({"schema": SCHEMA, **data}, indent=2, ensure_ascii=False, default=str)
    sys.stdout.write(_UNESCAPED.sub(lambda mark: f"\\u{ord(mark[0]):04x}", text) + "\n")


def console(*, stderr: bool = False) -> Console:
    """A Rich console that honours NO_COLOR, pipes and narrow windows."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False, soft_wrap=False)
    made.width = min(made.width, WIDEST)
    return made


@contextmanager
def steps(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Show what long work is doing, on standard error: a spinner at a terminal, else lines."""
    if quiet:
        yield lambda text: None  # noqa: ARG005
    elif sys.stderr.isatty():
        with console(stderr=True).status("") as status:
            yield lambda text: status.update(f"{text} ...")
    else:

        def tell(text: str) -> None:
            with contextlib.suppress(BrokenPipeError):  # whoever read our progress is gone
                print(f"{text} ...", file=sys.stderr, flush=True)  # noqa: T201

        yield tell


def fail(error: ScaffoldError, *, as_json: bool) -> int:
    """Print an error for a person, as two lines, or as the JSON document of the command."""
    if as_json:
        document(
            {
                "error": {
                    "problem": error.problem,
                    "remedy": error.remedy,
                    "exit_code": error.exit_code,
                }
            }
        )
    else:
        _two_lines(error.problem, error.remedy)
    return error.exit_code


def misused(error: TyperException, *, as_json: bool) -> int:
    """Print what is wrong with the words of the command line. The exit code is 2."""
    from scaffold.errors import RequestError

    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "scaffold"
    return fail(
        RequestError(error.format_message(), f"`{path} --help` shows what it takes."),
        as_json=as_json,
    )


def ignore_interrupts() -> None:
    """From here on Ctrl-C comes too late: what was asked for is there."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def ready() -> None:
    """Make both streams take any text, wherever they lead.

    A Windows terminal may be set to a code page that lacks half of Unicode; a closed stream is
    no stream at all.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - stays open
            setattr(sys, name, nowhere)
        else:
            with contextlib.suppress(AttributeError, OSError):
                stream.reconfigure(encoding="utf-8", errors="replace")


def abandon_output() -> None:
    """Whoever read our output is gone: point standard output at nothing before Python flushes."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _two_lines(*said: str) -> None:
    problem, remedy = (plain(line).replace("\n", " ") for line in said)
    if sys.stderr.isatty():
        from rich.text import Text

        printer = console(stderr=True)
        printer.print(Text.assemble(("Error: ", "bold red"), problem))
        printer.print(Text(remedy))
    else:
        sys.stderr.write(f"Error: {problem}\n{remedy}\n")
