"""Cases of the evaluation that a live service is asked, and what it should say."""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.check.facts import tables
from scaffold.check.facts.held_out import FIRST_LINE
from scaffold.check.facts.reports import EVALUATION
from scaffold.check.facts.rows import line_of
from scaffold.check.facts.settings import named
from scaffold.check.live.asking import PROBE, SilentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.facts.reports import Reports
    from scaffold.check.facts.tree import Tree
    from scaffold.check.live.asking import Live
    from scaffold.evidence.reading import Json

MOST = 3
TOLERANCE = 1e-4
NEEDS_KEY = "it needs a key"
_ROUTES = {"supervised-api": "/predict", "rag-app": "/ask", "multi-agent": "/runs"}
REFUSED = frozenset({"refused", "unknown"})
_RUN_SECONDS = 30.0
_REFUSED = (401, 403)


@dataclass(frozen=True)
class Case:
    """One case: its name in the rows, what is sent where, and what was recorded."""

    name: str
    route: str
    body: Json
    expected: Json


def chosen(template: str, reports: Reports, tree: Tree, settings: dict[str, Any]) -> list[Case]:
    """Three cases, drawn by the digest of the rows, so that they are always the same."""
    read = reports.get(EVALUATION)
    if read is None or read.report is None or not read.rows:
        return []
    seed = str(read.report.content["rows"]["sha256"])
    rows = random.Random(seed).sample(read.rows, min(len(read.rows), 40))  # noqa: S311 - a draw
    match template:
        case "supervised-api":
            found = _predictions(tree, settings, rows)
        case "rag-app":
            found = _questions(tree, settings, rows)
        case _:
            found = _runs(tree, settings, rows)
    return [one for one, _ in zip(found, range(MOST), strict=False)]


def _predictions(tree: Tree, settings: dict[str, Any], rows: list[Json]) -> Iterator[Case]:
    path = named(settings, "data", "path", "")
    content = tree.data(path)
    data = tables.table(path, content) if content is not None else None
    if data is None:
        return
    for row in rows:
        place, outputs = line_of(row) - FIRST_LINE, row.get("outputs")
        if 0 <= place < len(data.rows) and isinstance(outputs, dict) and "champion" in outputs:
            body = dict(zip(data.names, data.rows[place], strict=False))
            yield Case(str(row["id"]), "/predict", body, {"output": outputs["champion"]})


def _questions(tree: Tree, settings: dict[str, Any], rows: list[Json]) -> Iterator[Case]:
    asked: dict[tuple[str, str], Json] = {}
    for kind, file in (
        ("golden", "questions"),
        ("off_topic", "off_topic"),
        ("near_miss", "near_miss"),
    ):
        path = named(settings, "evaluation", kind, f"data/golden/{file}.jsonl")
        asked |= {(kind, str(one.get("id"))): one for one in tables.lines(tree.read(path))}
    for row in rows:
        question = asked.get((str(row.get("set")), str(row.get("id"))))
        refused = row.get("refused") if "refused" in row else not row.get("answered", True)
        if question is not None and isinstance(row.get("similarity"), int | float):
            expected = {"refused": bool(refused), "similarity": row["similarity"]}
            yield Case(str(row["id"]), "/ask", {"question": question.get("question")}, expected)


def _runs(tree: Tree, settings: dict[str, Any], rows: list[Json]) -> Iterator[Case]:
    path = named(settings, "evaluation", "tasks", "data/tasks.toml")
    asked = {str(one.get("name")): one for one in tables.tasks(tree.read(path))}
    for row in rows:
        task, several = asked.get(str(row.get("unit"))), row.get("several")
        if task is not None and isinstance(several, dict) and "outcome" in several:
            refused = several["outcome"] in REFUSED
            yield Case(
                str(row["unit"]), "/runs", {"question": task.get("question")}, {"refused": refused}
            )


def try_out(live: Live, case: Case) -> str:
    """Ask a case; what is not as recorded, empty when all is.

    Raises:
        SilentError: The service gave no answer.
    """
    body = _typed(live, case) if case.route == "/predict" else case.body
    reply = live.ask("POST", case.route, body, PROBE)
    if reply.status in _REFUSED:
        return NEEDS_KEY
    if reply.status not in {200, 202} or not isinstance(reply.body, dict):
        return f"the service says {reply.status} to {case.route}"
    if case.route == "/runs":
        return _run(live, case, reply.body)
    if case.route == "/ask":
        refused = reply.body.get("kind") == "refused"
        if refused != case.expected["refused"]:
            return "it was refused" if refused else "it was answered, and refused before"
        return _close("similarity", case.expected["similarity"], reply.body.get("similarity"))
    said = reply.body.get("probability", reply.body.get("value", reply.body.get("prediction")))
    return _close("output", case.expected["output"], said)


def _close(what: str, recorded: object, said: object) -> str:
    if not isinstance(said, int | float) or not isinstance(recorded, int | float):
        return f"the answer has no {what}"
    if math.isclose(said, recorded, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
        return ""
    return f"the evidence has {what} {recorded:.4g}, live it is {said:.4g}: another model or index"


def _run(live: Live, case: Case, begun: Json) -> str:
    name = str(begun.get("run_id") or "")
    ends = time.monotonic() + _RUN_SECONDS
    while time.monotonic() < ends:
        said = live.ask("GET", f"/runs/{name}", None, PROBE).body
        state = said.get("status") if isinstance(said, dict) else ""
        if state in {"waiting", "done"}:
            refused = state == "done" and str(said.get("outcome")) in REFUSED
            if refused != case.expected["refused"]:
                return f"the run is {state}, and was not so when it was evaluated"
            return ""
        time.sleep(0.5)
    return f"the run did not end within {_RUN_SECONDS:g} s"


def _typed(live: Live, case: Case) -> Json:
    """A row's text as the service's own documentation wants it."""
    schema = live.get("/openapi.json").body
    fields = _fields(schema)
    found: Json = {}
    for name, text in case.body.items():
        if name not in fields:
            continue
        kinds = _kinds(fields[name])
        if text.strip() == "":
            found[name] = None
        elif kinds & {"integer", "number", "boolean"} and "string" not in kinds:
            number = _number(text)
            is_whole = "integer" in kinds and number is not None and number.is_integer()
            found[name] = (
                bool(number) if kinds == {"boolean"} else int(number or 0) if is_whole else number
            )
        else:
            found[name] = text
    return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _fields(schema: Any) -> Json:
    """Properties of the body of /predict."""
    try:
        body = schema["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
        name = body["schema"]["$ref"].rpartition("/")[2]
        properties = schema["components"]["schemas"][name]["properties"]
    except (KeyError, TypeError, AttributeError):
        raise SilentError("documents no body of /predict") from None
    return properties if isinstance(properties, dict) else {}


def _kinds(field: Any) -> set[str]:
    options = field.get("anyOf", [field]) if isinstance(field, dict) else []
    kinds = {str(one.get("type")) for one in options if isinstance(one, dict)} - {"null"}
    return kinds | (
        {"string"} if any("enum" in one for one in options if isinstance(one, dict)) else set()
    )


def example(live: Live, template: str) -> str:
    """Ask the example that the service documents, counted as anybody's; NEEDS_KEY if so.

    Raises:
        SilentError: There was no answer, or no example.
    """
    route = _ROUTES.get(template, "/predict")
    schema = live.get("/openapi.json").body
    try:
        body = schema["paths"][route]["post"]["requestBody"]["content"]["application/json"]
        examples = list(body["examples"].values())
        sent = examples[0]["value"]
    except (KeyError, TypeError, AttributeError, IndexError):
        raise SilentError(f"documents no example for {route}") from None
    reply = live.ask("POST", route, sent)
    if reply.status in _REFUSED:
        return NEEDS_KEY
    if reply.status not in {200, 202}:
        raise SilentError(f"says {reply.status} to its own example")
    return ""
