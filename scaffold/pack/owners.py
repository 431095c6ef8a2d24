"""Who owns each generated file: `owners.yml` of a template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = ("seeded", "merged", "owned")


@dataclass(frozen=True)
class Owners:
    """The owner of every path.

    Attributes:
        paths: Anchored paths (`/app`, `/README.md`) and the kind of their owner.
    """

    paths: Mapping[str, str]

    @property
    def seeded(self) -> tuple[str, ...]:
        """The seeded paths, as written."""
        return tuple(path for path, kind in self.paths.items() if kind == "seeded")

    def of(self, file: str) -> str | None:
        """The owner of a generated file (`app/cli.py`): of the longest path above it."""
        above = [path for path in self.paths if covers(path, file)]
        return self.paths[max(above, key=len)] if above else None


def covers(path: str, file: str) -> bool:
    """Whether an anchored path is this generated file, or a folder above it."""
    return f"/{file}" == path or f"/{file}".startswith(f"{path}/")


def read_owners(record: Mapping[str, Any]) -> Owners:
    """Read what `owners.yml` holds; lists of other kinds, and what is no list, are left out."""
    return Owners(
        {
            str(path): kind
            for kind in KINDS
            for path in (record.get(kind) if isinstance(record.get(kind), list) else None) or ()
        }
    )
