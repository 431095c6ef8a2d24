"""What the table of numbers in the README claims; `app report` fills it in."""

from app.evidence.readme import Claim
from app.project import Project
from app.proving import bench, evaluate
from app.tasks import TASKS


def claims(project: Project) -> tuple[Claim, ...]:
    """Returns the lines of the table."""
    task = TASKS[project.data.task]
    name, title = task.primary, task.titles[task.primary]
    found = [
        Claim(words, evaluate.FILE, f"/{place}/{name}", 3, "uv run app evaluate")
        for words, place in (
            (f"The model on rows it never saw: {title}", "champion"),
            (f"The rule of a person on the same rows: {title}", "baseline"),
            ("The model minus the rule", "difference"),
            (f"The model where it gains least over the rule: {title} of one slice", "worst_slice"),
        )
    ]
    found += [
        Claim(words, bench.FILE, place, decimals, "uv run app bench")
        for words, place, decimals in (
            ("The slowest answer of a hundred, eight callers at once", "/predict/busy_p99_us", 0),
            (
                "Processor time of an answer, by that of an empty route",
                "/ratios/predict_by_empty",
                2,
            ),
            ("Memory of the service", "/predict/memory_mb", 0),
            ("A million answers, processor time alone", "/predict/cost_per_million", 2),
        )
    ]
    return tuple(found)
