"""What the table of numbers in the README claims; `app report` fills it in."""

from pathlib import Path

from app.evidence.readme import Claim, at
from app.evidence.report import read_report
from app.project import Project
from app.proving import bench, evaluate
from app.service.errors import UserError
from app.tasks import TASKS


def _worst_slice(reports: Path) -> str:
    try:
        found = at(read_report(reports / evaluate.FILE), "/worst_slice/slice")
    except (KeyError, UserError):
        return "one slice"
    # As data has it; what would end a cell of the table, or begin a link, becomes a space.
    return " ".join("".join(" " if sign in "|[]`<>" else sign for sign in str(found)).split())


def claims(project: Project, reports: Path) -> tuple[Claim, ...]:
    """Returns the lines of the table.

    Args:
        project: Its task names the metric.
        reports: Folder of the reports; the evaluation names the slice that gains least.
    """
    task = TASKS[project.data.task]
    name, title = task.primary, task.titles[task.primary]
    part = _worst_slice(reports)
    found = [
        Claim(words, evaluate.FILE, f"/{place}/{name}", 3, "uv run app evaluate")
        for words, place in (
            (f"The model on rows it never saw: {title}", "champion"),
            (f"The rule of a person on the same rows: {title}", "baseline"),
            ("The model minus the rule", "difference"),
            (f"The model where it gains least over the rule: {title} of {part}", "worst_slice"),
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
