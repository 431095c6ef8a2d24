"""Every candidate's answers to the test rows, and the numbers and examples that follow."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.evidence.intervals import SEED, Cases, percentile_interval, resample
from app.evidence.report import Drawn, Json, number
from app.numbers import Outcomes
from app.project import Project

CHAMPION = "champion"


@dataclass(frozen=True)
class Evaluation:
    """Test rows with the answers of every candidate; arrays are of shape (rows,).

    Attributes:
        project: What `project.toml` says.
        threshold: From which the champion says "yes"; None in a regression.
        ids: Name of each row: entity/line of the file.
        units: What is drawn for an interval: the entity, or the row itself.
        unseen: Whether the entity is in no training row.
        answers: By candidate.
        slices: Column to the value of each row, None where missing.
    """

    project: Project
    threshold: float | None
    ids: list[str]
    units: list[str]
    unseen: npt.NDArray[np.bool_]
    answers: dict[str, Outcomes]
    slices: dict[str, list[str | None]]

    def rows(self) -> list[Json]:
        """Returns the rows as the report keeps them."""
        rows: list[Json] = []
        truth = self.answers[CHAMPION].truth
        for i, name in enumerate(self.ids):
            row = {"id": name, "unit": self.units[i], "unseen": bool(self.unseen[i])}
            row["label"] = float(truth[i])
            row["outputs"] = {who: float(a.outputs[i]) for who, a in self.answers.items()}
            if self.project.data.task == "classification":
                row["decisions"] = {who: bool(a.decisions[i]) for who, a in self.answers.items()}
            row["slices"] = {column: values[i] for column, values in self.slices.items()}
            rows.append(row)
        return rows

    def measure(
        self, names: Sequence[str], who: str, where: Json, minus: str | None = None
    ) -> Json:
        """Returns numbers of a candidate on some rows, with intervals; or what it is better by.

        Args:
            names: Names of the numbers.
            who: Whose answers.
            where: JSON pointer into a row to the value that it must have there.
            minus: Whose number is subtracted, on the same rows.
        """
        keep = self.unseen.copy() if "/unseen" in where else np.ones(len(self.ids), dtype=np.bool_)
        for column, values in self.slices.items():
            if f"/slices/{column}" in where:
                keep &= np.array([value == where[f"/slices/{column}"] for value in values])
        cases = np.flatnonzero(keep)
        draws = [cases[drawn] for drawn in resample([self.units[case] for case in cases])]

        def value(name: str, drawn: Cases) -> float:
            found = self.answers[who].number(name, drawn)
            return found - self.answers[minus].number(name, drawn) if minus else found

        measured = {}
        for name in names:
            kind = "decisions" if name == "cost_per_1000" else "outputs"
            recipe: Json = {"metric": name, "of": f"/{kind}/{who}", "where": where}
            if minus:
                recipe["minus"] = f"/{kind}/{minus}"
            if name in {"cost_per_1000", "cheapest_threshold"}:
                recipe["costs"] = self.project.costs.model_dump()
            interval = percentile_interval([value(name, drawn) for drawn in draws], SEED)
            unit = "row" if self.project.data.entity is None else self.project.data.entity
            drawn = Drawn(interval, unit)
            measured[name] = number(value(name, cases), "", len(cases), recipe, drawn)
        return measured

    def examples(self) -> Json:
        """Returns a clear, a borderline and a wrong case among rows of unseen entities."""
        champion, threshold = self.answers[CHAMPION], self.threshold
        cases = np.flatnonzero(self.unseen)
        outputs, truth = champion.outputs[cases], champion.truth[cases]
        if threshold is None:  # the middle one of the errors is neither good nor bad
            margin = -np.abs(outputs - truth)
            border = np.argsort(margin, kind="stable")[len(margin) // 2]
        else:
            margin = (outputs - threshold) * np.where(truth == 1, 1, -1)
            border = np.abs(margin).argmin()
        chosen = {"clear": margin.argmax(), "borderline": border, "wrong": margin.argmin()}
        return {
            name: {"id": self.ids[cases[i]], "output": float(outputs[i]), "label": float(truth[i])}
            for name, i in chosen.items()
        }
