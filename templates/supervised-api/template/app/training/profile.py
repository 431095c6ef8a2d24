"""What is in a CSV file, column by column, and what speaks against a column as a model's input."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from app.service.errors import UserError
from app.tasks import TaskName
from app.training.csv_file import read_rows

CATEGORIES = 30  # different texts; more make a form that nobody fills in
LONGEST = 60  # characters of a text that can be one of a choice
FEW = 10  # different values that may be names, although most of them look like numbers
_YES = {"1", "1.0", "true", "yes", "y"}
MOST = 0.9  # of the texts; the others are "unknown" and the like
SUSPICIOUS = 0.96  # association; 0.96 is an AUC of 0.98
ENOUGH = 30  # rows; in fewer, a column ranks the target by chance

_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( .*)?"
    r"|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4}"
)

# Kinds of columns that can't be an input: why not, and what to do instead of leaving them out.
REFUSED = {
    "empty": "every cell is empty; fill it",
    "constant": "it says the same in every row; add rows that differ",
    "date": "a date; turn it into a number known when predicting, such as days since",
    "counter": "it only numbers the rows; it may be `entity`, but no feature",
    "infinite": "it holds infinite numbers; make those cells empty",
    "mixed": "it holds numbers and texts; make the texts numbers, or empty cells",
    "text": f"free text or too many texts; group it into at most {CATEGORIES} short ones",
}


@dataclass(frozen=True)
class Finding:
    """What is known of one column.

    Attributes:
        name: As in the header.
        kind: `number`, `whole number`, `yes/no`, `category`, or a key of `REFUSED`.
        missing: Share of empty cells.
        distinct: How many different values there are.
        minimum: Smallest number; None where it is no number.
        maximum: Largest number, likewise.
        typical: The median, or the most frequent text; None where there is nothing.
        frequent: The most frequent values and their share of all rows, most frequent first.
        association: How well it ranks the target by itself, where not missing, from -1 to 1.
            Classification: Somers' D, which is 2 AUC - 1. Regression: Spearman's correlation.
        why: Why it can't be an input, and what to do; empty where it can.
        warnings: What to look at before it becomes an input.
    """

    name: str
    kind: str
    missing: float
    distinct: int
    minimum: float | None
    maximum: float | None
    typical: Any
    frequent: dict[str, float]
    association: float | None
    why: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """What would be predicted, and how: our guess, from its values.

    Attributes:
        name: Of the column.
        task: Texts and two values are classified; other numbers are a regression.
        positive: The value that would count as "yes": True, 1, or the rarest. None in a regression.
    """

    name: str
    task: TaskName
    positive: Any


@dataclass(frozen=True)
class Profile:
    """The whole file.

    Attributes:
        frame: The rows.
        target: What would be predicted, if it was named.
        truth: Shape (rows,), 1 for yes and 0 for no, or the value; NaN where it is missing.
        findings: One for each column, in the order of the file.
    """

    frame: pd.DataFrame
    target: Target | None
    truth: "pd.Series[float]"
    findings: tuple[Finding, ...]

    @property
    def is_regression(self) -> bool:
        """Whether the target is a number to predict and no question of yes or no."""
        return self.target is not None and self.target.task == "regression"


def _kind_of_numbers(present: "pd.Series[Any]", rows: int) -> str:
    if present.abs().max() > np.finfo(np.float32).max:  # which is what the model gets
        return "infinite"
    if not (present % 1 == 0).all():
        return "number"
    counts_rows = present.nunique() == rows == present.max() - present.min() + 1
    return "counter" if counts_rows and rows > FEW else "whole number"


def _kind_of_texts(texts: "pd.Series[str]") -> str:
    distinct = texts.nunique()
    if texts.str.fullmatch(_DATE).mean() > MOST:
        return "date"
    if distinct > FEW and pd.to_numeric(texts, errors="coerce").notna().mean() > 1 / 2:
        return "mixed"
    is_choice = distinct <= min(CATEGORIES, len(texts) - 1)
    return "category" if is_choice and texts.str.len().max() <= LONGEST else "text"


def _kind(values: "pd.Series[Any]") -> str:
    present = values.dropna()
    if len(set(present)) <= int(len(present) == len(values)):  # a gap may tell something
        return "constant" if len(present) else "empty"
    if set(present) <= {0, 1}:  # which True and False are too
        return "yes/no"
    if pd.api.types.is_numeric_dtype(present):
        return _kind_of_numbers(present, len(values))
    return _kind_of_texts(present.astype(str))


def association(values: "pd.Series[Any]", truth: "pd.Series[float]", task: TaskName) -> float:
    """Returns how well one column ranks the target by itself; see `Finding`.

    Texts are ranked by the mean of the target of their rows, which flatters rare ones.
    """
    known = values.notna() & truth.notna()
    values, truth = values[known], truth[known]
    if not pd.api.types.is_numeric_dtype(values):
        values = values.map(truth.groupby(values).mean())
    if values.nunique() < 2 or truth.nunique() < 2:  # noqa: PLR2004 - nothing to rank
        return 0.0
    if task == "classification":
        return float(2 * roc_auc_score(truth, values.astype(float)) - 1)
    return float(values.rank().corr(truth.rank()))


def _find(values: "pd.Series[Any]", target: Target | None, truth: "pd.Series[float]") -> Finding:
    kind, present, name = _kind(values), values.dropna(), str(values.name)
    is_number = pd.api.types.is_numeric_dtype(present) and kind not in {"empty", "infinite"}
    has_range = is_number and kind != "yes/no"
    strength, warnings = None, []
    if target is not None and kind not in REFUSED:
        strength = association(values, truth, target.task)
        by_gap = association(values.isna().astype(int), truth, target.task)
        for how, found in (("", strength), (" by its empty cells", by_gap)):
            if abs(found) >= SUSPICIOUS and len(present) >= ENOUGH:
                warnings.append(
                    f"ranks {target.name} almost perfectly{how} ({abs(found):.2f} of 1): "
                    "is it known before the answer?"
                )
    if kind in {"whole number", "text"} and present.is_unique and len(present) > FEW:
        warnings.append("differs in every row: an identifier?")
    shares = present.map(str).value_counts().head(5) / len(values)
    middle = present.astype(float).quantile(0.5, interpolation="nearest") if is_number else None
    return Finding(
        name=name,
        kind=kind,
        missing=float(values.isna().mean()),
        distinct=int(present.nunique()),
        minimum=float(present.min()) if has_range else None,
        maximum=float(present.max()) if has_range else None,
        typical=middle if is_number else next(iter(shares.index), None),
        frequent={str(text): float(share) for text, share in shares.items()},
        association=strength,
        why=REFUSED.get(kind, ""),
        warnings=tuple(warnings),
    )


def _target(values: "pd.Series[Any]") -> Target:
    counts = values.value_counts()
    is_number = pd.api.types.is_numeric_dtype(values)
    if is_number and len(counts) > 2:  # noqa: PLR2004 - neither yes nor no
        return Target(str(values.name), "regression", None)
    answers = [getattr(value, "item", lambda value=value: value)() for value in counts.index]
    spoken = [value for value in answers if str(value).lower() in _YES] or answers[-1:]
    return Target(str(values.name), "classification", next(iter(spoken), None))


def profile(path: Path, target: str | None) -> Profile:
    """Reads a file and looks at each column, the target's among them.

    Raises:
        UserError: The file can't be read, or has no such target.
    """
    frame = read_rows(path)
    if target is not None and target not in frame:
        raise UserError(
            f"{path} has no column {target!r}.",
            f"Its columns are: {', '.join(map(str, frame.columns))}.",
        )
    goal, truth = None, pd.Series(np.nan, index=frame.index)
    if target is not None:
        goal, asked = _target(frame[target]), frame[target]
        truth = asked if goal.positive is None else (asked == goal.positive).where(asked.notna())
        truth = truth.astype(float)
    found = [_find(frame[name], None if name == target else goal, truth) for name in frame]
    return Profile(frame, goal, truth, tuple(found))
