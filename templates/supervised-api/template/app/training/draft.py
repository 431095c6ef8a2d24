"""A first app/schema.py from a CSV file, or what has to change in the file before there is one."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader

from app.service.errors import UserError
from app.training.naming import new_names
from app.training.profile import REFUSED, Finding, Profile, profile

WIDTH = 100  # of a line, as in pyproject.toml
_TYPES: dict[str, type] = {"number": float, "whole number": int, "yes/no": bool}
_DRAFTS = Environment(  # noqa: S701 - Python and TOML, no HTML
    loader=FileSystemLoader(Path(__file__).with_name("drafts"), encoding="utf-8"),
    trim_blocks=True,
    keep_trailing_newline=True,
)


def _choose(found: Profile, target: str, drop: Sequence[str]) -> list[Finding]:
    known = {one.name: one for one in found.findings}
    absent = [name for name in drop if name not in known]
    if absent:
        raise UserError(
            f"There is no column {', '.join(absent)} to drop.", f"There are: {', '.join(known)}."
        )
    if known[target].missing or known[target].kind in REFUSED.keys() - {"text"}:
        raise UserError(
            f"The target {target} can't be learned: {known[target].missing:.1%} of it is empty, "
            f"its kind is {known[target].kind}.",
            "Take out rows without an answer, or name another --target.",
        )
    chosen = [one for name, one in known.items() if name not in {target, *drop}]
    refused = [f"  {one.name}: {one.why}, or --drop {quote(one.name)}" for one in chosen if one.why]
    if refused or not chosen:
        raise UserError(
            f"{len(refused)} of {len(chosen)} columns can't be a model's input:\n"
            + "\n".join(refused),
            "Change each of them in the data, or leave it out with --drop.",
        )
    return chosen


def _round_up(value: float) -> float:
    step = 10.0 ** (math.floor(math.log10(abs(value) or 1)) - 1)
    return float(f"{math.ceil(value / step) * step:.2g}")


def _number(limit: float) -> str:
    return f"{int(limit):_}" if limit == int(limit) else repr(limit)


def _limits(one: Finding) -> tuple[str, str] | None:
    if one.minimum is None or one.maximum is None:
        return None
    room = (one.maximum - one.minimum) / 2
    low = 0.0 if one.minimum >= 0 else -_round_up(room - one.minimum)
    high = _round_up(one.maximum + room)
    if one.kind == "whole number":
        low, high = math.floor(low), math.ceil(high)
    return _number(low), _number(high)


def _quoted(text: str) -> str:
    # Letters of any alphabet stay readable; other signs would alarm the linter.
    is_plain = all(sign.isascii() or sign.isalpha() for sign in text)
    return repr(text) if '"' in text else json.dumps(text, ensure_ascii=not is_plain)


def _field(one: Finding, values: "pd.Series[Any]", name: str) -> dict[str, Any]:
    texts = values.dropna().unique() if one.kind == "category" else ()
    choice = sorted(_quoted(text) for text in texts)
    kind = f"Literal[{', '.join(choice)}]" if choice else _TYPES[one.kind].__name__
    is_long = len(f"    {name}: {kind} | None = Field(") > WIDTH
    return {
        "one": one,
        "name": name,
        "type": f"{name.title().replace('_', '')}Text" if is_long else kind,
        "is_long": is_long,
        "choice": choice,
        "limits": _limits(one),
        "example": _quoted(one.typical) if choice else repr(_TYPES[one.kind](one.typical)),
    }


def _rule(found: Profile, chosen: Sequence[Finding]) -> tuple[str, str]:
    """Returns the column that does best by itself, and from where on, or up to, it says yes."""
    frame, truth = found.frame, found.truth
    ranks = {one.name: one.association for one in chosen if one.association}
    numbers = [name for name in ranks if pd.api.types.is_numeric_dtype(frame[name])]
    if found.task == "regression":
        guesses = {name: frame[name].fillna(truth.median()) for name in numbers}
        guesses[""] = pd.Series(truth.median(), index=truth.index)
        return min(guesses, key=lambda name: (guesses[name] - truth).abs().mean()), ""
    if not numbers:
        return "", ""
    best = max(numbers, key=lambda name: abs(ranks[name]))
    sign, key = (1, "at_least") if ranks[best] > 0 else (-1, "at_most")
    values = sign * frame[best].dropna().to_numpy(dtype=np.float64)
    # As often yes as in the data, but neither always nor never.
    limit = np.quantile(values, 1 - truth.mean(), method="higher")
    return best, f"{key} = {sign * float(max(limit, values[values > values.min()].min()))!r}"


def draft(path: Path, target: str, drop: Sequence[str], renamed: Path | None) -> tuple[str, str]:
    """Returns the text of an app/schema.py, and what project.toml needs, with reasons.

    Args:
        path: The CSV file.
        target: Column to predict.
        drop: Columns that become no fields.
        renamed: Where a copy goes whose headers can be names of fields, if they can't.

    Raises:
        UserError: Columns can't be inputs, each with its why and its remedy; the target can't be
            learned; or headers can't be names of fields, and no copy was asked for.
    """
    found = profile(path, target)
    chosen = _choose(found, target, drop)
    names = new_names(list(found.frame.columns), [one.name for one in chosen])
    if names and renamed is None:
        raise UserError(
            f"{len(names)} column names can't be names of fields:\n"
            + "\n".join(f"  {old!r} could be {new}" for old, new in names.items()),
            "Rename them, or let a copy be written: add --renamed data/clean.csv.",
        )
    if renamed is not None:
        # As text, so that no cell changes.
        rows = pd.read_csv(path, dtype=str, keep_default_na=False).rename(columns=names)
        rows.to_csv(renamed, index=False, lineterminator="\n")
    fields = [_field(one, found.frame[one.name], names.get(one.name, one.name)) for one in chosen]
    column, limit = _rule(found, chosen)
    advice = _DRAFTS.get_template("project.txt").render(
        path=(renamed or path).as_posix(),
        target=json.dumps(target, ensure_ascii=False),
        positive=json.dumps(found.positive, ensure_ascii=False),
        is_regression=found.task == "regression",
        column=names.get(column, column),
        limit=limit,
        warned=[f"{one.name}: {text}" for one in chosen for text in one.warnings],
    )
    return _DRAFTS.get_template("schema.txt").render(fields=fields), advice
