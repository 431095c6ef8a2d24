"""Sends real rows as traffic to a running service, as they were or from where they differ."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from app.columns import columns
from app.project import Project
from app.service.errors import UserError
from app.settings import Settings
from app.training.reference import reference_of
from app.training.split import Mask, split_rows
from app.training.table import Table, read_table
from app.watching.drift import count_bins, psi

BATCH = 100
TOO_MANY = 429
LEAST_ROWS = 100  # of a slice, so that replaying it is more than a few rows again and again


@dataclass(frozen=True)
class Replay:
    """What to send.

    Attributes:
        rows: How many, drawn with replacement from the test rows.
        shifted: None: from all of them; empty: from the slice that differs most; or
            `column=value` or `column=value,value`.
        labels: Whether to tell afterwards what came true.
        seed: Of the draw.
    """

    rows: int
    shifted: str | None
    labels: bool
    seed: int


def _why(error: Exception) -> object:
    """Returns the reason in words, such as "Connection refused", without numbers of the system."""
    cause = error if isinstance(error, urllib.error.HTTPError) else getattr(error, "reason", error)
    return getattr(cause, "strerror", None) or cause


def _post(address: str, body: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Returns the answer; waits where the service says that it was asked too much.

    Raises:
        UserError: There is no answer, or a refusal.
    """
    headers = {"Content-Type": "application/json"}
    if key := settings.api_key.get_secret_value():
        headers["X-API-Key"] = key
    request = urllib.request.Request(address, json.dumps(body).encode(), headers)  # noqa: S310
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                answer: dict[str, Any] = json.load(response)
                return answer
        except (OSError, ValueError) as error:
            problem = f"{address} can't be asked: {_why(error)}."
            if isinstance(error, urllib.error.HTTPError):
                if error.code == TOO_MANY:
                    time.sleep(float(error.headers.get("Retry-After", 1)))
                    continue
                problem += " " + error.read(500).decode("utf-8", "replace")
            raise UserError(problem, "`uv run app serve` starts one; its log says more.") from error


def _slice(table: Table, test: Mask, column: str, values: list[str]) -> Mask:
    if column not in table.frame:
        raise UserError(f"The data has no column {column!r}.", "Name one, as in --drift site=a,b.")
    chosen = test & table.frame[column].astype(str).isin(values).to_numpy(dtype=np.bool_)
    if not chosen.any():
        problem = f"No test row has {column} = {' or '.join(values)}."
        raise UserError(problem, "`uv run app train` names the values of each slice.")
    return chosen


def _strangest(table: Table, test: Mask, project: Project) -> str:
    """Returns the slice value, as `column=value`, whose other columns differ most in sum."""
    references = [
        (index, column.name, reference_of(table.inputs[test, index], column))
        for index, column in enumerate(columns())
    ]
    distances: dict[str, float] = {}
    for name in project.data.slices:
        for value in table.frame.loc[test, name].dropna().astype(str).unique():
            inputs = table.inputs[_slice(table, test, name, [value])]
            if len(inputs) >= LEAST_ROWS:
                distances[f"{name}={value}"] = sum(
                    psi(np.array(reference.counts), count_bins(inputs[:, index], reference))
                    for index, column, reference in references
                    if column != name
                )
    if not distances:
        raise UserError(
            "[data] in project.toml names no slice with enough test rows.",
            "Name rows yourself: --drift column=value.",
        )
    return max(distances, key=distances.__getitem__)


def choose(table: Table, project: Project, order: Replay) -> tuple[npt.NDArray[np.intp], str]:
    """Returns the numbers of the rows to send, and in words where they are from.

    Raises:
        UserError: There are no such rows.
    """
    pool, source = split_rows(table, project).test, "all test rows"
    if order.shifted is not None:
        source = order.shifted or _strangest(table, pool, project)
        column, _, values = source.partition("=")
        pool = _slice(table, pool, column, values.split(","))
    generator = np.random.default_rng(order.seed)
    return generator.choice(np.flatnonzero(pool), order.rows), source


def replay(
    address: str, settings: Settings, project: Project, order: Replay, say: Callable[[str], None]
) -> None:
    """Sends rows through `/predict/batch` and, if asked to, their outcomes through `/feedback`.

    Raises:
        UserError: The rows can't be chosen, or the service refuses.
    """
    table, address = read_table(project), address.rstrip("/")
    rows, source = choose(table, project, order)
    say(f"{len(rows)} rows from {source} to {address}")
    told = 0
    size = min(BATCH, settings.max_batch_rows)
    for part in np.array_split(rows, -(-len(rows) // size)):
        # Through the schema: a table writes 1.0 for what a request must call true.
        cases = [case.model_dump(mode="json") for case in table.cases(part)]
        answers = _post(f"{address}/predict/batch", {"cases": cases}, settings)["answers"]
        for row, answer in zip(part, answers, strict=True) if order.labels else ():
            label = {"prediction_id": answer["prediction_id"], "actual": table.target[row].item()}
            _post(f"{address}/feedback", label, settings)
            told += 1
    say(f"sent, and {told} outcomes told")
