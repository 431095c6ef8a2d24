"""The whole training: read, split, fit, score, export, pass the gates, and only then write."""

import hashlib
import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from app import schema
from app.columns import columns, contract_hash
from app.metadata import Metadata, Scores
from app.project import Project
from app.registry import save
from app.service.errors import UserError
from app.service.version import current_commit
from app.settings import Settings
from app.training.candidates import BOOSTING, LINEAR, RULE, fit, rule_ranking, threads
from app.training.export import compare, to_onnx_bytes
from app.training.gates import check_parity, check_quality
from app.training.reference import reference_of
from app.training.scoring import Bools, Floats, score_decisions
from app.training.split import Mask, Parts, split_rows
from app.training.table import Table, read_table

PACKAGES = ("scikit-learn", "skl2onnx", "onnx", "onnxruntime", "numpy", "pandas", "pydantic")


@dataclass(frozen=True)
class Answers:
    """What one candidate says about every row: a ranking and a decision, each of shape (rows,)."""

    ranking: Floats
    decisions: Bools
    is_probability: bool = True

    def scores(self, table: Table, mask: Mask, project: Project) -> Scores:
        """Compares the answers with the truth on the rows of the mask."""
        return score_decisions(
            table.target[mask],
            self.ranking[mask],
            self.decisions[mask],
            project.costs,
            is_probability=self.is_probability,
        )


def _model_answers(model: Any, table: Table, project: Project) -> Answers:  # noqa: ANN401
    probabilities = model.predict_proba(table.inputs)[:, 1]
    return Answers(probabilities, probabilities >= project.costs.threshold)


def _rule_answers(table: Table, project: Project) -> Answers:
    column = table.frame[project.baseline.column]
    if not pd.api.types.is_numeric_dtype(column):
        raise UserError(
            f"[baseline] ranks by {column.name}, and that column holds text.",
            "Name a column of numbers that rises with the answer, in project.toml.",
        )
    values = column.to_numpy(dtype=np.float32)
    rule = project.baseline
    if rule.at_least is not None:
        ranking = rule_ranking(values)
        return Answers(ranking, ranking >= rule.at_least, is_probability=False)
    ranking = rule_ranking(-values)
    return Answers(ranking, ranking >= -(rule.at_most or 0), is_probability=False)


def _slices(
    answers: Answers, table: Table, parts: Parts, project: Project
) -> dict[str, dict[str, Scores]]:
    found: dict[str, dict[str, Scores]] = {}
    for name in project.data.slices:
        values = table.frame[name]
        found[name] = {}
        for value in sorted(values[parts.test].dropna().unique(), key=str):
            mask = parts.test & (values == value).to_numpy(dtype=np.bool_)
            if 0 < table.target[mask].sum() < mask.sum():  # a ranking needs both answers
                found[name][str(value)] = answers.scores(table, mask, project)
    return found


def _sha256(path: Path) -> str:
    # Line ends are the checkout's business, not a change of content.
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def train(project: Project, settings: Settings, say: Callable[[str], None] = print) -> Metadata:
    """Trains, checks and writes a model, and makes it the one to serve.

    Args:
        project: What `project.toml` says.
        settings: Where that file is and where the model goes.
        say: Gets a line per step.

    Raises:
        UserError: The data does not fit, or a gate failed; then nothing is written.
    """
    table = read_table(project)
    parts = split_rows(table, project)
    say(
        f"{project.data.path}: {len(table.frame)} rows; train {parts.train.sum()}, "
        f"test {parts.test.sum()}, of them {parts.unseen.sum()} "
        f"{'of an unseen ' + project.data.entity if project.data.entity else 'held out at random'}"
    )
    with threadpool_limits(threads(len(table.frame))):
        fitted = fit(table.inputs[parts.train], table.target[parts.train], project.split.seed)
        answers = {RULE: _rule_answers(table, project)} | {
            name: _model_answers(model, table, project) for name, model in fitted.items()
        }
    metrics = {
        part: {name: answer.scores(table, mask, project) for name, answer in answers.items()}
        for part, mask in (("test", parts.test), ("unseen", parts.unseen))
    }
    for line in describe(metrics):
        say(line)
    if metrics["unseen"][LINEAR].numbers["ap"] > metrics["unseen"][BOOSTING].numbers["ap"]:
        say("Served is boosting, but linear ranks the unseen rows better: look before you ship.")
    check_quality(metrics["unseen"][BOOSTING], metrics["unseen"][RULE], project.gates)

    onnx = to_onnx_bytes(fitted[BOOSTING], len(columns()))
    parity = compare(
        answers[BOOSTING].ranking[parts.test],
        onnx,
        table.inputs[parts.test],
        table.target[parts.test],
        project.gates.parity_tolerance,
    )
    check_parity(parity, project.gates)
    say(f"ONNX equals scikit-learn on {parity.share_within:.2%} of {parity.n} rows")

    metadata = Metadata(
        # Named by its content: the same data, code and packages give the same name anywhere.
        version=hashlib.sha256(onnx).hexdigest()[:12],
        created=datetime.now(UTC),
        task=project.data.task,
        kind=BOOSTING,
        target=project.data.target,
        features=tuple(column.name for column in columns()),
        threshold=project.threshold,
        contract_sha256=contract_hash(),
        data_sha256=table.sha256,
        schema_sha256=_sha256(Path(schema.__file__)),
        project_sha256=_sha256(settings.project_file),
        git_commit=current_commit(settings.project_file.resolve().parent),
        dirty=None,
        python=platform.python_version(),
        packages={name: version(name) for name in PACKAGES},
        train_rows=int(parts.train.sum()),
        metrics=metrics,
        slices=_slices(answers[BOOSTING], table, parts, project),
        parity=parity,
        calibration=None,
        reference={
            column.name: reference_of(table.inputs[parts.test][:, index], column)
            for index, column in enumerate(columns())
        },
        outputs=reference_of(answers[BOOSTING].ranking[parts.test], None),
    )
    say(f"model {metadata.version} -> {save(settings.models_dir, onnx, metadata)}")
    return metadata


def describe(metrics: dict[str, dict[str, Scores]]) -> list[str]:
    """Returns the scores as lines of a table."""
    lines = [f"{'':8} {'':9} {'AP':>6} {'AUC':>6} {'Brier':>6} {'cost/1000':>10} {'n':>6}"]
    for part, candidates in metrics.items():
        for name, scores in candidates.items():
            numbers = scores.numbers
            brier = f"{numbers['brier']:.3f}" if "brier" in numbers else "-"
            lines.append(
                f"{part:8} {name:9} {numbers['ap']:6.3f} {numbers['auc']:6.3f} {brier:>6} "
                f"{numbers['cost_per_1000']:10.0f} {scores.n:6}"
            )
    return lines
