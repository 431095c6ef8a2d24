"""What kinds of files a template may bring."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError

from scaffold.pack import jinja
from scaffold.pack.rule import Finding, RenderRule, TreeRule
from scaffold.portable import clashes, complaint, leads_into_git

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.pack.render import Render
    from scaffold.pack.tree import PackTree

_MOST_BYTES = 5_000_000
_PLAIN = {"100644", "100755"}
_LOCKS = re.compile(
    r".+\.lock|.+-lock\.(json|ya?ml)|npm-shrinkwrap\.json|pylock(\..+)?\.toml", re.IGNORECASE
)
_ATTRIBUTES = "* text=auto eol=lf"
_MADE_BY_THE_APP = re.compile(
    r"(models|reports|index)/.+|.+\.(onnx|pkl|pickle|joblib|pt|pth|safetensors|gguf|h5|faiss|npz)"
)


class FL01(TreeRule):
    """No symlinks and no nested repositories: copier follows the one, git loses the other."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Look at git's modes."""
        for path, entry in pack.entries.items():
            if entry.mode not in _PLAIN:
                kind = "a symlink" if entry.mode == "120000" else "a repository of its own"
                yield self.at(path, 0, f"this is {kind}; put a plain file there")


class FL02(TreeRule):
    """No empty folder: git drops it, so a release would lack it."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Name the empty folders of the working folder."""
        for path in pack.empty_folders:
            yield self.at(path, 0, "this folder is empty; remove it, or put a file there")


class FL03(TreeRule):
    """No `.gitignore`, the pack's or a template's, hides a file: a release would lack it."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Name the hidden files of the working folder."""
        for path in pack.hidden:
            what = "git commits no .git" if leads_into_git(path) else "a .gitignore hides this file"
            yield self.at(path, 0, f"{what}; remove one of them")


class FL04(TreeRule):
    """`.gitattributes` is a plain file: only so git applies it while copier renders."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Look for it in each template."""
        for template in pack.templates:
            file = f"templates/{template}/template/.gitattributes"
            if _ATTRIBUTES not in (pack.text(file) or "").splitlines():
                message = f"a plain file, not .jinja, with the line `{_ATTRIBUTES}` must be here"
                yield self.at(file, 0, message)


class FL05(RenderRule):
    """No `.env` and no lock file: an update would overwrite what the learner has in them."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Look at the names of generated files."""
        del pack
        for render in renders:
            for file in render.files:
                name = PurePosixPath(file).name
                if name == ".env" or _LOCKS.fullmatch(name):
                    yield self.at(file, 0, f"{render.template} may not bring this file")


class FL06(RenderRule):
    """Nothing that its own `.gitignore` ignores: copier resets such files, git never had them."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Ask git about each repository."""
        del pack
        for render in renders:
            for file in render.ignored:
                yield self.at(file, 0, f"the .gitignore of {render.template} ignores this file")


class FL07(RenderRule):
    """Every binary is marked in `.gitattributes`: git would convert line ends inside it."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Ask git about each binary."""
        del pack
        for render in renders:
            for file in render.unmarked:
                message = f"mark it in .gitattributes: `*{PurePosixPath(file).suffix} binary`"
                yield self.at(file, 0, message)


class FL08(RenderRule):
    """No model, index or report: a result that the learner did not make proves nothing."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Look at the names of generated files."""
        del pack
        for render in renders:
            for file in render.files:
                if _MADE_BY_THE_APP.fullmatch(file):
                    yield self.at(file, 0, "the project's own commands make this; do not ship it")


class FL09(RenderRule):
    """Nothing lands in `.git`, however spelt: git runs what its settings and hooks say."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Look at the names of templates, and of generated files."""
        for path in pack.entries:
            if any(map(leads_into_git, (path, path.removesuffix(jinja.SUFFIX), *_in_name(path)))):
                yield self.at(path, 0, "a part of this name is git's own folder on some system")
        for render in renders:
            for file in render.files:
                if leads_into_git(file):
                    yield self.at(file, 0, f"{render.template} may not write into .git")


def _in_name(path: str) -> Iterator[str]:
    """The texts that the Jinja in a name can become."""
    for part in path.split("/"):
        if any(mark in part for mark in jinja.DELIMITERS):
            try:
                yield from jinja.texts(jinja.parse(part))
            except TemplateSyntaxError:
                continue


class FL10(RenderRule):
    """Every name can exist on Windows and macOS: learners clone there, the pack too."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Look at the names of the pack's files, and of generated ones."""
        for names in (pack.entries, *(render.files for render in renders)):
            for path in names:
                said = complaint(path)
                if said:
                    yield self.at(path, 0, said)
            for one, other in clashes(names):
                yield self.at(other, 0, f"it is the same as {one} where case does not count")


class FL11(TreeRule):
    """No file above 5 MB: every learner's repository would carry it for ever."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Look at the sizes."""
        for path, entry in pack.entries.items():
            size = len(entry.data)
            if size > _MOST_BYTES:
                message = f"{size / 1e6:.1f} MB; {_MOST_BYTES / 1e6:.0f} MB are the most"
                yield self.at(path, 0, message)
