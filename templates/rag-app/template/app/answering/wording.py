"""Prompts as files: each version has a name and a digest, and none is changed in silence."""

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.service.errors import UserError

FOLDER = Path(__file__).parent / "prompts"
NAME = re.compile(r"[a-z]{1,30}-\d{1,4}")
ANSWER = "answer"
BREAK = re.compile(r"^---$", re.MULTILINE)
PARTS = 3
DIGEST_SIGNS = 12


@dataclass(frozen=True)
class Wording:
    """A version of a prompt.

    Attributes:
        name: Of its file: `answer-2`.
        digest: Of the file's text: what an answer was made with, even after an edit.
        system: The rules; `{nonce}` stands where the request's random code goes.
        closing: What stands behind the data, before the question.
    """

    name: str
    digest: str
    system: str
    closing: str


def prompt_names(kind: str = ANSWER) -> tuple[str, ...]:
    """Returns the names of the versions, oldest first."""
    names = [file.stem for file in FOLDER.glob(f"{kind}-*.md") if NAME.fullmatch(file.stem)]
    return tuple(sorted(names, key=lambda name: int(name.rpartition("-")[2])))


def read_wording(name: str) -> Wording:
    """Reads a version of a prompt.

    Its file has three parts with a line `---` between them: notes for people, the rules, and what
    stands behind the data.

    Raises:
        UserError: There is no such version, or its file does not have the three parts.
    """
    there = ", ".join(prompt_names(name.rpartition("-")[0] or ANSWER) or prompt_names())
    remedy = f"There are: {there}. `prompt` below [answers] in project.toml names one."
    file = FOLDER / f"{name}.md"
    if not NAME.fullmatch(name) or not file.is_file():
        raise UserError(f"There is no prompt {name!r}.", remedy)
    text = file.read_text(encoding="utf-8")
    parts = [part.strip() for part in BREAK.split(text)]
    if len(parts) != PARTS or "{nonce}" not in parts[1]:
        problem = f"{file} is no prompt: it needs three parts, and {{nonce}} in the second."
        raise UserError(problem, "app/answering/wording.py says what they are.")
    digest = sha256(text.encode()).hexdigest()[:DIGEST_SIGNS]
    return Wording(name, digest, parts[1], parts[2])
