"""The rows of an evaluation: every question, asked in every way."""

import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import get_args

from app.embedding.choosing import load_embedder
from app.evidence.report import Json
from app.index.index import Index
from app.index.opening import open_index
from app.ingest import ingest
from app.project import Project
from app.proving.asking import Served, ask, ask_golden
from app.proving.contents import headings, passages_of
from app.proving.evaluation import (
    GOLDEN,
    NEAR_MISS,
    OFF_TOPIC,
    add_places,
    golden_row,
    other_row,
    selected,
)
from app.proving.golden import Question, check_sections, read_unanswerable
from app.retrieval.modes import Mode
from app.retrieval.retriever import Retriever
from app.service.errors import UserError
from app.settings import Settings

MODES: tuple[Mode, ...] = get_args(Mode)
ENCODER = "encoder"
# Not `rerank`: it would embed some two hundred sentences for each question.
ENCODER_MODES: tuple[Mode, ...] = ("vector", "hybrid")


def _index_in(folder: str) -> Index:
    return open_index(f"sqlite:///{Path(folder).as_posix()}/encoder.db")


def served_by(project: Project) -> Served:
    """Returns how questions are answered."""
    return Served(project.retrieval.mode, project.refusal.similarity)


def ask_all(project: Project, retriever: Retriever, golden: Sequence[Question]) -> list[Json]:
    """Asks the golden questions in every mode, and the others whether they are refused.

    Returns:
        The rows of the report.

    Raises:
        UserError: A file of questions is wrong, or a golden section is not in the index.
    """
    files, served = project.evaluation, served_by(project)
    check_sections(golden, headings(passages_of(retriever.index)), files.golden)
    rows = [golden_row(asked) for asked in ask_golden(retriever, MODES, golden, served)]
    for kind, file in ((OFF_TOPIC, files.off_topic), (NEAR_MISS, files.near_miss)):
        found = ask(retriever, read_unanswerable(file), served)
        rows += [other_row(name, kind, outcome) for name, outcome in found.items()]
    return rows


def add_encoder(
    settings: Settings,
    project: Project,
    golden: Sequence[Question],
    rows: Sequence[Json],
) -> None:
    """Asks the golden questions with the sentence encoder too, in an index of its own.

    Args:
        settings: Of the configured embedder, which is another one.
        project: How to search.
        golden: The questions.
        rows: Of the report; golden ones get `encoder_vector` and `encoder_hybrid`.

    Raises:
        UserError: The encoder is what is served already, or is not installed.
    """
    if settings.embeddings == ENCODER:
        raise UserError("EMBEDDINGS=encoder is measured already.", "Leave --encoder out.")
    embedder = load_embedder(settings.model_copy(update={"embeddings": ENCODER}))
    served = Served(ENCODER_MODES[0], project.refusal.similarity)
    with tempfile.TemporaryDirectory() as folder, closing(_index_in(folder)) as index:
        ingest(index, project, embedder)
        retriever = Retriever(index, embedder, project)
        asked = ask_golden(retriever, ENCODER_MODES, golden, served)
    for row, one in zip(selected(rows, {"/set": GOLDEN}), asked, strict=True):
        add_places(row, {f"{ENCODER}_{mode}": at for mode, at in one.places.items()})
