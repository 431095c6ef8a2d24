"""What kinds of files a template may bring."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.pack.rule import Finding, RenderRule, TreeRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.pack.render import Render
    from scaffold.pack.tree import PackTree

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
    """A template's `.gitignore` hides none of its own files: a release would lack them."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Name the hidden files of the working folder."""
        for path in pack.hidden:
            yield self.at(
                path, 0, "a .gitignore of the template hides this file; remove one of them"
            )


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
