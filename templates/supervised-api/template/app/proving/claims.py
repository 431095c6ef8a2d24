"""What the table of numbers in the README claims; `app report` fills it in."""

from app.evidence.readme import Claim
from app.project import Project
from app.proving import evaluate
from app.tasks import TASKS


def claims(project: Project) -> tuple[Claim, ...]:
    """Returns the lines of the table."""
    task = TASKS[project.data.task]
    better, title = task.primary, task.titles[task.primary]
    measured = (
        (f"Where it was never trained: {title}", f"champion/{better}"),
        (f"The rule of `[baseline]` on the same rows: {title}", f"baseline/{better}"),
        ("The difference", f"difference/{better}"),
        (f"The slice where it is worst: {title}", f"worst_slice/{better}"),
    )
    return tuple(
        Claim(words, evaluate.FILE, f"/{place}", 3, "uv run app evaluate")
        for words, place in measured
    )
