"""What is known about a trained model: the classes of `models/<version>/metadata.json`."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from app.tasks import TaskName


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True)


class Scores(_Fact):
    """How well answers fit the truth on some rows.

    Attributes:
        n: Rows.
        positives: Rows whose true answer is yes; None in a regression.
        numbers: Name of a metric to its value; the names are those of `app.tasks`. Classification:
            `ap` (average precision; its floor is the share of positives), `auc` (0.5 is chance),
            `brier` (mean squared error of the probability; not for a rule, which gives none),
            `cost_per_1000` (cost of the wrong decisions on 1,000 rows, in the project's unit).
            Regression, in the target's unit: `mae`, `rmse`; and `r2`.
    """

    n: int
    positives: int | None
    numbers: dict[str, float]


class Reference(_Fact):
    """How one column, or the model's output, was distributed when the model was tested.

    Attributes:
        edges: Inner edges of the bins, ascending: a value belongs to the bin of the first edge that
            is not below it (`numpy.searchsorted(edges, value, side="left")`). Codes of categories
            and booleans have their bins between the codes.
        counts: Rows per bin, one more than edges, and at last the rows where it is missing.
        typical: Median, or the most frequent code; None where nothing was there.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    typical: float | None


class CostCheck(_Fact):
    """What the stated costs come to on the test rows, per 1,000 cases, in the project's unit.

    Attributes:
        served: With the threshold that follows from the costs.
        never: If the answer was always no.
        always: If the answer was always yes.
        cheapest: With the threshold that is the cheapest on these very rows, which flatters it.
        cheapest_threshold: That threshold, a probability.
    """

    served: float
    never: float
    always: float
    cheapest: float
    cheapest_threshold: float


class Bin(_Fact):
    """Cases with a similar probability: what was said and what came true.

    Attributes:
        n: Cases.
        predicted: Mean probability.
        observed: Share whose answer was yes.
    """

    n: int
    predicted: float
    observed: float


class Calibration(_Fact):
    """Whether probabilities come true, on rows the model never saw.

    Attributes:
        error: Mean distance of predicted and observed over the bins, weighted by their cases.
        by_chance: What a perfectly calibrated model stays below in 95 of 100 samples of this size.
        bins: In ascending order.
    """

    error: float
    by_chance: float
    bins: tuple[Bin, ...]


class Parity(_Fact):
    """How far the exported model is from the trained one, on the test rows.

    Attributes:
        n: Rows compared.
        share_within: Share of rows whose answer differs by at most the tolerance.
        largest: Largest difference of an answer; in a regression, in standard deviations of the
            target, as the tolerance is.
        metric_difference: Absolute difference in the task's primary metric, in the same unit.
    """

    n: int
    share_within: float
    largest: float
    metric_difference: float


class Metadata(_Fact):
    """All that is known about a trained model, written beside it."""

    schema_version: Literal[2] = 2
    version: str
    model_sha256: str
    created: datetime
    task: TaskName
    kind: str  # which of the candidates it is
    target: str
    features: tuple[str, ...]
    threshold: float | None  # of a classification
    contract_sha256: str
    data_sha256: str
    schema_sha256: str
    project_sha256: str
    git_commit: str | None
    # whether app/, the data or project.toml had changes that this commit does not have
    dirty: bool | None
    python: str
    packages: dict[str, str]
    train_rows: int
    # rows of the test -> candidate -> scores
    metrics: dict[str, dict[str, Scores]]
    # slice column -> its value -> scores of the shipped model on the test rows, and of the rule;
    # without numbers where there are too few rows for any
    slices: dict[str, dict[str, Scores]]
    rule_slices: dict[str, dict[str, Scores]]
    # column -> how well it alone tells the answer on the test rows: AUC, or R squared
    alone: dict[str, float]
    costs: CostCheck | None  # of a classification
    parity: Parity
    calibration: Calibration | None  # of a classification
    # column -> its distribution in the test rows; and that of the model's answers there
    reference: dict[str, Reference]
    outputs: Reference
