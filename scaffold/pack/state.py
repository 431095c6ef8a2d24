"""The pack at one moment: its files, and what learners get from them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import yaml

from scaffold.errors import OutsideError
from scaffold.pack.plumbing import workspace
from scaffold.pack.render import PackFolder, Render, variants
from scaffold.places import EMBEDDED_SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from scaffold.pack.tree import PackTree


_OFFLINE = {"_commit": "v0.0.0", "_src_path": EMBEDDED_SOURCE}
_ONLINE = {"_commit": "v0.0.0", "_src_path": "https://example.invalid/templates.git"}


@dataclass(frozen=True)
class State:
    """The working folder, or one release.

    Attributes:
        tag: The release; empty for the working folder.
        pack: Its files.
        follows: The releases that a release builds on; the working folder builds on the `ends`.
    """

    tag: str
    pack: PackTree
    follows: tuple[str, ...] = ()

    @cached_property
    def renders(self) -> Mapping[str, tuple[Render, ...]]:
        """Every template: of the working folder with every choice, of a release the defaults."""
        with self._laid_out() as (folder, work):
            return {
                template: tuple(
                    folder.render_as(release, template, answers, work / str(number) / template)
                    for number, (release, answers) in enumerate(self._wanted(template))
                )
                for template in self.pack.templates
            }

    def both_ways(self, template: str) -> tuple[Render, Render]:
        """One template with the defaults: by plain copier, and the same from the plain folder."""
        with self._laid_out() as (folder, work):
            plain = folder.render(template, {}, work / "plain" / template)
            recorded = yaml.safe_load(plain.text(".copier-answers.yml"))
            known = recorded if isinstance(recorded, dict) else {}
            release = {name: str(known.get(name, "")) for name in _OFFLINE}
            return plain, folder.render_as(release, template, {}, work / "folder" / template)

    @contextmanager
    def _laid_out(self) -> Iterator[tuple[PackFolder, Path]]:
        with workspace() as work:
            yield PackFolder.write(self.pack, work / "pack"), work

    def _wanted(self, template: str) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
        """Source and answers of each render: some files are for sources on the network only."""
        yield _OFFLINE, {}
        if not self.tag:
            yield _ONLINE, {}
            for answers in variants(self.pack.questionnaire.asked_for(template)):
                yield _ONLINE, answers

    def readme(self, template: str) -> str:
        """The README of one template, rendered with the defaults; empty if there is none.

        Raises:
            OutsideError: This is a release that can no longer be rendered.
        """
        renders = self.renders.get(template, ())
        if self.tag and renders and renders[0].error:
            raise OutsideError(
                f"{template} of {self.tag} cannot be rendered any more: {renders[0].error}",
                "Compare the version of copier with the one that the release was cut with.",
            )
        return renders[0].text("README.md") if renders else ""


def ends(releases: Sequence[State]) -> tuple[State, ...]:
    """Those that no other one builds on: the newest, and a fork's own beside one it takes over."""
    built_on = {tag for one in releases for tag in one.follows}
    return tuple(one for one in releases if one.tag not in built_on)
