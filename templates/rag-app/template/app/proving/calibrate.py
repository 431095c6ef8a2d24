"""`app calibrate`: which similarity tells questions that can be answered from those that can't."""

import tomllib
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from app.embedding.choosing import load_embedder
from app.evidence.writing import write_whole
from app.index.opening import open_index
from app.project import Project, read_project
from app.proving.asking import Searching, ask
from app.proving.collect import served_by
from app.proving.golden import Unanswerable, read_golden, read_unanswerable
from app.proving.threshold import Share, Similarities, answered, curve, propose, refused, rewritten
from app.retrieval.retriever import Retriever
from app.service.errors import UserError
from app.settings import Settings

Say = Callable[[str], None]
HONEST = (
    "A threshold stops nonsense. It does not stop questions in the words of your\n"
    "documents that they do not answer: look at the near misses."
)


def look(project: Project, retriever: Searching) -> Similarities:
    """Asks every question for its similarity.

    Raises:
        UserError: A file of questions is wrong, or one that is needed has none.
    """
    files = project.evaluation
    golden, off_topic = read_golden(files.golden), read_unanswerable(files.off_topic)
    chosen_by = [one for one in golden if not one.held_out]
    if not chosen_by or not off_topic:
        which = files.off_topic if chosen_by else files.golden
        raise UserError(
            f"There is nothing to choose by: {which} has no such questions.",
            "A threshold needs golden questions that are not held out, and off-topic ones.",
        )

    served = served_by(project)

    def values(questions: Sequence[Unanswerable]) -> list[float]:
        return [one.similarity for one in ask(retriever, questions, served).values()]

    return Similarities(
        chosen_by=values(chosen_by),
        held_out=values([one for one in golden if one.held_out]),
        off_topic=values(off_topic),
        near_miss=values(read_unanswerable(files.near_miss)),
    )


def _percent(share: Share) -> str:
    return f"{share.value:8.1%}" if share.n else "       -"


def _told(words: str, share: Share) -> str:
    if not share.n:
        return f"  {words:<37} none were asked"
    ends = f"{share.interval.low:.1%} to {share.interval.high:.1%}"
    return f"  {words:<37}{share.value:7.1%}  ({ends}), n = {share.n}"


def show(found: Similarities, now: float, proposed: float, say: Say) -> None:
    """Says what each threshold would do."""
    say("                 answered            refused")
    say("threshold     golden held out    off-topic near miss")
    for threshold in sorted({*curve(proposed), now}):
        cells = (
            _percent(answered(found.chosen_by, threshold)),
            _percent(answered(found.held_out, threshold)),
            f"  {_percent(refused(found.off_topic, threshold))}",
            f" {_percent(refused(found.near_miss, threshold))}",
        )
        marks = [" proposed"] * (threshold == proposed) + [" now"] * (threshold == now)
        say(f"  {threshold:7.3f}  {' '.join(cells)} {''.join(marks)}".rstrip())
    say(f"\nAt {proposed:g}, with 95 % intervals:")
    say(_told("golden, answered (it chose)", answered(found.chosen_by, proposed)))
    say(_told("golden held out, answered (it tests)", answered(found.held_out, proposed)))
    say(_told("off-topic, refused (it chose)", refused(found.off_topic, proposed)))
    say(_told("near miss, refused", refused(found.near_miss, proposed)))
    say(f"\n{HONEST}")


def write_threshold(file: Path, threshold: float) -> None:
    """Changes the digits of `similarity` under `[refusal]` in `project.toml`, and nothing else.

    Raises:
        UserError: There is no such line.
    """
    text = file.read_bytes().decode("utf-8")
    changed = rewritten(text, threshold)
    after = {} if changed is None else tomllib.loads(changed)
    before = tomllib.loads(text)
    before.setdefault("refusal", {})["similarity"] = threshold
    if changed is None or after != before:
        raise UserError(
            f"{file} has no plain line `similarity = 0.3` under [refusal].",
            f"Write it there yourself: similarity = {threshold:.3f}",
        )
    write_whole({file: changed.encode()})


def calibrate(settings: Settings, say: Say = print, *, write: bool) -> None:
    """Says what each threshold would answer and refuse, and proposes one.

    Raises:
        UserError: There are no questions to choose by, or the index is not there.
    """
    project = read_project(settings.project_file)
    with closing(open_index(settings.database_url)) as index:
        found = look(project, Retriever(index, load_embedder(settings), project))
    proposed = propose(found, project.gates.answered)
    show(found, project.refusal.similarity, proposed, say)
    if not write:
        say(f"`uv run app calibrate --write` puts {proposed:.3f} into project.toml.")
        return
    write_threshold(settings.project_file, proposed)
    say(f"{settings.project_file}: [refusal] similarity = {proposed:.3f}")
