"""A desk of a few lines, and packages that nobody has installed."""

from collections.abc import Mapping
from pathlib import Path

from app.desk.tables import build_desk
from app.desk.tools import Desk
from app.project import DeskParts, Project, Worker
from app.settings import Settings

PLANTS = "name,height_cm,sold\nfern,40,3\nmoss,2,\nbirch,900,12\n"
CARE = """# Care

Ferns like shade.

## Watering

Water the moss every morning, and never the cactus.

## Pruning

Cut birches in winter, when they sleep.
"""
# Texts of ten thousand letters, for a few of SQL.
THOUSAND = "replace(replace('aaaaaaaaaa', 'a', 'bbbbbbbbbb'), 'b', 'cccccccccc')"
BIG = f"replace({THOUSAND}, 'c', 'dddddddddd')"


def settings(folder: Path) -> Settings:
    return Settings(_env_file=None, desk_file=folder / "made" / "desk.db")


def project(folder: Path, *, installed: bool = False) -> Project:
    parts = DeskParts(tables=folder / "tables", documents=folder / "documents", installed=installed)
    return Project(desk=parts, workers={"clerk": Worker(does="Reads.", tools=("run_sql",))})


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Writes `tables/<name>.csv` and `documents/<name>.md`, by their endings."""
    for name, content in files.items():
        below = "documents" if name.endswith(".md") else "tables"
        file = folder / below / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())


def desk(folder: Path, files: Mapping[str, str | bytes] | None = None, seconds: float = 2) -> Desk:
    given = {"plants.csv": PLANTS, "care.md": CARE} if files is None else files
    write(folder, given)
    return Desk(build_desk(settings(folder), project(folder)), seconds)


def package(folder: Path, name: str, *lines: str, files: Mapping[str, str] | None = None) -> Path:
    """Puts a package of version 1.0.0 into a folder; returns where its metadata is."""
    place = folder / f"{name.replace('-', '_')}-1.0.0.dist-info"
    place.mkdir(parents=True)
    metadata = ["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0.0", *lines]
    (place / "METADATA").write_text("\n".join([*metadata, ""]), encoding="utf-8", newline="\n")
    listed = {f"{place.name}/METADATA": None, f"{place.name}/RECORD": None} | dict(files or {})
    for file, content in (files or {}).items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(content, encoding="utf-8", newline="\n")
    record = "".join(f"{file},,\n" for file in listed)
    (place / "RECORD").write_text(record, encoding="utf-8", newline="\n")
    return place
