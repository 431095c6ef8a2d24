"""Who owns each file of a generated repository: the template, the learner, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import yaml

from scaffold import strangers, yaml_text
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Owner = Literal["owned", "merged", "seeded"]
"""`owned` by the template; `merged`, where both write; `seeded`, the learner's from the start."""

KINDS: tuple[Owner, ...] = get_args(Owner)


@dataclass(frozen=True)
class Owners:
    """The record of one template.

    Attributes:
        paths: Anchored paths such as `/data` or `/app/schema.py`, and who owns them.
    """

    paths: Mapping[str, Owner]

    def of(self, path: str) -> Owner | None:
        """Who owns a file: the longest recorded path that is it or holds it.

        Args:
            path: Relative to the repository, with `/`.
        """
        above = [one for one in self.paths if covers(one, path)]
        return self.paths[max(above, key=len)] if above else None

    @property
    def seeded(self) -> tuple[str, ...]:
        """The seeded paths, as written."""
        return tuple(path for path, owner in self.paths.items() if owner == "seeded")


def covers(path: str, file: str) -> bool:
    """Whether an anchored path is this generated file (`app/cli.py`), or a folder above it."""
    return f"/{file}" == path or f"/{file}".startswith(f"{path}/")


def from_record(record: Mapping[str, Any]) -> Owners:
    """Read what `owners.yml` holds; other kinds, and what is no list, are left out."""
    lists = {kind: record.get(kind) for kind in KINDS}
    return Owners(
        {
            str(path): kind
            for kind, paths in lists.items()
            if isinstance(paths, list)
            for path in paths
        }
    )


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
    if name not in KINDS:
        raise ValueError(f"there is no owner {name!r}")
    return name
