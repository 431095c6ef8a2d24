"""How well each column alone tells the answer: one that tells it all is rarely honest."""

from sklearn.metrics import r2_score, roc_auc_score
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from app.columns import columns
from app.tasks import TaskName
from app.training.split import Parts
from app.training.table import Table


def scores_alone(table: Table, parts: Parts, task: TaskName) -> dict[str, float]:
    """Returns the AUC, or the R squared, of a small tree on each column, for the test rows.

    A tree, so that a leak is found that does not rise with the answer, sits in single codes, or in
    whether the value is missing at all.
    """
    found = {}
    decides = task == "classification"
    kind = DecisionTreeClassifier if decides else DecisionTreeRegressor
    for index, column in enumerate(columns()):
        values = table.inputs[:, [index]]
        tree = kind(max_leaf_nodes=64, min_samples_leaf=5, random_state=0)
        tree.fit(values[parts.train], table.target[parts.train])
        told, truth = values[parts.test], table.target[parts.test]
        score = (
            roc_auc_score(truth, tree.predict_proba(told)[:, 1])
            if decides
            else r2_score(truth, tree.predict(told))
        )
        found[column.name] = float(score)
    return found
