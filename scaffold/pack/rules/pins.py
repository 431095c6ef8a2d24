"""Actions and images come from one file, exactly pinned."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.pack.rule import Finding, RenderRule, TreeRule
from scaffold.pack.tree import PackTree, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.pack.render import Render

PINS = "templates/_shared/pins.jinja"
_USES = re.compile(r"^\s*(?:-\s+)?uses:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_ACTION = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*")
_FROM = re.compile(r"^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$", re.MULTILINE | re.I)
_COPY_FROM = re.compile(r"--(?:mount=\S*\bfrom|from)=([^\s,]+)")
_IMAGE = re.compile(
    r"^\s*(?:-\s+)?(?:image|container):[ \t]*[\"']?((?:\$\{\w+\}|[^\s\"'#{])+)", re.MULTILINE
)
_TAGGED = re.compile(r"[a-z0-9][\w.-]*(?::\d+)?(?:/[\w.-]+)*:[\w][\w.-]*")
_PYTHON_ECOSYSTEMS = {"pip", "uv"}
_OWN = re.compile(r"(\$\{COMPOSE_PROJECT_NAME\}-)?app(:\w+)?")
"""The project's own image, built from its Dockerfile; compose names it after the project."""


def _pinned(pack: PackTree) -> list[str]:
    """The quoted texts of the pins file."""
    return re.findall(r"'([^'\n]+)'", pack.text(PINS) or "")


class PN01(RenderRule):
    """Actions are pinned by full SHA with the version beside it: a moved tag runs nothing here."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Look at every `uses`."""
        del pack
        for file, line, uses in _actions(renders):
            if not _ACTION.fullmatch(uses):
                yield self.at(file, line, f"{uses}: write owner/name@<40 hex digits> # vX.Y.Z")


class PN02(RenderRule):
    """Actions come from the pins file: one edit reaches every template."""

    requires = frozenset({"PN01"})

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Compare every `uses`."""
        known = _pinned(pack)
        for file, line, uses in _actions(renders):
            if uses not in known:
                yield self.at(file, line, f"{uses} is not in {PINS}")


class PN03(RenderRule):
    """Images have an exact tag from the pins file, never `latest`."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Look at every image."""
        known = _pinned(pack)
        for file, line, image in _images(renders):
            if not _TAGGED.fullmatch(image) or image.endswith(":latest"):
                yield self.at(file, line, f"{image} needs an exact tag")
            elif image not in known:
                yield self.at(file, line, f"{image} is not in {PINS}")


class PN04(RenderRule):
    """Dependabot covers Python packages only: template updates bring the rest."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Read the generated dependabot.yml."""
        del pack
        for render in renders:
            file = ".github/dependabot.yml"
            text = render.text(file)
            for name in re.findall(r"package-ecosystem:\s*[\"']?([\w-]+)", text):
                if name not in _PYTHON_ECOSYSTEMS:
                    yield self.at(file, line_of(text, name), f"{name} arrives by template update")


class PN05(TreeRule):
    """The pins file itself holds full SHAs and exact tags."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Look at each pin."""
        text = pack.text(PINS) or ""
        for pin in _pinned(pack):
            if "@" in pin and not _ACTION.fullmatch(pin):
                yield self.at(
                    PINS, line_of(text, pin), f"{pin}: write owner/name@<40 hex> # vX.Y.Z"
                )
            if pin.endswith(":latest"):
                yield self.at(PINS, line_of(text, pin), f"{pin} needs an exact tag")


def _actions(renders: Sequence[Render]) -> Iterator[tuple[str, int, str]]:
    for file, text in _texts(renders):
        if file.startswith(".github/"):
            for match in _USES.finditer(text):
                if not match.group(1).startswith("./"):
                    yield file, text.count("\n", 0, match.start(1)) + 1, match.group(1)


def _images(renders: Sequence[Render]) -> Iterator[tuple[str, int, str]]:
    for file, text in _texts(renders):
        name = file.rpartition("/")[2]
        found: list[re.Match[str]] = []
        stages: set[str] = {"scratch"}
        if "Dockerfile" in name:
            stages |= {stage for _, stage in _FROM.findall(text) if stage}
            found = [*_FROM.finditer(text), *_COPY_FROM.finditer(text)]
        elif name.endswith((".yml", ".yaml")):
            found = [*_IMAGE.finditer(text)]
        for match in found:
            image = match.group(1)
            if image not in stages and not _OWN.fullmatch(image):
                yield file, text.count("\n", 0, match.start(1)) + 1, image


def _texts(renders: Sequence[Render]) -> Iterator[tuple[str, str]]:
    """Every different text, with its path."""
    seen = {(file, data) for render in renders for file, data in render.files.items()}
    for file, data in sorted(seen):
        try:
            yield file, data.decode()
        except UnicodeDecodeError:
            continue
