"""The command `app`: one verb per job. Each imports what it needs only when it is called."""

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from app.service.errors import UserError
from app.verbs import answering, indexing, keeping, proving, serving

FAILED = 1
INTERRUPTED = 130


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the command line, with a subcommand for each verb."""
    about = (
        "Answers from your documents, serves, proves and watches it. "
        "`app VERB --help` says what a verb does."
    )
    top = argparse.ArgumentParser(prog="app", description=about)
    verbs = top.add_subparsers(metavar="VERB", required=True)
    for module in (answering, serving, indexing, proving, keeping):
        module.add(verbs)
    return top


def _print_any_sign() -> None:
    for stream in (sys.stdout, sys.stderr):
        # Documents may hold signs that a terminal or a pipe can't take, on Windows above all.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one verb.

    Returns:
        0 done, 1 it failed for a reason that is printed, 2 wrong usage, 130 interrupted.
    """
    _print_any_sign()
    try:
        parsed = parser().parse_args(arguments)
    except SystemExit as stop:  # argparse has printed why
        return int(stop.code or 0)
    try:
        parsed.run(parsed)
        sys.stdout.flush()
    except UserError as error:
        problem, remedy = error.problem, error.remedy
    except ModuleNotFoundError as error:
        if str(error.name).startswith("app."):
            raise
        problem, remedy = f"The package {error.name} is not installed.", "Run `uv sync`."
    except BrokenPipeError:  # whoever read it, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        problem = f"{error.filename or 'A file'}: {error.strerror or error}."
        remedy = "Is it there, may this user read and write it, and has the disk room?"
    except KeyboardInterrupt:
        return INTERRUPTED
    else:
        return 0
    print(f"error: {problem}\n   do: {remedy}", file=sys.stderr)
    return FAILED
