"""Turns project, settings and runs into the pages: `/` to work at, `/trace/{id}` to look closer."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from shlex import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.page import wording
from app.page.waterfall import SCALE, bars, columns, nodes, seconds
from app.project import Project
from app.run_bodies import LONGEST_COMMENT
from app.runs.calls import Call
from app.runs.history import Checkpoint
from app.runs.run_log import Run
from app.runs.runner import MOST_SIGNS
from app.settings import Settings

STATIC = Path(__file__).with_name("static")
MODEL_EXAMPLE = "openai:gpt-5-mini"
QUESTION = "What can you tell me?"
"""For the example of a command, where the project has no example."""
OTHERS = {
    "planner": "Hands the work out, or refuses.",
    "writer": "Writes the memo from what was found.",
    "reviewer": "Reads it beside the evidence; code checks every number.",
}
"""Who thinks, besides the workers of the project."""


@cache
def _environment() -> Environment:
    folder = FileSystemLoader(Path(__file__).parent)
    # All that is filled in is text: it is escaped, and a name that is not there is a bug.
    made = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters |= {"columns": columns, "nodes": nodes, "seconds": seconds}
    made.filters["dollars"] = wording.dollars
    return made


class Pages:
    """The pages of this service.

    Args:
        project: Title, summary, questions to try, and who works.
        settings: Who thinks, what that may cost, who may decide, and where runs are kept.
    """

    def __init__(self, project: Project, settings: Settings) -> None:
        has_key = bool(settings.api_key.get_secret_value())
        self._needs_key = has_key and settings.ask_with_key
        self._example = project.words.example or QUESTION
        workers = {name: one.does for name, one in project.workers.items()}
        agents = {"planner": OTHERS["planner"]} | workers | OTHERS
        self._shared = {
            "words": project.words,
            "offline": settings.model == "offline",
            "model": settings.model,
            "model_example": MODEL_EXAMPLE,
            "kept": wording.kept(settings),
            "leaves": wording.leaves(settings),
            "limits": wording.limits(settings),
            "daily_dollars": wording.dollars(settings.daily_dollars),
            "agents": agents,
            "most_signs": MOST_SIGNS,
            "most_comment": LONGEST_COMMENT,
            "has_key": has_key,
            "needs_key": self._needs_key,
            "can_decide": has_key or settings.is_local,
            "is_local": settings.is_local,
        }

    def desk(self, address: str) -> str:
        """Returns the page at `/`.

        Args:
            address: Where the page was asked for, ends with a slash; for the example of a command.
        """
        body = quote(json.dumps({"question": self._example, "wait": 20}, ensure_ascii=False))
        key = " -H 'X-API-Key: ...'" if self._needs_key else ""
        command = f"curl {address}runs -H 'Content-Type: application/json'{key} -d {body}"
        return self._filled("page.html", command=command)

    def trace(self, run: Run, calls: Sequence[Call], steps: Sequence[Checkpoint]) -> str:
        """Returns the page at `/trace/{run_id}`.

        Args:
            run: As it stands.
            calls: That were made for it, oldest first.
            steps: Its checkpoints, oldest first.
        """
        drawn = bars(calls, run.evidence, goes_on=run.status == "running")
        return self._filled("trace.html", run=run, bars=drawn, steps=steps, scale=SCALE)

    def gone(self, reason: str) -> str:
        """Returns the page that says why there is no other."""
        return self._filled("gone.html", reason=reason)

    def _filled(self, template: str, **values: object) -> str:
        return _environment().get_template(template).render(self._shared | values)
