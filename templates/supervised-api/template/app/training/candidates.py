"""The three that compete: the rule people use now, a linear model, and gradient boosting."""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from app.columns import columns

RULE, LINEAR, BOOSTING = "rule", "linear", "boosting"
MANY_ROWS = 200_000


def linear(seed: int) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """Returns an untrained logistic regression: what a complicated model has to beat."""
    texts = [index for index, column in enumerate(columns()) if column.kind == "category"]
    others = [index for index, column in enumerate(columns()) if column.kind != "category"]
    prepare = ColumnTransformer(
        [
            (
                "texts",
                make_pipeline(
                    SimpleImputer(strategy="most_frequent", keep_empty_features=True),
                    OneHotEncoder(handle_unknown="ignore"),
                ),
                texts,
            ),
            (
                "others",
                make_pipeline(
                    SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
                    StandardScaler(),
                ),
                others,
            ),
        ]
    )
    return make_pipeline(prepare, LogisticRegression(max_iter=1000, random_state=seed))


def boosting(seed: int) -> Any:  # noqa: ANN401 - as above
    """Returns an untrained gradient boosting of trees: the model we ship.

    It takes missing values as they are and categories as codes. Never give it
    `categorical_features`: the export to ONNX then runs without an error and is wrong. Slow
    learning with small trees, as the defaults overfit tables of this size.
    """
    return HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=150,
        max_leaf_nodes=15,
        min_samples_leaf=40,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )


def fit(rows: npt.NDArray[np.float32], truth: npt.NDArray[np.bool_], seed: int) -> dict[str, Any]:
    """Returns both models by name, trained.

    Args:
        rows: Shape (n, columns).
        truth: Shape (n,).
        seed: For whatever is random in them.
    """
    models = {LINEAR: linear(seed), BOOSTING: boosting(seed)}
    return {name: model.fit(rows, truth) for name, model in models.items()}


def threads(rows: int) -> int | None:
    """Returns how many threads are worth their waiting for each other; None for all there are."""
    return 1 if rows < MANY_ROWS else None


def rule_ranking(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Returns the rule as a ranking, which is fairer to it than its yes or no.

    Args:
        values: The rule's column, NaN where missing; who is unknown ranks last.
    """
    ranking: npt.NDArray[np.float64] = np.nan_to_num(values.astype(np.float64), nan=-np.inf)
    return np.clip(ranking, -1e30, None)
