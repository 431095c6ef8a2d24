"""What the report of an update must say of it, against what became of the files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.updates.matrix.conflicts import read_sides
from tests.updates.matrix.fates import Clash, Fate
from tests.updates.matrix.judge import Case, fate_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_FIELDS = {
    "schema",
    "folder",
    "template",
    "from",
    "to",
    "state",
    "files",
    "advice",
    "new_questions",
    "release_notes",
    "lock",
    "uncommitted",
}
_ACTIONS = {"added", "changed", "merged", "conflict", "removed", "renamed", "kept"}
_OWNERS = {"owned", "merged", "seeded", None}


def report_complaints(
    case: Case, document: Mapping[str, Any] | None, project: Path
) -> Iterator[str]:
    """Yield one line for each thing that exit code or document get wrong."""
    wanted = case.expected.refusal if case.is_refused else {1 if case.clashes else 0}
    if case.code not in wanted:
        yield f"exit: the code is {case.code} and must be {_either(wanted)}"
    if document is None:
        yield "report: there is no JSON document"
        return
    if case.is_refused:
        error = document.get("error", {})
        if not (error.get("problem") and error.get("remedy") and error.get("exit_code") in wanted):
            yield f"report: the refusal is not told: {document}"
        return
    if "error" in document:
        yield f"report: an error: {document['error']}"
        return
    yield from _heading(case, document, project)
    yield from _files(case, document.get("files", []))
    yield from _what_is_new(case, document)


def _heading(case: Case, document: Mapping[str, Any], project: Path) -> Iterator[str]:
    journey = case.journey
    if document.keys() != _FIELDS:
        yield f"report: fields too many or missing: {sorted(document.keys() ^ _FIELDS)}"
    names = ("schema", "template", "from", "to", "state", "uncommitted")
    said = [document.get(name) for name in names]
    state = "conflicts" if case.clashes else "updated"
    right = [1, journey.template, journey.old, journey.new, state, []]
    if said != right:
        yield f"report: it says {said} and must say {right}"
    if Path(str(document.get("folder"))).resolve() != project.resolve():
        yield f"report: the folder is {document.get('folder')}"


def _files(case: Case, files: list[dict[str, Any]]) -> Iterator[str]:
    paths = [one.get("path") for one in files]
    for path in sorted({str(one) for one in paths if paths.count(one) > 1}):
        yield f"report: {path} is named more than once"
    told = {str(one["path"]): one for one in files}
    for path, line in told.items():
        yield from _shape(path, line)
    renamed = {str(one["from"]) for one in told.values() if one["action"] == "renamed"}
    every = {*case.before.tree, *case.after.tree, *case.old, *case.new, *told}
    for path in sorted(every):
        one = told.get(path)
        action = one["action"] if one else None
        if path in case.clashes:
            yield from _conflict(case, path, one)
            continue
        fate = fate_of(case, path) if path in {*case.before.tree, *case.old, *case.new} else None
        if fate is None:
            yield f"report: {path} is named ({action}), and there is no such file"
            continue
        allowed, source = _allowed(case, path, fate), fate.source
        if _may_be_renamed(case, path, allowed, told):
            allowed.add("renamed")
            source = one["from"] if one else None
        if path in renamed and "removed" in allowed:
            allowed = {None}  # it is told at its new place
        if action not in allowed:
            yield f"report: {path} is said to be {action}, not {_either(allowed)}"
        elif one and action == "renamed" and one["from"] != source:
            yield f"report: {path} is said to come from {one['from']}, not from {source}"


def _allowed(case: Case, path: str, fate: Fate) -> set[str | None]:
    untouched = path in case.old and case.old[path] == case.new.get(path)
    if "merged" in fate.actions and untouched:
        return {None}  # the learner's alone: there was nothing to merge
    return set(fate.actions)


def _may_be_renamed(
    case: Case, path: str, allowed: set[str | None], told: Mapping[str, dict[str, Any]]
) -> bool:
    """Whether an added file may be told as renamed: from one that went and was not edited."""
    if "added" not in allowed or path not in told or told[path]["action"] != "renamed":
        return False
    source = str(told[path]["from"])
    return source in case.old and source not in case.new and source not in case.after.tree


def _shape(path: str, one: Mapping[str, Any]) -> Iterator[str]:
    missing = {"path", "owner", "action", "from", "note", "lines"} ^ one.keys()
    if missing:
        yield f"report: {path} has fields too many or missing: {sorted(missing)}"
        return
    if one["action"] not in _ACTIONS or one["owner"] not in _OWNERS:
        yield f"report: {path} is {one['action']}, owner {one['owner']}"
    if one["action"] == "kept" and not one["note"]:
        yield f"report: {path} is kept, and nothing says why"
    if one["action"] != "conflict" and one["lines"]:
        yield f"report: {path} has lines of conflicts and no conflict"
    if one["action"] != "renamed" and one["from"] not in {None, ""} and one["action"] != "conflict":
        yield f"report: {path} is {one['action']} and comes from {one['from']}"


def _conflict(case: Case, path: str, one: Mapping[str, Any] | None) -> Iterator[str]:
    if one is None or one["action"] != "conflict":
        yield f"report: the conflict in {path} is not told"
        return
    now = case.after.tree.get(path)
    clash = case.expected.fates.get(path)
    if now is None or (isinstance(clash, Clash) and not clash.mine.is_text):
        if one["lines"]:
            yield f"report: {path} is a binary and has lines"
        return
    sides = read_sides(now.lines)
    if sides is None or not set(sides.places) <= set(one["lines"]):
        yield f"report: the markers of {path} are not in lines {one['lines']}"
        return
    marks = ("<<<<<<< ", "=======", ">>>>>>> ")
    if not all(now.lines[number - 1].startswith(marks) for number in one["lines"]):
        yield f"report: lines {one['lines']} of {path} hold other things than markers"


def _what_is_new(case: Case, document: Mapping[str, Any]) -> Iterator[str]:
    parts = case.journey.parts
    questions = tuple((one["name"], one["value"]) for one in document["new_questions"])
    if sorted(questions) != sorted(parts.questions):
        yield f"report: new questions are {questions}, not {parts.questions}"
    if not all(one.get("help") for one in document["new_questions"]):
        yield "report: a new question comes without its help"
    notes = [one["version"] for one in document["release_notes"]]
    if sorted(notes) != sorted(parts.notes) or not all(
        one["text"].strip() for one in document["release_notes"]
    ):
        yield f"report: notes are of {notes}, not of {list(parts.notes)}"
    advice = {one["id"]: one["question"] for one in document["advice"]}
    wordings = {signal: new for signal, _, new in parts.reworded}
    if case.expected.advice is not None and advice.keys() != case.expected.advice:
        yield f"report: advice is on {sorted(advice)}, not on {sorted(case.expected.advice)}"
    for signal, question in advice.items():
        if wordings.get(signal) != question.strip("* "):
            yield f"report: {signal} is advised in the words {question!r}"
    if document["lock"].get("state") not in {"unchanged", "kept"}:
        yield f"report: the lock is {document['lock']} though --no-lock was asked for"


def _either(values: Iterable[object]) -> str:
    return " or ".join(sorted(str(one) for one in values))
