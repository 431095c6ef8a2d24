"""Whether the README's questions are answered by somebody. These can fail, and earn nothing."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from scaffold.check.facts import prose
from scaffold.check.facts.answers import QUESTIONS
from scaffold.check.finding import Finding, Outcome, failed, passed

if TYPE_CHECKING:
    from scaffold.check.facts.answers import Answers
    from scaffold.check.facts.given import Given
    from scaffold.check.facts.tree import Tree

README = "README.md"
LEAST_WORDS = 20
LEAST_DISTINCT = 0.5
LEAST_NEW = 9
LEAST_NEW_SHARE = 0.5
MOST_SHARED = 0.15
MOST_SHARED_WITH_ANOTHER = 0.3
_RUN = 5


class PF101:
    """Every question is answered.

    Why: The questions are those of an interview; an empty one is the first thing that is seen.
    Passes: Each question of the release has its anchor once, text of yours below it, and no
        placeholder is left.
    Can't tell: Whether an answer is true, or good.
    Do: Replace the placeholder by two to six sentences and link the evidence. Keep the comment
        with the anchor and the question above it.
    """

    family, kind, level = "PF", "text", "static"
    requires: frozenset[str] = frozenset()
    asks = QUESTIONS

    @staticmethod
    def check(answers: Answers, given: Given, tree: Tree) -> Outcome:
        """Look at every question that the release asks."""
        if tree.text(README) is None:
            return failed(
                Finding(_unread(tree), README), todo=f"Put it there as a plain text: {README}"
            )
        found = []
        asked = tuple(given.answers.by_id) or QUESTIONS
        for question in asked:
            answer = answers.by_id.get(question)
            if answer is None:
                message = (
                    f"{question} is not there: its comment <!-- signal:{question} --> was removed."
                )
                found.append(Finding(message, README, 0, question))
            elif question in answers.twice:
                message = f"{question} stands there twice, so nobody knows which answer counts."
                found.append(Finding(message, README, answer.line, question))
            elif answer.placeholder or not answer.text:
                message = f"{question} is still our question."
                found.append(Finding(message, README, answer.line, question))
        if found:
            words = given.answers.get(found[0].question).question
            how = "Answer it in two to six sentences: scaffold explain PF101"
            return failed(*found, todo=f"{words} {how}".strip())
        return passed(f"all {len(asked)} questions have an answer", README)


def _unread(tree: Tree) -> str:
    if README in tree.links:
        return f"{README} is a link, which is not followed."
    if README in tree:
        return f"{README} can't be read: it is no UTF-8, or too large for a text."
    return f"There is no {README}."


class PF102:
    """The answers are in your words.

    Why: An answer that repeats its question, or another answer, tells that nobody was there.
    Passes: Enough words, not the same ones over and over, and few phrases of the question, of the
        starter's documentation or of another answer.
    Can't tell: Fluent prose that somebody let be written passes, and earns nothing: only evidence
        passes a signal.
    Do: Say what you did and measured, with names, numbers and links, as you would to a colleague.
    """

    family, kind, level = "PF", "text", "static"
    requires: frozenset[str] = frozenset()
    asks = QUESTIONS

    @staticmethod
    def check(answers: Answers, given: Given) -> Outcome:
        """Measure every answer that there is."""
        theirs = _starters_words(given.text(README) + _examples(given))
        written = {
            name: one for name, one in answers.by_id.items() if one.text and not one.placeholder
        }
        phrases = {name: prose.phrases(prose.words(one.text)) for name, one in written.items()}
        found = []
        for name, answer in written.items():
            asked = prose.words(f"{answer.question} {given.answers.get(name).question}")
            measured = prose.measure(answer.text, set(asked), prose.phrases(asked))
            problem = _problem(measured) or _copied(answer.text, theirs)
            if not problem:
                others = set().union(*(one for other, one in phrases.items() if other != name))
                again = len(phrases[name] & others) / max(len(phrases[name]), 1)
                if again > MOST_SHARED_WITH_ANOTHER:
                    problem = f"repeats other answers ({again:.0%} of its phrases)"
            if problem:
                found.append(Finding(f"{name} {problem}.", README, answer.line, name))
        if found:
            return failed(*found, todo="Say what you did and measured: scaffold explain PF102")
        said = f"{len(written)} answers are" if written else "no answer is there that would not be"
        return passed(f"{said} somebody's own words", README)


def _problem(measured: prose.Measures) -> str:
    """What is wrong with a text; empty if nothing that counting could find."""
    if measured.words < LEAST_WORDS:
        return f"has {measured.words} words; two sentences have {LEAST_WORDS}"
    if measured.shared > MOST_SHARED:
        return f"mostly repeats its question ({measured.shared:.0%} of its phrases)"
    if measured.distinct < LEAST_DISTINCT:
        return f"says the same words over and over ({measured.distinct:.0%} are different ones)"
    if measured.new < LEAST_NEW or measured.new_share < LEAST_NEW_SHARE:
        return f"adds {measured.new} words of content to its question"
    return ""


def _copied(text: str, theirs: set[tuple[str, ...]]) -> str:
    runs = prose.phrases(prose.words(text), _RUN)
    shared = len(runs & theirs) / max(len(runs), 1)
    return f"copies our documentation ({shared:.0%} of it)" if shared > MOST_SHARED else ""


def _examples(given: Given) -> str:
    pages = (path for path in given.files if path.startswith("docs/") and path.endswith(".md"))
    return "\n".join(given.text(path) for path in pages)


@lru_cache(maxsize=4)
def _starters_words(text: str) -> set[tuple[str, ...]]:
    """Runs of words of the starter's documents; of five, as three are everybody's."""
    return prose.phrases(prose.words(text), _RUN)
