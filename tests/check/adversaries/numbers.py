"""Cheats with numbers: typed, edited, of other rows, of other code, of a price nobody asks."""

from __future__ import annotations

import random
import re
from copy import deepcopy
from typing import TYPE_CHECKING

from tests.check import growing
from tests.check.adversaries.changing import (
    PROSE,
    Json,
    answer,
    commit,
    number,
    put,
    read,
    refill,
    report,
    rows_of,
    save,
    sub,
    told,
)
from tests.check.adversaries.registry import adversary
from tests.check.growing import edit, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.check.adversaries.registry import Git

SUPERVISED = "supervised-api"


def resaved(folder: Path, rows: list[Json]) -> None:
    """The report of other rows: digest, counts and aggregates all follow from them."""
    save(folder, SUPERVISED, "evaluation", growing.evaluation(rows), rows)


def wrong(row: Json) -> float:
    """How far off the champion is."""
    return abs(float(row["label"]) - float(row["outputs"]["champion"]))


@adversary("numbers-typed", SUPERVISED, "finished", "PF103 PF105 RC101 RC102 CD105")
def numbers_typed(folder: Path, git: Git) -> None:
    """Types all numbers, better ones than were measured, and links none of them."""
    text = re.sub(r"\[([^\]]*\d[^\]]*)\]\(reports/[^)]*\)", r"\1", read(folder, "README.md"))
    write(folder, "README.md", text.replace("0.900", "0.968").replace("9000 us", "310 us"))
    commit(folder, git, "Nicer numbers")


@adversary("numbers-typed-agents", "multi-agent", "untouched", "PF103 RC101 RC102 CD105")
def numbers_typed_agents(folder: Path, git: Git) -> None:
    """Types precise numbers into every answer of an untouched starter."""
    more = {
        "PF2": "One passes 0.71 of 30 tasks, three pass 0.93, at 1.8 times the tokens.",
        "RC1": "Median 4.2 s, worst 19.7 s, $0.0031 a task, 118 MB, a fifth is the reviewer's.",
        "RC3": "Of tasks with six tables 0.58 pass, n=12.",
    }
    told(folder, "multi-agent", more)
    commit(folder, git, "Numbers")


@adversary("digits-differ", SUPERVISED, "finished", "RC102")
def digits_differ(folder: Path, git: Git) -> None:
    """Leaves all links to reports, and shows better digits in them than the reports hold."""
    sub(folder, "README.md", r"\[AP 0\.900\]", "[AP 0.968]")
    sub(folder, "README.md", r"\[9000 us\]", "[310 us]")
    sub(folder, "README.md", r"\[118 MB\]", "[64 MB]")
    sub(folder, "README.md", r"\[AP 0\.657\]", "[AP 0.512]")
    sub(folder, "README.md", r"\[1,201\]", "[4,870]")
    sub(folder, "README.md", r"\[0\.0056 dollars\]", "[0.0009 dollars]")
    sub(folder, "README.md", r"\[AP 0\.881\]", "[AP 0.951]")
    commit(folder, git, "Nicer numbers")


@adversary("links-to-whole-reports", SUPERVISED, "finished", "RC101 RC102 PF103")
def links_to_whole_reports(folder: Path, git: Git) -> None:
    """Links the files of the reports and no number in them, so that nothing can differ."""
    sub(folder, "README.md", r"(\(reports/\w+\.json)#[^)]*\)", r"\1)")
    commit(folder, git, "Simpler links")


@adversary("value-edited", SUPERVISED, "finished", "RC103 PF103")
def value_edited(folder: Path, git: Git) -> None:
    """Edits the champion's number in the report and in the README; the rows stay."""
    content = report(folder)
    content["champion"]["ap"]["value"] = 0.9724117
    content["difference"]["ap"] |= {"value": 0.3153637, "low": 0.28, "high": 0.35}
    put(folder, content)
    refill(folder)
    commit(folder, git, "Better numbers")


@adversary("n-edited", SUPERVISED, "finished", "RC103")
def n_edited(folder: Path, git: Git) -> None:
    """Multiplies each number of cases in the report by ten, so that it weighs more."""
    text = re.sub(r'("n": \d+)', r"\g<1>0", read(folder, "reports/evaluation.json"))
    write(folder, "reports/evaluation.json", text)
    refill(folder)
    commit(folder, git, "More cases")


@adversary("recipe-edited", SUPERVISED, "finished", "PF103")
def recipe_edited(folder: Path, git: Git) -> None:
    """Removes the recipes of the numbers it edits, so that nobody can work them out again."""
    content = report(folder)
    content["champion"]["ap"] = {"value": 0.9724117, "unit": "", "n": 400}
    content["baseline"]["ap"] = {"value": 0.5124117, "unit": "", "n": 400}
    put(folder, content)
    refill(folder)
    commit(folder, git, "Better numbers")


@adversary("hard-rows-dropped", SUPERVISED, "finished", "RC103")
def hard_rows_dropped(folder: Path, git: Git) -> None:
    """Drops the rows on which the model is most wrong, and recomputes everything to fit."""
    rows = rows_of(folder)
    kept = sorted(rows, key=wrong)[: len(rows) * 3 // 4]
    resaved(folder, [row for row in rows if row in kept])
    refill(folder)
    commit(folder, git, "Measured again")


@adversary("labels-edited", SUPERVISED, "finished", "RC103")
def labels_edited(folder: Path, git: Git) -> None:
    """Turns the labels of rows that the model gets wrong, and recomputes everything to fit."""
    rows = rows_of(folder)
    for row in rows:
        if wrong(row) > 0.5:
            row["label"] = 1 - row["label"]
    resaved(folder, rows)
    refill(folder)
    commit(folder, git, "Measured again")


@adversary("rows-invented", SUPERVISED, "finished", "RC103")
def rows_invented(folder: Path, git: Git) -> None:
    """Draws a thousand rows of stations that the data lacks; every aggregate follows from them."""
    draw = random.Random(5)  # noqa: S311
    rows = []
    for one in range(1000):
        label = float(draw.random() < 0.4)
        champion = round(0.1 + 0.35 * label + 0.5 * draw.random(), 6)
        baseline = round(0.3 + 0.1 * label + 0.5 * draw.random(), 6)
        rows.append(
            {
                "id": f"{9000 + one}/{one + 2}",
                "unit": str(9000 + one),
                "unseen": one % 4 == 0,
                "label": label,
                "outputs": {"champion": champion, "baseline": baseline},
                "decisions": {"champion": champion >= 0.2, "baseline": baseline >= 0.5},
                "slices": {"district": ("centre", "harbour", "hill")[one % 3]},
            }
        )
    resaved(folder, rows)
    refill(folder)
    named = min(
        report(folder)["slices"]["district"].items(), key=lambda one: float(one[1]["ap"]["value"])
    )[0]
    link = f"[AP 0.000](reports/evaluation.json#/slices/district/{named}/ap)"
    answer(folder, {"RC3": f"Worst in the {named} with {link}. {PROSE[SUPERVISED]['RC3']}"})
    refill(folder)
    commit(folder, git, "Measured on more rows")


@adversary("ids-renamed", SUPERVISED, "finished", "RC103")
def ids_renamed(folder: Path, git: Git) -> None:
    """Doubles all rows under new ids, which makes twice as many cases."""
    rows = rows_of(folder)
    more = deepcopy(rows)
    for row in more:
        row["id"] = f"{row['id']}b"
        row["unit"] = f"{row['unit']}b"
    resaved(folder, rows + more)
    refill(folder)
    commit(folder, git, "Measured on more rows")


@adversary("rows-twice", SUPERVISED, "finished", "RC107")
def rows_twice(folder: Path, git: Git) -> None:
    """Writes each row three times under its own id, so that n looks large."""
    rows = rows_of(folder)
    resaved(folder, rows * 3)
    refill(folder)
    commit(folder, git, "Measured on more rows")


@adversary("few-cases", SUPERVISED, "finished", "RC107")
def few_cases(folder: Path, git: Git) -> None:
    """Measures on two dozen rows and calls the model better all the same."""
    rows = rows_of(folder)
    few = [row for row in rows if row["label"]][:9] + [row for row in rows if not row["label"]][:15]
    few.sort(key=rows.index)
    resaved(folder, few)
    text = read(folder, "README.md")
    write(folder, "README.md", re.sub(r"\d+ rows of that part", "rows of that part", text))
    refill(folder)
    commit(folder, git, "Measured on fewer rows")


@adversary("better-by-chance", SUPERVISED, "finished", "RC107")
def better_by_chance(folder: Path, git: Git) -> None:
    """Calls a model better that is the rule with a little noise; the interval holds zero."""
    draw = random.Random(3)  # noqa: S311
    rows = rows_of(folder)
    for row in rows:
        noise = 0.3 * (draw.random() - 0.5)
        row["outputs"]["champion"] = round(row["outputs"]["baseline"] + noise, 6)
        row["decisions"]["champion"] = row["outputs"]["champion"] >= 0.2
    numbers = growing.evaluation(rows)
    assert numbers["difference"]["ap"]["low"] < 0 < numbers["difference"]["ap"]["high"]
    save(folder, SUPERVISED, "evaluation", numbers, rows)
    link = "[0.000](reports/evaluation.json#/difference/ap)"
    old = "on the very same third-week rows."
    edit(folder, "README.md", old, f"on the very same rows, better by {link}.")
    refill(folder)
    commit(folder, git, "Measured again")


@adversary("baseline-of-other-rows", SUPERVISED, "finished", "PF103")
def baseline_of_other_rows(folder: Path, git: Git) -> None:
    """Compares the model on all rows with the rule on the part where the rule is worst."""
    rows = rows_of(folder)
    numbers = growing.evaluation(rows)
    parts = {
        one: number("ap", "/outputs/baseline", rows, {"/slices/district": one})
        for one in ("centre", "harbour", "hill")
    }
    numbers["baseline"] = {"ap": min(parts.values(), key=lambda one: float(one["value"]))}
    save(folder, SUPERVISED, "evaluation", numbers, rows)
    refill(folder)
    commit(folder, git, "Measured again")


@adversary("baseline-of-another-metric", SUPERVISED, "finished", "PF103")
def baseline_of_another_metric(folder: Path, git: Git) -> None:
    """Compares the model's ranking with the rule's share of hits, which is another metric."""
    rows = rows_of(folder)
    numbers = growing.evaluation(rows)
    numbers["baseline"] = {"ap": number("mean", "/decisions/baseline", rows)}
    save(folder, SUPERVISED, "evaluation", numbers, rows)
    refill(folder)
    commit(folder, git, "Measured again")


@adversary("two-numbers-of-the-model", SUPERVISED, "finished", "PF103")
def two_numbers_of_the_model(folder: Path, git: Git) -> None:
    """Calls the model's own number of its worst part the old way of working."""
    sub(
        folder,
        "README.md",
        r"\[AP [\d.]+\]\(reports/evaluation\.json#/baseline/ap\)",
        "[AP 0.000](reports/evaluation.json#/slices/district/centre/ap)",
    )
    refill(folder)
    commit(folder, git, "Other links")


@adversary("worst-hidden", SUPERVISED, "finished", "CD105")
def worst_hidden(folder: Path, git: Git) -> None:
    """Names the best part as the worst, with a link to its fine number."""
    parts = report(folder)["slices"]["district"]
    best = max(parts, key=lambda one: float(parts[one]["ap"]["value"]))
    link = f"[AP 0.000](reports/evaluation.json#/slices/district/{best}/ap)"
    answer(folder, {"RC3": f"Worst in the {best}: {link}. {PROSE[SUPERVISED]['RC3']}"})
    refill(folder)
    commit(folder, git, "The worst part")


@adversary("worst-left-out", SUPERVISED, "finished", "CD105")
def worst_left_out(folder: Path, git: Git) -> None:
    """Leaves the worst part out of the report, and names the next as the worst."""
    rows = rows_of(folder)
    numbers = growing.evaluation(rows)
    parts = numbers["slices"]["district"]
    first, second = sorted(parts, key=lambda one: float(parts[one]["ap"]["value"]))[:2]
    del parts[first]
    save(folder, SUPERVISED, "evaluation", numbers, rows)
    link = f"[AP 0.000](reports/evaluation.json#/slices/district/{second}/ap)"
    answer(folder, {"RC3": f"Worst in the {second}: {link}. {PROSE[SUPERVISED]['RC3']}"})
    refill(folder)
    commit(folder, git, "The worst part")


@adversary("measured-before", SUPERVISED, "finished", "RC104")
def measured_before(folder: Path, git: Git) -> None:
    """Changes what the code does after measuring, and keeps the reports of the better code."""
    sub(folder, "app/stations.py", r"limit = 4", "limit = 6")
    sub(folder, "project.toml", r"^seed = 7", "seed = 8")
    commit(folder, git, "Larger stations only")


@adversary("origin-removed", SUPERVISED, "finished", "RC104")
def origin_removed(folder: Path, git: Git) -> None:
    """Takes commit, trees and the mark of a dirty state out of the reports of other code."""
    sub(folder, "app/stations.py", r"limit = 4", "limit = 6")
    for kind in ("evaluation", "benchmark"):
        content = report(folder, kind)
        content["inputs"] = {"model": content["inputs"]["model"]}
        put(folder, content, kind)
    commit(folder, git, "Larger stations only")


@adversary("dirty-report", SUPERVISED, "finished", "RC104")
def dirty_report(folder: Path, git: Git) -> None:
    """Measures with changes that never get committed; the report says so in one word."""
    content = report(folder)
    content["inputs"]["dirty"] = True
    put(folder, content)
    commit(folder, git, "Measured again")


@adversary("price-zero", SUPERVISED, "finished", "RC105")
def price_zero(folder: Path, git: Git) -> None:
    """Calls the processor free, so that a million answers cost nothing."""
    content = report(folder, "benchmark")
    content["price"]["price_per_cpu_hour"] = 0
    content["predict"]["cost_per_million"]["value"] = 0.0
    put(folder, content, "benchmark")
    refill(folder)
    commit(folder, git, "Free plan")


@adversary("price-from-nowhere", SUPERVISED, "finished", "RC105")
def price_from_nowhere(folder: Path, git: Git) -> None:
    """Makes up a price that nobody asks; neither a source nor a day stands beside it."""
    content = report(folder, "benchmark")
    content["price"] = {"price_per_cpu_hour": 0.0004, "price_source": "", "price_date": ""}
    cpu = content["predict"]["cpu_us"]["value"]
    content["predict"]["cost_per_million"]["value"] = cpu * 0.0004 / 3600
    put(folder, content, "benchmark")
    refill(folder)
    commit(folder, git, "A cheaper host")


@adversary("cost-edited", SUPERVISED, "finished", "RC105")
def cost_edited(folder: Path, git: Git) -> None:
    """Divides the cost by twenty and leaves the price from which it should follow."""
    content = report(folder, "benchmark")
    content["predict"]["cost_per_million"]["value"] /= 20
    put(folder, content, "benchmark")
    refill(folder)
    commit(folder, git, "A cheaper host")


@adversary("starters-costs", SUPERVISED, "finished", "PF105")
def starters_costs(folder: Path, git: Git) -> None:
    """Keeps the costs of the starter and words them as the author's own."""
    sub(folder, "project.toml", r"^false_alarm = 2 ", "false_alarm = 1 ")
    sub(folder, "project.toml", r"^miss = 9 ", "miss = 3 ")
    commit(folder, git, "Costs")
    rows = rows_of(folder)
    numbers = growing.evaluation(rows)
    costs = {"false_alarm": 1.0, "miss": 3.0}
    numbers["threshold"]["cheapest"] = number(
        "cheapest_threshold", "/outputs/champion", rows, costs=costs
    )
    save(folder, SUPERVISED, "evaluation", numbers, rows)
    measured = growing.benchmark_rows()
    growing.save(folder, "benchmark", growing.benchmark(measured), measured)
    refill(folder)
    commit(folder, git, "Measured again")


@adversary("threshold-of-taste", SUPERVISED, "finished", "PF105")
def threshold_of_taste(folder: Path, git: Git) -> None:
    """Serves one half because it looks natural, and links that as what follows from the costs."""
    rows = rows_of(folder)
    numbers = growing.evaluation(rows)
    numbers["threshold"]["served"] = 0.5
    save(folder, SUPERVISED, "evaluation", numbers, rows)
    sub(folder, "README.md", r"#/threshold/cheapest\)", "#/threshold/served)")
    refill(folder)
    commit(folder, git, "A round threshold")


@adversary("loses-and-boasts", SUPERVISED, "finished", "PF103")
def loses_and_boasts(folder: Path, git: Git) -> None:
    """Links both numbers of a model that lost to the rule, and words it as a victory."""
    rows = rows_of(folder)
    for row in rows:
        old = row["outputs"]["champion"]
        row["outputs"] = {"champion": row["outputs"]["baseline"], "baseline": old}
        row["decisions"] = {"champion": row["outputs"]["champion"] >= 0.2, "baseline": old >= 0.5}
    resaved(folder, rows)
    refill(folder)
    commit(folder, git, "Measured again")
