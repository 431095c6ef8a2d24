"""The command line: parse, call the core, print. Each verb is one module of `verbs`."""


def main() -> None:
    """Run the command line and leave the process with its exit code."""
    from scaffold.cli.program import run

    raise SystemExit(run())
