"""From the outcomes of rules to the state of each signal, and the one next thing to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scaffold.check.rule import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.check.engine import Result
    from scaffold.check.finding import Finding

State = Literal["shown", "not yet", "not known"]
_TEXT_FAMILIES = ("PF", "ST", "RC", "CD")
_ORDER = (
    *("PF101", "PF102", "OW101", "RC103", "RC104", "RC102", "DP102", "OW103", "DP103", "DP101"),
    *("PF103", "PF104", "PF105", "RC101", "RC105", "RC107", "CD105", "ST102", "ST104", "ST101"),
)
"""What a learner does first: answers, data, then numbers, which everything else links."""
_ABOUT_NUMBERS = {"DP203"}
"""Online rules that lift a number's rung; whom they can't ask says nothing of the address."""


@dataclass(frozen=True)
class Signal:
    """One signal.

    Attributes:
        family: Its two letters.
        title: In words.
        state: `shown` when nothing fails, all evidence is known, and some of it passes.
        why: The most useful reason, in one line.
        failing: Ids of rules that fail.
        unknown: Ids of rules of evidence that are not known.
    """

    family: str
    title: str
    state: State
    why: str
    failing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Next:
    """The one thing to do next: the rule, what is, and what to do."""

    rule: str
    finding: Finding
    todo: str


def signals(results: Sequence[Result], *, online: bool) -> tuple[Signal, ...]:
    """The state of every signal that some rule is about."""
    found = []
    for family, title in FAMILIES.items():
        about = [one for one in results if _is_about(one, family) and one.level != "human"]
        if about:
            found.append(_signal(family, title, about, online=online))
    return tuple(found)


def _is_about(result: Result, family: str) -> bool:
    if result.kind == "text":
        return family in _TEXT_FAMILIES
    return result.family == family


def _findings(result: Result, family: str) -> list[Finding]:
    """What a rule says of a signal; one about texts says of each what it says of its questions."""
    found = list(result.outcome.findings)
    if result.kind == "text" and result.outcome.state == "fail":
        return [one for one in found if one.question.startswith(family)]
    return found


def _signal(family: str, title: str, about: Sequence[Result], *, online: bool) -> Signal:
    heeded = [one for one in about if not one.switched_off]
    failing = [one for one in heeded if one.outcome.state == "fail" and _findings(one, family)]
    # A rule that the repository switches off is no pass: somebody has to read the reason.
    off = [one for one in about if one.switched_off and one.kind != "text"]
    unknown = [one for one in heeded if one.outcome.state == "unknown"] + off
    evidence = [one for one in heeded if one.kind == "evidence" and one.outcome.state == "pass"]
    names = tuple(one.rule for one in failing), tuple(one.rule for one in unknown)
    if failing:
        first = min(failing, key=_place)
        return Signal(family, title, "not yet", _findings(first, family)[0].message, *names)
    if off:
        return Signal(
            family,
            title,
            "not known",
            f"{off[0].rule} is switched off: {off[0].switched_off}",
            *names,
        )
    waiting = [
        one
        for one in unknown
        if one.level == "static" or (online and one.rule not in _ABOUT_NUMBERS)
    ]
    if waiting:
        return Signal(family, title, "not known", waiting[0].outcome.findings[0].message, *names)
    if unknown and not evidence:
        return Signal(
            family, title, "not known", "the live address was not asked: --online", *names
        )
    if not evidence:
        return Signal(family, title, "not known", "no rule of evidence was looked at", *names)
    why = evidence[0].outcome.findings[0].message
    if unknown:
        why += "; not asked online"
    return Signal(family, title, "shown", why, *names)


def next_thing(results: Sequence[Result]) -> Next | None:
    """What to do first; None when nothing fails and nothing but the live address is unknown."""
    failing = [one for one in results if one.outcome.state == "fail" and not one.switched_off]
    unknown = [
        one
        for one in results
        if one.outcome.state == "unknown" and one.level == "static" and not one.switched_off
    ]
    for group in (failing, unknown):
        if group:
            first = min(group, key=_place)
            return Next(first.rule, first.outcome.findings[0], first.outcome.todo)
    return None


def _place(result: Result) -> tuple[int, str]:
    met = {name: place for place, name in enumerate(_ORDER)}
    return met.get(result.rule, len(met)), result.rule


def counted(results: Sequence[Result]) -> Iterator[tuple[str, int]]:
    """How many rules pass, fail, are unknown or for a person."""
    for state in ("pass", "fail", "unknown", "human"):
        yield state, sum(one.outcome.state == state for one in results)
