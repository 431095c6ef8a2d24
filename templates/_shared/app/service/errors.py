"""Mistakes that a person can repair: one line that says what is wrong, one that says what to do."""


class UserError(Exception):
    """Shown by the command line without a traceback; every other exception is a bug.

    Args:
        problem: What is wrong, in one line.
        remedy: What to do about it, in one line.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
