"""Keys that were committed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.finding import Finding, Outcome, failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.facts.given import Given
    from scaffold.check.facts.history import History
    from scaffold.check.facts.tree import Tree

MOST_COMMITS = 200
MOST_OLD_BYTES = 8_000_000
_SMALL = 1_000_000
KNOWN = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
    "an AWS key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})",
    "an Anthropic key": r"\bsk-ant-[A-Za-z0-9_-]{20,}",
    "an OpenAI key": r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{32,}",
    "a Google key": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a Hugging Face token": r"\bhf_[A-Za-z]{30,}\b",
    "a Slack token": r"\bxox[abprs]-[A-Za-z0-9-]{20,}",
    "a Stripe key": r"\b[rs]k_live_[A-Za-z0-9]{20,}",
    "a Render key": r"\brnd_[A-Za-z0-9]{24,}\b",
}
_ANY = re.compile("|".join(f"(?P<n{i}>{pattern})" for i, pattern in enumerate(KNOWN.values())))
_NAMES = tuple(KNOWN)
_SIGNS = (
    *("PRIVATE KEY", "AKIA", "ASIA", "sk-", "AIza", "hf_", "xox", "k_live_", "rnd_"),
    *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
)
"""What every key of these shapes holds: looking for these first takes a hundredth of the time."""
_DISTINCT = 10
_ENV = re.compile(r"\.env(?!\.(?:example|sample|template)$)(?:\..+)?")


class DP102:
    """No secrets are committed.

    Why: A key in a public repository is used within minutes, and stays in its history.
    Passes: No file, and no file of the last 200 commits, holds a key of a known shape; no `.env` is
        committed.
    Can't tell: Keys of unknown shape, and older commits.
    Do: Revoke the key first; then take it out, and rewrite the history only if you must.
    """

    family, kind, level = "DP", "guard", "static"
    requires: frozenset[str] = frozenset()
    asks = ("RC4",)

    @staticmethod
    def check(tree: Tree, given: Given, any_history: History | None) -> Outcome:  # noqa: C901
        """Look through files and recent commits."""
        found: list[Finding] = []
        theirs: set[str] | None = None

        def is_theirs(key: str) -> bool:
            nonlocal theirs
            if theirs is None:
                texts = (_decoded(content) for content in given.files.values())
                theirs = {match[0] for text in texts for match in _found(text)}
            return key in theirs

        committed = any_history.files if any_history else tree.sizes
        found += [
            Finding(f"The file {path} is committed.", path) for path in committed if _is_env(path)
        ]
        for path, size in tree.sizes.items():
            if size > _SMALL or _is_env(path) or tree.read(path) == given.files.get(path):
                continue
            text = _decoded(tree.read(path) or b"")
            for match in _found(text):
                if not is_theirs(match[0]):
                    line = text.count("\n", 0, match.start()) + 1
                    found.append(Finding(f"{_told(match)} is there.", path, line))
        if any_history is not None:
            for path, blob, text in any_history.old_blobs(MOST_COMMITS, MOST_OLD_BYTES):
                if _is_env(path):
                    found.append(Finding(f"An older commit holds a file {path}.", path))
                found += [
                    Finding(f"{_told(match)} is in an older commit ({blob[:8]}).", path)
                    for match in _found(text)
                    if not is_theirs(match[0])
                ]
        if found:
            return failed(
                *found, todo="Revoke the key first, then take it out: scaffold explain DP102"
            )
        where = f"{len(tree.sizes)} files"
        return passed(
            f"{where} and recent commits hold no key of a known shape" if any_history else where
        )


def _is_env(path: str) -> bool:
    """Whether a file is one in which settings of a machine are kept, keys among them."""
    name = path.rpartition("/")[2]
    return _ENV.fullmatch(name) is not None


def _decoded(content: bytes) -> str:
    return "" if b"\0" in content[:8000] else content.decode("utf-8", "replace")


def _found(text: str) -> Iterator[re.Match[str]]:
    if not any(sign in text for sign in _SIGNS):
        return
    for match in _ANY.finditer(text):
        if len(set(match[0])) >= _DISTINCT:  # sk-xxxxxxxx... is a place for one
            yield match


def _told(match: re.Match[str]) -> str:
    kind = next(name for i, name in enumerate(_NAMES) if match[f"n{i}"])
    return f"What looks like {kind} ({match[0][:4]}...)"
