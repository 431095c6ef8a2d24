"""The instructors' guide as steps: files that it shows, commands that it gives, in order."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_WHOLE = re.compile(r"`(?P<path>[\w./-]+)`:")
_BELOW = re.compile(r".*[Bb]elow the line\s`(?P<line>[^`]+)`\sof\s`(?P<path>[\w./-]+)`:", re.S)
_END = re.compile(r".*At the end of\s`(?P<path>[\w./-]+)`:", re.S)
_LEARNER = re.compile(r"# A learner's machine: (\w+)'s\n")
ME = "instructor"


@dataclass(frozen=True)
class Step:
    """One block.

    Attributes:
        who: Whose machine.
        commands: For a shell; empty when a file is written.
        file: That is written, with its text.
        below: The line below which the text goes; None takes the whole file, an empty one its end.
        section: The heading above.
    """

    who: str
    commands: str = ""
    file: str = ""
    text: str = ""
    below: str | None = None
    section: str = ""


def steps(page: str) -> Iterator[Step]:
    """The steps of a guide; blocks without a language are examples."""
    section, paragraph, fence, inside = "", [""], "", [""]
    for line in page.split("\n"):
        if fence:
            if line != "```":
                inside.append(line)
                continue
            text = "\n".join([*inside, ""])
            if fence != "```":
                yield _step(fence[3:], "\n".join(paragraph).strip(), text, section)
            fence, paragraph = "", []
        elif line.startswith("```"):
            fence, inside = line, []
        elif line.startswith("#"):
            section, paragraph = line.lstrip("# "), []
        elif line or (paragraph and paragraph[-1]):
            if paragraph and not paragraph[-1]:
                paragraph = []
            paragraph.append(line)
    assert not fence, "a block is not closed"


def _step(kind: str, before: str, text: str, section: str) -> Step:
    if kind == "sh":
        learner = _LEARNER.match(text)
        return Step(learner[1] if learner else ME, commands=text, section=section)
    if below := _BELOW.fullmatch(before):
        return Step(ME, "", below["path"], text, below["line"], section)
    if end := _END.fullmatch(before):
        return Step(ME, "", end["path"], text, "", section)
    whole = _WHOLE.fullmatch(before)
    assert whole, f"nothing says what this block is for: {before!r}"
    return Step(ME, "", whole["path"], text, None, section)


class Hands:
    """Somebody who follows a guide.

    Args:
        work: Each machine's folder is made in it.
        environment: For commands.
    """

    def __init__(self, work: Path, environment: Mapping[str, str]) -> None:
        self._work, self._environment = work, dict(environment)
        self._at: dict[str, Path] = {}

    def at(self, who: str = ME) -> Path:
        """Where somebody is."""
        if who not in self._at:
            self._at[who] = self._work / who.lower()
            self._at[who].mkdir(parents=True)
        return self._at[who]

    def do(self, step: Step) -> str:
        """Follow a step; what its commands print."""
        if not step.commands:
            self._write(step)
            return ""
        place = self._work / "where"
        script = f"set -euo pipefail\n{step.commands}\npwd > {place}\n"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.at(step.who),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{step.commands}\n{done.stdout[-4000:]}"
        self._at[step.who] = type(self._work)(place.read_text(encoding="utf-8").strip())
        return done.stdout

    def _write(self, step: Step) -> None:
        file = self.at() / step.file
        text = step.text
        if step.below is not None:
            lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
            after = lines.index(f"{step.below}\n") + 1 if step.below else len(lines)
            text = "".join([*lines[:after], text, *lines[after:]])
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
