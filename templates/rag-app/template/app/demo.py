"""The whole job once, on real documents: ingest, answer, refuse, measure."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from app.answering.answer import answer
from app.embedding.choosing import load_embedder
from app.index.opening import open_index
from app.ingest import ingest
from app.project import Project, read_project
from app.retrieval.retriever import Retriever
from app.settings import Settings

SHOWN = 2
"""Passages for each answer: enough to see how an answer looks."""


def _ask(retriever: Retriever, project: Project, say: Callable[[str], None]) -> None:
    for question in filter(None, (*project.words.examples, project.words.off_topic)):
        result = retriever.search(question, SHOWN)
        said = answer(result, retriever.embedder, project.refusal.similarity)
        say(f"\n> {question}\n{said.as_text()}")


def _shown(folder: Path) -> Path:
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _evaluate(settings: Settings, project: Project, say: Callable[[str], None]) -> None:
    if not project.evaluation.golden.exists():
        say(
            f"\nThere are no golden questions in {project.evaluation.golden} yet, so nothing says "
            "how well it finds: write some, then `uv run app evaluate`."
        )
        return
    from app.proving import tables
    from app.proving.evaluate import measure_all

    say("\nHow well it finds, on the golden questions:\n")
    for line in tables.text(measure_all(settings, project, say, encoder=False).content):
        say(line)
    say("`uv run app evaluate` writes that into a report and holds it against [gates].")


def demo(settings: Settings, say: Callable[[str], None] = print) -> None:
    """Brings the index up to date, asks the example questions, and measures.

    It writes the index and nothing else: the report in `reports/` is evidence, and a gate that does
    not hold is for `app evaluate` to tell.

    Args:
        settings: Where everything is.
        say: Gets each line for people.

    Raises:
        UserError: A part of it can't work.
    """
    project = read_project(settings.project_file)
    embedder = load_embedder(settings)
    say(f"{project.words.title}: {project.words.summary}\n")
    with closing(open_index(settings.database_url)) as index:
        done = ingest(index, project, embedder)
        for one in done.skipped:
            say(f"skipped {one.source}: {one.reason}")
        say(
            f"{index.count()} passages of {len(index.digests())} documents are in {index.place}; "
            f"{done.passages} were made now, in {done.seconds:.1f} s."
        )
        _ask(Retriever(index, embedder, project), project, say)
    _evaluate(settings, project, say)
    say(
        '\nAsk it yourself:  uv run app ask "your question"'
        "\nOpen it:  uv run app serve, then http://127.0.0.1:8000/ and http://127.0.0.1:8000/docs"
        f"\nOpen:  {_shown(project.corpus.folder)}, the documents, and project.toml, the settings."
        "\nMake it yours:  put your documents there, your questions into project.toml, then "
        "`uv run app ingest`."
    )
