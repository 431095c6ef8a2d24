"""What a person is told of a class: plans, progress, and what came of a run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from scaffold.cli import terminal
from scaffold.cohort import again, hosts, layout
from scaffold.errors import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.cohort.class_file import Class
    from scaffold.cohort.outcome import Outcome
    from scaffold.cohort.planning import Plan
    from scaffold.cohort.running import Ran

_SAID = 25
_MINUTE, _HOUR = 60, 3600
_WORDS = {
    "done": "done",
    "already": "there already",
    "newest": "at the newest release",
    "conflicts": "with conflicts, nothing was pushed",
    "refused": "refused",
    "gone": "not there",
    "denied": "denied",
    "failed": "failed",
}
_MOVED = (
    "Where nothing is there, ask its owner: a new place goes into the roster's column `repo`, and "
    "an empty repository waits for its first push."
)
_TO_FIND = {
    "handout": (
        "Where nothing is there, make the repository first, or let the host do it: `create` in "
        "class.toml. Then hand out again."
    ),
}
_RENEW = "Renew them (on GitHub: gh auth login), or see docs/cohort.md, Tokens."
_STYLES = {"done": "green", "already": "green", "newest": "green", "failed": "red"}


class Progress:
    """Says how many are done, what went wrong, and about how long the rest takes."""

    def __init__(self, verb: str, step: Callable[[str], None]) -> None:
        self._verb, self._step = verb, step
        self._begun = time.monotonic()
        self._bad = 0

    def __call__(self, done: int, total: int, outcome: Outcome) -> None:
        """One more has ended."""
        self._bad += not outcome.good
        if done % max(1, total // _SAID) and done != total:
            return
        took = time.monotonic() - self._begun
        left = _duration(took / done * (total - done)) if done < total else ""
        bad = f", {self._bad} not well" if self._bad else ""
        self._step(
            f"{self._verb}: {done} of {total}{bad}" + (f", about {left} left" if left else "")
        )


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{max(1, round(seconds))} s"
    if seconds < _HOUR:
        return f"{round(seconds / _MINUTE)} min"
    return f"{seconds / _HOUR:.1f} h"


def stopped(klass: Class, verb: str) -> StoppedError:
    """The error for a Ctrl-C in the middle of a run."""
    error = StoppedError()
    error.problem = "Interrupted. What was done stands in the journal."
    error.remedy = f"Go on with it: {again.command(klass, verb, '--resume')}"
    return error


def facts(klass: Class, verb: str, ran: Ran) -> dict[str, Any]:
    """The data of the JSON document."""
    return {
        "class": klass.name,
        "verb": verb,
        "run": ran.run,
        "outcomes": [one.facts() for one in ran.outcomes],
        "counts": _counts(ran.outcomes),
    }


def _counts(outcomes: tuple[Outcome, ...]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in outcomes:
        counts[one.state] = counts.get(one.state, 0) + 1
    return counts


def tell(klass: Class, verb: str, ran: Ran) -> None:
    """Say how many ended how, and name every one that somebody has to look at."""
    if not ran.outcomes:
        terminal.say(f"Nothing is left to do in {klass.name}.", "bold green")
        return
    terminal.say(f"{verb} of {klass.name}: {len(ran.outcomes)} repositories", "bold")
    counts = _counts(ran.outcomes)
    for state, words in _WORDS.items():
        if state in counts:
            terminal.say(f"  {counts[state]:>5}  {words}", _STYLES.get(state, "yellow"))
    for line in _reasons(klass, verb, ran):
        terminal.say(line)
    if "conflicts" in counts:
        nudge = again.command(klass, "nudge")
        terminal.out(f"Their owners run `scaffold update`; `{nudge}` tells them how.")
    terminal.out(f"Logs: {klass.folder / '.cohort' / 'logs' / ran.run}")
    if "gone" in counts:
        terminal.out(_TO_FIND.get(verb, _MOVED))
    if {"failed", "denied"} & counts.keys():
        repeated = again.command(klass, verb, "--only-failed")
        terminal.out(f"What failed or was denied, once its cause is mended: {repeated}")


def _reasons(klass: Class, verb: str, ran: Ran) -> Iterator[str]:
    """What somebody has to look at; a class of which all are refused has one reason."""
    alike: dict[str, list[str]] = {}
    once: dict[str, str] = {}
    shut = hosts.shut(layout.journals(klass), verb)
    for one in ran.outcomes:
        where = hosts.host(ran.places.get(one.key, ""))
        if where in shut and hosts.is_denied(one):
            told = one.reason.partition(": ")[2]  # what git said of the first
            once.setdefault(where, f"{_first_large(hosts.reason(where, shut[where]))} ({told}).")
        elif not one.good or one.reason:
            alike.setdefault(_note(one), []).append(one.key)
    yield from (f"{line} {_RENEW}" for line in once.values())
    for note, keys in alike.items():
        yield f"{', '.join(keys)}: {note}"


def _first_large(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _note(one: Outcome) -> str:
    """What somebody has to know of one repository."""
    if one.state == "conflicts":
        return f"conflicts in {', '.join(one.files)}"
    return f"{_WORDS[one.state]}. {one.reason}".rstrip(". ")


def tell_plan(plan: Plan) -> None:
    """Show a plan."""
    terminal.say(f"Plan: {plan.verb} of {plan.name}. Nothing was written.", "bold")
    if plan.before:
        terminal.out(f"{plan.before} are done already in the run that is gone on with.")
    for assignment, heading in plan.headings.items():
        mine = [one for one in plan.lines if one.key.partition("/")[0] == assignment]
        terminal.say(f"\n{assignment}: {heading}; {len(mine)} repositories", "bold")
        for one in mine:
            note = f"  ({one.note})" if one.note else ""
            terminal.out(f"  {one.key.partition('/')[2]:<24} {one.place}{note}")
    if not plan.lines:
        terminal.out("There is nothing to do.")
