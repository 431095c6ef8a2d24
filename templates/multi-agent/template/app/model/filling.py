"""Templates of the playbook, and what may stand in them.

`{column}` of the row at hand; `{call.count}` and `{call.first.column}` of what a call has found;
`{question}`, and `{topic}`, which is the question without its common words. `{...|sql}` writes a
value as a text of SQL.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from app.desk.found import Found, Row, Scalar

PLACE = re.compile(r"\{([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*)(\|sql)?\}")
BRACE = re.compile(r"[{}][^{}]{0,40}\}?")
FIRST = "first"
COUNT = "count"
ASKED = ("question", "topic")
UNKNOWN = "unknown"
"""What stands for a value that a table does not have."""


class MissingError(LookupError):
    """What a template speaks of was not found."""


class NoColumnError(MissingError):
    """A template speaks of a column that what was found does not have."""


def places(template: str) -> set[str]:
    """Returns the names that a template speaks of, as in `call.first.column`."""
    return {name for name, _ in PLACE.findall(template)}


def calls_of(template: str) -> set[str]:
    """Returns the calls that a template speaks of."""
    return {name.partition(".")[0] for name in places(template) if "." in name}


def fault(template: str, *, has_row: bool) -> str:
    """Returns what no values could fill in, as it stands in the template; empty: nothing.

    Args:
        template: The text.
        has_row: Whether it is filled for a row, whose columns are known only then.
    """
    if brace := BRACE.search(PLACE.sub("", template)):
        return brace.group(0)
    for name in sorted(places(template)):
        _, *further = name.split(".")
        of_call = further == [COUNT] or (further[:1] == [FIRST] and len(further) == 2)  # noqa: PLR2004 - first and a column
        of_row = not further and (has_row or name in ASKED)
        if not (of_call or of_row):
            return f"{{{name}}}"
    return ""


def fill(
    template: str,
    asked: Mapping[str, str],
    results: Mapping[str, Found],
    row: Row | None = None,
) -> str:
    """Returns the template with values in it.

    Args:
        template: The text.
        asked: The question and its topic, by these names.
        results: What the calls found, by their names.
        row: Whose columns are meant by names without a dot.

    Raises:
        NoColumnError: There is no such column in what was found.
        MissingError: A call found nothing.
    """

    def value(match: re.Match[str]) -> str:
        text = _text(_look_up(match.group(1), asked, results, row))
        return "'" + text.replace("'", "''") + "'" if match.group(2) else text

    # In one pass, so that braces in a value are not filled in again.
    return PLACE.sub(value, template)


def _look_up(
    name: str, asked: Mapping[str, str], results: Mapping[str, Found], row: Row | None
) -> Scalar:
    call, *rest = name.split(".")
    if not rest:
        return _cell(name, {**asked, **(row or {})})
    found = results.get(call)
    if found is None:
        raise MissingError(name)
    if rest == [COUNT]:
        return found["row_count"]
    if not found["rows"]:
        raise MissingError(name)
    return _cell(name, found["rows"][0])


def _cell(name: str, row: Row) -> Scalar:
    column = name.rpartition(".")[2]
    if column not in row:
        raise NoColumnError(name)
    return row[column]


def _text(value: Scalar) -> str:
    if isinstance(value, float):  # never 1e-05: a memo is read by people
        return format(Decimal(repr(value)), "f")
    return UNKNOWN if value is None else str(value)
