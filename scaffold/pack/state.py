"""The pack at one moment: its files, and what learners get from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import yaml

from scaffold.errors import OutsideError
from scaffold.pack.plumbing import workspace
from scaffold.pack.render import PackFolder, Render, variants

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scaffold.pack.tree import PackTree


@dataclass(frozen=True)
class State:
    """The working folder, or one release.

    Attributes:
        tag: The release; empty for the working folder.
        pack: Its files.
    """

    tag: str
    pack: PackTree

    @cached_property
    def renders(self) -> Mapping[str, tuple[Render, ...]]:
        """Every template: of the working folder with every choice, of a release the defaults.

        The working folder's defaults come twice: by plain copier, and from the plain folder.
        """
        with workspace() as work:
            folder = PackFolder.write(self.pack, work / "pack")
            return {
                template: tuple(self._rendered(folder, template, work / template))
                for template in self.pack.templates
            }

    def _rendered(self, folder: PackFolder, template: str, to: Path) -> Iterator[Render]:
        to.mkdir()
        release = {"_commit": self.tag or "HEAD", "_src_path": str(folder.root)}
        if self.tag:
            yield folder.render_as(release, template, {}, to / "defaults")
            return
        plain = folder.render(template, {}, to / "plain" / template)
        yield plain
        recorded = yaml.safe_load(plain.text(".copier-answers.yml"))
        if isinstance(recorded, dict):
            release = {name: str(recorded.get(name)) for name in release}
        questions = self.pack.questionnaire.asked_for(template)
        for number, answers in enumerate(variants(questions)):
            yield folder.render_as(release, template, answers, to / str(number) / template)

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
