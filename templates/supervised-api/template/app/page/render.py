"""Turns the schema, the project's words and the model's metadata into HTML pages."""

import json
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app import model_card
from app.columns import Column, columns, example
from app.explain import number
from app.metadata import Metadata
from app.project import Project
from app.tasks import TASKS

STATIC = Path(__file__).with_name("static")


def _range_text(column: Column) -> str:
    if column.minimum is None and column.maximum is None:
        return ""
    if column.maximum is None:
        return f"{number(column.minimum or 0)} or more."
    if column.minimum is None:
        return f"Up to {number(column.maximum)}."
    return f"{number(column.minimum)} to {number(column.maximum)}."


def _help(column: Column) -> str:
    may_be_empty = "May be left empty." if column.optional and column.kind == "number" else ""
    return " ".join(filter(None, (column.description, _range_text(column), may_be_empty)))


def _choices(column: Column) -> list[tuple[str, str]]:
    if column.kind == "boolean":
        return [("true", "Yes"), ("false", "No")]
    return [(text, text) for text in column.categories]


def _chosen(column: Column) -> str:
    return column.example if column.kind == "category" else str(column.example).lower()


@cache
def _environment() -> Environment:
    folder = FileSystemLoader(Path(__file__).parent)
    # All that is filled in is text: it is escaped, and a name that is not there is a bug.
    environment = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {
        "choices": _choices,
        "chosen": _chosen,
        "help": _help,
        "number": number,
        "plain": lambda value: f"{value:g}",
    }
    return environment


class Pages:
    """The pages of this service.

    Args:
        project: Title, question and the words for the decisions.
        metadata: Of the model that answers; None when there is none yet.
        kept: Sentence that says where predictions are kept.
        needs_key: Whether callers must send a key.
    """

    def __init__(
        self, project: Project, metadata: Metadata | None, kept: str, *, needs_key: bool
    ) -> None:
        self._project, self._metadata = project, metadata
        self._shared = {
            "project": project,
            "words": project.words,
            "card": metadata,
            "titles": TASKS[metadata.task].titles if metadata else {},
            "columns": columns(),
            "kept": kept,
            "needs_key": needs_key,
        }

    def form(self, missing: str | None, address: str) -> str:
        """Returns the page at `/`.

        Args:
            missing: Without a model: what is missing and what to run.
            address: Where the page was asked for, ends with a slash; for the example of a command.
        """
        body = json.dumps(example(), ensure_ascii=False).replace("'", "\\u0027")
        key = " -H 'X-API-Key: ...'" if self._shared["needs_key"] else ""
        command = f"curl {address}predict -H 'Content-Type: application/json'{key} -d '{body}'"
        return self._render("page.html", missing=missing, command=command)

    def model_card(self) -> str:
        """Returns the page about the model that answers."""
        metadata = self._metadata
        text = model_card.render(metadata, self._project, "html") if metadata else ""
        return self._render("model_card.html", text=text)

    def _render(self, template: str, **values: str | None) -> str:
        return _environment().get_template(template).render(self._shared | values)
