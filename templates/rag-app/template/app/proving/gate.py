"""What the numbers must show for `app evaluate` to end with 0: floors, and no real drop.

A drop below the baseline, the last state that somebody accepted, counts when it is larger than
allowed and larger than chance. Of a hybrid search both halves are held too: where one of them
breaks, the other hides it from the numbers of the whole for a while.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.evidence.intervals import SEED, percentile_interval
from app.evidence.report import Json
from app.project import Gates, Mode
from app.proving.evaluation import GOLDEN, draws, selected
from app.proving.golden import Question
from app.proving.measures import MEASURES, measured
from app.service.errors import UserError

COMPARED = ("recall_at_5", "ndcg_at_10")
SERVED, HALVES = "served", ("lexical", "vector")
MOST_NAMED = 8
FEWEST = 20  # with fewer questions in common, chance explains any drop


class Standing(BaseModel):
    """How a golden question does.

    Attributes:
        question: As asked; only what was asked in the same words compares.
        relevant: Its golden sections, as `source > heading`, sorted; likewise.
        places: Of golden sections among distinct ones, 1 is first: in the search that is `served`,
            and by each of its halves.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    question: str
    relevant: tuple[str, ...] = Field(min_length=1)
    places: dict[str, tuple[int, ...]]

    def asks_as(self, other: "Standing") -> bool:
        """Whether question and labels are the same."""
        return (self.question, self.relevant) == (other.question, other.relevant)

    def value(self, way: str, measure: str) -> float:
        """A measure of one way of searching, 0 to 1."""
        return measured(self.places[way], len(self.relevant))[measure]

    def first(self, way: str) -> str:
        """The place of the first golden section, for people."""
        return str(min(self.places[way], default="none"))


class _Baseline(BaseModel):
    schema_: Literal[1] = Field(alias="schema")
    served: dict[str, Any]
    questions: dict[str, Standing]


@dataclass(frozen=True)
class Comparison:
    """The questions that stand in the baseline as they are now.

    Attributes:
        before: By id, in the accepted state.
        now: By id, as measured now; the same ids.
        left_out: How many questions are new, changed, or gone.
    """

    before: Mapping[str, Standing]
    now: Mapping[str, Standing]
    left_out: int


def standings(
    rows: Sequence[Json], mode: Mode, questions: Sequence[Question]
) -> dict[str, Standing]:
    """Returns what a baseline keeps of each golden question, by id.

    Args:
        rows: Of the report.
        mode: The way of searching that is served.
        questions: The golden ones, in the order of the rows.
    """
    halves = HALVES if mode not in HALVES else ()
    ways = {SERVED: mode} | {half: half for half in halves}
    return {
        one.id: Standing(
            question=one.question,
            relevant=tuple(sorted(f"{of.source} > {of.heading}" for of in one.relevant)),
            places={name: row["places"][way] for name, way in ways.items()},
        )
        for one, row in zip(questions, selected(rows, {"/set": GOLDEN}), strict=True)
    }


def write_baseline(file: Path, served: Mapping[str, Any], now: Mapping[str, Standing]) -> None:
    """Writes the state that later ones are held against; one line a question, for reviews.

    Args:
        file: Of the baseline.
        served: With what it was measured, for people.
        now: By id.
    """
    lines = ",\n".join(f"    {json.dumps(name)}: {_line(one)}" for name, one in now.items())
    text = f'{{\n  "schema": 1,\n  "served": {json.dumps(dict(served), ensure_ascii=False)},\n'
    text += f'  "questions": {{\n{lines}\n  }}\n}}\n'
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")


def _line(standing: Standing) -> str:
    return json.dumps(standing.model_dump(mode="json"), ensure_ascii=False)


def compare(file: Path, now: Mapping[str, Standing]) -> Comparison | None:
    """Reads the baseline; None where there is none.

    Args:
        file: Of the baseline.
        now: By id, as `results` gives them.

    Raises:
        UserError: It is not as we write it.
    """
    if not file.exists():
        return None
    try:
        accepted = _Baseline.model_validate_json(file.read_bytes()).questions
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UserError(
            f"{file} can't be read as a baseline: {place}: {first['msg']}.",
            "`uv run app evaluate --accept` writes a new one.",
        ) from error
    same = [name for name, one in now.items() if name in accepted and accepted[name].asks_as(one)]
    left_out = len(accepted.keys() | now.keys()) - len(same)
    return Comparison({n: accepted[n] for n in same}, {n: now[n] for n in same}, left_out)


def told(compared: Comparison) -> str:
    """Returns a line that says how much the baseline can tell."""
    n, out = len(compared.now), compared.left_out
    line = f"Held against the baseline on {n} questions"
    line += f"; {out} are new, changed or gone: accept anew when they are right" if out else ""
    return f"{line}." if n >= FEWEST else f"{line}: too few for a comparison, only floors hold."


def drops(compared: Comparison, gates: Gates, seed: int = SEED) -> Iterator[str]:
    """Yields each measure that fell by more than is allowed and by more than chance explains.

    Args:
        compared: The accepted state and this one.
        gates: What `project.toml` allows.
        seed: Of the bootstrap.
    """
    if len(compared.now) < FEWEST:
        return
    held = {*next(iter(compared.before.values())).places}
    for way in next(iter(compared.now.values())).places:
        for measure in COMPARED if way in held else ():
            if said := _drop(compared, way, measure, gates.drop, seed):
                yield said


def _drop(compared: Comparison, way: str, measure: str, allowed: float, seed: int) -> str:
    before = np.array([one.value(way, measure) for one in compared.before.values()])
    now = np.array([one.value(way, measure) for one in compared.now.values()])
    fell = before - now
    drawn = fell[draws(len(fell), seed)].mean(axis=1)
    interval = percentile_interval(drawn.tolist(), seed)
    if fell.mean() <= allowed or interval.low <= 0:
        return ""
    names = list(compared.now)
    worse = [names[at] for at in np.argsort(-fell, kind="stable") if fell[at] > 0]
    named = [
        f"{name} ({compared.before[name].first(way)} to {compared.now[name].first(way)})"
        for name in worse[:MOST_NAMED]
    ]
    more = [f"and {len(worse) - MOST_NAMED} more"] if len(worse) > MOST_NAMED else []
    whose = "the served search" if way == SERVED else f"{way} search, a half of what is served,"
    return (
        f"Gate `drop` failed: on {len(fell)} questions {MEASURES[measure]} of {whose} was "
        f"{before.mean():.3f} and is {now.mean():.3f}; the drop of {fell.mean():.3f} "
        f"({interval.low:.3f} to {interval.high:.3f}) is above {allowed:g}. Worse, by the place of "
        f"the first golden section: {', '.join(named + more)}."
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
