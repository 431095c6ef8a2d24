"""What the numbers must show for `app evaluate` to end with 0: floors, and no real drop.

A drop below the baseline, the last state that somebody accepted, counts when it is larger than
allowed and larger than chance. Of a hybrid search both halves are held too: where one of them
breaks, the other hides it from the numbers of the whole for a while.
"""

from collections.abc import Iterator

import numpy as np

from app.evidence.intervals import SEED, percentile_interval
from app.evidence.report import Json
from app.project import Gates
from app.proving.baseline import SERVED, Comparison
from app.proving.evaluation import draws
from app.proving.measures import MEASURES
from app.service.errors import UserError

COMPARED = ("recall_at_5", "ndcg_at_10")
MOST_NAMED = 8
FEWEST = 20  # with fewer questions in common, chance explains any drop


def told(compared: Comparison) -> str:
    """Returns a line that says how much the baseline can tell."""
    n, out = len(compared.now), compared.left_out
    line = f"Held against the baseline on {n} questions"
    line += ", too few for a comparison: only floors hold." if n < FEWEST else "."
    line += f" {out} are new, changed or gone: accept anew when they are right." if out else ""
    return line


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
