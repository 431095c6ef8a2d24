"""How good the answers turned out, where somebody told what came true."""

from dataclasses import dataclass

import numpy as np

from app.evidence.intervals import bootstrap
from app.metadata import Metadata
from app.prediction_log import Window
from app.project import Drift
from app.tasks import TASKS, losses

RESAMPLES = 200  # the ends are read by people and by one rule; each look pays for them


@dataclass(frozen=True)
class Quality:
    """The loss of one model in live traffic.

    Attributes:
        labels: Cases whose outcome is known.
        waiting: Cases whose outcome is not known.
        loss: Mean over the labelled cases; None without any.
        low: Lower end of its 95 % interval, drawn by unit.
        high: Upper end.
        expected: The same loss on the model's test rows.
        limit: Above it the loss is too much; None where there are too few labels to say.
    """

    labels: int
    waiting: int
    loss: float | None
    low: float | None
    high: float | None
    expected: float
    limit: float | None

    @property
    def worse(self) -> bool:
        """Whether the loss is above the limit, and not by chance: its whole interval is."""
        return self.limit is not None and self.low is not None and self.low > self.limit

    @property
    def verdict(self) -> str:
        """What can be said, in words."""
        if self.limit is None:
            return "too few labels"
        return f"{'worse' if self.worse else 'not shown to be worse'} (limit {self.limit:.4g})"


def quality_of(window: Window, metadata: Metadata, drift: Drift) -> Quality:
    """Compares live outcomes with the answers of one model.

    Which outcomes become known is not up to us: if only some kinds of cases get a label, the loss
    is about those kinds.

    Args:
        window: What was answered, also by other models.
        metadata: Of the model to judge.
        drift: Limits of `project.toml`.
    """
    name = TASKS[metadata.task].loss
    expected = metadata.metrics["test"][metadata.kind].numbers[name]
    theirs = window.model_version == metadata.version
    known = np.flatnonzero(theirs & ~np.isnan(window.actual))
    labels, waiting = len(known), int(theirs.sum()) - len(known)
    limit = expected * (1 + drift.worse) if labels >= drift.labels else None
    if not labels:
        return Quality(labels, waiting, None, None, None, expected, limit)
    cases = losses(metadata.task, window.output[known], window.actual[known])
    units = [window.unit[case] for case in known]
    interval = bootstrap(units, lambda drawn: float(cases[drawn].mean()), resamples=RESAMPLES)
    loss = float(cases.mean())
    return Quality(labels, waiting, loss, interval.low, interval.high, expected, limit)
