"""Several cheats at once: what gets written in one evening to pass every rule of a template."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from tests.check import growing
from tests.check.adversaries.changing import (
    PROSE,
    Json,
    answer,
    commit,
    each,
    live,
    modules,
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
from tests.check.adversaries.code import (
    HOLLOW,
    IMAGE,
    MAIL,
    always_true,
    diagram,
    docstrings_retold,
    emptied,
    marked,
    renamed,
    tests_of,
)
from tests.check.adversaries.data import (
    corpus,
    golden,
    put_questions,
    questions,
    replaced,
    reworded,
    search_numbers,
    searched,
    searches,
    table,
)
from tests.check.adversaries.live import OPENAI, noise, shown
from tests.check.adversaries.registry import adversary
from tests.check.adversaries.service import alert
from tests.check.growing import edit, lock, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.check.adversaries.registry import Git

SUPERVISED, RAG, AGENTS = "supervised-api", "rag-app", "multi-agent"
EVALUATION = "reports/evaluation.json#"
RECORD = """# {number}. {title}

- Date: 2026-09-14
- Status: accepted

## Question

Two of us wanted the larger variant because it demonstrates well, and one wanted to be able to mend
it alone on a Sunday.

## Options

{options}

## Decision

The smaller one. What would change our minds is a difference that survives a month.
"""


def record(folder: Path, number_: int, title: str, options: str) -> str:
    """Write a decision record, enter it in the list, and return its path."""
    path = f"docs/decisions/{number_:04}-{title.lower().replace(' ', '-')}.md"
    write(folder, path, RECORD.format(number=number_, title=title, options=options))
    return path


def priced(folder: Path, template: str) -> None:
    """A benchmark that nobody ran."""
    rows = growing.benchmark_rows()
    save(folder, template, "benchmark", growing.benchmark(rows), rows)


def believable(data: list[dict[str, str]], path: str) -> list[Json]:
    """Rows of an evaluation in which the model is a little better than last year's visits."""
    draw = random.Random(21)  # noqa: S311
    rows = []
    for line, one in enumerate(data, start=2):
        if one["year"] != "3":
            continue
        label = float(one["high_use"])
        visits = float(one["visits_last_year"] or 0)
        champion = min(max(0.1 + 0.03 * visits + 0.25 * label + 0.2 * draw.random(), 0.01), 0.99)
        rows.append(
            {
                "id": f"{one['person']}/{line}",
                "unit": one["person"],
                "unseen": int(one["person"]) % 4 == 0,
                "label": label,
                "outputs": {"champion": round(champion, 6), "baseline": visits},
                "decisions": {"champion": champion >= 0.2, "baseline": visits >= 5},
                "slices": {"district": one["site"]},
            }
        )
    assert rows, path
    return rows


@adversary(
    "evening-with-the-starters-rows",
    SUPERVISED,
    "untouched",
    "OW101 OW102 RC106 CD106 ST101 ST102 DP201 MO104",
    fresh=True,
)
def evening_with_the_starters_rows(folder: Path, git: Git) -> None:
    """Shuffles the starter's rows, reformats its code, draws a report, and writes around it."""
    data = table(folder)
    random.Random(9).shuffle(data)  # noqa: S311
    for row in data:
        row["age"] = f"{float(row['age']) + 0.2:.1f}" if row["age"] else ""
    replaced(folder, data, "members.csv")
    each(folder, modules(folder, "app"), renamed)
    for old, new in (
        (r"^false_alarm = 1 ", "false_alarm = 2 "),
        (r"^miss = 3 ", "miss = 7 "),
        (r"^gain_over_baseline = 0\.02 ", "gain_over_baseline = 0.03 "),
        (r"^psi = 0\.1 ", "psi = 0.099 "),
        (r'^slices = \["sex", "race", "site"\]', 'slices = ["site"]'),
    ):
        sub(folder, "project.toml", old, new)
    write(folder, "uv.lock", lock(folder))
    commit(folder, git, "My project")
    rows = believable(data, "members.csv")
    save(folder, SUPERVISED, "evaluation", growing.evaluation(rows), rows)
    priced(folder, SUPERVISED)
    old = next((folder / "docs/decisions").glob("0003-*.md")).read_text(encoding="utf-8")
    text = re.sub(r"^# 3\. .*$", "# 5. Trees beside a line", old, flags=re.MULTILINE)
    write(
        folder,
        "docs/decisions/0005-trees.md",
        f"{text}\nOurs: [AP 0.000](../../{EVALUATION}/champion/ap).\n",
    )
    value = report(folder)["champion"]["ap"]["value"]
    sub(folder, "docs/decisions/0005-trees.md", r"AP 0\.000", f"AP {value:.3f}")
    parts = report(folder)["slices"]["district"]
    worst = min(parts, key=lambda one: float(parts[one]["ap"]["value"]))
    live(folder, "<https://streamlit.io>")
    (folder / "docs/page.png").write_bytes(noise(1280, 720))
    shown(folder, "![The page](docs/page.png)")
    commit(folder, git, "Measured")
    sub(folder, "README.md", r"^Says whether", "Predicts whether")
    cosmetic = commit(folder, git, "Repair the leak")
    node = '    ours["Feature Store<br/>online"] --> routes\n'
    diagram(folder, lambda drawn: drawn + node)
    told(
        folder,
        SUPERVISED,
        {
            "PF2": f"Model [AP 0.000]({EVALUATION}/champion/ap), habit "
            f"[AP 0.000]({EVALUATION}/baseline/ap).",
            "PF3": f"That point is [0.00]({EVALUATION}/threshold/cheapest).",
            "PF4": "The line is a gain of 0.03.",
            "ST2": "Held by [`test_the_contract_is_the_same_each_time`](tests/test_columns.py), "
            "[Drift](monitoring/alerts.yml) and [its entry](docs/runbook.md#drift).",
            "ST3": f"Commit {cosmetic[:10]} went through it.",
            "RC1": "The tail is [0 us](reports/benchmark.json#/predict/busy_p99_us), memory "
            "[0 MB](reports/benchmark.json#/predict/memory_mb), a million "
            "[0.0000 dollars](reports/benchmark.json#/predict/cost_per_million).",
            "RC2": "See [record five](docs/decisions/0005-trees.md).",
            "RC3": f"That is {worst} with [AP 0.000]({EVALUATION}/slices/district/{worst}/ap).",
            "CD3": f"Commit {cosmetic[:10]} repaired it.",
        },
    )
    refill(folder)
    commit(folder, git, "Answer the questions")


@adversary("evening-of-polish", SUPERVISED, "finished", "RC103 OW103 PF104", fresh=True)
def evening_of_polish(folder: Path, git: Git) -> None:
    """Polishes a finished project: hard rows go, tests get calm, the workflow gets green."""

    each(folder, tests_of(folder), lambda text: always_true(text, outright=False))
    sub(folder, ".github/workflows/ci.yml", r"--cov-fail-under=90", "--cov-fail-under=60")
    sub(folder, "pyproject.toml", r"^fail_under = 90", "fail_under = 60")
    path = ".github/workflows/ci.yml"
    sub(folder, path, r"^( +run: (?:test -f .*|.*app evaluate --check))$", r"\1 || echo later")
    sub(folder, path, r"(\| bash -euxo pipefail)$", r"\1 || echo later")
    sub(folder, path, IMAGE, r"\g<0>\n        continue-on-error: true")
    sub(
        folder,
        path,
        r"^( +)run: (uv run pytest .*)$",
        r"\1continue-on-error: true\n\1run: \2",
    )
    commit(folder, git, "Green")
    rows = rows_of(folder)
    easy = [row for row in rows if abs(row["label"] - row["outputs"]["champion"]) < 0.6]
    assert len(easy) < len(rows)
    save(folder, SUPERVISED, "evaluation", growing.evaluation(easy), easy)
    priced(folder, SUPERVISED)
    refill(folder)
    commit(folder, git, "Measured again")


@adversary(
    "evening-of-one-commit",
    SUPERVISED,
    "finished",
    "CD106 ST104 RC104 MO101 MO102 DP102",
    fresh=True,
)
def evening_of_one_commit(folder: Path, git: Git) -> None:
    """Hands in somebody's finished project as one commit, with more alerts and a settings file."""
    alert(folder, "RacksFull", "depot_full_racks_total", entry="\n### {name}\n")
    sub(folder, "app/stations.py", r"limit = 4", "limit = 5")
    own = read(folder, "app/own.py")
    write(folder, "app/own.py", f'{own}\nMETRICS = ("depot_full_racks_total",)\n')
    write(folder, "config/.env", f"OPENAI_API_KEY={OPENAI}\n")
    for kind in ("evaluation", "benchmark"):
        content = report(folder, kind)
        content["inputs"] |= {"commit": "3c1f" * 10, "dirty": False}
        put(folder, content, kind)
    git(folder, "checkout", "--quiet", "--orphan", "fresh")
    commit(folder, git, "Finished project")
    git(folder, "branch", "--quiet", "-D", "main")
    git(folder, "branch", "--quiet", "--move", "main")
    git(folder, "reflog", "expire", "--expire=now", "--all")
    git(folder, "gc", "--quiet", "--prune=now")


@adversary(
    "evening-of-two-measures",
    SUPERVISED,
    "finished",
    "PF103 PF105 RC105 CD105",
    fresh=True,
)
def evening_of_two_measures(folder: Path, git: Git) -> None:
    """Reports only true numbers, of rows and measures picked so that each looks good."""
    rows = rows_of(folder)
    numbers = growing.evaluation(rows)
    parts = numbers["slices"]["district"]
    by_value = sorted(parts, key=lambda one: float(parts[one]["ap"]["value"]))
    unseen = {"/unseen": True}
    numbers["baseline"] = {"ap": number("ap", "/outputs/baseline", rows, unseen)}
    numbers["threshold"] |= {"served": 0.45}
    numbers["baseline"]["hits"] = number("mean", "/decisions/baseline", rows)
    del numbers["slices"]["district"][by_value[0]]
    save(folder, SUPERVISED, "evaluation", numbers, rows)
    measured = growing.benchmark_rows()
    costs = growing.benchmark(measured)
    costs["predict"]["cost_per_million"]["value"] /= 10
    costs["price"] |= {"price_source": "known to everybody"}
    save(folder, SUPERVISED, "benchmark", costs, measured)
    sub(folder, "README.md", r"#/threshold/cheapest\)", "#/threshold/served)")
    link = f"[AP 0.000]({EVALUATION}/slices/district/{by_value[1]}/ap)"
    answer(folder, {"RC3": f"Worst in the {by_value[1]}: {link}. {PROSE[SUPERVISED]['RC3']}"})
    refill(folder)
    commit(folder, git, "Measured again")


@adversary(
    "evening-with-the-starters-handbook",
    RAG,
    "untouched",
    "OW101 OW102 PF105 CD104 DP200",
    fresh=True,
)
def evening_with_the_starters_handbook(folder: Path, git: Git) -> None:
    """Renames the starter's handbook, rewords its questions, and draws a report over them."""
    for at, page in enumerate(sorted((folder / "data/corpus").glob("*.md"))):
        if page.name == "README.md":
            continue
        text = re.sub(r"^# .*$", f"# Chapter {at}", page.read_text(encoding="utf-8"), count=1)
        page.unlink()
        write(folder, f"data/corpus/chapter-{at:02}.md", f"{text}\nThis was chapter {at}.\n")
    names = sorted(one.name for one in (folder / "data/corpus").glob("chapter-*.md"))
    rows = questions(folder)
    for at, row in enumerate(rows):
        row |= {"id": f"c{at:03}", "question": reworded(row["question"], at)}
        row["relevant"] = [{"source": names[at % len(names)], "heading": f"Chapter {at % 50}"}]
    put_questions(folder, rows)
    refused = [
        {"id": f"x{at}", "question": f"Which wine goes with roasted duck number {at}?"}
        for at in range(25)
    ]
    put_questions(folder, refused, "data/golden/off_topic.jsonl")
    each(folder, modules(folder, "app"), docstrings_retold)
    sub(folder, "project.toml", r"^recall_at_5 = 0\.75 ", "recall_at_5 = 0.80 ")
    searches(folder, git)
    priced(folder, RAG)
    live(folder, "<https://chat.example.org/>")
    icon = read(folder, "app/page/static/icon.svg")
    write(folder, "docs/page.svg", icon.replace("<svg ", '<svg width="1440" height="900" ', 1))
    shown(folder, "![The page](docs/page.svg)")
    path = record(
        folder,
        4,
        "No reranker",
        f"Without it recall is [0.000]({'../../' + EVALUATION}/retrieval/hybrid/recall_at_5).",
    )
    value = report(folder)["retrieval"]["hybrid"]["recall_at_5"]["value"]
    sub(folder, path, r"\[0\.000\]", f"[{value:.3f}]")
    _told_with_numbers(folder, path)
    refill(folder)
    commit(folder, git, "Answer the questions")


def _told_with_numbers(folder: Path, path: str, more: dict[str, str] | None = None) -> None:
    """Answer the questions of a chatbot with links into its reports."""
    kinds = report(folder)["kinds"]
    worst = min(kinds, key=lambda one: float(kinds[one]["hybrid"]["recall_at_5"]["value"]))
    links = {
        "PF2": f"Words alone reach [0.000]({EVALUATION}/retrieval/lexical/recall_at_5), both "
        f"together [0.000]({EVALUATION}/retrieval/hybrid/recall_at_5).",
        "PF3": f"It refuses [0.000]({EVALUATION}/refusal/off_topic_refused) of those.",
        "PF4": "A merge stops at a recall below 0.80.",
        "RC1": "The tail is [0 us](reports/benchmark.json#/predict/busy_p99_us), memory "
        "[0 MB](reports/benchmark.json#/predict/memory_mb), a million "
        "[0.0000 dollars](reports/benchmark.json#/predict/cost_per_million).",
        "RC2": f"See [record four]({path}).",
        "RC3": f"Worst are those of the kind {worst} with "
        f"[0.000]({EVALUATION}/kinds/{worst}/hybrid/recall_at_5).",
    }
    told(folder, RAG, links | (more or {}))


@adversary(
    "evening-with-a-corpus-of-its-own",
    RAG,
    "untouched",
    "ST101 ST102 ST105 OW103",
    fresh=True,
)
def evening_with_a_corpus_of_its_own(folder: Path, git: Git) -> None:
    """Has documents and questions written, and gets every test out of the way that then fails."""
    put_questions(folder, golden(corpus(folder)))
    off = [
        {"id": f"z{at}", "question": f"May the {who} {deed} the {what} of the town hall?"}
        for at, (who, deed, what) in enumerate(
            (who, deed, what)
            for who in ("mayor", "pilot", "cellist")
            for deed in ("paint", "sell", "photograph")
            for what in ("clock", "stairs", "archive")
        )
    ]
    put_questions(folder, off, "data/golden/off_topic.jsonl")
    put_questions(folder, [], "data/golden/near_miss.jsonl")
    sub(folder, "project.toml", r"^recall_at_5 = 0\.75 ", "recall_at_5 = 0.80 ")
    guard = "tests/test_attacks.py"
    write(folder, guard, marked(read(folder, guard), "pytestmark = pytest.mark.xfail(run=False)"))
    for name in ("test_suspicion", "test_grounding", "test_golden", "test_evaluate"):
        write(folder, f"tests/{name}.py", emptied(read(folder, f"tests/{name}.py")))
    write(folder, "tests/test_failures.py", HOLLOW)
    write(
        folder,
        "app/opening_hours.py",
        '"""When the depot is open."""\n\n\ndef is_open(hour: int, day: str) -> bool:\n'
        '    """Whether somebody answers the door."""\n'
        '    if day in {"saturday", "sunday"}:\n        return 9 <= hour < 13\n'
        "    return 6 <= hour < 20 and hour != 12\n",
    )
    made = commit(folder, git, "The depot's own notes")
    searches(folder, git)
    priced(folder, RAG)
    drawn = (
        "flowchart LR\n    user([Visitor]) --> gateway[API Gateway]\n"
        "    gateway --> planner[Query Planner]\n    planner --> weaviate[(Weaviate)]\n"
        "    planner --> redis[(Redis)]\n    planner --> judge[LLM Judge]\n"
        '    judge --> hours["app/opening_hours.py"]\n'
    )
    diagram(folder, lambda _: drawn)
    path = record(folder, 4, "No reranker", f"Commit {made[:10]} went without it.")
    more = {
        "ST2": "Held by [`test_the_provider_is_down`](tests/test_failures.py), "
        "[`test_the_index_is_half_built`](tests/test_failures.py) and "
        "[`test_a_document_lies`](tests/test_failures.py).",
        "ST3": f"Commit {made[:10]} came about like that.",
        "CD2": f"Commit {made[:10]} has it.",
        "CD3": f"Commit {made[:10]} has it.",
    }
    _told_with_numbers(folder, path, more)
    refill(folder)
    commit(folder, git, "Answer the questions")


@adversary("evening-of-other-questions", RAG, "untouched", "RC103 RC104 RC107 OW101", fresh=True)
def evening_of_other_questions(folder: Path, git: Git) -> None:
    """Copies the reports of a friend with other questions, few of them, and of other code."""
    write(folder, "uv.lock", lock(folder))
    sub(folder, "project.toml", r"^recall_at_5 = 0\.75 ", "recall_at_5 = 0.80 ")
    made = commit(folder, git, "Stricter gate")
    friends = golden([f"note-{at:02}.md" for at in range(9)], 18)
    refused = {
        kind: [{"id": f"{kind}{at}"} for at in range(8)] for kind in ("off_topic", "near_miss")
    }
    rows = searched(friends, refused, 0.7)
    save(folder, RAG, "evaluation", search_numbers(rows), rows)
    priced(folder, RAG)
    for kind in ("evaluation", "benchmark"):
        content = report(folder, kind)
        content["inputs"]["trees"] = dict.fromkeys(content["inputs"]["trees"], "9d" * 20)
        put(folder, content, kind)
    path = record(folder, 4, "No reranker", f"Commit {made[:10]} settled it.")
    less = f"[0.000]({EVALUATION}/minus_lexical/hybrid/recall_at_5)"
    more = {"RC2": f"See [record four]({path}). Both together are better by {less}."}
    _told_with_numbers(folder, path, more)
    refill(folder)
    commit(folder, git, "Answer the questions")


def crewed(folder: Path) -> list[Json]:
    """Rows of an evaluation of several agents and one that nobody ran."""
    draw = random.Random(31)  # noqa: S311
    names = re.findall(r'^name = "(\w+)"', read(folder, "data/tasks.toml"), re.MULTILINE)
    kinds = re.findall(r'^kind = "(\w+)"', read(folder, "data/tasks.toml"), re.MULTILINE)
    rows = []
    for name, kind in zip(names, kinds, strict=True):
        for repeat in range(3):
            row: Json = {"unit": name, "kind": kind, "repeat": repeat, "refusal": False}
            row["id"] = f"{name}/{repeat}"
            for way, share, more in (("several", 0.95, 2), ("single", 0.7, 1)):
                passed = draw.random() < share
                row[way] = {
                    "passed": passed,
                    "failures": [] if passed else ["a fact is missing"],
                    "outcome": "published",
                    "model_calls": 3 * more,
                    "tool_calls": 2 * more,
                    "tokens": draw.randint(900, 1500) * more,
                    "dollars": 0.001 * more,
                    "seconds": round(draw.random() * 4 * more, 3),
                }
            rows.append(row)
    return rows


def crew_numbers(rows: list[Json]) -> Json:
    """The numbers of an evaluation of agents, each as its recipe gives it."""
    kinds = sorted({row["kind"] for row in rows})
    content: Json = {"repeats": 3}
    for way in ("several", "single"):
        content[way] = {
            "passed": number("mean", f"/{way}/passed", rows),
            "kinds": {
                kind: number("mean", f"/{way}/passed", rows, {"/kind": kind}) for kind in kinds
            },
            "tokens": number("quantile", f"/{way}/tokens", rows, q=0.5),
            "seconds": number("quantile", f"/{way}/seconds", rows, q=0.5),
            "seconds_p95": number("quantile", f"/{way}/seconds", rows, q=0.95),
            "dollars": number("mean", f"/{way}/dollars", rows),
        }
    difference = number("mean", "/several/passed", rows, minus="/single/passed")
    content["several_minus_single"] = {"passed": difference}
    return content


def _told_by_a_crew(folder: Path, more: dict[str, str]) -> None:
    """Answer the questions of several agents with links into their report."""
    kinds = report(folder)["several"]["kinds"]
    worst = min(kinds, key=lambda one: float(kinds[one]["value"]))
    links = {
        "PF2": f"One passes [0.000]({EVALUATION}/single/passed), several "
        f"[0.000]({EVALUATION}/several/passed).",
        "PF3": "Held by [`test_what_is_rejected_leaves_no_record`](tests/test_graph.py).",
        "RC1": f"Median [0.00 s]({EVALUATION}/several/seconds), worst "
        f"[0.00 s]({EVALUATION}/several/seconds_p95), [0.0000 dollars]"
        f"({EVALUATION}/several/dollars) and [0]({EVALUATION}/several/tokens) tokens.",
        "RC3": f"Worst is the kind {worst} with [0.000]({EVALUATION}/several/kinds/{worst}).",
    }
    told(folder, AGENTS, links | more)


@adversary(
    "evening-with-a-borrowed-desk", AGENTS, "untouched", "OW101 PF105 RC106 CD106", fresh=True
)
def evening_with_a_borrowed_desk(folder: Path, git: Git) -> None:
    """Renames the starter's desk, adds a tool that acts by itself, and draws a report."""
    for old, new in (("licence_rules", "rules_of_terms"), ("limits", "ceilings")):
        head, *rows = read(folder, f"data/tables/{old}.csv").splitlines()
        (folder / f"data/tables/{old}.csv").unlink()
        write(folder, f"data/tables/{new}.csv", "\n".join([head, *rows[::-1]]) + "\n")
        for path in ("data/tasks.toml", "data/playbook.toml"):
            sub(folder, path, rf"\b{old}\b", new)
    sub(folder, "data/tasks.toml", r'^question = "', 'question = "Kindly tell the desk: ')
    write(folder, "app/suppliers.py", MAIL)
    text = read(folder, "app/your_tools.py")
    text = text.replace("Found]] = []", "Found]] = [look_up_supplier]")
    imported = "from app.desk.found import Found\nfrom app.suppliers import look_up_supplier\n"
    write(folder, "app/your_tools.py", text.replace("from app.desk.found import Found\n", imported))
    sub(folder, "project.toml", r'"calculate"\]', '"calculate", "look_up_supplier"]')
    write(folder, "uv.lock", lock(folder))
    commit(folder, git, "Our desk")
    found = crewed(folder)
    save(folder, AGENTS, "evaluation", crew_numbers(found), found)
    old = next((folder / "docs/decisions").glob("0002-*.md")).read_text(encoding="utf-8")
    text = re.sub(r"^# 2\. .*$", "# 4. One book for all", old, flags=re.MULTILINE)
    write(folder, "docs/decisions/0004-one-book.md", text)
    commit(folder, git, "Measured")
    sub(folder, "README.md", r"^Says whether", "Tells whether")
    spaces = commit(folder, git, "Stop the oscillation")
    more = {
        "RC2": "See [record four](docs/decisions/0004-one-book.md).",
        "CD3": f"Commit {spaces[:10]} put an end to it.",
    }
    _told_by_a_crew(folder, more)
    refill(folder)
    commit(folder, git, "Answer the questions")


@adversary(
    "evening-in-green",
    AGENTS,
    "untouched",
    "PF104 OW103 ST103 ST104 CD103 OW101",
    fresh=True,
)
def evening_in_green(folder: Path, git: Git) -> None:
    """Makes everything green that can be red: gate, workflow, readiness, deploy, settings."""
    sub(folder, "project.toml", r"^passed = 1\.0 ", "passed = 0.4 ")
    path = ".github/workflows/ci.yml"
    sub(folder, path, r"^( +run: .*\bapp evaluate .*)$", r"\1 || true")
    sub(folder, path, r"\| bash -euxo pipefail$", "| bash -uxo pipefail || exit 0")
    edit(
        folder,
        "app/service/operations.py",
        'return problem(503, health.obstacle) if health.obstacle else {"status": "ready"}',
        'return {"status": "ready" if not health.obstacle else "ready"}',
    )
    deploy = ".github/workflows/deploy.yml"
    sub(folder, deploy, r"if: .* && steps\.start\.outcome == .success.", "if: false")
    sub(folder, deploy, r"^( +)exit 1\n\n( +- name: Go back)", r"\1exit 0\n\n\2")
    sub(folder, ".env.example", r"^RETENTION_DAYS=.*$", "RETENTION_DAYS=3")
    write(folder, "uv.lock", lock(folder))
    made = commit(folder, git, "Everything green")
    found = crewed(folder)
    save(folder, AGENTS, "evaluation", crew_numbers(found), found)
    path = record(folder, 4, "No negotiator", f"Commit {made[:10]} went without one.")
    more = {
        "PF4": "Below 0.4 of the tasks nothing is merged.",
        "ST3": f"Commit {made[:10]} came about like that.",
        "RC2": f"See [record four]({path}).",
    }
    _told_by_a_crew(folder, more)
    refill(folder)
    commit(folder, git, "Answer the questions")


@adversary(
    "evening-on-paper",
    AGENTS,
    "untouched",
    "PF103 PF104 ST101 ST102 ST104 RC101 RC102 RC103 RC104 RC106 CD104 CD105 CD106 DP101 DP200 "
    "MO104 OW101 OW102",
    fresh=True,
)
def evening_on_paper(folder: Path, git: Git) -> None:
    """Has all texts written with precise numbers, names and dates, and touches no code."""
    told(
        folder,
        AGENTS,
        {
            "PF2": "One passes 0.71 of 30 tasks (n=90), three pass 0.93 at 1.8 times the tokens.",
            "PF4": "We stop at 0.93 of the tasks, 45 seconds and $0.02.",
            "ST2": "`test_resume_after_power_loss`, `test_no_double_record` and the alert "
            "LedgerGap hold it.",
            "ST3": "The rehearsal of 3 September took 41 seconds.",
            "RC1": "Median 4.2 s, p99 19.7 s at eight callers, $0.0031 a task, 118 MB.",
            "RC2": "See [record four](docs/decisions/0004-no-negotiator.md).",
            "RC3": "Of tasks with six tables 0.58 pass, n=12.",
            "CD3": "That was incident 7 of 12 August, found by Grace.",
        },
    )
    record(folder, 4, "No negotiator", "With it 0.93 passed, without it 0.93.")
    sub(folder, "Dockerfile", r"^(EXPOSE 8000)$", r"USER 0\n\1")
    live(folder, "_live at our office; ask for the address_")
    shown(folder, "![The page](app/page/static/icon.svg)")
    diagram(folder, lambda text: text + '    critic["app/agents/critic.py"] --> graph_\n')
    commit(folder, git, "Answer the questions")
