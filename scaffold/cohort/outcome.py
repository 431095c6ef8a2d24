"""What came of one task."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from scaffold import credentials
from scaffold.errors import OutsideError, ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterable

State = Literal["done", "already", "newest", "conflicts", "refused", "gone", "denied", "failed"]
STATES: tuple[State, ...] = get_args(State)
GOOD: tuple[State, ...] = ("done", "already", "newest")
AGAIN: tuple[State, ...] = ("refused", "gone", "denied", "failed")
"""What another try may mend; conflicts are for the learner."""
_LONGEST = 500


@dataclass(frozen=True)
class Outcome:
    """What came of one task. Nothing in it holds a password or a token.

    Attributes:
        key: The task's.
        state: How it ended.
        reason: Why, in one line; may be empty where all is well.
        files: Those in conflict.
        commit: That was made or found.
        branch: That was pushed or found.
    """

    key: str
    state: State
    reason: str = ""
    files: tuple[str, ...] = ()
    commit: str = ""
    branch: str = ""

    def __post_init__(self) -> None:
        line = " ".join(credentials.redacted(self.reason).split())
        object.__setattr__(self, "reason", line[:_LONGEST])

    @property
    def good(self) -> bool:
        """Whether nobody has to do anything about it."""
        return self.state in GOOD

    def facts(self) -> dict[str, Any]:
        """For journals and documents."""
        return {**asdict(self), "files": list(self.files)}


def of_error(key: str, error: ScaffoldError) -> Outcome:
    """The outcome of a task that raised an error for people."""
    state: State = "failed" if error.exit_code == OutsideError.exit_code else "refused"
    return Outcome(key, state, f"{error.problem} {error.remedy}")


def from_facts(facts: dict[str, Any]) -> Outcome | None:
    """An outcome as a journal holds it; None where that is none."""
    if facts.get("state") not in STATES or not isinstance(facts.get("key"), str):
        return None
    texts = {key: str(facts.get(key, "")) for key in ("reason", "commit", "branch")}
    files = facts.get("files")
    named = tuple(map(str, files)) if isinstance(files, list) else ()
    return Outcome(facts["key"], facts["state"], files=named, **texts)


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """3 when something failed, 1 when somebody has to do something, else 0."""
    states = {one.state for one in outcomes}
    if "failed" in states:
        return 3
    return 0 if states <= set(GOOD) else 1
