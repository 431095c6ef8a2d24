"""The pack at one moment: its files, and what learners get from them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.pack.render import PackFolder, Render, variants

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        """Every template: the working folder's with every choice, a release's with the defaults."""
        with tempfile.TemporaryDirectory(prefix="scaffold-pack-") as name:
            folder = PackFolder.write(self.pack, Path(name) / "pack")
            return {
                template: tuple(
                    folder.render(template, answers, Path(name) / f"{template}-{number}")
                    for number, answers in enumerate(self._wanted(template))
                )
                for template in self.pack.templates
            }

    def _wanted(self, template: str) -> list[dict[str, str]]:
        return [{}] if self.tag else variants(self.pack.questionnaire.asked_for(template))

    def prompts_file(self, template: str) -> str:
        """The README of one template, rendered with the defaults; empty if there is none."""
        renders = self.renders.get(template, ())
        return renders[0].text("README.md") if renders else ""
