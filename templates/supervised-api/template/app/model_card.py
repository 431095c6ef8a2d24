"""The model card: what is known about a model, for people, from its metadata and project.toml.

Its sentences are in `app/card/card.j2`, once; the `shape` files there say how a heading, a line and
a table look. After Mitchell et al. 2019, "Model Cards for Model Reporting", shortened
to what training can know.
"""

from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.metadata import Metadata
from app.project import Project
from app.tasks import TASKS

CARD = "model_card.md"
# Escaped is where a value meets a tag, which is in the shape alone.
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "card"),
    autoescape=select_autoescape(["html.j2"]),
    undefined=StrictUndefined,
)


def render(metadata: Metadata, project: Project, form: Literal["md", "html"]) -> str:
    """Returns the card as a Markdown document, or as the part of an HTML page."""
    shape = TEMPLATES.get_template(f"shape.{form}.j2")
    card = TEMPLATES.get_template("card.j2")
    return card.render(model=metadata, project=project, task=TASKS[metadata.task], shape=shape)


def write(folder: Path, metadata: Metadata, project: Project) -> Path:
    """Writes the card beside the model.

    Returns:
        The file.
    """
    file = folder / CARD
    file.write_text(render(metadata, project, "md"), encoding="utf-8", newline="\n")
    return file
