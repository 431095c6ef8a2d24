"""The README: questions answered, moved and removed, and texts around them."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from tests.updates.matrix.desk import edited, swap
from tests.updates.matrix.fates import Clash, Expected, Fate, merged, open_to
from tests.updates.matrix.states.state import State, state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.updates.matrix.desk import Desk

README = "README.md"
_PLACEHOLDER = re.compile(r"^_(?P<id>[A-Z]{2}\d+): .*_$", flags=re.MULTILINE)


def my_answer(signal: str) -> str:
    """What the learner answers."""
    return (
        f"For {signal} the coordinator decides each Monday.\n"
        f"[{signal} 0.579](reports/evaluation.json#/{signal.lower()}/value)"
    )


def answer_all(desk: Desk) -> None:
    """Replace every placeholder by an answer."""
    desk.edit(README, _answering(desk))


def answered(desk: Desk, more: Mapping[str, Fate | Clash] | None = None) -> Expected:
    """What must come of a README with all questions of the old release answered."""
    return _asked(desk, _answering(desk), more=more)


def _answering(desk: Desk) -> Callable[[str], str]:
    """Answer the questions of the old release, and no newer ones."""
    known = set(_PLACEHOLDER.findall(desk.old[README].content.decode()))

    def edit(text: str) -> str:
        return _PLACEHOLDER.sub(
            lambda found: my_answer(found["id"]) if found["id"] in known else found[0], text
        )

    return edit


def _asked(
    desk: Desk,
    edit: Callable[[str], str],
    *,
    more: Mapping[str, Fate | Clash] | None = None,
    blank_lines: bool = True,
) -> Expected:
    """The edit is there, the release's change too; a reworded question stands in either wording."""
    right = edited(desk.new[README], edit)
    wordings = [((old, new), (new, new)) for _, old, new in desk.parts.reworded]
    entries = [
        edited(right, *(swap(f"**{new}**", f"**{said}**") for said, new in chosen))
        for chosen in product(*wordings)
    ]
    fate = replace(merged(*entries), blank_lines=blank_lines)
    advice = frozenset(signal for signal, _, _ in desk.parts.reworded)
    answers = {
        signal: my_answer(signal)
        for signal in _PLACEHOLDER.findall(desk.old[README].content.decode())
        if my_answer(signal) in right.content.decode()
    }
    return Expected({README: fate, **(more or {})}, advice=advice, answers=answers)


@state("the answers", common=True)
def readme_answered(desk: Desk) -> Expected:
    """Every question of the README answered."""
    answer_all(desk)
    desk.commit()
    return answered(desk)


@state("the texts", common=True)
def readme_rewritten(desk: Desk) -> Expected:
    """Title and description rewritten, steps ticked."""
    description = desk.old[README].content.decode().split("\n\n")[1]
    steps = [
        line for line in desk.old[README].content.decode().splitlines() if line.startswith("- [ ] ")
    ]
    edits = [
        swap("# my-project\n", "# Which members will call?\n"),
        swap(f"\n{description}\n", "\nA list of members for each Monday.\n"),
        *(swap(f"{step}\n", f"{step.replace('[ ]', '[x]')}\n") for step in steps),
    ]
    right = desk.edit_both(README, *edits)
    desk.commit()
    return Expected({README: merged(right)})


@state("the answer", "reworded")
def answer_glued_to_its_question(desk: Desk) -> Expected:
    """An answer glued to its question, which the release rewords."""
    edit = _each_reworded(desk, lambda _, question, rest: question + rest.removeprefix("\n"))
    desk.edit(README, edit)
    desk.commit()
    return _asked(desk, edit)


@state("the answer", "reworded")
def question_removed_above_an_answer(desk: Desk) -> Expected:
    """A question that the release rewords removed, its answer and anchor kept."""
    edit = _each_reworded(desk, lambda _, __, rest: rest)
    desk.edit(README, edit)
    desk.commit()
    right = edited(desk.new[README], edit)
    expected = Expected({README: replace(merged(right), blank_lines=False)})
    return replace(expected, advice=None, answers=_answers_to_reworded(desk))


@state("the answer", "reworded")
def anchor_removed_above_an_answer(desk: Desk) -> Expected:
    """The anchor removed above an answered question that the release rewords."""
    edit = _each_reworded(desk, lambda _, question, rest: f"{question}{rest}", anchor=False)
    desk.edit(README, edit)
    desk.commit()
    return replace(_asked(desk, edit, blank_lines=False), advice=None, answers={})


@state("the removal", "reworded")
def question_removed_altogether(desk: Desk) -> Expected:
    """A question that the release rewords removed, with its anchor and placeholder."""

    def edit(text: str) -> str:
        for signal, _, _ in desk.parts.reworded:
            text = _block(signal).sub("", text)
        return text

    desk.edit(README, edit)
    desk.commit()
    right = edited(desk.new[README], edit)
    fate = replace(merged(right), blank_lines=False)
    return Expected({README: fate}, advice=None, may_clash=frozenset({README}))


@state("the answers and their order", "reworded")
def question_moved(desk: Desk) -> Expected:
    """A question that the release rewords moved below all others, answered."""
    answer_all(desk)
    signal, _, _ = desk.parts.reworded[0]

    def edit(text: str) -> str:
        found = _block(signal).search(text)
        assert found is not None
        without = text.replace(found[0], "")
        last = list(re.finditer(r"^<!-- signal:[A-Z]{2}\d+ -->\n", without, flags=re.MULTILINE))[-1]
        end = without.find("\n#", last.end())
        at = len(without) if end < 0 else end + 1
        return f"{without[:at]}{found[0]}{without[at:]}"

    desk.edit(README, edit)
    desk.commit()
    whole = answered(desk)
    return replace(whole, fates={README: open_to(actions=("merged",))}, advice=None)


@state("the order of sections", "section")
def section_moved(desk: Desk) -> Expected:
    """A section of the README moved, in which the release changes a line."""
    assert desk.parts.section is not None
    heading, _, above = desk.parts.section

    def edit(text: str) -> str:
        sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
        mine = next(one for one in sections if one.startswith(f"{heading}\n"))
        sections.remove(mine)
        place = next(i for i, one in enumerate(sections) if one.startswith(f"{above}\n"))
        sections.insert(place, mine if mine.endswith("\n\n") else f"{mine}\n")
        return "".join(sections)

    desk.edit(README, edit)
    desk.commit()
    right = edited(desk.new[README], edit)
    return Expected({README: replace(merged(right), blank_lines=False)})


@state("the removal", "section")
def section_removed(desk: Desk) -> Expected:
    """A section of the README removed in which the release changes a line."""
    assert desk.parts.section is not None
    heading = desk.parts.section[0]

    def edit(text: str) -> str:
        sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
        return "".join(one for one in sections if not one.startswith(f"{heading}\n"))

    desk.edit(README, edit)
    desk.commit()
    right = edited(desk.new[README], edit)
    fate = replace(merged(right), blank_lines=False)
    return Expected({README: fate}, may_clash=frozenset({README}))


@state("the removal", common=True)
def heading_removed(desk: Desk) -> Expected:
    """The heading above questions removed."""
    right = desk.edit_both(README, swap("### Problem framing\n\n", ""))
    desk.commit()
    return Expected({README: replace(merged(right), blank_lines=False)})


def _block(signal: str) -> re.Pattern[str]:
    """A question with its anchor and what follows, up to the next anchor or heading."""
    anchor, question, rest = (
        rf"^<!-- signal:{signal} -->\n",
        r"(?P<question>\*\*.*\*\*\n)",
        r"(?P<rest>(?:(?!<!-- signal|#).*\n)*)",
    )
    return re.compile(anchor + question + rest, flags=re.MULTILINE)


def _each_reworded(
    desk: Desk, form: Callable[[str, str, str], str], *, anchor: bool = True
) -> Callable[[str], str]:
    """Answer the questions that the release rewords, in a form: of id, question and the rest."""

    def edit(text: str) -> str:
        for signal, _, _ in desk.parts.reworded:
            found = _block(signal).search(text)
            assert found is not None, f"{signal} is not asked"
            rest = _PLACEHOLDER.sub(my_answer(signal), found["rest"])
            line = f"<!-- signal:{signal} -->\n" if anchor else ""
            new = f"{line}{form(signal, found['question'], rest)}"
            text = text.replace(found[0], new)
        return text

    return edit


def _answers_to_reworded(desk: Desk) -> dict[str, str]:
    return {signal: my_answer(signal) for signal, _, _ in desk.parts.reworded}


STATES: tuple[State, ...] = (
    readme_answered,
    readme_rewritten,
    answer_glued_to_its_question,
    question_removed_above_an_answer,
    anchor_removed_above_an_answer,
    question_removed_altogether,
    question_moved,
    section_moved,
    section_removed,
    heading_removed,
)
