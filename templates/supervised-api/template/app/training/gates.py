"""What a trained model must show before it is written."""

from app.metadata import Parity, Scores
from app.project import Gates
from app.service.errors import UserError


def check_quality(model: Scores, rule: Scores, gates: Gates) -> None:
    """Demands that the model ranks unseen entities better than the rule, by the stated margin.

    Raises:
        UserError: It does not.
    """
    ours, theirs = model.numbers["ap"], rule.numbers["ap"]
    gain = ours - theirs
    if gain < gates.gain_over_baseline:
        raise UserError(
            f"Gate `gain_over_baseline` failed: on {model.n} rows of unseen entities the model's "
            f"average precision is {ours:.3f} and the rule's {theirs:.3f}; the gain of "
            f"{gain:+.3f} is below {gates.gain_over_baseline:g}.",
            "Look at the features and at [baseline] in project.toml. If no model is worth more "
            "than the rule, ship the rule.",
        )


def check_parity(parity: Parity, gates: Gates) -> None:
    """Demands that the exported model answers like the trained one.

    Raises:
        UserError: It does not.
    """
    if parity.share_within < gates.parity_share or parity.metric_difference > gates.parity_metric:
        raise UserError(
            f"Gate `parity` failed: on {parity.n} test rows the ONNX model is within "
            f"{gates.parity_tolerance:g} on {parity.share_within:.2%} (at least "
            f"{gates.parity_share:.2%} is needed), differs by up to {parity.largest:.3g}, and its "
            f"average precision by {parity.metric_difference:.4f} (at most "
            f"{gates.parity_metric:g}).",
            "Look at app/training/candidates.py for a step that ONNX does not support, such as "
            "native categorical features.",
        )
