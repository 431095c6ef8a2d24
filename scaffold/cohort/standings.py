"""Where each learner stands in each assignment, from the clones that were collected."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold import scratch, versions
from scaffold.cohort import due, hosts, layout, looking, newness, rubric, runs, said
from scaffold.cohort.seen import Question
from scaffold.cohort.standing import RUNGS, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from scaffold.cohort.class_file import Class
    from scaffold.cohort.due import Due
    from scaffold.cohort.layout import Task
    from scaffold.cohort.newness import Releases
    from scaffold.cohort.outcome import Outcome
    from scaffold.cohort.rubric import Rubric, Score
    from scaffold.cohort.seen import Seen, Work
    from scaffold.cohort.standing import Asked, State


def standings(
    klass: Class,
    tasks: Sequence[Task],
    asked: Asked,
    waited: Callable[[int, int], None] = lambda done, of: None,  # noqa: ARG005
) -> Iterator[tuple[int, Standing]]:
    """Where each task stands; each comes with its place in `tasks`, as it is done.

    Args:
        klass: The class.
        tasks: What is asked about.
        asked: For which moment, and whether live addresses are asked.
        waited: Is called with how many of these were waited for, and of how many.

    Raises:
        OSError: A journal can't be read.
    """
    collected = runs.of(layout.journals(klass), "collect")
    updated = runs.of(layout.journals(klass), "update")
    shut = hosts.shut(layout.journals(klass), "collect")
    questions = looking.awaited([_question(klass, one, asked) for one in tasks], waited)
    with scratch.folder("scaffold-class-") as room:
        releases = newness.releases(klass, room)
        for place, seen in looking.look(questions, releases.source):
            its = (
                _collected(tasks[place], collected.ended, shut),
                updated.ended.get(tasks[place].key),
            )
            stands = _stand(tasks[place], seen, *its, releases, asked)
            doubts = _doubts(klass, tasks[place], seen.work)
            yield place, replace(stands, notes=(*doubts, *stands.notes))


def _collected(task: Task, ended: Mapping[str, Outcome], shut: Mapping[str, int]) -> Outcome | None:
    """What came of collecting; that a host refuses the instructor says nothing of a learner."""
    found, where = ended.get(task.key), hosts.host(task.place)
    if found is None or where not in shut or not hosts.is_denied(found):
        return found
    return replace(found, state="failed", reason=hosts.reason(where, shut[where]))


def _question(klass: Class, task: Task, asked: Asked) -> Question:
    until = task.assignment.due
    past = until if until is not None and until < asked.now else None
    folder = layout.repository(klass, task)
    return Question(folder, task.assignment.must_pass, past, asked.online)


def _stand(
    task: Task,
    seen: Seen,
    collected: Outcome | None,
    updated: Outcome | None,
    releases: Releases,
    asked: Asked,
) -> Standing:
    state, reason, note = _state(seen, collected)
    switch, tags = _its_releases(task, seen, releases)
    behind = newness.behind(seen.version, tags)
    templates = _on_templates(seen, releases, switch, behind)
    pending, conflicts = newness.pending(updated, seen.version, behind)
    if switch and not behind:
        tags = behind = None  # the class brings it no update, so it is not up to date either
    work = seen.work
    until = due.due(task.assignment, work, seen.failing, asked.now)
    unseen = bool(seen.trouble[0]) or (seen.missing and state != "gone")
    if unseen and until != "no date":
        until = "not known"  # nobody has seen its commits: that is not the learner's fault
    lines = seen.own.lines if seen.own else None
    return Standing(
        task=task,
        state=state,
        reason=reason,
        template=seen.template,
        version=seen.version,
        newest=versions.newest(tags or []) or "",
        behind=behind,
        pending=pending,
        conflicts=conflicts,
        switch=said.plain(switch),
        own_code=lines.get("code", 0) if lines else None,
        own_tests=lines.get("tests", 0) if lines else None,
        own_rows=round(1 - seen.own.data[0].share, 4) if seen.own and seen.own.data else None,
        signals=seen.signals,
        rungs={one: seen.rungs.get(one, 0) for one in RUNGS} if seen.template else {},
        rules=seen.rules,
        live=seen.live,
        answers=seen.answers,
        must_pass=seen.failing,
        unknown=seen.unknown,
        commits_own=work.commits,
        commits_late=work.late,
        first_own=work.first,
        last_own=work.last,
        due=until,
        next=seen.next,
        score=_score(asked.rubric, task, seen, behind, until),
        questions=seen.questions,
        notes=(*_notes(task, seen, note, updated, templates), *seen.notes),
        tree=work.tree,
    )


def _doubts(klass: Class, task: Task, work: Work) -> Iterator[str]:
    """What about its commits can't be as it looks."""
    mine = f"{klass.id}/{task.key}"
    others = [one for one in work.handouts if one.startswith(f"{klass.id}/") and one != mine]
    if others and mine not in work.handouts:
        yield f"its commits begin with the hand-out of {said.plain(others[-1], 120)}"
    if work.early:
        yield (
            f"{work.early} of its own commits are dated before the hand-out: "
            "their dates can't be right"
        )


def _its_releases(task: Task, seen: Seen, releases: Releases) -> tuple[str, list[str] | None]:
    """The source that takes it over, if one does, and the releases that it can get."""
    own = releases.instead_of(seen.source)
    tags = releases.tags.get(own or seen.source)
    if not own:
        return "", tags
    follows = seen.version in (tags or []) and seen.template == task.assignment.template
    return (own, tags) if follows else ("", None)


def _notes(
    task: Task, seen: Seen, collecting: str, updated: Outcome | None, templates: str
) -> Iterator[str]:
    """What stands beside what the clone itself shows."""
    if collecting:
        yield collecting
    if seen.template and seen.template != task.assignment.template:
        wanted = task.assignment.template
        yield f"it is a {seen.template}, and this assignment is a {wanted}"
    if seen.template and templates:
        yield templates
    if updated is not None and updated.state in {"refused", "failed"}:
        yield f"the last update {updated.state}: {said.plain(updated.reason).rstrip('.')}"


def _on_templates(seen: Seen, releases: Releases, switch: str, behind: int | None) -> str:
    """What there is to say of where it takes updates from."""
    if releases.trouble:
        return f"the class's templates can't be asked: {releases.trouble}"
    if releases.instead_of(seen.source):
        if behind:
            then = "scaffold cohort update takes it over"
        elif switch:
            then = f"its owner runs scaffold switch {said.plain(shlex.quote(switch))}"
        else:
            then = f"the class's source has no {seen.version} of it, so nothing takes it over"
        return (
            "it was handed out from the templates inside scaffold; the class's source is another "
            f"now: {then}"
        )
    if seen.source not in releases.tags:
        return f"it takes updates from {seen.source}, not from the class's templates"
    return ""


def _score(
    kept: Rubric | None, task: Task, seen: Seen, behind: int | None, until: Due
) -> Score | None:
    if kept is None:
        return None
    unread = not seen.template
    shown = rubric.Shown(
        rules={} if unread else seen.rules,
        signals={one.family: one.state for one in seen.signals},
        live=seen.answers,
        behind=behind,
        due=until,
        days_late=rubric.days_late(task.assignment.due, seen.work.last),
    )
    return rubric.score(kept, task.assignment.id, shown)


def _state(seen: Seen, collected: Outcome | None) -> tuple[State, str, str]:
    """The state, why it is not `read`, and a note about the last collecting."""
    how = collected.state if collected else ""
    why = said.plain(collected.reason) if collected else ""
    if how == "gone":
        return "gone", why or "Nothing is there any more.", ""
    if how == "denied":
        return "denied", why or "It may not be read.", ""
    if seen.missing:
        half = " ".join(seen.trouble).strip()
        return "not collected", half or why or "Run `scaffold cohort collect`.", ""
    if seen.trouble[0]:
        return "unreadable", " ".join(seen.trouble), ""
    bad = how in {"failed", "refused"}
    return "read", "", f"the last collecting failed, so this is older: {why}" if bad else ""
