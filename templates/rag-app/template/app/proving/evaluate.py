"""`app evaluate`: each way of searching on golden questions, what is refused, and the gates."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.embedding.choosing import load_embedder
from app.evidence.report import Json, describe, differences, read_report, write_report
from app.index.opening import open_index
from app.project import Project, read_project
from app.proving import baseline, gate, tables
from app.proving.collect import add_encoder, ask_all
from app.proving.contents import check_fresh
from app.proving.demo_data import DEMO_DATA, digest_of
from app.proving.evaluation import measure
from app.proving.golden import DRAFT, Question, read_golden
from app.retrieval.retriever import Retriever
from app.service.errors import UserError
from app.service.version import read_template_facts
from app.settings import Settings

FILE = "evaluation.json"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    """What was measured, and on what.

    Attributes:
        content: The report.
        rows: Its rows.
        golden: The golden questions.
    """

    content: Json
    rows: list[Json]
    golden: Sequence[Question]


def measure_all(settings: Settings, project: Project, say: Say, *, encoder: bool) -> Measured:
    """Asks every question and works out every number.

    Raises:
        UserError: The index is empty, a golden section is not in it, or a file is wrong.
    """
    template = read_template_facts(settings.answers_file)
    golden = read_golden(project.evaluation.golden)
    with closing(open_index(settings.database_url)) as index:
        check_fresh(index, project, say)
        embedder = load_embedder(settings)
        rows = ask_all(project, Retriever(index, embedder, project), golden)
        documents = digest_of(sorted(index.digests().items()))
    if encoder:
        add_encoder(settings, project, golden, rows)
    questions = digest_of([one.model_dump(mode="json") for one in golden])
    folder = settings.project_file.resolve().parent
    demo_data = bool({documents, questions} & DEMO_DATA)
    content = describe("evaluation", folder, template, demo_data=demo_data)
    content["inputs"] |= {"model": embedder.name, "data_sha256": documents}
    mode = project.retrieval.mode
    content["served"] = {
        "mode": mode,
        "embedder": embedder.name,
        "threshold": project.refusal.similarity,
    }
    return Measured(content | measure(rows, mode), rows, golden)


def _show(measured: Measured, markdown: Path | None, say: Say) -> None:
    for line in tables.text(measured.content):
        say(line)
    drafts = sum(one.kind == DRAFT for one in measured.golden)
    if drafts:
        say(
            f"{drafts} of {len(measured.golden)} golden questions are drafts that nobody has read. "
            "They quote the documents, which flatters every search.\n"
        )
    if markdown is not None:
        with markdown.open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in tables.markdown(measured.content))


def _compare(file: Path, content: Json) -> None:
    before = read_report(file)
    before.pop("rows", None)
    if found := list(differences(before, content)):
        raise UserError(
            f"{file} differs from what was measured now: " + "; ".join(found),
            "Commit the code, then `uv run app evaluate` and `uv run app report`.",
        )


def _hold(measured: Measured, project: Project, say: Say, *, accept: bool) -> None:
    """Holds what was measured against the gates, or makes it the state to be held against."""
    served = measured.content["served"]
    file = project.evaluation.baseline
    now = baseline.standings(measured.rows, project.retrieval.mode, measured.golden)
    if accept:
        gate.check(measured.content, None, project.gates)
        baseline.write_baseline(file, served, now)
        say(f"{file} is written: commit it, and later states are held against this one.")
        return
    compared = baseline.compare(file, now)
    if compared is None:
        say(
            f"There is no {file.name}, so only the floors of [gates] hold. "
            "`uv run app evaluate --accept` writes it."
        )
    else:
        say(gate.told(compared))
    gate.check(measured.content, compared, project.gates)


def evaluate(
    settings: Settings,
    say: Say = print,
    *,
    check: bool = False,
    accept: bool = False,
    encoder: bool = False,
    markdown: Path | None = None,
) -> None:
    """Measures, and writes `evaluation.json` with its rows; or compares with the one that is there.

    Args:
        settings: Where everything is.
        say: Gets each line for people.
        check: Whether to compare with the report instead of writing it.
        accept: Whether to write the baseline instead of comparing with it.
        encoder: Whether to ask the golden questions with the sentence encoder too.
        markdown: File to which the tables are added.

    Raises:
        UserError: A gate does not hold; or `check`, and a number differs from the report.
    """
    project = read_project(settings.project_file)
    measured = measure_all(settings, project, say, encoder=encoder)
    _show(measured, markdown, say)
    file = settings.reports_dir / FILE
    if check:
        _compare(file, measured.content)
    else:
        write_report(file, measured.content, measured.rows)
        demo = ", from the demo data" if measured.content["demo_data"] else ""
        say(f"{file} is written{demo}.")
        if measured.content["inputs"]["dirty"]:
            say("It is marked dirty: commit app/, data/ and project.toml first, then measure.")
    _hold(measured, project, say, accept=accept)
