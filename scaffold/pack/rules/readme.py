"""The README questions: an answer must stay under its own question, whatever is released."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scaffold.pack.prompts import read_prompts
from scaffold.pack.rule import Finding, RenderRule, StateRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.pack.render import Render
    from scaffold.pack.state import State
    from scaffold.pack.tree import PackTree

README = "README.md"


class RM01(RenderRule):
    """A question is an anchor, bold text, an empty line and a placeholder that names its id.

    With a placeholder common to several questions git aligns the equal lines, and an answer moves
    under another question without a conflict.
    """

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Read the generated README."""
        del pack
        for render in renders:
            for prompt in read_prompts(render.text(README)):
                if not prompt.id:
                    message = "an anchor stands alone on its line: <!-- signal:PF2 -->"
                    yield self.at(README, prompt.line, message)
                elif not prompt.well_formed:
                    message = f"write **question**, an empty line, and _{prompt.id}: ..._"
                    yield self.at(README, prompt.line, message)


class RM02(RenderRule):
    """An anchor stands once: an answer is found by it."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Count the anchors."""
        del pack
        for render in renders:
            prompts = read_prompts(render.text(README))
            count = Counter(prompt.id for prompt in prompts)
            for prompt in prompts:
                if count[prompt.id] > 1:
                    yield self.at(README, prompt.line, f"the anchor {prompt.id} stands twice")


class RM11(StateRule):
    """A question is never removed: its answer would conflict, or hang in the air."""

    requires = frozenset({"TX09"})

    def check(self, now: State, earlier: Sequence[State]) -> Iterator[Finding]:
        """Compare the anchors with those of every release."""
        for state in earlier:
            for template in state.pack.templates:
                kept = {prompt.id for prompt in read_prompts(now.readme(template))}
                for prompt in read_prompts(state.readme(template)):
                    if prompt.id not in kept:
                        message = f"{template} lost the question {prompt.id} of {state.tag}"
                        yield self.at(README, 0, message)


class RM12(StateRule):
    """A placeholder is never reworded: every answer that replaced it would conflict."""

    requires = frozenset({"TX09"})

    def check(self, now: State, earlier: Sequence[State]) -> Iterator[Finding]:
        """Compare the placeholders with those of every release."""
        for state in earlier:
            for template in state.pack.templates:
                present = {it.id: it for it in read_prompts(now.readme(template))}
                for old in read_prompts(state.readme(template)):
                    new = present.get(old.id)
                    if new is not None and new.answer != old.answer:
                        message = (
                            f"{template}: the placeholder of {old.id} differs from {state.tag}"
                        )
                        yield self.at(README, new.line, message)
