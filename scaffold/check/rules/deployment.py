"""What can be told of the deployment from files alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scaffold.check.facts import shell
from scaffold.check.facts.live_line import live_link
from scaffold.check.finding import Finding, Outcome, failed, passed
from scaffold.check.live.addresses import is_public_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.facts.markdown import Document
    from scaffold.check.facts.tree import Tree

README = "README.md"
DOCKERFILE = "Dockerfile"
_EXAMPLES = re.compile(
    r"(?:^|\.)(?:example\.(?:com|org|net)|example|test|invalid|localhost|local)$"
)
_FIXED_PORT = re.compile(r"--port[\",=\s]+\d")
_LOCKED = re.compile(r"--locked|--frozen|--require-hashes|-c constraints|--constraint\b")
_NOT_A_SERVICE = {"github.com", "www.github.com", "gitlab.com", "youtube.com", "www.youtube.com"}


class DP101:
    """The container is fit.

    Why: What runs as root, unpinned, is what a reviewer looks for first.
    Passes: The last stage does not run as root, bases are pinned, packages are installed as locked,
        there is a health check, and `$PORT` counts.
    Can't tell: Whether it builds.
    Do: Keep `USER`, `HEALTHCHECK`, tags and `--locked` in the Dockerfile.
    """

    family, kind, level = "DP", "guard", "static"
    requires: frozenset[str] = frozenset()
    asks = ("ST3",)

    @staticmethod
    def check(tree: Tree) -> Outcome:
        """Read the Dockerfile's instructions."""
        lines = list(instructions(tree.text(DOCKERFILE) or ""))
        todo = "Mend the Dockerfile: scaffold explain DP101"
        if not lines:
            return failed(Finding("There is no Dockerfile.", DOCKERFILE), todo=todo)
        last = max((i for i, one in enumerate(lines) if one[1] == "FROM"), default=0)
        problems = [*_unpinned(lines), *_unfit(lines[last:]), *_loose(lines)]
        if problems:
            found = [Finding(message, DOCKERFILE, line) for line, message in problems]
            return failed(*found, todo=todo)
        return passed("not root, pinned, locked, with a health check", DOCKERFILE)


_Lines = list[tuple[int, str, str]]


def _unpinned(lines: _Lines) -> Iterator[tuple[int, str]]:
    stages: set[str] = set()
    for line, word, rest in lines:
        if word == "FROM":
            base, _, name = re.sub(r"--platform=\S+\s+", "", rest).partition(" ")
            if base not in stages and not _is_pinned(base):
                yield line, f"{base} has no fixed version."
            stages.add(re.sub(r"(?i)^as\s+", "", name.strip()))


def _unfit(stage: _Lines) -> Iterator[tuple[int, str]]:
    """What the last stage lacks."""
    begins = stage[0][0]
    users = [rest for _, word, rest in stage if word == "USER"]
    user = users[-1].split(":")[0].strip("\"'") if users else "root"
    if "$" in user:
        yield begins, f"Whether {user[:40]} is root is told when it is built."
    elif user == "root" or re.fullmatch("0+", user):
        yield begins, "The last stage runs as root."
    if not any(word == "HEALTHCHECK" and rest.upper() != "NONE" for _, word, rest in stage):
        yield begins, "There is no HEALTHCHECK."
    if not any(word in {"ENV", "CMD", "ENTRYPOINT"} and "PORT" in rest for _, word, rest in stage):
        yield begins, "Nothing in it heeds $PORT."
    for line, word, rest in stage:
        if word in {"CMD", "ENTRYPOINT"} and _FIXED_PORT.search(rest):
            yield line, "It listens at one port, whatever $PORT is."


def _loose(lines: _Lines) -> Iterator[tuple[int, str]]:
    """Where packages are installed, and not as locked."""
    installs = [
        (line, one)
        for line, word, rest in lines
        if word == "RUN"
        for one in shell.commands(re.sub(r"^(?:--\w+=\S+\s+)+", "", rest))
        if _installs(one.words)
    ]
    loose = [line for line, one in installs if not _LOCKED.search(" ".join(one.words))]
    if loose or not installs:
        yield (loose[0] if loose else 0), "Packages are not installed as locked."


def _installs(words: tuple[str, ...]) -> bool:
    """Whether a command brings Python packages."""
    text = " ".join(words)
    return text.startswith(("uv sync", "uv pip install", "pip install", "pip3 install")) or bool(
        re.match(r"\S*python\S* -m pip install", text)
    )


def instructions(text: str) -> list[tuple[int, str, str]]:
    """Line, word and rest of every instruction of a Dockerfile."""
    found: list[tuple[int, str, str]] = []
    whole, start = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if not whole:
            start = number
        if line.strip().startswith("#") or (not line.strip() and not whole):
            continue
        whole += line.strip().removesuffix("\\") + " "
        if not line.rstrip().endswith("\\"):
            word, _, rest = whole.strip().partition(" ")
            found.append((start, word.upper(), rest.strip()))
            whole = ""
    return found


def _is_pinned(base: str) -> bool:
    if "@sha256:" in base:
        return True
    tag = base.rpartition("/")[2].partition(":")[2]
    return bool(tag) and tag != "latest" and any(mark.isdigit() for mark in tag)


class DP200:
    """A live address is named.

    Why: What can be opened is believed.
    Passes: The line **Live:** of the README links a public https address that is no example.
    Can't tell: Whether it answers, and whose it is: `--online` asks it.
    Do: Deploy it (docs/deploy.md), and put the address into the README's line **Live:**.
    """

    family, kind, level = "DP", "guard", "static"
    requires: frozenset[str] = frozenset()
    asks = ("CD1",)

    @staticmethod
    def check(readme: Document) -> Outcome:
        """Look at the line."""
        link = live_link(readme)
        todo = (
            "Deploy it (docs/deploy.md), and put the address into the line **Live:** of the README."
        )
        if link is None:
            return failed(Finding("The README names no live address.", README), todo=todo)
        if problem := _no_service(link.target):
            return failed(Finding(f"{link.target[:80]} {problem}.", README, link.line), todo=todo)
        return passed(f"{link.target} is named; --online asks it", README, link.line)


def _no_service(address: str) -> str:
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower().removesuffix(".")
    except ValueError:
        return "is no address"
    if parts.scheme != "https":
        return "is not https"
    if _EXAMPLES.search(host):
        return "is an example"
    if host in _NOT_A_SERVICE:
        return "is no service of yours"
    return "" if is_public_name(host) else "is not public"
