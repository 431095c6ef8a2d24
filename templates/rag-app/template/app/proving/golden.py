"""Golden questions: what people ask, with the sections that answer it; and what has no answer."""

import json
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.service.errors import UserError

DRAFT = "draft"
_GOLDEN = (
    'A line is {"id": "q1", "question": "...", "relevant": [{"source": "file.md", "heading": '
    '"..."}], "kind": "keyword", "held_out": false}.'
)
_OTHERS = 'A line is {"id": "x1", "question": "..."}.'


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Section(_Line):
    """A section of a document; other chunk sizes leave it as it is.

    Attributes:
        source: Path of the document below the corpus folder, with `/`.
        heading: The last of a passage's headings.
    """

    source: str = Field(min_length=1)
    heading: str = Field(min_length=1)


class Unanswerable(_Line):
    """A question that the documents do not answer."""

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)


class Question(Unanswerable):
    """A question with every section that is known to answer it.

    Attributes:
        kind: How it was asked, such as `keyword` or `paraphrase`; reported apart. `draft` is one
            that nobody has read yet.
        held_out: Whether nothing is chosen by it, so that it shows what the others can't.
    """

    relevant: tuple[Section, ...] = Field(min_length=1)
    kind: str = Field(default="plain", pattern=r"^[\w-]+$")
    held_out: bool = False


MOST_NAMED = 5
Q = TypeVar("Q", bound=Unanswerable)


def _read(file: Path, form: type[Q]) -> list[Q]:
    found: dict[str, Q] = {}
    remedy = _GOLDEN if form is Question else _OTHERS
    try:
        # Not `splitlines`: signs of other writing systems that end lines may stand in a question.
        lines = file.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is not UTF-8.", remedy) from error
    except OSError as error:
        raise UserError(f"{file} can't be read: {error.strerror}.", remedy) from error
    for at, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            one = form.model_validate(json.loads(line))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise UserError(f"{file}, line {at}: {place}: {first['msg']}.", remedy) from error
        except ValueError as error:
            raise UserError(f"{file}, line {at} is not JSON: {error}.", remedy) from error
        if one.id in found:
            raise UserError(
                f"{file}, line {at}: the id {one.id} was there before.", "Ids name one question."
            )
        found[one.id] = one
    return list(found.values())


def as_line(question: Question) -> str:
    """Returns a golden question as a line of its file, end included.

    What ends a line in some editor, or turns writing round, is written as its number.
    """
    text = json.dumps(question.model_dump(mode="json"), ensure_ascii=False)
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text) + "\n"


def read_golden(file: Path) -> list[Question]:
    """Reads golden questions, in the order of the file.

    Raises:
        UserError: The file is not there, has no question, or a line is wrong; it is named.
    """
    if not file.exists():
        raise UserError(
            f"{file} is not here.",
            "`uv run app draft-golden` drafts golden questions from your documents.",
        )
    if not (found := _read(file, Question)):
        raise UserError(f"{file} has no question.", _GOLDEN)
    return found


def read_unanswerable(file: Path) -> list[Unanswerable]:
    """Reads questions that have no answer; none where there is no such file.

    Raises:
        UserError: A line is wrong; it is named.
    """
    return _read(file, Unanswerable) if file.exists() else []


def check_sections(
    questions: Sequence[Question],
    known: Callable[[str], Collection[str]],
    file: Path,
) -> None:
    """Demands that every golden section can be found at all.

    A section that was renamed would count as a miss of each search, for ever.

    Args:
        questions: Golden ones.
        known: The headings of an indexed document; none where it is not in the index.
        file: Where the questions stand.

    Raises:
        UserError: Some are not in the index; the first are named.
    """
    headings: dict[str, Collection[str]] = {}
    lost: dict[str, list[str]] = {}
    for question in questions:
        for section in question.relevant:
            source = section.source
            headings.setdefault(source, frozenset(known(source)))
            if section.heading not in headings[source]:
                lost.setdefault(f"{source} > {section.heading}", []).append(question.id)
    if lost:
        named = [f"{section} ({', '.join(ids)})" for section, ids in lost.items()]
        more = [f"and {len(named) - MOST_NAMED} more"] if len(named) > MOST_NAMED else []
        raise UserError(
            f"{file} names sections that are not in the index: "
            f"{'; '.join(named[:MOST_NAMED] + more)}.",
            "Were they renamed? Correct `source` or `heading`, or run `uv run app ingest`. Are the "
            "documents others now? Delete the file, then `uv run app draft-golden`.",
        )
