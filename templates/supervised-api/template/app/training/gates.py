"""What a trained model must show before it is written."""

import json
import math

from app.metadata import Calibration, Parity, Scores
from app.project import Gates
from app.service.errors import UserError
from app.tasks import TASKS, TaskName
from app.training.examine import Metrics


def check_leaks(alone: dict[str, float], gates: Gates, task: TaskName) -> None:
    """Demands that no column alone tells the answer: it was probably known only afterwards.

    Raises:
        UserError: One does, and `not_leaks` does not vouch for it.
    """
    suspects = {
        name: score
        for name, score in alone.items()
        if score >= gates.leak and name not in gates.not_leaks
    }
    if suspects:
        measure = "AUC" if task == "classification" else "R squared"
        vouched = json.dumps([*gates.not_leaks, *suspects])
        listed = ", ".join(f"{name} ({score:.3f})" for name, score in suspects.items())
        raise UserError(
            f"Gate `leak` failed: alone, {listed} tells the answer on the test rows with "
            f"{measure} of {gates.leak:g} or more.",
            "Is it known at the moment of the prediction? If not, remove it from app/schema.py. "
            f"If you are sure that it is: [gates] not_leaks = {vouched} in project.toml.",
        )


def check_quality(model: Scores, rule: Scores, gates: Gates, task: TaskName) -> None:
    """Demands that the model is better than the rule on unseen entities, by the stated margin.

    Raises:
        UserError: It is not.
    """
    primary, title = TASKS[task].primary, TASKS[task].titles[TASKS[task].primary]
    ours, theirs = model.numbers[primary], rule.numbers[primary]
    gain = TASKS[task].gain(ours, theirs)
    if gain < gates.gain_over_baseline:
        raise UserError(
            f"Gate `gain_over_baseline` failed: on {model.n} unseen rows the model's "
            f"{title} is {ours:.3f} and the rule's {theirs:.3f}; the gain of {gain:+.3f} is below "
            f"{gates.gain_over_baseline:g}.",
            "Look at the features and at [baseline] in project.toml. If no model is worth more "
            "than the rule, ship the rule.",
        )


def check_calibration(calibration: Calibration, gates: Gates) -> None:
    """Demands that probabilities come true, as far as a table of this size can tell.

    What is allowed is the larger of `calibration_error` and what chance explains.

    Raises:
        UserError: They are off by more.
    """
    if calibration.error > max(gates.calibration_error, calibration.by_chance):
        worst = max(calibration.bins, key=lambda bin_: abs(bin_.predicted - bin_.observed))
        n = sum(bin_.n for bin_ in calibration.bins)
        raise UserError(
            f"Gate `calibration` failed: on {n} test rows probabilities are off by "
            f"{calibration.error:.3f} on average; {gates.calibration_error:g} is allowed, or what "
            f"chance explains if that is more: {calibration.by_chance:.3f}. The worst are "
            f"{worst.n} cases that were told {worst.predicted:.1%}: it came true for "
            f"{worst.observed:.1%}.",
            "Was the answer as frequent in the training rows as in the test rows? Look at [split] "
            "in project.toml, and at class weights or resampling in app/training/candidates.py. "
            f"It may also be that {n} test rows are too few: test on more. Another `seed` is no "
            "cure, as it changes the luck and not the model.",
        )


def check_slices(slices: Metrics, rule_slices: Metrics, gates: Gates, task: TaskName) -> None:
    """Demands that the model is worse than the rule for none of the slices that are large enough.

    Raises:
        UserError: It is for some; all of them are named.
    """
    primary = TASKS[task].primary
    failed = []
    for column, values in slices.items():
        for value, model in values.items():
            rule = rule_slices[column][value]
            if not model.numbers:
                continue
            ours, theirs = model.numbers[primary], rule.numbers[primary]
            if TASKS[task].gain(ours, theirs) < -gates.slice_loss:
                failed.append(f"{column} {value} (n={model.n}): {ours:.3f}, rule {theirs:.3f}")
    if failed:
        raise UserError(
            f"Gate `slices` failed: {TASKS[task].titles[primary]} is worse than the rule's by more "
            f"than {gates.slice_loss:g} for {'; '.join(failed)}.",
            "Look at these rows: how many train, what is missing, whether the target means the "
            "same there. Serve the rule for them, or say why the loss is acceptable in slice_loss.",
        )


def check_parity(parity: Parity, gates: Gates, task: TaskName) -> None:
    """Demands that the exported model answers like the trained one.

    Raises:
        UserError: It does not.
    """
    # Rounded up: of fewer than a hundred rows, too, one may lie on a border.
    allowed = math.ceil(round((1 - gates.parity_share) * parity.n, 9))
    outside = round((1 - parity.share_within) * parity.n)
    if outside > allowed or parity.metric_difference > gates.parity_metric:
        unit = " standard deviations" if task == "regression" else ""
        raise UserError(
            f"Gate `parity` failed: on {outside} of {parity.n} test rows the ONNX model differs by "
            f"more than {gates.parity_tolerance:g}{unit} (at most {allowed} rows may), by up to "
            f"{parity.largest:.3g}, and its {TASKS[task].titles[TASKS[task].primary]} by "
            f"{parity.metric_difference:.4f}{unit} (at most {gates.parity_metric:g}).",
            "Look at app/training/candidates.py for a step that ONNX does not support, such as "
            "native categorical features.",
        )
