"""The templates of a class: fetched once per run, compiled once per worker."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from scaffold import answers, catalog, git, questions
from scaffold import source as sources
from scaffold.addresses import is_remote
from scaffold.errors import RequestError, ScaffoldError
from scaffold.pristine import Pristine
from scaffold.versions import newest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import ExitStack
    from pathlib import Path

    from scaffold.cohort.class_file import Assignment, Class
    from scaffold.cohort.layout import Task
    from scaffold.questions import Questionnaire
    from scaffold.source import Pack, Source

_GITHUB = "https://github.com/"


def source_of(klass: Class) -> Source:
    """Where a class's templates come from: nobody's own settings count.

    Raises:
        RequestError: The source is none.
        OutsideError: The embedded source cannot be written.
    """
    if klass.source is None:
        return sources.embedded()
    named = klass.source
    if not is_remote(named) and not named.startswith("~"):
        named = os.fspath(klass.folder / named)
    return sources.parse(named)


def versions(
    klass: Class, source: Source, assignments: Iterable[Assignment], fixed: Mapping[str, str]
) -> dict[str, str]:
    """The release that each assignment is handed out at.

    Args:
        klass: The class.
        source: Its source.
        assignments: Those that are wanted.
        fixed: What an earlier part of the run decided.

    Raises:
        RequestError: The source has no release.
        OutsideError: It cannot be reached.
    """
    found = {}
    latest = None
    for one in assignments:
        version = fixed.get(one.id) or one.version
        if version is None:
            latest = latest or newest(sources.tags(source))
            version = latest
        if version is None:
            raise RequestError(
                f"The source {source.recorded} of {klass.name} holds no release.",
                "Tag one: v1.2.3.",
            )
        found[one.id] = version
    return found


def mirrored(source: Source, room: Path) -> Source:
    """The same source, fetched from its host once: what follows reads the disk.

    Args:
        source: The source; one on this disk stays as it is.
        room: Where the copy goes.

    Raises:
        OutsideError: It cannot be reached.
    """
    if not is_remote(source.location):
        return source
    mirror = room / "templates.git"
    own = git.NOBODYS_SETTINGS
    try:
        init = ("init", "--quiet", "--bare", "--template=", mirror)
        git.run(*git.QUIET, *init, folder=room, extra=own)
        fetch = ("fetch", "--quiet", "--no-recurse-submodules", "--no-auto-gc", "--")
        tags = "+refs/tags/v*:refs/tags/v*"
        git.run(*git.QUIET, *fetch, source.location, tags, folder=mirror)
    except git.GitFailure as error:
        raise sources.unreachable(source, error) from error
    return replace(source, location=os.fspath(mirror))


def tags(source: Source) -> frozenset[str]:
    """All releases of a source.

    Raises:
        OutsideError: It cannot be read.
    """
    return frozenset(sources.tags(source))


def check(assignment: Assignment, pack: Pack) -> None:
    """Refuse an assignment whose template or answers the release does not know.

    Raises:
        RequestError: It does not; the assignment is named.
    """
    try:
        catalog.find(catalog.read(pack.root), assignment.template)
        given(assignment, questions.read(pack.root))
    except ScaffoldError as error:
        raise RequestError(
            f"The assignment {assignment.id} will not do with {pack.ref}: {error.problem}",
            error.remedy,
        ) from error


def given(assignment: Assignment, asked: Questionnaire) -> dict[str, Any]:
    """What the class answers, checked as far as it can be without a learner.

    Raises:
        RequestError: A question does not exist, or an answer will not do.
    """
    known = dict(assignment.answers)
    context = {"_folder_name": assignment.name or assignment.id}
    answers.complete(asked, assignment.template, known, context)
    return known


class Starters:
    """What releases give, in one worker: each is laid out and compiled once.

    Args:
        source: Where from.
        opened: Is closed when the worker ends.
    """

    def __init__(self, source: Source, opened: ExitStack) -> None:
        self._source, self._opened = source, opened
        self.pack = cache(self._pack)
        self.pristine = cache(self._pristine)
        self.questions = cache(self._questions)

    def _pack(self, ref: str) -> Pack:
        return self._opened.enter_context(sources.open_pack(self._source, ref))

    def _pristine(self, ref: str, template: str) -> Pristine:
        return Pristine(self.pack(ref), template)

    def _questions(self, ref: str) -> Questionnaire:
        return questions.read(self.pack(ref).root)

    def answers(self, task: Task, ref: str) -> dict[str, Any]:
        """Every answer for one learner: the class's, and what the roster tells.

        Raises:
            RequestError: One will not do.
        """
        context = {"_folder_name": task.assignment.name or task.assignment.id}
        context["author"] = task.learner.name or task.learner.username
        if task.place.startswith(_GITHUB):
            context["github_owner"] = task.place.removeprefix(_GITHUB).partition("/")[0]
        asked = self.questions(ref)
        return answers.complete(
            asked, task.assignment.template, dict(task.assignment.answers), context
        )
