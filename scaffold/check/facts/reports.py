"""The reports of a repository, and the rung on which each number of its README stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from scaffold.evidence import freshness, recompute
from scaffold.evidence.definitions import DEFINITIONS
from scaffold.evidence.finding import Finding as Wrong
from scaffold.evidence.links import shown
from scaffold.evidence.reading import (
    Json,
    Number,
    Report,
    UnreadableError,
    at,
    numbers,
    read_report,
    read_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from scaffold.check.facts.tree import Tree
    from scaffold.evidence.links import Link

Rung = Literal["wrong", "typed", "recorded", "consistent", "attested"]
"""How much stands behind a number; `wrong` when the report says something else."""
MOST_REPORTS = 6
"""Twice as many as a starter writes; with the largest rows each takes ten seconds."""
EVALUATION = "reports/evaluation.json"
BENCHMARK = "reports/benchmark.json"
_OUTCOMES = (
    *("/label", "/outputs", "/decisions", "/answered", "/refused", "/similarity", "/places"),
    *("/recall", "/mrr", "/ndcg", "/several", "/single", "/latency", "/cpu", "/memory"),
)
"""Fields of rows that are results: a number of the rows where these are good is no number."""
_REPORT = re.compile(r"reports/[\w-]+\.json")


@dataclass(frozen=True)
class Read:
    """One report with what its own rows and git say of it.

    Attributes:
        report: As it stands; None where it can't be used.
        rows: Those beside it; empty where they can't be used.
        wrong: What contradicts itself.
        stale: Where it was measured on something else, or nobody can tell.
    """

    report: Report | None
    rows: list[Json]
    wrong: tuple[Wrong, ...]
    stale: tuple[Wrong, ...]

    @cached_property
    def wrong_at(self) -> dict[str, str]:
        """What contradicts itself, by its place."""
        return {one.place: one.message for one in self.wrong}


@dataclass(frozen=True)
class Cited:
    """A number that a README links to.

    Attributes:
        link: Where, and what the reader sees.
        value: What the report says; None when there is none, or it is not known.
        number: The object in the report, or the bare number as its `value`.
        rung: What stands behind it.
        problem: Why it is wrong, or no higher.
    """

    link: Link
    value: float | None
    number: Json
    rung: Rung
    problem: str = ""

    @property
    def recipe(self) -> Json:
        """How it follows from rows; empty where that is not said."""
        found = self.number.get("recipe")
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Reports:
    """All reports of a repository.

    Attributes:
        by_file: By path.
        attested: Files that this repository's CI measured again, where that was asked.
    """

    by_file: Mapping[str, Read]
    attested: frozenset[str] = field(default=frozenset())

    def get(self, file: str) -> Read | None:
        """A report that can be used."""
        found = self.by_file.get(file)
        return found if found and found.report else None

    @cached_property
    def wrong(self) -> tuple[Wrong, ...]:
        """Everything that contradicts itself, in all of them."""
        return tuple(one for read in self.by_file.values() for one in read.wrong)

    def numbers(self, file: str) -> list[Number]:
        """The numbers of a report that follow from rows."""
        found = self.get(file)
        return list(numbers(found.report)) if found and found.report else []

    def cite(self, link: Link) -> Cited:
        """Hold a link against the report that it names."""
        read = self.by_file.get(link.file)
        if read is None or read.report is None:
            return Cited(link, None, {}, "wrong", f"{link.file[:80]} is no report that can be read")
        try:
            found: Any = at(read.report.content, link.pointer)
        except UnreadableError:
            return Cited(link, None, {}, "wrong", f"nothing is at {link.pointer[:80]}")
        number: Json = found if isinstance(found, dict) else {"value": found}
        value = number.get("value")
        if isinstance(value, bool) or not isinstance(value, int | float):
            return Cited(link, None, number, "wrong", f"there is no number at {link.pointer[:80]}")
        right = shown(link.text, value)
        if link.text != right or not re.search(r"\d", link.text):
            what = f"it says {link.text[:60]!r}, the report {right[:60]!r}"
            return Cited(link, value, number, "wrong", what)
        return Cited(link, value, number, *self._rung(link, read, number))

    def _rung(self, link: Link, read: Read, number: Json) -> tuple[Rung, str]:
        place = f"{link.file}#{link.pointer}"
        for one in (place, link.file, f"{link.file}#/rows"):
            if one in read.wrong_at:
                return "wrong", read.wrong_at[one]
        if "recipe" not in number:
            return "recorded", "the report does not say how it follows from rows"
        if read.wrong:
            return "recorded", f"other things in the report contradict it: {read.wrong[0].message}"
        if read.stale:
            return "recorded", read.stale[0].message
        return ("attested", "") if link.file in self.attested else ("consistent", "")


def read(root: Path, tree: Tree, now: Mapping[str, str] | None) -> Reports:
    """Read every report below `reports/`.

    Args:
        root: The repository.
        tree: Its files.
        now: Ids of what is measured, as of HEAD; None without a commit.
    """
    files = [path for path in tree.below("reports", ".json") if _REPORT.fullmatch(path)]
    files.sort(key=lambda file: file not in {EVALUATION, BENCHMARK})
    return Reports({file: _one(root, file, now) for file in files[:MOST_REPORTS]})


def _one(root: Path, file: str, now: Mapping[str, str] | None) -> Read:
    try:
        report = read_report(root, file)
    except UnreadableError as error:
        return Read(None, [], (Wrong("wrong", file, f"The report can't be used: {error}."),), ())
    fresh = list(freshness.compare(report, now))
    wrong = [one for one in fresh if one.level == "wrong"]
    stale = [one for one in fresh if one.level != "wrong"]
    try:
        rows = read_rows(root, report)
    except UnreadableError as error:
        unusable = Wrong("wrong", f"{file}#/rows", f"Its rows can't be used: {error}.")
        return Read(report, [], (*wrong, unusable), tuple(stale))
    wrong += recompute.recompute(report, rows)
    wrong += _picked(report)
    return Read(report, rows, tuple(wrong), tuple(stale))


def _picked(report: Report) -> Iterator[Wrong]:
    """Numbers whose recipe is right by arithmetic and wrong by sense."""
    for number in numbers(report):
        recipe = number.content["recipe"]
        where = recipe.get("where") if isinstance(recipe, dict) else None
        place, last = f"{report.file}#{number.pointer}", number.pointer.rpartition("/")[2]
        if isinstance(where, dict) and any(one.startswith(_OUTCOMES) for one in where):
            yield Wrong("wrong", place, "It picks its rows by what came out.")
        elif last in DEFINITIONS and recipe.get("metric") != last:
            metric = str(recipe.get("metric"))[:30]
            yield Wrong("wrong", place, f"It is called {last} and is {metric}.")


def better(metric: str) -> Literal[1, -1]:
    """1 where a larger value of a metric is better, -1 where a smaller one is."""
    worse = ("brier", "mae", "rmse", "cost", "error", "loss", "seconds", "dollars", "tokens", "_ms")
    return -1 if any(word in metric for word in worse) else 1


def metric_of(cited: Cited) -> str:
    """What a number measures: its metric, or of a mean the field that it is of."""
    metric = str(cited.recipe.get("metric", ""))
    if metric not in {"mean", "quantile"}:
        return metric
    of = str(cited.recipe.get("of", "")).strip("/").split("/")
    parts = [part for part in of if part not in CANDIDATES]
    return "/".join((metric, *parts, str(cited.recipe.get("q", ""))))


CANDIDATES = frozenset(
    {
        *("champion", "challenger", "baseline"),
        *("lexical", "vector", "hybrid", "rerank"),
        *("several", "single", "graph", "plain"),
    }
)
"""Names under which reports keep what is compared with what."""


def candidate(cited: Cited) -> str:
    """Whose number it is, by the rows that it is made from; empty where that is not said."""
    of = str(cited.recipe.get("of", "")).strip("/").split("/")
    return next((part for part in of if part in CANDIDATES), "")


def right(cited: Iterable[Cited]) -> list[Cited]:
    """Those whose rows give them, on what is committed now."""
    return [one for one in cited if one.rung in {"consistent", "attested"}]
