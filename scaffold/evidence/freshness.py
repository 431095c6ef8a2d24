"""Whether a report was measured on what is committed now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold import git
from scaffold.evidence.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scaffold.evidence.reading import Report

MEASURED = ("app", "data", "project.toml", "uv.lock")
AGAIN = "Commit, then `uv run app evaluate`, `uv run app bench` and `uv run app report`."
_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def committed(repository: Path) -> dict[str, str] | None:
    """The ids of the trees and files that numbers depend on, as of HEAD; None without a commit.

    git reads objects here and nothing else: no filter, no hook, and it asks no other machine.
    """
    here = (f"--git-dir={repository.absolute()}/.git", f"--work-tree={repository.absolute()}")
    try:
        listed = git.run(
            *(*git.QUIET, "-c", "protocol.allow=never", *here),
            *("ls-tree", "-z", "HEAD", "--", *MEASURED),
            folder=repository,
            extra={"GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"},
        )
    except git.GitFailure:
        return None
    lines = [line.split("\t", 1) for line in listed.split("\0") if line]
    return {path: facts.split(" ")[2] for facts, path in lines}


def compare(report: Report, now: Mapping[str, str] | None) -> Iterator[Finding]:
    """Hold the recorded ids against those of HEAD.

    A tree keeps its id through squash and rebase, and a shallow clone has those of HEAD too, so
    the recorded commit is not needed.

    Args:
        report: As read.
        now: What `committed` found.
    """
    place = f"{report.file}#/inputs"
    said = report.content.get("inputs")
    trees = said.get("trees") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(trees, dict):
        yield Finding("unknown", place, f"It was measured where there was no git commit. {AGAIN}")
        return
    if said.get("dirty") is not False:
        if said.get("dirty") is True:
            yield Finding("stale", place, f"It was measured with changes not committed. {AGAIN}")
        else:
            yield Finding("unknown", place, "It does not say whether everything was committed.")
    if now is None:
        yield Finding("unknown", place, "There is no git commit here to hold it against.")
        return
    for path in MEASURED:
        before, after = trees.get(path), now.get(path)
        if before is not None and not (isinstance(before, str) and _ID.fullmatch(before)):
            yield Finding("wrong", place, f"The id of {path} is none of git's.")
        elif before != after:
            names = f"{_short(before)} when it was measured and {_short(after)} now"
            yield Finding("stale", place, f"{path} was {names}. {AGAIN}")


def _short(name: str | None) -> str:
    return name[:10] if name else "not committed"
