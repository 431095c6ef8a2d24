"""What the starter gave: the pristine render of the release that a repository records."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

from scaffold import places, project, source, versions
from scaffold.check.facts import answers, markdown
from scaffold.check.finding import NotKnownError
from scaffold.errors import ScaffoldError
from scaffold.pristine import Pristine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.check.facts.answers import Answers

_ANY_RELEASE = "v0.0.0"
_REMEMBERED = 4
"""Renders kept for repositories with the same answers; one is some two megabytes."""


@dataclass(frozen=True)
class Wanted:
    """Where the reader says that the starter is to be taken from, instead of the embedded releases.

    What a repository itself records is not followed elsewhere: anybody may have written it.
    """

    source: str | None = None
    ref: str | None = None


@dataclass(frozen=True)
class Given:
    """What the starter gave.

    Attributes:
        template: Its id.
        version: The recorded release.
        files: Content by path with `/`.
        newest: What the newest release gives, where it is another one. A repository may record any
            release; what stands in the newest is not its author's either.
    """

    template: str
    version: str
    files: Mapping[str, bytes]
    newest: Mapping[str, bytes] = field(default_factory=dict)

    def contents(self, *endings: str) -> Iterator[tuple[str, bytes]]:
        """Path and content of what any of these releases gives, by how the paths end."""
        for path, content in (*self.files.items(), *self.newest.items()):
            if path.endswith(endings):
                yield path, content

    def text(self, path: str) -> str:
        """A file's text; empty where there is none."""
        return self.files.get(path, b"").decode("utf-8", "replace").replace("\r\n", "\n")

    @cached_property
    def answers(self) -> Answers:
        """The README's questions as the starter asks them."""
        return answers.read(markdown.read("README.md", self.text("README.md")))


class Starters:
    """Starters that were looked up; each release is opened once, however many repositories ask."""

    def __init__(self, wanted: Wanted | None = None) -> None:
        self._wanted = wanted or Wanted()
        self._open = ExitStack()
        self._pristine: dict[tuple[str, str], Pristine] = {}
        self._made: dict[str, Given] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def given(self, origin: project.Origin) -> Given:
        """What the starter gave for the recorded answers.

        Raises:
            NotKnownError: The release is not among those that may be read.
        """
        self._refuse_unbidden(origin.source)
        ref = self._wanted.ref or origin.version
        answers = json.dumps(origin.answers, sort_keys=True, default=str)
        key = f"{ref} {origin.template} {answers}"
        if key not in self._made:
            try:
                files = self._starter(ref, origin.template).use(origin.answers, dict)
                latest = self._latest()
                also = latest is not None and latest != ref
                newest = self._starter(latest, origin.template) if also and latest else None
                more = newest.use(origin.answers, dict) if newest else {}
            except (ScaffoldError, OSError, ValueError) as error:
                problem = error.problem if isinstance(error, ScaffoldError) else str(error)
                raise NotKnownError(
                    f"What the starter gave is not known: {problem}",
                    "Name where the starter comes from: --source, and --ref beside releases.",
                ) from error
            while len(self._made) >= _REMEMBERED:
                self._made.pop(next(iter(self._made)))
            self._made[key] = Given(origin.template, ref, files, more)
        return self._made[key]

    def _refuse_unbidden(self, recorded: str) -> None:
        if self._wanted.source is not None or recorded == places.EMBEDDED_SOURCE:
            return
        try:
            configured = source.choose().recorded
        except (ScaffoldError, OSError):
            configured = ""
        if configured != recorded:
            raise NotKnownError(
                f"Its starter is said to come from {recorded[:200]}, which is not asked unbidden.",
                f"If you trust that place: --source {recorded[:200]}",
            )

    def _latest(self) -> str | None:
        """The newest release; None where a state of the templates was asked for by name."""
        if self._wanted.ref is not None:
            return None
        return versions.newest(source.tags(source.choose(self._wanted.source)))

    def _starter(self, ref: str, template: str) -> Pristine:
        key = (ref, template)
        if key not in self._pristine:
            chosen = source.choose(self._wanted.source)
            pack = self._open.enter_context(source.open_pack(chosen, ref))
            if pack.source.folder is not None and not pack.released:
                # Only the answers file would say another version, and copier takes eight seconds.
                pack = replace(pack, ref=_ANY_RELEASE)
            self._pristine[key] = Pristine(pack, template)
        return self._pristine[key]
