"""The command line: parse, call the core, print. Each verb is one module of `verbs`."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line and leave the process with its exit code."""
    try:
        from scaffold.cli.program import run

        code = run()
    except KeyboardInterrupt:  # while Python was still importing, or already leaving
        sys.stderr.write("Error: Interrupted. Nothing was left behind.\nRun it again.\n")
        code = INTERRUPTED
    raise SystemExit(code)
