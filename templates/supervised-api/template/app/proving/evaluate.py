"""`app evaluate`: the served model beside the rule, on rows that it never learned from."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from app.evidence.intervals import SEED
from app.evidence.report import Json, as_lines, describe, differences, read_report, write_report
from app.numbers import Outcomes
from app.predictor import Predictor, load, load_champion
from app.project import Project, Split, read_project
from app.proving.evaluation import CHAMPION, Evaluation
from app.registry import challenger_folder
from app.service.errors import UserError
from app.service.version import read_template_facts
from app.settings import Settings
from app.tasks import TASKS
from app.training import gates
from app.training.answers import Answers, rule_answers
from app.training.candidates import RULE
from app.training.examine import examine
from app.training.split import Parts, is_held_out, split_rows
from app.training.table import Table, read_table

Said = dict[str, Answers]
FILE = "evaluation.json"
CHALLENGER, BASELINE = "challenger", "baseline"
MOST_ROWS = 40_000  # about; more would make a report that nobody wants in a repository
# Every table that a release of the starter brought.
DEMO_DATA = {"9581c89ad054d79cfc336a1b6d1f370f7fc2b3280ac57b143147d937a2e7ee72"}
SERVED = {
    "classification": ("ap", "auc", "brier", "cost_per_1000", "calibration_error"),
    "regression": ("mae", "rmse", "r2"),
}
COMPARED = {"classification": ("ap", "auc", "cost_per_1000"), "regression": ("mae", "rmse", "r2")}


def ask(project: Project, table: Table, parts: Parts, models: dict[str, Predictor]) -> Said:
    """Asks every candidate about every row; the rule is one of them.

    Raises:
        UserError: The rule's column holds text.
    """
    said: Said = {}
    for role, model in models.items():
        outputs = model.outputs(table.inputs).astype(np.float64)
        threshold = model.metadata.threshold
        said[role] = Answers(outputs, None if threshold is None else outputs >= threshold)
    return said | {BASELINE: rule_answers(table, parts.train, project)}


def keep(
    project: Project, table: Table, parts: Parts, said: Said, threshold: float | None
) -> Evaluation:
    """Returns what the report keeps: the test rows, or of very many a fixed part.

    Args:
        project: What `project.toml` says.
        table: All rows.
        parts: Which of them test.
        said: What every candidate says about all rows.
        threshold: From which the champion says "yes"; None in a regression.
    """
    rows = np.flatnonzero(parts.test)
    entity = project.data.entity
    units = table.frame[entity].iloc[rows] if entity else rows + 2  # line 1 is the header
    names = [str(unit) for unit in units]
    if len(rows) > MOST_ROWS:
        # Whole units, by a hash of their name, so that it is the same choice next time.
        # Named otherwise than in the split, or mostly the unseen would be kept.
        share = Split(unseen_share=MOST_ROWS / len(rows), seed=SEED)
        kept = np.array([is_held_out(f"report {name}", share) for name in names])
        rows, names = (
            rows[kept],
            [name for name, is_kept in zip(names, kept, strict=True) if is_kept],
        )
    truth = table.target[rows]
    no_decision = np.zeros(len(table.frame), dtype=np.bool_)

    def outcomes(answers: Answers) -> Outcomes:
        decisions = no_decision if answers.decisions is None else answers.decisions
        return Outcomes(
            project.data.task, truth, answers.outputs[rows], decisions[rows], project.costs
        )

    return Evaluation(
        project=project,
        threshold=threshold,
        ids=[f"{n}/{row + 2}" if entity else n for n, row in zip(names, rows, strict=True)],
        units=names,
        unseen=parts.unseen[rows],
        answers={who: outcomes(answers) for who, answers in said.items()},
        slices={
            column: [str(v) if pd.notna(v) else None for v in table.frame[column].iloc[rows]]
            for column in project.data.slices
        },
    )


def _slice(evaluation: Evaluation, where: Json, name: str) -> Json:
    measured = evaluation.measure([name], CHAMPION, where)
    difference = evaluation.measure([name], CHAMPION, where, minus=BASELINE)
    return measured | {"difference": difference[name]}


def measure(evaluation: Evaluation) -> Json:
    """Returns every number of the report."""
    project = evaluation.project
    task, kind = TASKS[project.data.task], project.data.task
    unseen: Json = {"/unseen": True}
    content: Json = {
        CHAMPION: evaluation.measure(SERVED[kind], CHAMPION, unseen),
        BASELINE: evaluation.measure(COMPARED[kind], BASELINE, unseen),
        "difference": evaluation.measure(COMPARED[kind], CHAMPION, unseen, minus=BASELINE),
        "slices": {
            column: {
                value: _slice(evaluation, {f"/slices/{column}": value}, task.primary)
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
    if evaluation.threshold is not None:
        cheapest = evaluation.measure(["cheapest_threshold"], CHAMPION, unseen)
        content["threshold"] = {"served": evaluation.threshold, "cheapest": cheapest.popitem()[1]}
    # By what it is better than the rule: average precision itself falls where "yes" is rare.
    ranked = [
        (task.gain(found["difference"]["value"], 0), column, value)
        for column, values in content["slices"].items()
        for value, found in values.items()
        if found["difference"]["value"] is not None
        and found[task.primary]["n"] >= project.gates.slice_rows
    ]
    if ranked:
        _, column, value = min(ranked)
        content["worst_slice"] = {
            "slice": f"{column}={value}",
            **content["slices"][column][value],
        }
    return content


def check_gates(project: Project, table: Table, parts: Parts, said: Said) -> None:
    """Holds the served model against the gates that training has, on the same rows.

    Raises:
        UserError: One does not hold.
    """
    named = {CHAMPION: said[CHAMPION], RULE: said[BASELINE]}
    findings, task = examine(named, CHAMPION, table, parts, project), project.data.task
    unseen = findings.metrics["unseen"]
    gates.check_quality(unseen[CHAMPION], unseen[RULE], project.gates, task)
    if findings.calibration is not None:
        gates.check_calibration(findings.calibration, project.gates)
    gates.check_slices(findings.slices, findings.rule_slices, project.gates, task)


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
    parts = split_rows(table, project)
    said = ask(project, table, parts, models)
    evaluation = keep(project, table, parts, said, models[CHAMPION].metadata.threshold)
    demo_data = table.sha256 in DEMO_DATA
    template = read_template_facts(settings.answers_file)
    content = describe("evaluation", folder, template, demo_data=demo_data)
    content["inputs"] |= {"model": models[CHAMPION].metadata.version, "data_sha256": table.sha256}
    content |= measure(evaluation)
    for line in as_lines(content):
        say(line)
    if "worst_slice" in content:
        say(f"It gains least over the rule where {content['worst_slice']['slice']}.")
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
    check_gates(project, table, parts, said)
