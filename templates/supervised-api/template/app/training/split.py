"""Which rows train and which test: the future, and entities that the model never saw."""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.columns import columns
from app.project import Project, Split
from app.service.errors import UserError
from app.training.table import Table

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Parts:
    """Masks over the rows of a table, each of shape (rows,).

    Attributes:
        train: What the model learns from.
        test: Later rows of everybody. Without a time column, the same as `unseen`.
        unseen: The part of `test` whose entities are not in `train` at any time.
    """

    train: Mask
    test: Mask
    unseen: Mask


def is_held_out(entity: object, split: Split) -> bool:
    """Tells whether an entity is kept out of training.

    By a hash of its name, so it stays on its side when rows are added or reordered.
    """
    digest = hashlib.sha256(f"{split.seed}:{entity}".encode()).digest()
    return int.from_bytes(digest[:8]) < split.unseen_share * 2**64


def _held_out(frame: pd.DataFrame, project: Project) -> Mask:
    entities = frame[project.data.entity] if project.data.entity else frame.index.to_series()
    verdicts = {entity: is_held_out(entity, project.split) for entity in entities.unique()}
    return entities.map(verdicts).to_numpy(dtype=np.bool_)


def split_rows(table: Table, project: Project) -> Parts:
    """Splits the rows as `project.toml` says.

    Raises:
        UserError: A part would be empty or hold only one answer, both name the same time, or a
            column is empty in all rows that train.
    """
    held_out = _held_out(table.frame, project)
    both = set(project.split.train) & set(project.split.test)
    if both:
        raise UserError(
            f"[split] names {sorted(map(str, both))[0]} for training and for testing.",
            "A row that the model learned from can't test it: name it once in project.toml.",
        )
    if project.split.time:
        when = table.frame[project.split.time]
        past = when.isin(project.split.train).to_numpy()
        future = when.isin(project.split.test).to_numpy()
        parts = Parts(past & ~held_out, future, future & held_out)
    else:
        parts = Parts(~held_out, held_out, held_out)
    for name, mask in vars(parts).items():
        different = len(np.unique(table.target[mask]))
        if different < 2:  # noqa: PLR2004 - yes and no, or two values that can be told apart
            raise UserError(
                f"The {name} part has {int(mask.sum())} rows and {different} different answers in "
                "them: it needs two at least.",
                "Look at [split] in project.toml.",
            )
    empty = np.all(np.isnan(table.inputs[parts.train]), axis=0)
    if empty.any():
        names = [column.name for column, is_empty in zip(columns(), empty, strict=True) if is_empty]
        raise UserError(
            f"{', '.join(names)}: empty in every row that trains, so that nothing can be learned.",
            "Remove that field from app/schema.py, or train on other rows under [split].",
        )
    return parts
