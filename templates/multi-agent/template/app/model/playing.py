"""What the playbook looks up: which calls can be made now, and which evidence is of which call."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.desk.found import Found
from app.model.filling import MissingError, fill
from app.model.playbook import Play, Step

Json = dict[str, Any]


@dataclass
class Known:
    """What is known so far.

    Attributes:
        asked: The question and its topic, by these names.
        results: What each call found, by its name.
        ids: Evidence ids of these, by the same names.
        refused: Calls that found nothing because they were refused, with the tool's words.
    """

    asked: dict[str, str]
    results: dict[str, Found] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, piece: Json) -> None:
        """Takes in what a call found: a piece of evidence as the writer gets it."""
        self.results[name] = piece["found"]
        self.ids[name] = piece["id"]

    def has_rows(self, name: str) -> bool:
        """Tells whether a call found something."""
        return name in self.results and self.results[name]["row_count"] > 0


def ready(plays: Sequence[Play], known: Known) -> Iterator[tuple[Step, dict[str, str]]]:
    """Gives the calls that can be made now, with their arguments."""
    for step in (one for play in plays for one in play.steps):
        if step.name in known.results or step.name in known.refused:
            continue
        try:
            yield step, arguments(step, known)
        except MissingError:  # an earlier call has not been made yet, or found no row
            continue


def arguments(step: Step, known: Known) -> dict[str, str]:
    """Returns the arguments of a call.

    Raises:
        MissingError: An earlier call has found no row.
    """
    return {name: fill(text, known.asked, known.results) for name, text in step.arguments.items()}


def recognise(plays: Sequence[Play], asked: dict[str, str], evidence: Sequence[Json]) -> Known:
    """Finds out which call of the playbook each piece of evidence is of, by its arguments."""
    known = Known(asked)
    by_call = {_key(one["tool"], one["arguments"]): one for one in evidence}
    progress = True
    while progress:
        progress = False
        for step, given in list(ready(plays, known)):
            piece = by_call.get(_key(step.tool, given))
            if piece is None:
                known.refused[step.name] = ""
            else:
                known.add(step.name, piece)
                progress = True
    return known


def _key(tool: str, given: Mapping[str, Any]) -> tuple[str, str]:
    return tool, str(sorted(given.items()))
