"""A repository to which nothing was done shows nothing; one half done says what is next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.check import growing
from tests.check.growing import outcome, seen, why

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@pytest.mark.parametrize("template", growing.STARTERS)
def test_every_signal_of_an_untouched_starter_is_not_yet_shown(
    template: str, begun: Mapping[str, Path]
) -> None:
    verdict = seen(begun[template])
    assert [one.state for one in verdict.signals] == ["not yet"] * 7
    assert verdict.next is not None
    assert verdict.next.rule == "PF101"
    assert not verdict.good


@pytest.mark.parametrize("template", growing.STARTERS)
def test_an_untouched_starter_passes_every_guard_but_those_that_ask_for_more(
    template: str, begun: Mapping[str, Path]
) -> None:
    verdict = seen(begun[template])
    failing = {
        one.rule: why(verdict, one.rule)
        for one in verdict.results
        if one.kind == "guard" and one.outcome.state != "pass"
    }
    assert failing.keys() == {"DP103", "DP200"}, failing  # no lock yet, no address yet


@pytest.mark.parametrize("template", growing.STARTERS)
def test_prose_alone_shows_no_signal(template: str, tmp_path: Path) -> None:
    """Fluent text about everything and nothing, with numbers that nobody measured."""
    folder = growing.untouched(tmp_path / "mine", template)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for number, question in enumerate(growing.ANSWERED):
        answer = FLUENT[number % len(FLUENT)].format(number=question, more=MORE[number])
        readme = "\n".join(
            answer if line.startswith(f"_{question}: ") else line for line in readme.split("\n")
        )
    growing.write(folder, "README.md", readme)
    growing.commit(folder, "answers")
    verdict = seen(folder)
    assert outcome(verdict, "PF101") == "pass"
    assert "shown" not in {one.state for one in verdict.signals}


MORE = (
    *("nightly batches", "careful baselines", "asymmetric penalties", "promotion criteria"),
    *("request tracing", "graceful degradation", "progressive rollout", "leakage prevention"),
    *("latency budgets", "architectural simplicity", "minority segments", "data governance"),
    *("interactive demonstrations", "substantial customisation", "honest retrospection"),
)
FLUENT: list[str] = growing.WRITTEN["fluent"]["texts"]


def test_json_says_what_is_next_and_where(begun: Mapping[str, Path]) -> None:
    from scaffold.check.telling import document

    facts = document.facts(seen(begun["rag-app"]))
    read = json.loads(json.dumps(facts))
    assert read["next"]["rule"] == "PF101"
    assert read["next"]["file"] == "README.md"
    assert read["next"]["line"] > 100
    assert {one["state"] for one in read["signals"]} == {"not yet"}


def test_a_starter_that_was_only_run_and_written_about_shows_nothing(tmp_path: Path) -> None:
    """Everything measured and linked as it should be, fluent answers, and nothing of one's own."""
    folder = growing.untouched(tmp_path / "mine", "supervised-api")
    growing.write(folder, "uv.lock", growing.lock(folder))
    growing.commit(folder, "lock")
    rows = shipped_rows(folder)
    numbers = {
        who: {"ap": growing.number("ap", f"/outputs/{who}", {}, rows)}
        for who in ("champion", "baseline")
    }
    sites = sorted({row["slices"]["site"] for row in rows})
    parts = {
        one: {"ap": growing.number("ap", "/outputs/champion", {"/slices/site": one}, rows)}
        for one in sites
    }
    worst = min(parts, key=lambda one: parts[one]["ap"]["value"])
    growing.save(folder, "evaluation", {**numbers, "slices": {"site": parts}}, rows)
    measured = growing.benchmark_rows()
    growing.save(folder, "benchmark", growing.benchmark(measured), measured)
    links = {
        "PF2": f"[AP 0.000](reports/evaluation.json#/baseline/ap) {LINK}",
        "ST3": LINK,
        "RC1": " ".join(
            f"[0](reports/benchmark.json#/predict/{one})"
            for one in ("busy_p99_us", "per_second", "memory_mb", "cost_per_million")
        ),
        "RC3": f"[AP 0.000](reports/evaluation.json#/slices/site/{worst}/ap)",
    }
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for place, question in enumerate(growing.ANSWERED):
        answer = FLUENT[place % len(FLUENT)].format(more=MORE[place])
        answer = f"{answer} {links.get(question, '')}"
        readme = "\n".join(
            answer if line.startswith(f"_{question}: ") else line for line in readme.split("\n")
        )
    growing.write(folder, "README.md", growing.fill(folder, readme))
    growing.commit(folder, "answers")
    verdict = seen(folder)
    for rule in ("PF101", "RC102", "RC103", "RC104"):
        assert outcome(verdict, rule) == "pass", why(verdict, rule)
    assert {one.state for one in verdict.signals} == {"not yet"}
    for rule in ("PF103", "RC101", "CD105"):
        assert "starter's data" in why(verdict, rule)


LINK = "[AP 0.000](reports/evaluation.json#/champion/ap)"


def shipped_rows(folder: Path) -> list[dict[str, Any]]:
    """Test rows of the shipped data, with outputs that are better than the rule's."""
    from scaffold.check.facts import tables

    path = folder / "data/rand_hie.csv.gz"
    table = tables.table(path.name, path.read_bytes())
    assert table is not None
    found = []
    for line, cells in enumerate(table.rows, start=2):
        row = dict(zip(table.names, cells, strict=True))
        if row["year"] != "3":
            continue
        label, before = float(row["high_use"]), float(row["visits_last_year"] or 0)
        found.append(
            {
                "id": f"{row['person']}/{line}",
                "unit": row["person"],
                "unseen": False,
                "label": label,
                "outputs": {"champion": before + 2 * label, "baseline": before},
                "decisions": {"champion": before > 3, "baseline": before > 4},
                "slices": {"site": row["site"]},
            }
        )
    return found
