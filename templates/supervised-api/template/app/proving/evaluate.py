"""`app evaluate`: the served model beside the rule, on rows that it never learned from."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.evidence.intervals import SEED
from app.evidence.report import Json, as_lines, describe, differences, read_report, write_report
from app.predictor import Predictor, load, load_champion
from app.project import Project, Split, read_project
from app.proving.evaluation import CHAMPION, Evaluation
from app.proving.numbers import Answers, Floats
from app.registry import challenger_folder
from app.service.errors import UserError
from app.service.version import read_template_facts
from app.settings import Settings
from app.tasks import TASKS
from app.training.split import is_held_out, split_rows
from app.training.table import Table, read_table

FILE = "evaluation.json"
CHALLENGER, BASELINE = "challenger", "baseline"
MOST_ROWS = 40_000  # about; more would make a report that nobody wants in a repository
# Every table that a release of the starter brought.
DEMO_DATA = {"9581c89ad054d79cfc336a1b6d1f370f7fc2b3280ac57b143147d937a2e7ee72"}
SERVED = {
    "classification": ("ap", "auc", "brier", "cost_per_1000", "calibration_error"),
    "regression": ("mae", "rmse", "r2"),
}
RULE = {"classification": ("ap", "auc", "cost_per_1000"), "regression": ("mae", "rmse", "r2")}


def _rule(
    project: Project, table: Table, train: npt.NDArray[np.bool_], rows: npt.NDArray[np.intp]
) -> tuple[Floats, float | None]:
    """Returns what the rule says about the rows, and from which value on it decides "yes"."""
    rule = project.baseline
    if project.data.task == "classification":
        sign = 1 if rule.at_least is not None else -1
        ranking = sign * table.frame[rule.column].to_numpy(np.float64)[rows]
        limit = rule.at_least if rule.at_least is not None else -(rule.at_most or 0)
        return np.clip(np.nan_to_num(ranking, nan=-np.inf), -1e30, None), limit
    usual = float(np.median(table.target[train]))
    if rule.column is None:
        return np.full(len(rows), usual), None
    return np.nan_to_num(table.frame[rule.column].to_numpy(np.float64)[rows], nan=usual), None


def ask(project: Project, table: Table, models: dict[str, Predictor]) -> Evaluation:
    """Asks every candidate about the test rows."""
    parts = split_rows(table, project)
    rows = np.flatnonzero(parts.test)
    lines = [str(row + 2) for row in rows]  # line 1 is the header
    units = lines
    if project.data.entity:
        units = [str(entity) for entity in table.frame[project.data.entity].iloc[rows]]
    # Whole units, by a hash of their name, so that it is the same choice next time.
    share = Split(unseen_share=min(0.999, MOST_ROWS / len(rows)), seed=SEED)
    kept = [i for i, unit in enumerate(units) if len(rows) <= MOST_ROWS or is_held_out(unit, share)]
    rows, units, lines = rows[kept], [units[i] for i in kept], [lines[i] for i in kept]
    truth = table.target[rows].astype(np.float64)

    def answers(outputs: npt.NDArray[np.float64], limit: float | None) -> Answers:
        decisions = outputs >= (np.inf if limit is None else limit)
        return Answers(project.data.task, truth, outputs, decisions, project.costs)

    found = {
        role: answers(model.outputs(table.inputs[rows]).astype(np.float64), project.threshold)
        for role, model in models.items()
    }
    return Evaluation(
        project=project,
        ids=list(map("/".join, zip(units, lines, strict=True))) if project.data.entity else lines,
        units=units,
        unseen=parts.unseen[rows],
        answers=found | {BASELINE: answers(*_rule(project, table, parts.train, rows))},
        slices={
            column: [str(v) if pd.notna(v) else None for v in table.frame[column].iloc[rows]]
            for column in project.data.slices
        },
    )


def measure(evaluation: Evaluation) -> Json:
    """Returns every number of the report."""
    project = evaluation.project
    task, kind = TASKS[project.data.task], project.data.task
    unseen: Json = {"/unseen": True}
    content: Json = {
        CHAMPION: evaluation.measure(SERVED[kind], CHAMPION, unseen),
        BASELINE: evaluation.measure(RULE[kind], BASELINE, unseen),
        "difference": evaluation.measure(RULE[kind], CHAMPION, unseen, minus=BASELINE),
        "slices": {
            column: {
                value: evaluation.measure([task.primary], CHAMPION, {f"/slices/{column}": value})
                for value in sorted({value for value in values if value is not None})
            }
            for column, values in evaluation.slices.items()
        },
        "examples": evaluation.examples(),
    }
    if CHALLENGER in evaluation.answers:
        content[CHALLENGER] = evaluation.measure(SERVED[kind], CHALLENGER, unseen)
        against = evaluation.measure(SERVED[kind], CHALLENGER, unseen, minus=CHAMPION)
        content["challenger_difference"] = against
    if project.threshold is not None:
        cheapest = evaluation.measure(["cheapest_threshold"], CHAMPION, unseen)
        content["threshold"] = {"served": project.threshold, "cheapest": cheapest.popitem()[1]}
    ranked = [
        (task.gain(found[task.primary]["value"], 0), column, value)
        for column, values in content["slices"].items()
        for value, found in values.items()
        if found[task.primary]["value"] is not None
        and found[task.primary]["n"] >= project.gates.slice_rows
    ]
    if ranked:
        _, column, value = min(ranked)
        content["worst_slice"] = {
            "slice": f"{column}={value}",
            task.primary: content["slices"][column][value][task.primary],
        }
    return content


def broken_gates(content: Json, project: Project) -> list[str]:
    """Returns the gates of `project.toml` that do not hold on these rows."""
    name, gates = TASKS[project.data.task].primary, project.gates
    gain = TASKS[project.data.task].gain(content["difference"][name]["value"], 0)
    broken = []
    if gain < gates.gain_over_baseline:
        broken.append(f"gain_over_baseline: {gain:.4f}, below {gates.gain_over_baseline:g}")
    error = content[CHAMPION].get("calibration_error")
    if error and error["value"] > gates.calibration_error:
        broken.append(f"calibration_error: {error['value']:.4f}, above {gates.calibration_error:g}")
    return broken


def evaluate(settings: Settings, say: Callable[[str], None] = print, *, check: bool) -> None:
    """Measures, and writes `evaluation.json` with its rows; or compares with the one that is there.

    Raises:
        UserError: A gate does not hold; or `check`, and a number differs from the report.
    """
    project = read_project(settings.project_file)
    folder = settings.project_file.resolve().parent
    models = {CHAMPION: load_champion(settings.models_dir)}
    if challenger := challenger_folder(settings.models_dir):
        models[CHALLENGER] = load(challenger)
    table = read_table(project)
    evaluation = ask(project, table, models)
    demo_data = table.sha256 in DEMO_DATA
    template = read_template_facts(settings.answers_file)
    content = describe("evaluation", folder, template, demo_data=demo_data)
    content["inputs"] |= {"model": models[CHAMPION].metadata.version, "data_sha256": table.sha256}
    content |= measure(evaluation)
    for line in as_lines(content):
        say(line)
    file = settings.reports_dir / FILE
    if check:
        before = read_report(file)
        before.pop("rows", None)
        found = list(differences(before, content))
        if found:
            raise UserError(
                f"{file} differs from what was measured now: " + "; ".join(found),
                "Commit the code, then `uv run app evaluate` and `uv run app report`.",
            )
    else:
        write_report(file, content, evaluation.rows())
        say(f"{file} is written{', from the demo data' if demo_data else ''}.")
        if content["inputs"]["dirty"]:
            say("It is marked dirty: commit app/, data/ and project.toml first, then measure.")
    if broken := broken_gates(content, project):
        raise UserError(
            "Gates of project.toml are broken: " + "; ".join(broken), "Train again, or say why."
        )
