"""The last state that somebody accepted: where each golden question's sections were found."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.evidence.report import Json
from app.evidence.writing import write_whole
from app.proving.evaluation import GOLDEN, selected
from app.proving.golden import Question
from app.proving.measures import measured
from app.retrieval.modes import Mode
from app.service.errors import UserError

SERVED, HALVES = "served", ("lexical", "vector")


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
    model_config = ConfigDict(extra="forbid")
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
    write_whole({file: text.encode()})


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
