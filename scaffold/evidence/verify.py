"""All that a report's own files and git tell about it, in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.evidence import freshness, recompute
from scaffold.evidence.finding import Finding
from scaffold.evidence.reading import UnreadableError, read_report, read_rows

if TYPE_CHECKING:
    from pathlib import Path


def verify(repository: Path, file: str) -> list[Finding]:
    """Look at one report.

    Args:
        repository: The folder of the repository; nothing in it is run or written.
        file: Path of the report in it, with slashes.

    Returns:
        What is not as it should be; nothing when its numbers follow from its rows, and those
        were measured on what is committed.
    """
    try:
        report = read_report(repository, file)
    except UnreadableError as error:
        return [Finding("wrong", file, f"The report can't be used: {error}.")]
    found = list(freshness.compare(report, freshness.committed(repository)))
    try:
        rows = read_rows(repository, report)
    except UnreadableError as error:
        return [*found, Finding("wrong", f"{file}#/rows", f"Its rows can't be used: {error}.")]
    return [*found, *recompute.recompute(report, rows)]
