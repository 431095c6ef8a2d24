"""A learner, as the rehearsal plays one: answers the README, brings own data, deletes ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.pack.prompts import read_prompts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.owners import Owners

README = "README.md"


@dataclass(frozen=True)
class Work:
    """What the learner did, and an update must keep.

    Attributes:
        answers: The answer under each README anchor.
        seeded: Content of every seeded file that is left, by path.
    """

    answers: Mapping[str, str]
    seeded: Mapping[str, bytes]


def play(folder: Path, owners: Owners) -> Work:
    """Work in a generated repository: answer every prompt, edit the seeded files, delete one."""
    answers = _answer(folder / README)
    seeded = seeded_files(folder, owners)
    if len(seeded) > 1:
        gone = max(seeded)
        del seeded[gone]
        (folder / gone).unlink()
    for path, data in seeded.items():
        seeded[path] = data + b"mine\n"
        (folder / path).write_bytes(seeded[path])
    return Work(answers, seeded)


def answers_in(folder: Path) -> dict[str, str]:
    """What stands under each README anchor."""
    file = folder / README
    if not file.is_file():
        return {}
    return {prompt.id: prompt.answer for prompt in read_prompts(file.read_text(encoding="utf-8"))}


def seeded_files(folder: Path, owners: Owners) -> dict[str, bytes]:
    """Content of every file below the seeded paths."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for path in owners.seeded
        for file in [folder / path.removeprefix("/"), *(folder / path.removeprefix("/")).rglob("*")]
        if file.is_file()
    }


def _answer(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    text = file.read_text(encoding="utf-8")
    for prompt in read_prompts(text):
        mine = f"My own answer to {prompt.id}, in my words,\nwith a number: 0.579."
        text = text.replace(f"\n{prompt.answer}\n", f"\n{mine}\n", 1)
    file.write_bytes(text.encode())
    return {prompt.id: prompt.answer for prompt in read_prompts(text)}
