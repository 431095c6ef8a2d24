"""Verbs that answer questions."""

import argparse
import json
from contextlib import closing
from typing import TYPE_CHECKING, get_args

from app.retrieval.modes import Mode
from app.service.errors import UserError
from app.verbs.parsing import Verbs

if TYPE_CHECKING:
    from app.settings import Settings

MOST_PASSAGES = 20


def _demo(_: argparse.Namespace) -> None:
    from app.demo import demo
    from app.settings import read_settings

    demo(read_settings())


def _ask(arguments: argparse.Namespace) -> None:
    from app.settings import read_settings

    settings = read_settings()
    searching = (arguments.passages, arguments.mode, arguments.under or None)
    if settings.model and not arguments.quote and not any(searching):
        _write(arguments, settings)
    else:
        _quote(arguments, settings)


def _write(arguments: argparse.Namespace, settings: "Settings") -> None:
    from app.asking import ask

    reply = ask(settings, arguments.question, None if arguments.json else _say)
    if arguments.json:
        print(json.dumps(reply.as_json(), indent=2, ensure_ascii=False))


def _say(text: str) -> None:
    print(text, end="", flush=True)


def _quote(arguments: argparse.Namespace, settings: "Settings") -> None:
    from app.answering.answer import answer
    from app.embedding.choosing import load_embedder
    from app.index.opening import open_index
    from app.project import read_project
    from app.retrieval.retriever import Retriever

    project = read_project(settings.project_file)
    embedder = load_embedder(settings)
    with closing(open_index(settings.database_url)) as index:
        if not index.count():
            raise UserError(f"Nothing is in the index {index.place}.", "Run `uv run app ingest`.")
        retriever = Retriever(index, embedder, project)
        result = retriever.search(
            arguments.question, arguments.passages, arguments.mode, arguments.under
        )
    answered = answer(result, embedder, project.refusal.similarity)
    if arguments.json:
        print(json.dumps(answered.as_json(), indent=2, ensure_ascii=False))
    else:
        print(answered.as_text())


def _passages(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= MOST_PASSAGES:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 1 to {MOST_PASSAGES}")
    return number


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
    verb = verbs.add_parser(
        "demo",
        help="the whole job once: ingest, answer, refuse, evaluate",
        description="Brings the index that DATABASE_URL names up to date with the documents, asks "
        "the example questions of project.toml, and measures on the golden questions. Writes the "
        "index, and nothing else.",
    )
    verb.set_defaults(run=_demo)

    verb = verbs.add_parser(
        "ask",
        help="an answer with citations",
        description="Reads project.toml and the index that DATABASE_URL names; `app ingest` makes "
        "it. Prints what the model that MODEL names writes, and what it cost. Without a model, or "
        "with an option about the search: whole sentences of the closest passages and where they "
        "stand. Or why there is no answer; all end with 0. Writes nothing but what was spent.",
    )
    verb.add_argument("question", help="in quotes")
    verb.add_argument("--json", action="store_true", help="print one JSON document, for programs")
    verb.add_argument("--quote", action="store_true", help="quote, whatever MODEL says")
    verb.add_argument(
        "--passages",
        type=_passages,
        metavar="N",
        help=f"how many at most, up to {MOST_PASSAGES} (default: as project.toml says)",
    )
    verb.add_argument(
        "--mode", choices=get_args(Mode), help="how to search (default: as project.toml says)"
    )
    verb.add_argument(
        "--under", default="", metavar="PREFIX", help="only documents whose path begins with this"
    )
    verb.set_defaults(run=_ask)
