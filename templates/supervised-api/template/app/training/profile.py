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
MOST = 0.9  # of the texts; the others are "unknown" and the like
SUSPICIOUS = 0.96  # association; 0.96 is an AUC of 0.98
ENOUGH = 30  # rows; in fewer, a column ranks the target by chance
NEARLY_ALL = 0.95  # of the cells; where so many differ, whole numbers or texts may be names of rows

_YES = {"1", "1.0", "true", "yes", "y"}
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( .*)?"
    r"|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4}"
)
_ID = re.compile(r"(?:.*[\W_])?(?i:id|uuid|guid)|.*[a-z](?:Id|ID)")

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
class Profile:
    """The whole file.

    Attributes:
        frame: The rows.
        target: Column that would be predicted, if one was named.
        task: Our guess: texts and two values are classified, other numbers are a regression.
        positive: The value that we take for "yes": one that says so, or the rarest.
        truth: Shape (rows,), 1 for yes and 0 for no, or the value; NaN where it is missing.
        findings: One for each column, in the order of the file.
    """

    frame: pd.DataFrame
    target: str | None
    task: TaskName
    positive: Any
    truth: "pd.Series[float]"
    findings: tuple[Finding, ...]


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


def _suspicions(
    values: "pd.Series[Any]", truth: "pd.Series[float]", task: TaskName, kind: str
) -> tuple[str, ...]:
    ways: dict[str, pd.Series[Any]] = {}
    if values.notna().sum() >= ENOUGH and kind not in REFUSED:
        ways[""] = values
    if len(values) >= ENOUGH:  # of any kind: a date that is there only where the answer is yes
        ways[" by its empty cells"] = values.isna().astype(int)
    found = {how: abs(association(ranking, truth, task)) for how, ranking in ways.items()}
    return tuple(
        f"ranks the target almost perfectly{how} ({strength:.2f} of 1): known before the answer?"
        for how, strength in found.items()
        if strength >= SUSPICIOUS
    )


def _is_identifier(name: str, kind: str, present: "pd.Series[Any]") -> bool:
    distinct = present.nunique()
    if distinct <= FEW or kind not in {"whole number", "category", "text"}:
        return False
    return distinct >= NEARLY_ALL * len(present) or bool(_ID.fullmatch(name))


def _find(values: "pd.Series[Any]", truth: "pd.Series[float]", task: TaskName) -> Finding:
    kind, present = _kind(values), values.dropna()
    is_number = kind in {"number", "whole number", "counter"}
    shares = present.map(str).value_counts().head(5) / len(values)
    typical = next(iter(shares.index), None)
    if is_number or kind == "yes/no":
        typical = present.astype(float).quantile(0.5, interpolation="nearest")
    has_truth = bool(truth.notna().any())
    asked = kind not in REFUSED and has_truth
    warnings = _suspicions(values, truth, task, kind) if has_truth else ()
    if _is_identifier(str(values.name), kind, present):
        warnings += ("looks like an identifier; use it as `entity`, not as an input",)
    return Finding(
        name=str(values.name),
        kind=kind,
        missing=float(values.isna().mean()),
        distinct=int(present.nunique()),
        minimum=float(present.min()) if is_number else None,
        maximum=float(present.max()) if is_number else None,
        typical=typical,
        frequent={str(text): float(share) for text, share in shares.items()},
        association=association(values, truth, task) if asked else None,
        why=REFUSED.get(kind, ""),
        warnings=warnings,
    )


def _positive(values: "pd.Series[Any]") -> Any:  # noqa: ANN401 - whatever the column holds
    answers = values.value_counts().index.tolist()
    return next((one for one in answers if str(one).lower() in _YES), (answers or [None])[-1])


def profile(path: Path, target: str | None) -> Profile:
    """Reads a file and looks at each column, the target's among them.

    Raises:
        UserError: The file can't be read, or has no such target.
    """
    frame = read_rows(path)
    if target is not None and target not in frame:
        columns = ", ".join(map(str, frame.columns))
        raise UserError(f"{path} has no column {target!r}.", f"Its columns are: {columns}.")
    nothing = pd.Series(np.nan, index=frame.index)
    asked = nothing if target is None else frame[target]
    is_number = pd.api.types.is_numeric_dtype(asked) and asked.nunique() > 2  # noqa: PLR2004 - yes, no
    task: TaskName = "regression" if is_number else "classification"
    positive = None if is_number else _positive(asked)
    truth = (asked if is_number else (asked == positive).where(asked.notna())).astype(float)
    findings = (_find(frame[c], nothing if c == target else truth, task) for c in frame)
    return Profile(frame, target, task, positive, truth, tuple(findings))
