"""The whole job once, on real documents: ingest, answer, refuse, measure."""

import tempfile
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


def _evaluate(settings: Settings, project: Project, say: Callable[[str], None]) -> None:
    if not project.evaluation.golden.exists():
        say(
            f"\nThere are no golden questions in {project.evaluation.golden} yet, so nothing says "
            "how well it finds: write some, then `uv run app evaluate`."
        )
        return
    from app.proving.evaluate import evaluate

    say("\nHow well it finds, on the golden questions:")
    # The report in reports/ is evidence, which a demo must not touch.
    with tempfile.TemporaryDirectory() as folder:
        evaluate(settings.model_copy(update={"reports_dir": Path(folder)}), say, check=False)


def demo(settings: Settings, say: Callable[[str], None] = print) -> None:
    """Brings the index up to date, asks the example questions, and evaluates.

    Args:
        settings: Where everything is.
        say: Gets each line for people.

    Raises:
        UserError: A part can't work, or a gate of the evaluation does not hold.
    """
    project = read_project(settings.project_file)
    embedder = load_embedder(settings)
    say(f"{project.words.title}: {project.words.summary}\n")
    with closing(open_index(settings.database_url)) as index:
        ingest(index, project, embedder)
        _ask(Retriever(index, embedder, project), project, say)
    _evaluate(settings, project, say)
    say(
        '\nAsk it yourself:  uv run app ask "your question"'
        f"\nOpen:  {project.corpus.folder.name}/, the documents, and project.toml, the settings."
        "\nMake it yours:  put your documents there, your questions into project.toml, then "
        "`uv run app ingest`."
    )
