"""What `project.toml` says: the question, the data, the split, the costs and the gates."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.service.errors import UserError
from app.tasks import TaskName

Value = bool | int | float | str


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Part):
    """How people call things; shown on the page and in the API documentation."""

    title: str = "Prediction service"
    summary: str = ""
    question: str = ""
    outcome: str = "the positive outcome"
    decision_yes: str = "Yes"
    decision_no: str = "No"


class Data(_Part):
    """Where the rows are (beside the project file) and what their columns mean."""

    path: Path
    target: str
    positive: Value = 1
    task: TaskName = "classification"
    entity: str | None = None
    slices: tuple[str, ...] = ()


class Split(_Part):
    """Which rows train and which test. Without `time`, only unseen entities test.

    Rows of a time that neither list names are left alone: later traffic, for `app replay`.
    """

    time: str | None = None
    train: tuple[Value, ...] = ()
    test: tuple[Value, ...] = ()
    unseen_share: float = Field(default=0.25, gt=0, lt=1)
    seed: int = 7


class ModelChoice(_Part):
    """Which of the trained candidates is exported and served."""

    serve: Literal["linear", "boosting"] = "boosting"


class Baseline(_Part):
    """The rule that people would use without a model.

    Classification: rank by `column`, yes from `at_least` on, or up to `at_most`. Regression: the
    value of `column` itself; without one, and where it is missing, the median of the training rows.
    """

    column: str | None = None
    at_least: float | None = None
    at_most: float | None = None


class Costs(_Part):
    """What each kind of wrong answer costs, in any one unit."""

    false_alarm: float = Field(default=1, gt=0)
    miss: float = Field(default=1, gt=0)

    @property
    def threshold(self) -> float:
        """The probability from which "yes" is the cheaper answer (Elkan 2001, equation 2).

        At probability p, "no" costs p * miss on average and "yes" (1 - p) * false_alarm.
        """
        return self.false_alarm / (self.false_alarm + self.miss)


class Gates(_Part):
    """What must hold before a trained model is written.

    `gain_over_baseline` and `slice_loss` are in the primary metric: average precision, or the mean
    absolute error in the target's unit. `parity_tolerance` and `parity_metric` are probability and
    average precision, or standard deviations of the target. `leak` is the AUC, or the R squared,
    of a single column: in 30 random splits of scikit-learn's breast cancer data the best of 30
    honest columns stayed below 0.991, and a copy of the answer with 1% mistakes has 0.99. What can
    be seen at a glance, as the long flippers of Gentoo penguins, is above; `not_leaks` vouches.
    """

    gain_over_baseline: float = 0.0
    parity_tolerance: float = Field(default=1e-4, gt=0)
    parity_share: float = Field(default=0.99, gt=0, le=1)
    parity_metric: float = Field(default=0.002, ge=0)
    calibration_error: float = Field(default=0.05, ge=0)
    slice_loss: float = 0.0
    slice_rows: int = Field(default=200, ge=1)
    leak: float = Field(default=0.99, gt=0)
    not_leaks: tuple[str, ...] = ()


class Drift(_Part):
    """When the monitor speaks up.

    A column is called drifted where its PSI is above `psi` and above what chance gives, at
    `false_alarms` of all looks; below `rows` cases, or `labels` known outcomes, nothing is said.
    A model is worse where its live loss exceeds that on the test rows by more than the share
    `worse`, and not by chance.
    """

    psi: float = Field(default=0.1, gt=0)
    false_alarms: float = Field(default=0.01, gt=0, lt=1)
    rows: int = Field(default=500, ge=1)
    labels: int = Field(default=200, ge=1)
    worse: float = Field(default=0.1, ge=0)


class Bench(_Part):
    """What an hour of one processor costs in dollars, who says so, and when you looked."""

    price_per_cpu_hour: float | None = Field(default=None, gt=0)
    price_source: str = ""
    price_date: date | None = None


class Project(_Part):
    """The whole file."""

    words: Words = Field(default=Words(), alias="project")
    data: Data
    split: Split = Split()
    model: ModelChoice = ModelChoice()
    baseline: Baseline = Baseline()
    costs: Costs = Costs()
    gates: Gates = Gates()
    drift: Drift = Drift()
    bench: Bench = Bench()

    @model_validator(mode="after")
    def _rule_is_whole(self) -> Self:
        limits = (self.baseline.at_least, self.baseline.at_most)
        if self.data.task == "classification" and (
            self.baseline.column is None or limits.count(None) != 1
        ):
            msg = "[baseline] needs `column` and one of `at_least` and `at_most`"
            raise ValueError(msg)
        return self

    @property
    def threshold(self) -> float | None:
        """Probability from which the answer is yes; None where there is no decision."""
        return self.costs.threshold if self.data.task == "classification" else None


def read_project(path: Path) -> Project:
    """Reads `project.toml`.

    Raises:
        UserError: The file is not there, not TOML, or says something we don't understand.
    """
    try:
        project = Project.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise UserError(
            f"{path} is not here.", "Run this in the project's folder, or set PROJECT_FILE."
        ) from error
    except OSError as error:
        raise UserError(
            f"{path} can't be read: {error.strerror}.", "Let PROJECT_FILE name a file."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} can't be read: {error}.", "Correct that line.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UserError(
            f"{path}: {place}: {first['msg']}.",
            "The keys and their meaning are in app/project.py.",
        ) from error
    data = project.data.model_copy(update={"path": path.parent / project.data.path})
    return project.model_copy(update={"data": data})
