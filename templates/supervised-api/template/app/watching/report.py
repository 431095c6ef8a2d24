"""The monitor's page: one HTML file with everything in it, plots as drawings, no script."""

from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from app.columns import columns
from app.metadata import Reference
from app.numbers import calibration_bins
from app.project import Project
from app.watching.drift import Shift
from app.watching.look import OUTPUT, Look

MOST_PLOTS = 6
LARGE = 1000  # from here on, no decimals
HOURLY_UP_TO = 72  # hours; above it, traffic is shown by day


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("report.html")


def bin_labels(name: str, reference: Reference) -> list[str]:
    """Returns what each bin of a column, or of the output, holds; the missing values last."""
    column = next((column for column in columns() if column.name == name), None)
    if column is not None and column.kind != "number":
        return [*(column.categories or ("no", "yes")), "missing"]
    edges = [f"{edge:,.0f}" if abs(edge) >= LARGE else f"{edge:.3g}" for edge in reference.edges]
    between = [f"{low} to {high}" for low, high in pairwise(edges)]
    ends = [f"up to {edges[0]}", *between, f"above {edges[-1]}"] if edges else ["any"]
    return [*ends, "missing"]


def _bars(name: str, shift: Shift, reference: Reference) -> list[tuple[str, float, float]]:
    """Returns label, reference share and live share of each bin that is not empty."""
    expected, found = np.array(shift.expected), np.array(shift.found)
    shares = zip(
        bin_labels(name, reference),
        expected / max(expected.sum(), 1),
        found / max(found.sum(), 1),
        strict=True,
    )
    return [(label, p, q) for label, p, q in shares if p or q]


def _traffic(look: Look) -> dict[str, Any]:
    """Returns the answers per hour or per day, the last one up to now."""
    unit = 1 if look.hours <= HOURLY_UP_TO else 24
    age = (look.at - look.window.at[look.window.role != "shadow"]) / 3600 // unit
    steps = max(int(np.ceil(look.hours / unit)), 1)
    counts = np.bincount(np.clip(age, 0, steps - 1).astype(np.int64), minlength=steps)[::-1]
    return {"unit": "hour" if unit == 1 else "day", "counts": counts.tolist()}


def render_report(look: Look, project: Project) -> str:
    """Returns the page.

    Args:
        look: What the monitor found.
        project: Title, question, and limits.
    """
    plots, calibration = [], []
    if look.champion is not None:
        references = look.champion.reference | {OUTPUT: look.champion.outputs}
        chosen = [name for name in look.shifts if name != OUTPUT][:MOST_PLOTS]
        chosen += [OUTPUT] if OUTPUT in look.shifts else []
        plots = [(name, _bars(name, look.shifts[name], references[name])) for name in chosen]
        window = look.window
        told = (window.model_version == look.champion.version) & ~np.isnan(window.actual)
        calibration = calibration_bins(window.output[told], window.actual[told])
    return _template().render(
        look=look,
        project=project,
        titles={column.name: column.title for column in columns()} | {OUTPUT: "Model output"},
        at=datetime.fromtimestamp(look.at, UTC).strftime("%Y-%m-%d %H:%M UTC"),
        plots=plots,
        traffic=_traffic(look),
        calibration=calibration,
    )
