"""The models that compete with the rule: a linear one, and gradient boosting."""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Binarizer, OneHotEncoder, StandardScaler

from app.columns import columns
from app.tasks import TaskName

RULE, LINEAR, BOOSTING = "rule", "linear", "boosting"
MANY_ROWS = 200_000
NO_CODE = -1.0  # of a category: codes begin with 0
FAR = 1e30  # larger than any value that a 32-bit model is asked about


def _filled(value: float) -> SimpleImputer:
    return SimpleImputer(strategy="constant", fill_value=value, keep_empty_features=True)


def linear(task: TaskName, seed: int) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """Returns an untrained logistic or ridge regression: what a complicated model has to beat.

    Every step has a converter to ONNX. `SimpleImputer(add_indicator=True)` has none, so that a
    missing number is filled with one far away, and whatever is far away becomes 1.
    """
    kinds = list(enumerate(columns()))
    texts = [index for index, column in kinds if column.kind == "category"]
    numbers = [index for index, column in kinds if column.kind != "category"]
    optional = [index for index in numbers if columns()[index].optional]
    codes = [np.arange(NO_CODE, len(columns()[index].categories)) for index in texts]
    one_hot = OneHotEncoder(categories=codes, handle_unknown="ignore", sparse_output=False)
    median = SimpleImputer(strategy="median", keep_empty_features=True)
    parts = [
        ("texts", make_pipeline(_filled(NO_CODE), one_hot), texts),
        ("numbers", make_pipeline(median, StandardScaler()), numbers),
        ("missing", make_pipeline(_filled(FAR), Binarizer(threshold=FAR / 2)), optional),
    ]
    prepare = ColumnTransformer([part for part in parts if part[2]])
    if task == "regression":
        return make_pipeline(prepare, Ridge(random_state=seed))
    return make_pipeline(prepare, LogisticRegression(max_iter=1000, random_state=seed))


def boosting(task: TaskName, seed: int) -> Any:  # noqa: ANN401 - as above
    """Returns an untrained gradient boosting of trees; values of a regression are means.

    It takes missing values as they are and categories as codes. Never give it
    `categorical_features`: the export to ONNX then runs without an error and is wrong. Slow
    learning with small trees, as the defaults overfit tables of this size.
    """
    common = {
        "learning_rate": 0.05,
        "max_iter": 150,
        "max_leaf_nodes": 15,
        "min_samples_leaf": 40,
        "l2_regularization": 1.0,
        "early_stopping": False,
        "random_state": seed,
    }
    if task == "regression":
        return HistGradientBoostingRegressor(**common)
    return HistGradientBoostingClassifier(**common)


def fit(
    rows: npt.NDArray[np.float32], truth: npt.NDArray[np.float64], task: TaskName, seed: int
) -> dict[str, Any]:
    """Returns both models by name, trained.

    Args:
        rows: Shape (n, columns).
        truth: Shape (n,), 1 and 0 for yes and no, or values.
        task: What they learn.
        seed: For whatever is random in them.
    """
    models = {LINEAR: linear(task, seed), BOOSTING: boosting(task, seed)}
    return {name: model.fit(rows, truth) for name, model in models.items()}


def threads(rows: int) -> int | None:
    """Returns how many threads are worth their waiting for each other; None for all there are."""
    return 1 if rows < MANY_ROWS else None
