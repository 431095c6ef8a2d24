"""What the numbers must show for `app evaluate` to end with 0.

Floors are absolute. Against the baseline, which is the last state that somebody accepted, a drop
counts when it is larger than allowed and larger than chance: few questions change places by luck.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.evidence.intervals import SEED, percentile_interval
from app.evidence.report import Json
from app.project import Gates
from app.proving.evaluation import GOLDEN, draws, selected
from app.proving.golden import Question
from app.proving.measures import MEASURES
from app.service.errors import UserError

COMPARED = ("recall_at_5", "ndcg_at_10")
SCHEMA = 1
MOST_NAMED = 8
FEWEST = 20  # with fewer questions in common, chance explains any drop


@dataclass(frozen=True)
class Comparison:
    """The questions that stand in the baseline as they are now.

    Attributes:
        before: By id: measures and places of the accepted state.
        now: Likewise, as measured now.
        left_out: How many questions are new, changed, or gone.
    """

    before: Mapping[str, Json]
    now: Mapping[str, Json]
    left_out: int


def results(rows: Sequence[Json], served: str, questions: Sequence[Question]) -> dict[str, Json]:
    """Returns what a baseline keeps of each golden question.

    Args:
        rows: Of the report.
        served: The way of searching that `project.toml` names.
        questions: The golden ones; question and labels are kept, as only equal ones compare.
    """
    asked = {one.id: one for one in questions}
    found = {}
    for row in selected(rows, {"/set": GOLDEN}):
        question = asked[row["id"]]
        labels = sorted(f"{section.source} > {section.heading}" for section in question.relevant)
        found[row["id"]] = {
            "question": question.question,
            "relevant": labels,
            "places": row["places"][served],
            **{measure: row[measure][served] for measure in COMPARED},
        }
    return found


def write_baseline(file: Path, served: Mapping[str, Any], now: Mapping[str, Json]) -> None:
    """Writes the state that later ones are held against; one line a question, for reviews.

    Args:
        file: Of the baseline.
        served: With what it was measured, for people.
        now: By id, as `results` gives them.
    """
    lines = ",\n".join(
        f"    {json.dumps(name)}: {json.dumps(one, ensure_ascii=False, sort_keys=True)}"
        for name, one in now.items()
    )
    head = json.dumps(dict(served), ensure_ascii=False, sort_keys=True)
    text = f'{{\n  "schema": {SCHEMA},\n  "served": {head},\n  "questions": {{\n{lines}\n  }}\n}}\n'
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")


def compare(file: Path, now: Mapping[str, Json]) -> Comparison | None:
    """Reads the baseline; None where there is none.

    Raises:
        UserError: It is not as we write it.
    """
    if not file.exists():
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["schema"] != SCHEMA:
            raise ValueError("another schema")
        accepted: dict[str, Json] = content["questions"]
        same = [
            name
            for name, one in now.items()
            if name in accepted
            and all(accepted[name][key] == one[key] for key in ("question", "relevant"))
        ]
        before = {
            name: {key: accepted[name][key] for key in ("places", *COMPARED)} for name in same
        }
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{file} can't be read as a baseline: {error!r}.",
            "`uv run app evaluate --accept` writes a new one.",
        ) from error
    left_out = len(accepted.keys() | now.keys()) - len(same)
    return Comparison(before, {name: now[name] for name in same}, left_out)


def _worse(compared: Comparison, measure: str) -> str:
    fell = [
        (compared.before[name][measure] - now[measure], name)
        for name, now in compared.now.items()
        if now[measure] < compared.before[name][measure]
    ]
    fell.sort(key=lambda one: (-one[0], one[1]))

    def first(places: Sequence[int]) -> str:
        return str(min(places)) if places else "none"

    named = [
        f"{name} ({first(compared.before[name]['places'])} to "
        f"{first(compared.now[name]['places'])})"
        for _, name in fell[:MOST_NAMED]
    ]
    more = [f"and {len(fell) - MOST_NAMED} more"] if len(fell) > MOST_NAMED else []
    return ", ".join(named + more)


def drops(compared: Comparison, gates: Gates, seed: int = SEED) -> Iterator[str]:
    """Yields each measure that fell by more than is allowed and by more than chance explains.

    Args:
        compared: The accepted state and this one.
        gates: What `project.toml` allows.
        seed: Of the bootstrap.
    """
    if len(compared.now) < FEWEST:
        return
    for measure in COMPARED:
        before = np.array([one[measure] for one in compared.before.values()])
        now = np.array([one[measure] for one in compared.now.values()])
        fell = before - now
        drop = float(fell.mean())
        drawn = fell[draws(len(fell), seed)].mean(axis=1)
        interval = percentile_interval(drawn.tolist(), seed)
        if drop > gates.drop and interval.low > 0:
            yield (
                f"Gate `drop` failed: on {len(fell)} questions {MEASURES[measure]} was "
                f"{before.mean():.3f} and is {now.mean():.3f}; the drop of {drop:.3f} "
                f"({interval.low:.3f} to {interval.high:.3f}) is above {gates.drop:g}. Worse, "
                f"by the place of the first golden section: {_worse(compared, measure)}."
            )


def floors(content: Json, gates: Gates) -> Iterator[str]:
    """Yields each floor that does not hold; what could not be measured holds none but 0.

    Args:
        content: The numbers of the report.
        gates: What `project.toml` demands.
    """
    served, refusal = content["served"]["mode"], content["refusal"]
    for name, found, words in (
        ("recall_at_5", content["retrieval"][served]["recall_at_5"], "recall@5"),
        ("answered", refusal["golden_answered"], "the share of golden questions answered"),
        ("off_topic_refused", refusal["off_topic_refused"], "that of off-topic ones refused"),
    ):
        floor = getattr(gates, name)
        if found["value"] is None and floor > 0:
            yield f"Gate `{name}` can't be judged: there are no such questions."
        elif found["value"] is not None and found["value"] < floor:
            yield (
                f"Gate `{name}` failed: on {found['n']} questions {words} is "
                f"{found['value']:.3f}, below {floor:g}."
            )


def check(content: Json, compared: Comparison | None, gates: Gates) -> None:
    """Demands that all gates hold.

    Raises:
        UserError: Some do not; each is named with its numbers.
    """
    failed = [*floors(content, gates), *(drops(compared, gates) if compared else ())]
    if failed:
        raise UserError(
            " ".join(failed),
            "Look at the questions that got worse in reports/evaluation.rows.jsonl.gz, at what "
            "changed in [chunks], [retrieval] and the documents, and at [refusal] (`uv run app "
            "calibrate`). If the new state is the better one, say why in the commit and run "
            "`uv run app evaluate --accept`.",
        )
