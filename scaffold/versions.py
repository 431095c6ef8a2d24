"""Release versions: `vX.Y.Z`, and `vX.Y.Z.postN` for the releases of a fork."""

import re
from typing import NamedTuple

_NUMBER = "(0|[1-9][0-9]{0,17})"  # one way to write each, so that no two tags mean one version
_TAG = re.compile(rf"v{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:\.post{_NUMBER})?")


class Version(NamedTuple):
    """A release's version; compares as releases follow each other."""

    major: int
    minor: int
    patch: int
    post: int = -1

    def __str__(self) -> str:
        """`1.2.3` or `1.2.3.post4`."""
        text = f"{self.major}.{self.minor}.{self.patch}"
        return text if self.post < 0 else f"{text}.post{self.post}"

    @property
    def tag(self) -> str:
        """The tag that names this release in a source."""
        return f"v{self}"


def parse_tag(text: str) -> Version | None:
    """Read a release tag; None for anything that is not exactly one."""
    match = _TAG.fullmatch(text)
    if match is None:
        return None
    major, minor, patch, post = match.groups()
    return Version(int(major), int(minor), int(patch), -1 if post is None else int(post))


def newest(tags: list[str]) -> str | None:
    """The highest release tag among `tags`; names that are no release tags do not count."""
    versions = [version for version in map(parse_tag, tags) if version is not None]
    return max(versions).tag if versions else None
