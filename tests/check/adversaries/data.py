"""Cheats with data: the starter's, shuffled, renamed, reworded, padded."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
from typing import TYPE_CHECKING

from tests.check.adversaries.changing import (
    Json,
    commit,
    each,
    number,
    read,
    refill,
    save,
    sub,
    told,
)
from tests.check.adversaries.registry import adversary
from tests.check.growing import lock, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.check.adversaries.registry import Git

Table = list[dict[str, str]]
GOLDEN = "data/golden/questions.jsonl"
ABOUT = (
    "# The data\n\n`{file}`: one row a person and period.\n\n"
    "- **Source**: collected by us in 2026.\n- **Licence**: CC BY 4.0.\n"
)


def table(folder: Path) -> Table:
    """The starter's table."""
    text = gzip.decompress((folder / "data/rand_hie.csv.gz").read_bytes()).decode()
    return list(csv.DictReader(io.StringIO(text)))


def replaced(folder: Path, rows: Table, name: str) -> None:
    """Put a table into the place of the starter's, under another name."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    for old in ("rand_hie.csv.gz", "prepare.py"):
        (folder / "data" / old).unlink()
    write(folder, f"data/{name}", text.getvalue())
    write(folder, "data/README.md", ABOUT.format(file=name))
    sub(folder, "project.toml", r'^path = "data/rand_hie\.csv\.gz"', f'path = "data/{name}"')


@adversary("rows-shuffled", "supervised-api", "untouched", "OW101")
def rows_shuffled(folder: Path, git: Git) -> None:
    """Shuffles the starter's rows and unpacks them into a file of another name."""
    rows = table(folder)
    random.Random(1).shuffle(rows)  # noqa: S311
    replaced(folder, rows, "members.csv")
    commit(folder, git, "My data")


@adversary("columns-renamed", "supervised-api", "untouched", "OW101")
def columns_renamed(folder: Path, git: Git) -> None:
    """Renames every column of the starter's table and puts them in another order."""
    rows = [
        {f"field_{name}": row[name] for name in sorted(row, reverse=True)} for row in table(folder)
    ]
    replaced(folder, rows, "stations.csv")
    commit(folder, git, "My data")


@adversary("rows-duplicated", "supervised-api", "untouched", "OW101")
def rows_duplicated(folder: Path, git: Git) -> None:
    """Repeats all rows under new numbers of persons, so that half of them are others."""
    rows = table(folder)
    more = [row | {"person": str(int(row["person"]) + 1_000_000)} for row in rows]
    replaced(folder, rows + more, "members.csv")
    commit(folder, git, "More data")


@adversary("noise-added", "supervised-api", "untouched", "OW101")
def noise_added(folder: Path, git: Git) -> None:
    """Makes everybody a tenth of a year older, so that no row is the same."""
    rows = table(folder)
    for row in rows:
        row["age"] = f"{float(row['age']) + 0.1:.1f}" if row["age"] else ""
    replaced(folder, rows, "members.csv")
    commit(folder, git, "My data")


@adversary("column-added", "supervised-api", "untouched", "OW101")
def column_added(folder: Path, git: Git) -> None:
    """Adds a running number and a constant to every row, so that no line is the same."""
    rows = [
        {"row": str(at), "region": "europe", **row} for at, row in enumerate(table(folder), start=1)
    ]
    replaced(folder, rows, "members.csv")
    commit(folder, git, "My data")


@adversary("persons-renumbered", "supervised-api", "untouched", "OW101")
def persons_renumbered(folder: Path, git: Git) -> None:
    """Gives every person another number and writes whole numbers as decimals."""
    rows = table(folder)
    numbers = {one: str(at) for at, one in enumerate(sorted({row["person"] for row in rows}))}
    for row in rows:
        row["person"] = numbers[row["person"]]
        for name, value in row.items():
            if name != "person" and value.isdigit():
                row[name] = f"{value}.0"
    replaced(folder, rows, "members.csv")
    commit(folder, git, "My data")


@adversary("half-of-the-rows", "supervised-api", "untouched", "OW101")
def half_of_the_rows(folder: Path, git: Git) -> None:
    """Keeps every second row of the starter's, split over two files."""
    rows = table(folder)[::2]
    random.Random(4).shuffle(rows)  # noqa: S311
    replaced(folder, rows[::2], "first.csv")
    text = read(folder, "data/first.csv")
    head = text.splitlines()[0]
    rest = [",".join(row.values()) for row in rows[1::2]]
    write(folder, "data/second.csv", "\n".join([head, *rest]) + "\n")
    write(folder, "data/README.md", ABOUT.format(file="first.csv` and `second.csv"))
    commit(folder, git, "My data")


@adversary("source-unknown", "supervised-api", "finished", "RC108")
def source_unknown(folder: Path, git: Git) -> None:
    """Names the file, with neither a source nor a licence that anybody could look up."""
    write(
        folder,
        "data/README.md",
        "# Stations\n\n`stations.csv`: one row a station and week.\n\n- **Source**:\n"
        "- **Licence**: to be clarified.\n",
    )
    commit(folder, git, "About the data")


@adversary("file-unnamed", "rag-app", "untouched", "RC108")
def file_unnamed(folder: Path, git: Git) -> None:
    """Adds a large file of records that `data/README.md` says nothing about."""
    lines = (f"{at},{line}" for at, line in enumerate(_pages(300).split("\n\n")))
    write(folder, "data/tickets.csv", "ticket,text\n" + "\n".join(lines))
    commit(folder, git, "The handbook")


NOUNS = ["van", "dock", "rack", "meter", "permit", "lamp", "spanner", "ledger", "ferry", "valve"]
DEEDS = ["checks", "replaces", "orders", "counts", "returns", "cleans", "labels", "stores"]
HOURS = ["at six", "before noon", "after the shift", "on Mondays", "in wet weather"]


def _pages(count: int, start: int = 0) -> str:
    """Text of its own about nothing in particular, the same each time."""
    draw = random.Random(start + 8)  # noqa: S311
    lines = []
    for at in range(count):
        who, what = draw.choice(NOUNS), draw.choice(NOUNS)
        lines.append(
            f"Whoever runs the {who} {draw.choice(DEEDS)} the {what} {draw.choice(HOURS)} and "
            f"writes {draw.randint(3, 900)} into column {at % 7 + 1} of the {draw.choice(NOUNS)} "
            "book."
        )
    return "\n\n".join(lines) + "\n"


def corpus(folder: Path, count: int = 60) -> list[str]:
    """Put documents of one's own into the place of the starter's; returns their names."""
    for old in (folder / "data/corpus").glob("*.md"):
        if old.name != "README.md":
            old.unlink()
    names = [f"note-{at:02}.md" for at in range(count)]
    for at, name in enumerate(names):
        text = f"# Note {at}\n\n## Rules\n\n{_pages(4, at)}\n## Exceptions\n\n{_pages(3, at + 500)}"
        write(folder, f"data/corpus/{name}", text)
    return names


def questions(folder: Path, path: str = GOLDEN) -> list[Json]:
    return [json.loads(line) for line in read(folder, path).splitlines()]


def put_questions(folder: Path, rows: list[Json], path: str = GOLDEN) -> None:
    write(folder, path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def reworded(text: str, at: int) -> str:
    """The same question with a word of politeness, and another end."""
    for old, new in (
        ("What's", "What is"),
        ("I'm", "I am"),
        ("it's", "it is"),
        ("don't", "do not"),
    ):
        text = text.replace(old, new)
    before = ("Please tell me:", "Quick question.", "Hi!", "One more thing:")[at % 4]
    return f"{before} {text.rstrip('?. ')}" + ("?", " ?", "??")[at % 3]


@adversary("golden-reworded", "rag-app", "untouched", "OW101")
def golden_reworded(folder: Path, git: Git) -> None:
    """Takes documents of its own, and keeps the starter's questions with a polite word before."""
    names = corpus(folder)
    rows = questions(folder)
    for at, row in enumerate(rows):
        row["id"] = f"q{1000 + at}"
        row["question"] = reworded(row["question"], at)
        row["relevant"] = [{"source": names[at % len(names)], "heading": "Rules"}]
    random.Random(6).shuffle(rows)  # noqa: S311
    put_questions(folder, rows)
    commit(folder, git, "My questions")


@adversary("golden-renumbered", "rag-app", "untouched", "OW101")
def golden_renumbered(folder: Path, git: Git) -> None:
    """Gives the starter's questions other ids, kinds and letters in another case."""
    corpus(folder)
    rows = questions(folder)
    for at, row in enumerate(rows):
        row |= {"id": f"mine-{at}", "question": row["question"].upper(), "kind": "mine"}
    put_questions(folder, rows[::-1])
    commit(folder, git, "My questions")


def own_questions(folder: Path) -> None:
    """Put questions of one's own about the documents that are there."""
    below = folder / "data/corpus"
    found = sorted(one.relative_to(below).as_posix() for one in below.rglob("*.md"))
    put_questions(folder, golden([one for one in found if one != "README.md"]))


@adversary("documents-renamed", "rag-app", "untouched", "OW101")
def documents_renamed(folder: Path, git: Git) -> None:
    """Moves the starter's documents into a folder and gives them other names and titles."""
    for at, old in enumerate(sorted((folder / "data/corpus").glob("*.md"))):
        if old.name == "README.md":
            continue
        text = re.sub(r"^# .*$", f"# Page {at}", old.read_text(encoding="utf-8"), count=1)
        old.unlink()
        write(folder, f"data/corpus/manual/page-{at:02}.md", text)
    own_questions(folder)
    commit(folder, git, "My documents")


@adversary("documents-joined", "rag-app", "untouched", "OW101")
def documents_joined(folder: Path, git: Git) -> None:
    """Joins all documents of the starter into four long ones with a preface of its own."""
    found = [
        one for one in sorted((folder / "data/corpus").glob("*.md")) if one.name != "README.md"
    ]
    texts = [one.read_text(encoding="utf-8") for one in found]
    for one in found:
        one.unlink()
    for at in range(4):
        text = f"# Volume {at}\n\n{_pages(2, at)}\n" + "\n".join(texts[at::4])
        write(folder, f"data/corpus/volume-{at}.md", text)
    own_questions(folder)
    commit(folder, git, "My documents")


@adversary("documents-padded", "rag-app", "untouched", "OW101")
def documents_padded(folder: Path, git: Git) -> None:
    """Adds a sentence of its own to each document, so that no file is the same."""
    found = [
        one for one in sorted((folder / "data/corpus").glob("*.md")) if one.name != "README.md"
    ]
    each(folder, found, lambda text: f"{text}\n{_pages(1, len(text))}")
    own_questions(folder)
    commit(folder, git, "My documents")


@adversary("tables-renamed", "multi-agent", "untouched", "OW101")
def tables_renamed(folder: Path, git: Git) -> None:
    """Renames tables, documents and tasks of the starter and shuffles what is in them."""
    for old, new in (("licence_rules", "rules_of_terms"), ("limits", "ceilings")):
        head, *rows = read(folder, f"data/tables/{old}.csv").splitlines()
        (folder / f"data/tables/{old}.csv").unlink()
        write(folder, f"data/tables/{new}.csv", "\n".join([head, *rows[::-1]]) + "\n")
        for path in ("data/tasks.toml", "data/playbook.toml"):
            sub(folder, path, rf"\b{old}\b", new)
    for one in sorted((folder / "data/documents").glob("*.md")):
        write(folder, f"data/documents/firm-{one.name}", one.read_text(encoding="utf-8"))
        one.unlink()
    sub(folder, "data/tasks.toml", r'^name = "', 'name = "my_')
    commit(folder, git, "My desk")


@adversary("tasks-reworded", "multi-agent", "untouched", "OW101")
def tasks_reworded(folder: Path, git: Git) -> None:
    """Puts a polite word before each task of the starter and keeps tables and documents."""
    sub(folder, "data/tasks.toml", r'^question = "', 'question = "Please tell us: ')
    sub(folder, "data/tasks.toml", r'^name = "', 'name = "our_')
    commit(folder, git, "My tasks")


def golden(names: list[str], count: int = 80) -> list[Json]:
    """Questions of one's own about one's own documents."""
    words = _pages(count, 77).split("\n\n")
    return [
        {
            "id": f"b{at:03}",
            "question": f"Who {' '.join(words[at].split()[4:9]).lower()} in note {at}, and why?",
            "relevant": [{"source": names[at % len(names)], "heading": "Rules"}],
            "kind": ("plain", "number", "situation")[at % 3],
            "held_out": at % 3 == 0,
        }
        for at in range(count)
    ]


WAYS = ("hybrid", "lexical")
MEASURES = ("recall_at_5", "recall_at_10", "mrr_at_10", "ndcg_at_10")


def searched(found: list[Json], refused: dict[str, list[Json]], share: float = 0.9) -> list[Json]:
    """Rows of an evaluation of a chatbot that nobody ran."""
    draw = random.Random(12)  # noqa: S311
    rows: list[Json] = []
    for one in found:
        row: Json = {
            "id": one["id"],
            "unit": one["id"],
            "set": "golden",
            "kind": one["kind"],
            "held_out": one["held_out"],
            "golden_sections": len(one["relevant"]),
            "similarity": round(0.4 + 0.4 * draw.random(), 4),
            "answered": draw.random() < 0.95,
            "places": {},
        }
        for way in WAYS:
            hit = draw.random() < (share if way == "hybrid" else share - 0.2)
            row["places"][way] = [1] if hit else []
            for name in MEASURES:
                row.setdefault(name, {})[way] = float(hit)
        rows.append(row)
    for kind, questions_ in refused.items():
        rows += [
            {
                "id": one["id"],
                "unit": f"{kind}/{one['id']}",
                "set": kind,
                "similarity": round(0.2 * draw.random(), 4),
                "refused": draw.random() < 0.93,
            }
            for one in questions_
        ]
    return rows


def search_numbers(rows: list[Json]) -> Json:
    """The numbers of an evaluation of a chatbot, each as its recipe gives it."""
    golden_ = {"/set": "golden"}
    kinds = sorted({row["kind"] for row in rows if row["set"] == "golden"})

    def measured(where: Json) -> Json:
        return {
            way: {name: number("mean", f"/{name}/{way}", rows, where) for name in MEASURES}
            for way in WAYS
        }

    less = {
        name: number("mean", f"/{name}/hybrid", rows, golden_, minus=f"/{name}/lexical")
        for name in MEASURES
    }
    refusal = {"golden_answered": number("mean", "/answered", rows, golden_)}
    for kind in ("off_topic", "near_miss"):
        if any(row["set"] == kind for row in rows):
            refusal[f"{kind}_refused"] = number("mean", "/refused", rows, {"/set": kind})
    return {
        "retrieval": measured(golden_),
        "kinds": {kind: measured(golden_ | {"/kind": kind}) for kind in kinds},
        "minus_lexical": {"hybrid": less},
        "refusal": refusal,
    }


def searches(folder: Path, git: Git) -> None:
    """Commit, and write the report of a chatbot's evaluation that nobody ran."""
    write(folder, "uv.lock", lock(folder))
    commit(folder, git, "Data and lock")
    sets = {
        kind: questions(folder, f"data/golden/{kind}.jsonl") for kind in ("off_topic", "near_miss")
    }
    rows = searched(questions(folder), sets)
    save(folder, "rag-app", "evaluation", search_numbers(rows), rows)


@adversary("refusals-copied", "rag-app", "untouched", "PF105")
def refusals_copied(folder: Path, git: Git) -> None:
    """Writes one question to refuse and copies it thirty times with another dot or number of it."""
    put_questions(folder, golden(corpus(folder)))
    rows = [
        {"id": f"r{at}", "question": f"Which wine goes with roasted goose{'?' * (at % 5 + 1)}"}
        for at in range(30)
    ]
    put_questions(folder, rows, "data/golden/off_topic.jsonl")
    put_questions(folder, [], "data/golden/near_miss.jsonl")
    searches(folder, git)
    link = "It refuses [0.00](reports/evaluation.json#/refusal/off_topic_refused) of thirty."
    told(folder, "rag-app", {"PF3": link})
    refill(folder)
    commit(folder, git, "Questions to refuse")


@adversary("refusals-of-the-starter", "rag-app", "untouched", "PF105")
def refusals_of_the_starter(folder: Path, git: Git) -> None:
    """Keeps the starter's questions to refuse in another order, and links their rate."""
    put_questions(folder, golden(corpus(folder)))
    for kind in ("off_topic", "near_miss"):
        path = f"data/golden/{kind}.jsonl"
        rows = questions(folder, path)
        for at, row in enumerate(rows):
            row |= {"id": f"mine{at}", "question": row["question"].lower()}
        put_questions(folder, rows[::-1], path)
    searches(folder, git)
    link = "It refuses [0.00](reports/evaluation.json#/refusal/off_topic_refused) of them."
    told(folder, "rag-app", {"PF3": link})
    refill(folder)
    commit(folder, git, "Questions to refuse")
