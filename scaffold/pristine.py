"""What a starter gives, file by file, to many repositories with different answers.

Most files of a release are the same for everybody, so they are made once; the others are rendered
from what was compiled once. Where that is not certain to be what copier gives, copier renders.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from scaffold import catalog, distrust, questions, scratch
from scaffold.compiled import Compiled
from scaffold.render import render
from scaffold.texts import UnsureError
from scaffold.update.files import File, read_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scaffold.source import Pack

    Use = Callable[[Mapping[str, bytes]], "Result"]

Result = TypeVar("Result")


class Pristine:
    """A starter of one release, as it was given.

    Args:
        pack: The release.
        template: The starter's id.

    Raises:
        RequestError: The pack has no such starter, or its questions cannot be understood.
    """

    def __init__(self, pack: Pack, template: str) -> None:
        catalog.find(catalog.read(pack.root), template)
        questionnaire = questions.read(pack.root)  # refuses what copier would choke on
        self._pack = pack
        self._compiled: Compiled | None = None
        if pack.released:
            try:
                self._compiled = Compiled(pack, template, questionnaire)
            except UnsureError:
                self._compiled = None

    def use(self, answers: Mapping[str, Any], look: Use[Result]) -> Result:
        """Give `look` every file that the starter gives for these answers, by path with `/`.

        It is called a second time where copier has to be asked after all.

        Args:
            answers: As a repository recorded them, the starter's id included.
            look: Makes something of the files, each of which is made when it is looked up.

        Raises:
            RequestError: The starter cannot be rendered with these answers.
            OutsideError: The disk is full or the source went away.
        """
        if self._compiled is not None:
            try:
                with distrust.bare_environment(with_git=False):
                    return look(self._compiled.files(answers))
            except UnsureError:
                pass
        with scratch.folder("scaffold-pristine-") as folder:
            render(self._pack, answers, folder / "tree")
            return look(_Rendered(folder / "tree"))

    def tree(self, answers: Mapping[str, Any]) -> dict[str, File]:
        """Every file that the starter gives for these answers, with the executable bit.

        Raises:
            RequestError, OutsideError: As `use`.
        """
        if self._compiled is not None:
            try:
                runs = self._compiled.executable()
                with distrust.bare_environment(with_git=False):
                    made = dict(self._compiled.files(answers))
                return {path: File(data, path in runs) for path, data in made.items()}
            except UnsureError:
                pass
        with scratch.folder("scaffold-pristine-") as folder:
            render(self._pack, answers, folder / "tree")
            return read_tree(folder / "tree")


class _Rendered(Mapping[str, bytes]):
    """The files below a folder, each read when it is looked up."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._paths = [
            path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()
        ]

    def __getitem__(self, path: str) -> bytes:
        return (self._root / path).read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)
