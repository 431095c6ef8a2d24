"""The questions of a generated README, and the answers under them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ANCHOR = re.compile(r"<!-- signal:([A-Z]{2}\d+) -->")
MARK = "<!-- signal:"


@dataclass(frozen=True)
class Prompt:
    """One question of a README.

    Attributes:
        id: Its anchor's, such as `PF2`.
        line: Where the anchor stands, counted from 1.
        question: The paragraph right under the anchor.
        answer: The paragraph after one empty line: the placeholder, or what the author wrote.
    """

    id: str
    line: int
    question: str
    answer: str

    @property
    def well_formed(self) -> bool:
        """Anchor, question in bold, one empty line, and a placeholder that names the id."""
        bold = self.question.startswith("**") and self.question.endswith("**")
        named = self.answer.startswith(f"_{self.id}: ") and self.answer.endswith("_")
        return bold and named


def read_prompts(text: str) -> list[Prompt]:
    """Read the prompts of a README, in order; an anchor that is not alone on its line has no id."""
    lines = text.splitlines()
    prompts = []
    for number, line in enumerate(lines):
        if MARK not in line:
            continue
        match = _ANCHOR.fullmatch(line)
        question = _paragraph(lines, number + 1)
        after = number + 1 + len(question)
        answer = _paragraph(lines, after + 1)
        name = match.group(1) if match else ""
        prompts.append(Prompt(name, number + 1, "\n".join(question), "\n".join(answer)))
    return prompts


def _paragraph(lines: list[str], start: int) -> list[str]:
    end = start
    while end < len(lines) and lines[end].strip():
        end += 1
    return lines[start:end]
