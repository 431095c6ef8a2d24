"""How a column was distributed when the model was tested: what live traffic is held against."""

import numpy as np
import numpy.typing as npt

from app.columns import Column
from app.metadata import Reference

BINS = 10


def reference_of(
    values: npt.NDArray[np.float32] | npt.NDArray[np.float64], column: Column | None
) -> Reference:
    """Returns the distribution of a column, or of a model's outputs.

    Numbers get up to ten bins with about as many rows each.

    Args:
        values: Shape (n,), encoded, NaN where missing.
        column: The column; None for outputs.
    """
    present = np.sort(values[~np.isnan(values)].astype(np.float64))
    if column is not None and column.kind != "number":
        edges = np.arange(max(len(column.categories), 2) - 1) + 0.5
    elif len(present):
        quantiles = np.quantile(present, np.arange(1, BINS) / BINS, method="inverted_cdf")
        edges = np.unique(quantiles[quantiles < present[-1]])
    else:
        edges = np.array([])
    counts = np.diff(np.searchsorted(present, edges, side="right"), prepend=0, append=len(present))
    missing = len(values) - len(present)
    typical = None
    if len(present):
        is_number = column is None or column.kind == "number"
        typical = float(np.median(present) if is_number else counts.argmax())  # a bin is a code
    return Reference(
        edges=tuple(map(float, edges)), counts=(*map(int, counts), missing), typical=typical
    )
