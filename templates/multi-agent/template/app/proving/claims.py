"""What the table of numbers in the README claims; `app report` fills it in."""

from pathlib import Path

from app.evidence.readme import Claim
from app.evidence.report import read_report
from app.proving import evaluate
from app.service.errors import UserError

EVALUATE, BENCH = "uv run app evaluate", "uv run app bench"


def claims(reports: Path) -> tuple[Claim, ...]:
    """Returns the lines of the table.

    Args:
        reports: Folder of the reports.
    """
    by = _model(reports)
    measured = [
        (f"Tasks that pass, several agents{by}", "/several/passed", 3),
        (f"The same with one agent{by}", "/single/passed", 3),
        (f"Unknown questions that are refused{by}", "/several/refused", 3),
        (f"Tokens of a run, several agents{by}", "/several/tokens", 0),
        (f"Tokens of a run, one agent{by}", "/single/tokens", 0),
        (f"Seconds of a run{by}", "/several/seconds", 2),
    ]
    costs = [
        ("Graph and ledger, against plain Python with the same model and tools", "/graph/ratio", 2),
        ("Checkpoints of a run", "/sqlite/checkpoints", 0),
        ("Bytes of checkpoints of a run", "/sqlite/kilobytes", 0),
        ("Time until the first run can begin", "/process/ready_s", 2),
        ("Memory after many runs", "/process/memory_mb", 0),
    ]
    return (
        *(Claim(words, evaluate.FILE, at, digits, EVALUATE) for words, at, digits in measured),
        *(Claim(words, "benchmark.json", at, digits, BENCH) for words, at, digits in costs),
    )


def _model(reports: Path) -> str:
    try:
        return f" ({read_report(reports / evaluate.FILE)['inputs']['model']})"
    except (KeyError, UserError):
        return ""
