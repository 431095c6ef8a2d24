"""Reads the data and holds it against `Features`: what training may not assume, it checks here."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import TypeAdapter, ValidationError

from app.columns import columns, encode_all
from app.project import Project
from app.schema import Features
from app.service.errors import UserError
from app.training.csv_file import read_rows

MOST_ERRORS = 5  # shown; somebody who has more repairs these first
_CASES = TypeAdapter(list[Features])


@dataclass(frozen=True)
class Table:
    """The rows, checked.

    Attributes:
        frame: All columns of the file as read, with rows numbered from 0.
        inputs: Shape (rows, columns), float32, NaN where missing, in the order of `columns()`.
        target: Shape (rows,), 1 where the answer is yes and 0 where it is no, or the value.
        sha256: Hash of the file.
    """

    frame: pd.DataFrame
    inputs: npt.NDArray[np.float32]
    target: npt.NDArray[np.float64]
    sha256: str

    def cases(self, rows: Sequence[int] | npt.NDArray[np.intp]) -> list[Features]:
        """Returns rows as a request would bring them; many at once cost hardly more than one."""
        return _CASES.validate_python(_records(self.frame.iloc[[*rows]]))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    names = [column.name for column in columns()]
    part = frame[names].astype(object)
    rows = part.where(part.notna(), None).itertuples(index=False, name=None)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _require(frame: pd.DataFrame, project: Project) -> None:
    needed = {column.name: "app/schema.py" for column in columns()}
    named = [
        project.data.target,
        *project.data.slices,
        *filter(None, (project.baseline.column, project.data.entity, project.split.time)),
    ]
    for name in (project.data.target, project.data.entity):
        if name in needed:
            raise UserError(
                f"{name!r} is a field of app/schema.py, but a model must not be told it.",
                "Remove that field, or name another target or entity in project.toml.",
            )
    needed |= dict.fromkeys(named, "project.toml")
    for name, source in needed.items():
        if name not in frame:
            raise UserError(
                f"{project.data.path} has no column {name!r}, which {source} names.",
                f"Its columns are: {', '.join(map(str, frame.columns))}.",
            )


def _inputs(frame: pd.DataFrame, path: Path) -> npt.NDArray[np.float32]:
    try:
        return encode_all(_CASES.validate_python(_records(frame)))
    except ValidationError as error:
        refused: dict[int | str, str] = {}  # by row, its first error
        for item in error.errors(include_url=False, include_context=False, include_input=False):
            row, *field = item["loc"]
            line = f"line {int(row) + 2}"  # line 1 is the header
            refused.setdefault(row, f"{line}, {'.'.join(map(str, field))}: {item['msg']}")
        raise UserError(
            f"{len(refused)} of {len(frame)} rows of {path} do not fit app/schema.py: "
            + "; ".join([*refused.values()][:MOST_ERRORS]),
            "Correct the data, or widen the range or type of that field.",
        ) from error


def other_answers(frame: pd.DataFrame, project: Project) -> list[str]:
    """Returns the values of a classification's target that count as "no", as texts."""
    values = frame[project.data.target].dropna()
    return sorted(map(repr, values[values != project.data.positive].unique().tolist()))


def _target(frame: pd.DataFrame, project: Project) -> npt.NDArray[np.float64]:
    name, positive = project.data.target, project.data.positive
    values = frame[name]
    if empty := int(values.isna().sum()):
        raise UserError(
            f"The target {name!r} is empty in {empty} of {len(frame)} rows.",
            "Nobody can learn from a row without its answer: remove these rows from the data.",
        )
    if project.data.task == "classification":
        is_yes = (values == positive).to_numpy().astype(np.float64)
        if not 0 < is_yes.sum() < len(is_yes):
            there = sorted(map(repr, values.unique().tolist()))
            raise UserError(
                f"The target {name!r} must hold {positive!r} and something else; it holds "
                f"{', '.join(there[:8])}{', ...' if len(there) > 8 else ''}.",  # noqa: PLR2004
                "Set `target` and `positive` under [data] in project.toml.",
            )
        return is_yes
    if not pd.api.types.is_numeric_dtype(values) or not np.isfinite(values).all():
        raise UserError(
            f"The target {name!r} of a regression must be a finite number in every row.",
            'Correct the data, or set task = "classification" and `positive` under [data].',
        )
    return values.to_numpy(dtype=np.float64)


def read_table(project: Project) -> Table:
    """Reads and checks the data that `project.toml` names.

    Raises:
        UserError: The file is missing or not a CSV, or a column or a value does not fit.
    """
    path = project.data.path
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise UserError(f"{path} is not here.", "Set `path` under [data].") from error
    except OSError as error:
        why = error.strerror or error
        raise UserError(f"{path} can't be read: {why}.", "Set `path` under [data].") from error
    frame = read_rows(path)
    _require(frame, project)
    sha256 = hashlib.sha256(content).hexdigest()
    return Table(frame, _inputs(frame, path), _target(frame, project), sha256)
