"""The folder of trained models: one folder each, and a file that names the one to serve."""

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from app.columns import contract_hash
from app.service.errors import UserError

MODEL = "model.onnx"
METADATA = "metadata.json"
CHAMPION = "champion"
TRAIN = "Run `uv run app train`."


class Scores(BaseModel):
    """How well answers fit the truth on some rows.

    Attributes:
        n: Rows.
        positives: Rows whose true answer is yes.
        ap: Average precision; its floor is the share of positives.
        auc: Area under the ROC curve; 0.5 is chance.
        brier: Mean squared error of the probability; None for a rule that gives none.
        cost_per_1000: Cost of the wrong decisions on 1,000 rows, in the project's unit.
    """

    model_config = ConfigDict(frozen=True)

    n: int
    positives: int
    ap: float
    auc: float
    brier: float | None
    cost_per_1000: float


class Parity(BaseModel):
    """How far the exported model is from the trained one, on the test rows.

    Attributes:
        n: Rows compared.
        share_within: Share of rows whose probability differs by at most the tolerance.
        largest: Largest difference of a probability.
        ap_difference: Absolute difference in average precision.
    """

    model_config = ConfigDict(frozen=True)

    n: int
    share_within: float
    largest: float
    ap_difference: float


class Metadata(BaseModel):
    """All that is known about a trained model, written beside it."""

    model_config = ConfigDict(frozen=True)

    schema_version: int = 1
    version: str
    created: datetime
    task: str
    target: str
    features: tuple[str, ...]
    threshold: float
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
