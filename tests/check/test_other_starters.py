"""Rules that ask each kind of system something else, on a chatbot and an agent with own data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.check import growing
from tests.check.growing import number, outcome, seen, why, write

if TYPE_CHECKING:
    from pathlib import Path

README = "README.md"
REPORT = "reports/evaluation.json"


def answered(folder: Path, answers: dict[str, str]) -> None:
    text = (folder / README).read_text(encoding="utf-8")
    for question, answer in answers.items():
        lines = [answer if one.startswith(f"_{question}: ") else one for one in text.split("\n")]
        text = "\n".join(lines)
    write(folder, README, growing.fill(folder, text))


def chatbot(folder: Path) -> Path:
    """A rag-app about bicycles: 70 questions, 25 that it must refuse."""
    growing.untouched(folder, "rag-app")
    for file in (folder / "data/corpus").glob("*.md"):
        file.unlink()
    for page in range(9):
        text = "\n\n".join(
            f"Stand {page}-{part} in the yard holds spare wheels of size {part} for the night."
            for part in range(9)
        )
        write(folder, f"data/corpus/stand-{page}.md", f"# Stand {page}\n\n{text}\n")
    sets = {"questions": 70, "off_topic": 12, "near_miss": 13}
    rows: list[dict[str, Any]] = []
    for name, n in sets.items():
        kind = "golden" if name == "questions" else name
        asked = [
            {
                "id": f"{kind[0]}{i}",
                "question": f"Which {kind} wheel is at stand {i}?",
                "relevant": [{}],
            }
            for i in range(n)
        ]
        write(folder, f"data/golden/{name}.jsonl", "".join(json.dumps(one) + "\n" for one in asked))
        for place, one in enumerate(asked):
            row = {"id": one["id"], "unit": one["id"], "set": kind, "similarity": 0.4}
            if kind == "golden":
                row |= {
                    "kind": "size" if place % 3 else "place",
                    "golden_sections": 1,
                    "recall_at_5": {
                        "hybrid": float(place % 10 > 1),
                        "lexical": float(place % 10 > 3),
                    },
                }
            else:
                row["refused"] = place % 4 > 0
            rows.append(row)
    golden = {"/set": "golden"}
    numbers = {
        "retrieval": {
            way: {"recall_at_5": number("mean", f"/recall_at_5/{way}", golden, rows)}
            for way in ("hybrid", "lexical")
        },
        "kinds": {
            kind: {
                "hybrid": {
                    "recall_at_5": number(
                        "mean", "/recall_at_5/hybrid", {**golden, "/kind": kind}, rows
                    )
                }
            }
            for kind in ("size", "place")
        },
        "refusal": {"near_miss_refused": number("mean", "/refused", {"/set": "near_miss"}, rows)},
    }
    write(folder, "uv.lock", "version = 1\n")
    growing.commit(folder, "bicycles")
    growing.save(folder, "evaluation", numbers, rows)
    worst = min(
        numbers["kinds"], key=lambda one: numbers["kinds"][one]["hybrid"]["recall_at_5"]["value"]
    )
    answered(
        folder,
        {
            "PF2": f"[0.00]({REPORT}#/retrieval/lexical/recall_at_5) by words alone, "
            f"[0.00]({REPORT}#/retrieval/hybrid/recall_at_5) with vectors.",
            "PF3": f"It refuses [0.00]({REPORT}#/refusal/near_miss_refused) of near misses.",
            "RC3": f"Worst about {worst}: [0.00]({REPORT}#/kinds/{worst}/hybrid/recall_at_5).",
            "RC1": "What an answer costs is unknown: nothing is asked of a paid model.",
        },
    )
    growing.commit(folder, "answers")
    return folder


def agent(folder: Path) -> Path:
    """A multi-agent about bicycles: twelve tasks, with the offline model."""
    growing.untouched(folder, "multi-agent")
    for file in (folder / "data/documents").glob("*.md"):
        file.unlink()
    for page in range(4):
        text = (
            f"Brakes of series {page} are replaced by the depot after nine hundred rides or a year."
        )
        write(folder, f"data/documents/policy-{page}.md", f"# Policy {page}\n\n{text}\n")
    tasks = "\n".join(
        f'[[task]]\nname = "t{i}"\nkind = "brakes"\nquestion = "Which brakes of depot {i}?"\n'
        for i in range(12)
    )
    write(folder, "data/tasks.toml", tasks)
    rows = [
        {
            "unit": f"t{i}",
            "kind": "brakes" if i % 2 else "wheels",
            "repeat": 0,
            "several": {"passed": i > 0, "outcome": "published"},
            "single": {"passed": i > 3, "outcome": "published"},
        }
        for i in range(12)
    ]
    numbers: dict[str, Any] = {
        way: {
            "passed": number("mean", f"/{way}/passed", {}, rows),
            "kinds": {
                kind: number("mean", f"/{way}/passed", {"/kind": kind}, rows)
                for kind in ("brakes", "wheels")
            },
        }
        for way in ("several", "single")
    }
    write(folder, "uv.lock", "version = 1\n")
    growing.commit(folder, "bicycles")
    growing.save(folder, "evaluation", numbers, rows)
    report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    report["inputs"]["model"] = "offline"
    write(folder, REPORT, json.dumps(report))
    answered(
        folder,
        {
            "PF2": f"One agent passes [0.00]({REPORT}#/single/passed), several "
            f"[0.00]({REPORT}#/several/passed).",
            "PF3": f"Nothing is published unseen; [0.00]({REPORT}#/several/passed) pass at all.",
            "RC3": f"Worst: [0.00]({REPORT}#/several/kinds/wheels) of tasks about wheels.",
            "RC1": "The cost of a run is unknown, as the model runs on my own machine.",
        },
    )
    growing.commit(folder, "answers")
    return folder


MAKERS = {"rag-app": chatbot, "multi-agent": agent}
RULES = ("PF103", "PF105", "RC103", "RC104", "RC105", "RC107", "CD105", "OW101")


@pytest.mark.parametrize("template", MAKERS)
def test_what_its_kind_is_asked_passes_with_own_data(template: str, tmp_path: Path) -> None:
    verdict = seen(MAKERS[template](tmp_path / "mine"))
    failing = {rule: why(verdict, rule) for rule in RULES if outcome(verdict, rule) != "pass"}
    assert failing == {}


@pytest.mark.parametrize("template", MAKERS)
def test_a_case_that_the_report_leaves_out_is_missed(template: str, tmp_path: Path) -> None:
    mine = MAKERS[template](tmp_path / "mine")
    path = "data/golden/questions.jsonl" if template == "rag-app" else "data/tasks.toml"
    more = (
        '{"id": "g99", "question": "And this?", "relevant": []}\n'
        if template == "rag-app"
        else '\n[[task]]\nname = "t99"\nquestion = "And this?"\n'
    )
    write(mine, path, (mine / path).read_text(encoding="utf-8") + more)
    verdict = seen(mine, select="RC103")
    assert "in no row" in why(verdict, "RC103")


def test_the_starters_questions_in_other_words_of_case_and_space_are_the_starters(
    tmp_path: Path,
) -> None:
    mine = chatbot(tmp_path / "mine")
    text = growing.given("rag-app")["data/golden/questions.jsonl"].decode()
    asked = [json.loads(line) for line in text.splitlines()]
    for place, one in enumerate(asked):
        one |= {"id": f"q{place}", "question": f"  {one['question'].upper()} "}
    lines = "".join(json.dumps(one) + "\n" for one in reversed(asked))
    write(mine, "data/golden/questions.jsonl", lines)
    assert "100% of its questions" in why(seen(mine, select="OW101"), "OW101")


def test_the_starters_documents_cut_up_and_renamed_are_the_starters(tmp_path: Path) -> None:
    mine = chatbot(tmp_path / "mine")
    for file in (mine / "data/corpus").glob("*.md"):
        file.unlink()
    given = growing.given("rag-app")
    pages = [path for path in given if path.startswith("data/corpus/") and path.endswith(".md")]
    for place, path in enumerate(pages):
        parts = given[path].decode().split("\n\n")
        write(mine, f"data/corpus/{place}.txt", "\n\n".join(reversed(parts)).upper())
    assert "of its paragraphs" in why(seen(mine, select="OW101"), "OW101")


def test_an_agent_that_does_not_wait_for_approval_is_seen(tmp_path: Path) -> None:
    mine = agent(tmp_path / "mine")
    graph = mine / "app/agents/graph.py"
    text = graph.read_text(encoding="utf-8")
    write(mine, "app/agents/graph.py", text.replace("wait_for_approval", "go_on"))
    assert "does not wait" in why(seen(mine, select="PF105"), "PF105")


def test_a_worse_system_than_its_baseline_is_told_so(tmp_path: Path) -> None:
    mine = chatbot(tmp_path / "mine")
    settings = (mine / "project.toml").read_text(encoding="utf-8")
    write(mine, "project.toml", settings.replace('mode = "hybrid"', 'mode = "lexical"'))
    growing.commit(mine, "words alone")
    report = json.loads((mine / REPORT).read_text(encoding="utf-8"))
    report["inputs"]["trees"]["project.toml"] = growing.git(mine, "rev-parse", "HEAD:project.toml")
    write(mine, REPORT, json.dumps(report))
    assert "is not better than what it is compared with" in why(seen(mine, select="PF103"), "PF103")
