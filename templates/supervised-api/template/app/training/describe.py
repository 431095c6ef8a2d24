"""What training found, as lines for the terminal."""

from app.metadata import CostCheck, Scores
from app.tasks import TASKS, TaskName
from app.training.examine import Findings, Metrics

SHORT = {"ap": "AP", "auc": "AUC", "brier": "Brier", "cost_per_1000": "cost/1000"}
SHORT |= {"mae": "MAE", "rmse": "RMSE", "r2": "R2"}


def _number(scores: Scores, name: str) -> str:
    if name not in scores.numbers:
        return f"{'-':>10}"
    value = scores.numbers[name]
    return f"{value:10.0f}" if name == "cost_per_1000" else f"{value:10.4g}"


def describe(metrics: Metrics, task: TaskName) -> list[str]:
    """Returns the scores of every candidate as lines of a table."""
    names = TASKS[task].titles
    lines = [f"{'':8} {'':9}" + "".join(f"{SHORT[name]:>10}" for name in names) + f"{'n':>7}"]
    for part, candidates in metrics.items():
        if part != "test" and candidates == metrics.get("test"):
            continue  # the split is not in time: the same rows again
        for candidate, scores in candidates.items():
            numbers = "".join(_number(scores, name) for name in names)
            lines.append(f"{part:8} {candidate:9}{numbers}{scores.n:7}")
    return lines


def describe_slices(findings: Findings, task: TaskName) -> list[str]:
    """Returns a line for each slice: the model beside the rule."""
    primary = TASKS[task].primary
    lines = [f"{'slice of the test rows':28}{SHORT[primary]:>10}{'rule':>10}{'n':>7}"]
    for column, values in findings.slices.items():
        for value, scores in values.items():
            name = f"{column} {value}"
            rule = findings.rule_slices[column][value]
            if scores.numbers:
                numbers = f"{_number(scores, primary)}{_number(rule, primary)}"
            else:
                numbers = f"{'too few':>20}"
            lines.append(f"{name:28}{numbers}{scores.n:7}")
    return lines if len(lines) > 1 else []


def describe_costs(costs: CostCheck, threshold: float) -> str:
    """Returns what the stated costs come to, beside other thresholds."""
    return (
        f"cost per 1,000 cases: {costs.served:.0f} with the threshold {threshold:.3f} that follows "
        f"from the costs; never yes {costs.never:.0f}, always yes {costs.always:.0f}\n"
        f"  cheapest on these very rows: {costs.cheapest:.0f} with {costs.cheapest_threshold:.3f}; "
        "a check, not a choice: it was found on the rows that judge it"
    )
