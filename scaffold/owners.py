"""Who owns each file of a generated repository: the template, the learner, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast, get_args

import yaml

from scaffold import strangers, yaml_text
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from pathlib import Path

Owner = Literal["owned", "merged", "seeded"]
"""`owned` by the template; `merged`, where both write; `seeded`, the learner's from the start."""


@dataclass(frozen=True)
class Owners:
    """The record of one template.

    Attributes:
        paths: Anchored paths such as `/data` or `/app/schema.py`, and who owns them.
    """

    paths: dict[str, Owner]

    def of(self, path: str) -> Owner | None:
        """Who owns a file: the longest recorded path that is it or holds it.

        Args:
            path: Relative to the repository, with `/`.
        """
        parts = f"/{path}".split("/")
        for length in range(len(parts), 1, -1):
            owner = self.paths.get("/".join(parts[:length]))
            if owner is not None:
                return owner
        return None

    def seeded(self) -> list[str]:
        """The seeded paths, in order."""
        return sorted(path for path, owner in self.paths.items() if owner == "seeded")


def read(root: Path, template: str) -> Owners:
    """Read `owners.yml` of a template in the pack at `root`.

    Raises:
        RequestError: It is missing, or names a kind of owner that does not exist.
    """
    path = root / "templates" / template / "owners.yml"
    try:
        text = strangers.read(path, yaml_text.LARGEST_BYTES).decode()
        content = yaml.load(text, Loader=yaml_text.PlainLoader)  # noqa: S506 - safe
        paths = {str(one): _kind(kind) for kind in content for one in content[kind] or ()}
    except (OSError, ValueError, RecursionError, yaml.YAMLError, TypeError) as error:
        raise RequestError(
            f"templates/{template}/owners.yml cannot be understood: {error}".replace("\n", " "),
            "It lists anchored paths under owned, merged and seeded.",
        ) from error
    return Owners(paths)


def _kind(name: str) -> Owner:
    if name not in get_args(Owner):
        raise ValueError(f"there is no owner {name!r}")
    return cast("Owner", name)
