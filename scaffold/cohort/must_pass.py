"""Rules that must pass in an assignment: which, whether they do, and what comes next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold.check import signals
from scaffold.cohort import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.check.engine import Result
    from scaffold.check.examine import Verdict
    from scaffold.check.signals import Next


def is_chosen(rule: str, must_pass: tuple[str, ...]) -> bool:
    """Whether a rule must pass, by its name or the beginning of it."""
    return bool(must_pass) and rule.startswith(must_pass)


def fails(one: Result, verdict: Verdict) -> bool:
    """Whether a rule that must pass does not; a reason for switching it off is no pass."""
    state = one.outcome.state
    if one.level == "human" or state == "pass":
        return False
    # One that waits for another, say, does not pass. But whom our side keeps from knowing what the
    # starter gave is not to blame.
    told = one.level == "static" and verdict.own is not None
    return state == "fail" or bool(one.switched_off) or told


def is_unknown(one: Result, verdict: Verdict) -> bool:
    """Whether it is not known of a rule that must pass."""
    return one.outcome.state == "unknown" and not fails(one, verdict)


def state(one: Result) -> str:
    """A rule's state; `switched off` where it is, unless it passes all the same."""
    return "switched off" if one.switched_off and one.outcome.state != "pass" else one.outcome.state


def next_thing(must: Sequence[Result], verdict: Verdict) -> Next | None:
    """What to do next; what must pass comes first, switched off or not. Its texts are plain."""
    heeded = [replace(one, switched_off="") for one in must if fails(one, verdict)]
    found = signals.next_thing(heeded) or verdict.next
    if found is None:
        return None
    finding = found.finding
    shown = replace(
        finding, message=said.plain(finding.message), file=said.plain(finding.file, 200)
    )
    return replace(found, finding=shown, todo=said.plain(found.todo))
