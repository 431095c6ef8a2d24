"""The folder of trained models: one folder each, and a file that names the one to serve."""

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from app.columns import contract_hash
from app.service.errors import UserError
from app.tasks import TaskName

MODEL = "model.onnx"
METADATA = "metadata.json"
CHAMPION = "champion"
TRAIN = "Run `uv run app train`."


class Scores(BaseModel):
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

    model_config = ConfigDict(frozen=True)

    n: int
    positives: int | None
    numbers: dict[str, float]


class Reference(BaseModel):
    """How one column, or the model's output, was distributed when the model was tested.

    Attributes:
        edges: Inner edges of the bins, ascending: a value belongs to the bin of the first edge that
            is not below it (`numpy.searchsorted(edges, value, side="left")`). Codes of categories
            and booleans have their bins between the codes.
        counts: Rows per bin, one more than edges, and at last the rows where it is missing.
        typical: Median, or the most frequent code; None where nothing was there.
    """

    model_config = ConfigDict(frozen=True)

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    typical: float | None


class Bin(BaseModel):
    """Cases with a similar probability: what was said and what came true.

    Attributes:
        n: Cases.
        predicted: Mean probability.
        observed: Share whose answer was yes.
    """

    model_config = ConfigDict(frozen=True)

    n: int
    predicted: float
    observed: float


class Calibration(BaseModel):
    """Whether probabilities come true, on rows the model never saw.

    Attributes:
        error: Mean distance of predicted and observed over the bins, weighted by their cases.
        by_chance: What a perfectly calibrated model stays below in 95 of 100 samples of this size.
        bins: In ascending order.
    """

    model_config = ConfigDict(frozen=True)

    error: float
    by_chance: float
    bins: tuple[Bin, ...]


class Parity(BaseModel):
    """How far the exported model is from the trained one, on the test rows.

    Attributes:
        n: Rows compared.
        share_within: Share of rows whose answer differs by at most the tolerance.
        largest: Largest difference of an answer.
        metric_difference: Absolute difference in the task's primary metric.
    """

    model_config = ConfigDict(frozen=True)

    n: int
    share_within: float
    largest: float
    metric_difference: float


class Metadata(BaseModel):
    """All that is known about a trained model, written beside it."""

    model_config = ConfigDict(frozen=True)

    schema_version: Literal[2] = 2
    version: str
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
    python: str
    packages: dict[str, str]
    train_rows: int
    # rows of the test -> candidate -> scores
    metrics: dict[str, dict[str, Scores]]
    # slice column -> its value -> scores of the shipped model on the test rows
    slices: dict[str, dict[str, Scores]]
    parity: Parity
    calibration: Calibration | None  # of a classification
    # column -> its distribution in the test rows; and that of the model's answers there
    reference: dict[str, Reference]
    outputs: Reference


def champion_folder(models: Path) -> Path:
    """Returns the folder of the model to serve.

    Raises:
        UserError: There is none yet, or the file names one that is gone.
    """
    try:
        version = (models / CHAMPION).read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise UserError(f"There is no trained model in {models} yet.", TRAIN) from error
    folder = models / version
    if not (folder / MODEL).is_file():
        raise UserError(f"{models / CHAMPION} names {version}, which is not there.", TRAIN)
    return folder


def read_metadata(folder: Path) -> Metadata:
    """Reads what is known about a model and makes sure that it fits today's `Features`.

    Raises:
        UserError: The file is missing or damaged, or the model was trained with other columns.
    """
    try:
        metadata = Metadata.model_validate_json((folder / METADATA).read_bytes())
    except (FileNotFoundError, ValidationError) as error:
        raise UserError(f"{folder / METADATA} can't be read.", TRAIN) from error
    if metadata.contract_sha256 != contract_hash():
        raise UserError(
            f"Model {metadata.version} was trained with other columns than app/schema.py has now.",
            TRAIN,
        )
    return metadata


def save(models: Path, onnx: bytes, metadata: Metadata) -> Path:
    """Writes a model and makes it the one to serve; a reader sees all of it or nothing.

    Returns:
        The model's folder.
    """
    models.mkdir(parents=True, exist_ok=True)
    folder = models / metadata.version
    staged = Path(tempfile.mkdtemp(prefix=".new-", dir=models))
    staged.chmod(0o755)  # mkdtemp is for one user only; whoever serves may be another
    (staged / MODEL).write_bytes(onnx)
    (staged / METADATA).write_text(
        metadata.model_dump_json(indent=2) + "\n", encoding="utf-8", newline="\n"
    )
    if folder.exists():  # the same model again: same bytes, newer facts
        for file in staged.iterdir():
            os.replace(file, folder / file.name)  # noqa: PTH105 - replaces on Windows too
        shutil.rmtree(staged)
    else:
        staged.rename(folder)
    pointer = models / f".{CHAMPION}.new"
    pointer.write_text(metadata.version + "\n", encoding="utf-8", newline="\n")
    pointer.replace(models / CHAMPION)
    return folder
