"""A small project with documents, questions and an index of its own."""

import json
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.embedding.words import WordVectors
from app.index.opening import open_index
from app.ingest import ingest
from app.project import Project, read_project
from app.settings import Settings

WORDS = WordVectors()
"""Read once for all tests."""
# Document, section, its text, and what somebody asks whose words are other ones.
SECTIONS = (
    ("Bread", "Kneading", "Knead the dough for ten minutes until it is elastic and smooth.",
     "How long do I work dough by hand?"),
    ("Bread", "Rising", "Let the loaf rise in a warm place for two hours, until it has doubled.",
     "Where should a loaf rest before the oven?"),
    ("Bicycles", "Tyres", "Pump a narrow tyre to seven bar, a wide one to three.",
     "How much air belongs into narrow tyres?"),
    ("Bicycles", "Chains", "Oil the chain every two hundred kilometres and wipe it dry.",
     "When does a bicycle chain need oil?"),
    ("Tides", "Moon", "The moon pulls at the sea, so high water comes twice a day.",
     "Why does the sea rise and fall twice a day?"),
    ("Tides", "Spring tides", "At new moon the sun helps, and the water stands highest.",
     "When is high water at its highest?"),
    ("Taxes", "Deadline", "The return must reach the office by the end of July.",
     "By which month must a tax return be filed?"),
    ("Taxes", "Receipts", "Keep invoices and receipts for eight years.",
     "For how many years do I store invoices?"),
    ("Violins", "Strings", "Replace strings after a year, one after the other.",
     "How often are the strings of a violin changed?"),
    ("Violins", "Bows", "Loosen the bow after playing, or its wood will bend.",
     "What happens to a bow that stays tight?"),
    ("Cats", "Food", "An adult cat eats twice a day and needs meat.",
     "How many meals does a cat get?"),
    ("Cats", "Sleep", "A cat sleeps fifteen hours, mostly in daylight.",
     "How long do cats sleep?"),
    ("Gardens", "Tomatoes", "Plant tomatoes after the last frost, in full sun.",
     "When can tomatoes go into the garden?"),
    ("Gardens", "Compost", "Mix leaves and kitchen scraps, and turn the heap each month.",
     "What goes onto a compost heap?"),
    ("Trains", "Tickets", "A ticket bought on board costs ten euros more.",
     "Is it dearer to pay for a train ride on board?"),
    ("Trains", "Delays", "After an hour of delay a quarter of the fare is paid back.",
     "What do I get back when the train is late?"),
    ("Coffee", "Grinding", "Grind coarsely for a press and finely for espresso.",
     "Which grind suits espresso?"),
    ("Coffee", "Water", "Water of ninety degrees brings out the taste without bitterness.",
     "How hot should water for coffee be?"),
    ("Chess", "Castling", "The king moves two squares towards a rook that has not moved.",
     "How far does the king go when castling?"),
    ("Chess", "Draws", "A game is drawn when a position comes for the third time.",
     "When does repetition end a game of chess?"),
    ("Knots", "Bowline", "The bowline makes a loop that neither slips nor jams.",
     "Which knot makes a loop that holds?"),
    ("Knots", "Reef knot", "Two half knots, left over right and right over left, tie a parcel.",
     "How is a parcel tied with two half knots?"),
)  # fmt: skip
OFF_TOPIC = ("Who won the football cup?", "What is the capital of Peru?", "How do magnets work?")
NEAR_MISS = ("Which tyre brand lasts longest?", "How much is a violin teacher?")
PROJECT = """
[project]
title = "Small things"
[corpus]
folder = "documents"
[refusal]
similarity = 0.2    # of the small project
[evaluation]
golden = "golden/questions.jsonl"
off_topic = "golden/off_topic.jsonl"
near_miss = "golden/near_miss.jsonl"
baseline = "golden/baseline.json"
"""


def golden_lines() -> list[dict[str, Any]]:
    """A golden question for each section; every third is held out."""
    return [
        {
            "id": f"g{number:02}",
            "question": question,
            "relevant": [{"source": f"{title.lower()}.md", "heading": heading}],
            "kind": ("keyword", "paraphrase")[number % 2],
            "held_out": number % 3 == 0,
        }
        for number, (title, heading, _, question) in enumerate(SECTIONS)
    ]


def write_lines(file: Path, lines: list[dict[str, Any]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


@dataclass(frozen=True)
class Small:
    """Its folder, and what commands get."""

    folder: Path
    settings: Settings

    @property
    def project(self) -> Project:
        return read_project(self.settings.project_file)

    @property
    def golden(self) -> Path:
        return self.folder / "golden" / "questions.jsonl"

    def edit_project(self, old: str, new: str) -> None:
        file = self.settings.project_file
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def ingest(self) -> None:
        with closing(open_index(self.settings.database_url)) as index:
            ingest(index, self.project, WORDS)


@cache
def _files() -> dict[str, bytes]:
    """The project and its index, made once for all tests: path below its folder -> content."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder)
        _at(folder).ingest()
        files = [file for file in folder.rglob("*") if file.is_file()]
        return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def small_project(folder: Path) -> Small:
    """Writes the project and its index."""
    for name, content in _files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return _at(folder)


def _write(folder: Path) -> None:
    documents = folder / "documents"
    documents.mkdir(parents=True)
    for title in dict.fromkeys(title for title, *_ in SECTIONS):
        parts = [f"# {title}"]
        parts += [f"## {heading}\n\n{text}" for of, heading, text, _ in SECTIONS if of == title]
        text = "\n\n".join(parts) + "\n"
        (documents / f"{title.lower()}.md").write_text(text, encoding="utf-8")
    (folder / "project.toml").write_text(PROJECT, encoding="utf-8")
    write_lines(folder / "golden" / "questions.jsonl", golden_lines())
    for name, questions in (("off_topic", OFF_TOPIC), ("near_miss", NEAR_MISS)):
        lines = [{"id": f"x{at}", "question": text} for at, text in enumerate(questions)]
        write_lines(folder / "golden" / f"{name}.jsonl", lines)


def _at(folder: Path) -> Small:
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{(folder / 'index.db').as_posix()}",
        embeddings="words",
        reports_dir=folder / "reports",
        project_file=folder / "project.toml",
        answers_file=folder / "none.yml",
    )
    return Small(folder, settings)
