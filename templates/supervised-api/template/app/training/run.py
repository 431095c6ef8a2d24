"""The whole training: read, split, fit, examine, pass the gates, export, and only then write."""

import hashlib
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from app import model_card, schema
from app.columns import columns, contract_hash
from app.metadata import Metadata
from app.project import Project
from app.registry import CHAMPION, Role, promote, save
from app.service.version import current_commit, has_changes
from app.settings import Settings
from app.tasks import TASKS
from app.training import gates
from app.training.answers import Answers, model_answers, rule_answers
from app.training.candidates import LINEAR, RULE, fit, threads
from app.training.describe import describe, describe_costs, describe_slices
from app.training.examine import Findings, examine
from app.training.export import Cases, compare, to_onnx_bytes
from app.training.leaks import scores_alone
from app.training.split import Parts, split_rows
from app.training.table import Table, other_answers, read_table

PACKAGES = ("scikit-learn", "skl2onnx", "onnx", "onnxruntime", "numpy", "pandas", "pydantic")
MOST_ANSWERS = 8  # that are listed
Say = Callable[[str], None]


def _sha256(path: Path) -> str:
    # Line ends are the checkout's business, not a change of content.
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _say_rows(table: Table, parts: Parts, project: Project, say: Say) -> None:
    entity = project.data.entity
    say(
        f"{project.data.path}: {len(table.frame)} rows; train {parts.train.sum()}, "
        f"test {parts.test.sum()}, of them {parts.unseen.sum()} "
        f"{'of an unseen ' + entity if entity else 'held out at random'}"
    )
    if project.data.task == "classification":
        others = other_answers(table.frame, project)
        more = ", ..." if len(others) > MOST_ANSWERS else ""
        say(
            f"{project.data.target}: {project.data.positive!r} counts as yes, "
            f"{', '.join(others[:MOST_ANSWERS])}{more} as no"
        )


def _fitted(
    table: Table, parts: Parts, project: Project
) -> tuple[dict[str, Any], dict[str, Answers]]:
    """Returns the trained models, and the answers of all candidates, by name."""
    rule = rule_answers(table, parts.train, project)  # first: it may be refused
    rows, truth = table.inputs[parts.train], table.target[parts.train]
    with threadpool_limits(threads(len(table.frame))):
        models = fit(rows, truth, project.data.task, project.split.seed)
        answers = {name: model_answers(model, table, project) for name, model in models.items()}
    return models, {RULE: rule} | answers


def _judge(findings: Findings, kind: str, project: Project) -> None:
    unseen, task = findings.metrics["unseen"], project.data.task
    gates.check_quality(unseen[kind], unseen[RULE], project.gates, task)
    if findings.calibration is not None:
        gates.check_calibration(findings.calibration, project.gates)
    gates.check_slices(findings.slices, findings.rule_slices, project.gates, task)


def _say_findings(findings: Findings, kind: str, project: Project, say: Say) -> None:
    task = project.data.task
    for line in (*describe(findings.metrics, task), *describe_slices(findings, task)):
        say(line)
    if findings.costs is not None and findings.calibration is not None:
        say(describe_costs(findings.costs, project.costs.threshold))
        say(
            f"probabilities are off by {findings.calibration.error:.3f} on average; a perfect "
            f"model of this size by up to {findings.calibration.by_chance:.3f}"
        )
    unseen, primary = findings.metrics["unseen"], TASKS[task].primary
    ours, linear = unseen[kind].numbers[primary], unseen[LINEAR].numbers[primary]
    if TASKS[task].gain(linear, ours) > 0:
        say(
            f"The served model is {kind}, but linear is better on the unseen rows. If that is "
            'enough for you: serve = "linear" under [model] in project.toml, and train again.'
        )


def train(
    project: Project,
    settings: Settings,
    say: Say = print,
    kind: str | None = None,
    role: Role | None = CHAMPION,
) -> Metadata:
    """Trains, checks and writes a model, and makes it the one to serve.

    Args:
        project: What `project.toml` says.
        settings: Where that file is and where the model goes.
        say: Gets a line per step.
        kind: Which candidate is exported; None for the one that `project.toml` names.
        role: What the model becomes; None only keeps it.

    Raises:
        UserError: The data does not fit, or a gate failed; then nothing is written.
    """
    kind, task = kind or project.model.serve, project.data.task
    table = read_table(project)
    parts = split_rows(table, project)
    _say_rows(table, parts, project, say)
    alone = scores_alone(table, parts, task)
    gates.check_leaks(alone, project.gates, task)
    models, answers = _fitted(table, parts, project)
    findings = examine(answers, kind, table, parts, project)
    _say_findings(findings, kind, project, say)
    _judge(findings, kind, project)

    onnx = to_onnx_bytes(models[kind], len(columns()))
    test = parts.test
    parity = compare(
        Cases(table.inputs[test], table.target[test], answers[kind].outputs[test]),
        onnx,
        task,
        project.gates.parity_tolerance,
    )
    gates.check_parity(parity, project.gates, task)
    say(f"ONNX equals scikit-learn on {parity.share_within:.2%} of {parity.n} rows")

    folder = settings.project_file.resolve().parent
    inputs = (project.data.path, settings.project_file)
    metadata = Metadata(
        # Named by its content: the same data, code and packages give the same name anywhere.
        version=hashlib.sha256(onnx).hexdigest()[:12],
        model_sha256=hashlib.sha256(onnx).hexdigest(),
        created=datetime.now(UTC),
        task=task,
        kind=kind,
        target=project.data.target,
        features=tuple(column.name for column in columns()),
        threshold=project.threshold,
        contract_sha256=contract_hash(),
        data_sha256=table.sha256,
        schema_sha256=_sha256(Path(schema.__file__)),
        project_sha256=_sha256(settings.project_file),
        git_commit=current_commit(folder),
        dirty=has_changes(folder, "app", *(file.resolve() for file in inputs)),
        python=platform.python_version(),
        packages={name: version(name) for name in PACKAGES},
        train_rows=int(parts.train.sum()),
        alone=alone,
        parity=parity,
        **vars(findings),
    )
    written = save(settings.models_dir, onnx, metadata, None)
    model_card.write(written, metadata, project)
    if role is not None:
        promote(settings.models_dir, metadata.version, role)
    say(f"model {metadata.version} -> {written}{f', the {role}' if role else ''}")
    return metadata
