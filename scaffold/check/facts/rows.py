"""Whether the rows of an evaluation are about the data that is committed."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from scaffold.check.facts import held_out, tables
from scaffold.check.facts.reports import EVALUATION
from scaffold.check.facts.settings import named, section
from scaffold.evidence.finding import Finding as Wrong
from scaffold.evidence.reading import MOST_ROWS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from scaffold.check.facts.tree import Tree
    from scaffold.evidence.reading import Json

_NAMED = 3
_DIGITS = 9


def against_data(
    template: str, tree: Tree, settings: dict[str, Any], rows: list[Json]
) -> Iterator[Wrong]:
    """Hold ids and labels of an evaluation's rows against the data, as far as the kind allows."""
    ids = Counter(str(row.get("id")) for row in rows if "id" in row)
    twice = [name for name, times in ids.items() if times > 1]
    if twice:
        yield Wrong("wrong", EVALUATION, f"{len(twice)} rows stand twice, such as {twice[0][:40]}.")
    if template == "supervised-api":
        yield from _table(tree, settings, rows)
    elif template == "rag-app":
        yield from _questions(tree, settings, rows)
    elif template == "multi-agent":
        yield from _tasks(tree, settings, rows)


def _table(tree: Tree, settings: dict[str, Any], rows: list[Json]) -> Iterator[Wrong]:
    path = named(settings, "data", "path", "data/rand_hie.csv.gz")
    content = tree.data(path)
    data = tables.table(path, content) if content is not None else None
    about = section(settings, "data")
    if data is None or about.get("target") not in data.names:
        yield Wrong("unknown", EVALUATION, f"{path} can't be read, so no label could be compared.")
        return
    lines = {line_of(row): row for row in rows}
    strange = [row for line, row in lines.items() if not _is_of(data, line, row, about)]
    if strange:
        some = ", ".join(str(row.get("id"))[:30] for row in strange[:_NAMED])
        message = f"{len(strange)} of {len(rows)} rows are not those of {path}, such as {some}."
        yield Wrong("wrong", EVALUATION, message)
    elif not data.cut:
        yield from _test_rows(data, settings, lines.keys())


def line_of(row: Json) -> int:
    """The line of the file that a row is about; 0 when it names none."""
    number = str(row.get("id", "")).rpartition("/")[2]
    return int(number) if number.isascii() and number.isdigit() and len(number) < _DIGITS else 0


def _is_of(data: tables.Table, line: int, row: Json, about: dict[str, Any]) -> bool:
    """Whether entity, slices and label of a row are its line's; where nothing was read, maybe."""
    place = line - held_out.FIRST_LINE
    if data.cut and place >= len(data.rows):
        return True
    column, entity = data.names.index(about["target"]), about.get("entity")
    cells = data.rows[place] if 0 <= place < len(data.rows) else ()
    label = row.get("label")
    if column >= len(cells) or not isinstance(label, int | float):
        return False
    unit = str(row.get("id", "")).rpartition("/")[0]
    there_too = {**_slices(row), **({str(entity): unit} if entity in data.names else {})}
    if not all(_is_there(data, cells, name, said) for name, said in there_too.items()):
        return False
    there = tables.value(cells[column])
    if about.get("task") != "regression":
        return label == (there == tables.value(str(about.get("positive", 1))))
    try:
        return math.isclose(label, float(there), rel_tol=1e-6, abs_tol=1e-6)
    except ValueError:
        return False


def _slices(row: Json) -> Json:
    """The slices of a row that have a name; a cell without a value has none."""
    found = row.get("slices")
    return {k: v for k, v in found.items() if v is not None} if isinstance(found, dict) else {}


def _is_there(data: tables.Table, cells: tuple[str, ...], name: str, said: object) -> bool:
    """Whether a line has this value in the column of that name; there may be no such column."""
    if name not in data.names:
        return True
    at = data.names.index(name)
    return at < len(cells) and tables.value(cells[at]) == tables.value(str(said))


def _test_rows(
    data: tables.Table, settings: dict[str, Any], asked: Collection[int]
) -> Iterator[Wrong]:
    """A choice of the test rows is no test, and neither is one with rows that trained."""
    test = held_out.lines(data, section(settings, "split"), section(settings, "data").get("entity"))
    if test is None:
        message = "Which rows test can't be told from [split] of project.toml."
        yield Wrong("unknown", EVALUATION, message)
        return
    if left_out := sorted(test - set(asked)) if len(test) <= MOST_ROWS else []:
        message = f"{len(left_out)} of {len(test)} test rows are left out, such as line"
        yield Wrong("wrong", EVALUATION, f"{message} {left_out[0]}.")
    if trained := sorted(set(asked) - test):
        message = f"{len(trained)} of its rows are no test rows, such as line {trained[0]}."
        yield Wrong("wrong", EVALUATION, message)


def _questions(tree: Tree, settings: dict[str, Any], rows: list[Json]) -> Iterator[Wrong]:
    defaults = {"golden": "questions", "off_topic": "off_topic", "near_miss": "near_miss"}
    for kind, file in defaults.items():
        path = named(settings, "evaluation", kind, f"data/golden/{file}.jsonl")
        there = {str(one.get("id")): one for one in tables.lines(tree.read(path))}
        asked = {str(row.get("id")): row for row in rows if row.get("set") == kind}
        if strange := sorted(asked.keys() - there.keys()):
            message = f"{len(strange)} rows are about questions that {path} does not have."
            yield Wrong("wrong", EVALUATION, f"{message[:-1]}, such as {strange[0][:30]}.")
        if left_out := sorted(there.keys() - asked.keys()):
            message = f"{len(left_out)} questions of {path} are in no row"
            yield Wrong("wrong", EVALUATION, f"{message}, such as {left_out[0][:30]}.")
        if kind != "golden":
            continue
        for name in asked.keys() & there.keys():
            relevant = there[name].get("relevant")
            sections = asked[name].get("golden_sections")
            if (
                isinstance(relevant, list)
                and isinstance(sections, int)
                and sections > len(relevant)
            ):
                message = f"Row {name[:30]} has {sections} golden sections, {path} {len(relevant)}."
                yield Wrong("wrong", EVALUATION, message)


def _tasks(tree: Tree, settings: dict[str, Any], rows: list[Json]) -> Iterator[Wrong]:
    path = named(settings, "evaluation", "tasks", "data/tasks.toml")
    there = {str(one.get("name")) for one in tables.tasks(tree.read(path))}
    tried = {str(row.get("unit")) for row in rows}
    if not there:
        yield Wrong("unknown", EVALUATION, f"{path} can't be read, so no task could be compared.")
        return
    if strange := sorted(tried - there):
        message = f"{len(strange)} tasks of its rows are not in {path}, such as {strange[0][:30]}."
        yield Wrong("wrong", EVALUATION, message)
    if left_out := sorted(there - tried):
        message = f"{len(left_out)} tasks of {path} are in no row, such as {left_out[0][:30]}."
        yield Wrong("wrong", EVALUATION, message)
