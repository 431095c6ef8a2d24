"""The command line: parse, call the core, print. Each verb is one module of `verbs`."""

import gc
import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line and leave the process with its exit code."""
    # A program that imports much and lives for a moment: collecting meanwhile, and once more at the
    # end, would cost a seventh of `--help`.
    gc.set_threshold(100_000, 50, 50)
    try:
        from scaffold.cli.program import run

        code = run()
    except KeyboardInterrupt:  # while Python was still importing, or already leaving
        sys.stderr.write("Error: Interrupted. Nothing was left behind.\nRun it again.\n")
        code = INTERRUPTED
    gc.freeze()
    raise SystemExit(code)
