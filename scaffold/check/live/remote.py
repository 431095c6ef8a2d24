"""Whose a repository is on GitHub, as its remote `origin` says. Git is not run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold import strangers

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST = 200_000
_SECTION = re.compile(
    r'^\s*\[\s*(?P<name>[\w.-]+)(?:\s+"(?P<sub>(?:[^"\\]|\\.)*)")?\s*\]\s*(?P<rest>.*)$'
)
_URL = re.compile(r"^\s*url\s*=\s*(?P<value>.*?)\s*(?:[#;].*)?$", re.IGNORECASE)
_OWNER_AND_NAME = re.compile(
    r"""(?:
        (?:https?|git|git\+https)://(?:[^/@\s]*@)?(?:www\.)?github\.com(?::\d+)?/
        | (?:git\+)?ssh://(?:[^/@\s]+@)?(?:ssh\.)?github\.com(?::\d+)?/
        | (?:[\w.-]+@)?github\.com:/?
    )
    (?P<owner>[A-Za-z0-9][A-Za-z0-9-]{0,38})/(?P<name>[\w.-]{1,100}?)(?:\.git)?/?""",
    re.VERBOSE | re.IGNORECASE,
)


def on_github(address: str) -> tuple[str, str] | None:
    """Owner and name of a repository on GitHub, in any form of its address; else None."""
    found = _OWNER_AND_NAME.fullmatch(address.strip().strip('"'))
    return (found["owner"], found["name"]) if found and found["name"].strip(".") else None


def origin(git_folder: Path | None) -> str:
    """The address of the remote `origin`; empty where there is none that can be read.

    Args:
        git_folder: The folder that holds `config`, which of a worktree is the shared one.
    """
    if git_folder is None:
        return ""
    try:
        text = strangers.read(git_folder / "config", _LARGEST).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
    inside, found = False, ""
    for line in text.splitlines():
        section = _SECTION.match(line)
        if section:
            inside = section["name"].lower() == "remote" and section["sub"] == "origin"
        if inside and not found and (url := _URL.match(section["rest"] if section else line)):
            found = url["value"]
    return found
