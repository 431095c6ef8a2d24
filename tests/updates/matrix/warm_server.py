"""A process that has imported scaffold and copier, and forks one child for each command.

Importing takes three quarters of an update. A child begins with the imports done and shares nothing
else with the children before it. Run as a program: a request is one line of JSON on standard input,
its answer the exit code on standard output.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from typing import Any

import copier
import git

import scaffold.update.updating
from scaffold.cli import main

IMPORTED = (copier, git, scaffold.update.updating)


def serve() -> None:
    """Answer requests until standard input ends."""
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            _carry_out(request)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _carry_out(request: dict[str, Any]) -> None:
    """Be the command; never returns."""
    for number, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, request["out"], os.O_WRONLY | os.O_CREAT),
        (2, request["err"], os.O_WRONLY | os.O_CREAT),
    ):
        opened = os.open(name, flags, 0o644)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    tempfile.tempdir = None  # to be read from the environment again
    sys.argv = ["scaffold", *request["words"]]
    code: Any = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - what a process of its own would do
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    serve()
