"""What is running: the commit, and the template release that the repository follows."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

UNKNOWN = "unknown"
_ANSWER = re.compile(r"^(?P<key>\w+):[ \t]*(?P<quote>['\"]?)(?P<value>.*?)(?P=quote)[ \t]*$")


@dataclass(frozen=True)
class TemplateFacts:
    """The template and its release, as copier recorded them; `unknown` where it did not."""

    template: str = UNKNOWN
    version: str = UNKNOWN


def read_template_facts(answers_file: Path) -> TemplateFacts:
    """Reads the two plain lines we need from copier's answers file, without a YAML parser."""
    try:
        lines = answers_file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return TemplateFacts()
    matches = [match for line in lines if (match := _ANSWER.match(line))]
    answers = {match["key"]: match["value"] for match in matches if match["value"]}
    return TemplateFacts(answers.get("template", UNKNOWN), answers.get("_commit", UNKNOWN))


def _git(folder: Path, *arguments: str) -> str | None:
    """Returns what git says, or None outside a repository or without git."""
    try:
        answer = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    except FileNotFoundError:
        return None
    return answer.stdout if answer.returncode == 0 else None


def current_commit(folder: Path) -> str | None:
    """Returns the commit that is checked out, or None where the folder is not a repository's top.

    A folder inside another repository is not what that repository's commit names.
    """
    answer = _git(folder, "rev-parse", "--show-prefix", "HEAD")
    prefix, commit = (answer or "x\n\n").split("\n")[:2]
    return None if prefix else commit


def has_changes(folder: Path, *paths: Path | str) -> bool | None:
    """Tells whether files differ from the commit, new ones included; None where there is none."""
    if current_commit(folder) is None:
        return None
    answer = _git(folder, "status", "--porcelain", "--", *map(str, paths))
    return None if answer is None else bool(answer)
