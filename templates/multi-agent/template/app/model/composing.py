"""What the playbook says: sentences, exceptions, an answer, and what stays open."""

from collections.abc import Iterator, Sequence

from app.model.filling import MissingError, NoColumnError, fill
from app.model.playbook import Play, Playbook, Request, Sentence
from app.model.playing import Json, Known, arguments, recognise

NOTHING = "Not in the playbook"
MOST = {"title": 200, "text": 2000, "subject": 200, "rule": 500, "reason": 1000}
"""Characters of the parts of a memo."""


def memo(book: Playbook, question: str, evidence: Sequence[Json]) -> Json:
    """Returns the memo that the playbook makes of the evidence."""
    plays = book.of_question(question)
    known = recognise(plays, book.asked(question), evidence)
    return {
        "title": _title(plays),
        "answer": answer(plays, known),
        "lines": [line for play in plays for line in sentences(play, known)],
        "exceptions": [one for play in plays for one in requests(play, known)],
        "open_questions": list(gaps(plays, known)) if plays else [book.refusal],
    }


def _title(plays: Sequence[Play]) -> str:
    titles = [f"{one.title[0].lower()}{one.title[1:]}" for one in plays[1:]]
    return _short("; ".join([plays[0].title, *titles]), MOST["title"]) if plays else NOTHING


def sentences(play: Play, known: Known) -> Iterator[Json]:
    """Gives the lines of a memo that a play makes, each with what it cites."""
    for sentence in play.sentences:
        if not _applies(sentence, known):
            continue
        cites = [known.ids[one] for one in sentence.calls]
        for text in _texts(sentence, known):
            yield {"text": text, "cites": cites}
        if sentence.each and (count := known.results[sentence.each]["row_count"]) > sentence.most:
            yield {"text": f"And more: there are {count} of these.", "cites": cites}


def _applies(sentence: Sentence, known: Known) -> bool:
    if any(one not in known.results for one in sentence.calls):
        return False
    if sentence.if_any and not known.has_rows(sentence.if_any):
        return False
    return not (sentence.if_empty and known.has_rows(sentence.if_empty))


def _texts(sentence: Sentence, known: Known) -> Iterator[str]:
    rows = known.results[sentence.each]["rows"][: sentence.most] if sentence.each else [None]
    for row in rows:
        try:
            text = fill(sentence.text, known.asked, known.results, row)
        except MissingError:  # what is open is told by `gaps`
            continue
        yield _short(text, MOST["text"])


def requests(play: Play, known: Known) -> Iterator[Json]:
    """Gives the exceptions that a play asks for: for each row, because none is granted unasked."""
    for request in play.requests:
        if any(one not in known.results for one in request.calls):
            continue
        cites = [known.ids[one] for one in request.calls]
        for row in known.results[request.each]["rows"]:
            try:
                texts = {
                    name: _short(fill(text, known.asked, known.results, row), MOST[name])
                    for name, text in request.texts.items()
                }
            except MissingError:
                continue
            yield texts | {"cites": cites}


def answer(plays: Sequence[Play], known: Known) -> str:
    """Returns the answer of the memo: the strictest of all plays.

    What could not be looked up is a condition: it must never be taken for "nothing is wrong".
    """
    ruled = [one for one in plays if one.answer.calls]
    if not ruled:
        return "informative"
    if any(known.has_rows(name) for play in ruled for name in play.answer.no_if):
        return "no"
    if any(known.has_rows(name) for play in ruled for name in play.answer.conditional_if):
        return "conditional"
    unknown = any(step.name in known.refused for play in ruled for step in play.steps)
    return "conditional" if unknown else "yes"


def gaps(plays: Sequence[Play], known: Known) -> Iterator[str]:
    """Gives what stays open: what was refused, cut off, or asked of a column that is not there.

    Without numbers of its own, since each number of a memo must stand in the evidence.
    """
    for play in plays:
        for step in play.steps:
            if step.name in known.refused:
                yield f"{play.title}: {step.label} could not be looked up."
            elif step.name in known.results and known.results[step.name]["truncated"]:
                yield f"{play.title}: {step.label} is longer than what was read of it."
        wrong = sorted(set(_without_column(play, known)))
        yield from (f"{play.title}: nothing that was found has {name}." for name in wrong)


def _without_column(play: Play, known: Known) -> Iterator[str]:
    for step in play.steps:
        try:
            arguments(step, known)
        except NoColumnError as error:
            yield str(error)
        except MissingError:
            continue
    texts = [(one.each, one.text) for one in play.sentences if _applies(one, known)]
    texts += [(one.each, text) for one in play.requests for text in _texts_of(one, known)]
    for each, text in texts:
        for row in known.results[each]["rows"][:1] if each else [None]:
            try:
                fill(text, known.asked, known.results, row)
            except NoColumnError as error:
                yield str(error)
            except MissingError:
                continue


def _texts_of(request: Request, known: Known) -> Iterator[str]:
    if all(one in known.results for one in request.calls):
        yield from request.texts.values()


def _short(text: str, most: int) -> str:
    """Returns a text in one line, cut between two words where it is too long."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return f"{line[: most - 4].rpartition(' ')[0] or line[: most - 4]} ..."
