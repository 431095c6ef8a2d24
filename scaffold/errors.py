"""The errors that a person gets to see: one line that says what is wrong, one that says what to do.

The command line turns each class into its exit code; anything else that escapes is a bug.
"""


class ScaffoldError(Exception):
    """Root of all errors meant for the user.

    Args:
        problem: What is wrong, in one line.
        remedy: What to do about it, in one line.
    """

    exit_code = 1

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


class AnswerIsNoError(ScaffoldError):
    """The command worked and its answer is "no": conflicts, failed rules, outdated."""

    exit_code = 1


class RequestError(ScaffoldError):
    """The request was wrong: unknown template, bad answer, folder not empty."""

    exit_code = 2


class UnsafePackError(RequestError):
    """A pack wants to run code of its own."""

    def __init__(self) -> None:
        super().__init__(
            "This template wants to run code on your machine; scaffold never lets it.",
            "Use another source. In yours: no tasks, migrations, Jinja extensions or .git files.",
        )


class StoppedError(ScaffoldError):
    """Somebody pressed Ctrl-C."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__("Interrupted. Nothing was left behind.", "Run it again when you like.")


class OutsideError(ScaffoldError):
    """Something outside the program failed: git, network, disk."""

    exit_code = 3
