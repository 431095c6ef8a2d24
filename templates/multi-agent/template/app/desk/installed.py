"""The Python packages that are installed somewhere, by their own metadata."""

import json
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app.desk.csv_tables import Table
from app.desk.licences import field_of, licence_of

TABLES = ("packages", "requirements")
PACKAGES = ("name", "version", "licence", "size_bytes", "files", "summary", "shipped")
REQUIREMENTS = ("package", "requires", "extra")


def installed(folder: Path | None = None) -> list[Table]:
    """Returns two tables of the packages in this environment, or in a `site-packages` folder.

    `packages` has one row each; what is installed for editing is your own and is not among them.
    `shipped` is 1 for what your own project requires, and what that requires; without one, for all.
    `requirements` has a row for each package that another one asks for here, on this Python and
    system; `extra` names the extra that asks, where somebody asked for that.
    """
    found: dict[str, Distribution] = {}
    for one in distributions(path=[str(folder)] if folder else sys.path):
        if name := _name(one):
            found.setdefault(name, one)
    own = {name for name, one in found.items() if _is_editable(one)}
    edges = sorted(_edges(found))
    shipped = _reached(own, edges) if own else set(found)
    packages = [
        (
            name,
            field_of(one.metadata, "Version") or None,
            licence_of(one.metadata),
            *_size(one),
            _summary(one),
            int(name in shipped),
        )
        for name, one in sorted(found.items())
        if name not in own
    ]
    return [Table(TABLES[0], PACKAGES, packages), Table(TABLES[1], REQUIREMENTS, edges)]


def fingerprint(folder: Path | None = None) -> str:
    """Returns a text that changes when packages do; quicker than reading what they say."""
    found = [sys.version]
    for place in [str(folder)] if folder else sys.path:
        for pattern in ("*.dist-info", "*.egg-info"):
            told = sorted(Path(place).glob(pattern))
            found += [f"{one} {one.stat().st_mtime_ns}" for one in told]
    return "\n".join(found)


def _name(distribution: Distribution) -> str:
    """Returns the normalised name; empty for a broken installation, which has none."""
    # Without the file, versions of Python differ in what they do.
    told = any(distribution.read_text(one) for one in ("METADATA", "PKG-INFO", ""))
    return canonicalize_name(field_of(distribution.metadata, "Name")) if told else ""


def _summary(distribution: Distribution) -> str | None:
    return field_of(distribution.metadata, "Summary")[:300] or None


def _is_editable(distribution: Distribution) -> bool:
    text = distribution.read_text("direct_url.json")
    try:
        told = json.loads(text or "{}")
    except ValueError:
        return False
    return isinstance(told, dict) and bool(told.get("dir_info", {}).get("editable"))


def _size(distribution: Distribution) -> tuple[int, int]:
    """Returns bytes and number of the files that are there."""
    sizes = []
    for file in distribution.files or ():
        try:
            sizes.append(Path(str(distribution.locate_file(file))).stat().st_size)
        except OSError:  # listed, and not there
            continue
    return sum(sizes), len(sizes)


def _edges(found: dict[str, Distribution]) -> set[tuple[str, str, str]]:
    """Follows extras as far as somebody asks for them: `a[x]` counts if a package requires it."""
    wanted = {(name, "") for name in found}
    seen: set[tuple[str, str]] = set()
    edges: set[tuple[str, str, str]] = set()
    while wanted:
        name, extra = node = wanted.pop()
        seen.add(node)
        for requirement in _needs(found[name].requires or (), extra):
            other = canonicalize_name(requirement.name)
            edges.add((name, other, extra))
            if other in found:
                wanted |= {(other, canonicalize_name(one)) for one in requirement.extras} - seen
    return edges


def _reached(own: set[str], edges: Iterable[tuple[str, str, str]]) -> set[str]:
    """Returns everything that is required by these packages, or by what they require."""
    reached: set[str] = set()
    further = set(own)
    while further:
        reached |= further
        further = {other for name, other, _ in edges if name in further} - reached
    return reached


def _needs(texts: Iterable[str], extra: str) -> Iterator[Requirement]:
    """Gives what is required here for an extra; without one, what is always required."""
    for text in texts:
        try:
            requirement = Requirement(text)
            marker = requirement.marker
            always = marker is None or marker.evaluate({"extra": ""})
            by_extra = marker is not None and not always and marker.evaluate({"extra": extra})
        except ValueError:  # of somebody else's metadata that no packaging tool can read
            continue
        if by_extra if extra else always:
            yield requirement
