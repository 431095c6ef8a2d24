"""The verb that writes the tables of installed packages as files."""

import argparse
import csv
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from app.service.errors import UserError
from app.verbs.parsing import Verbs

if TYPE_CHECKING:
    from app.desk.csv_tables import Table


def _collect(arguments: argparse.Namespace) -> None:
    from app.desk.installed import installed
    from app.project import read_project
    from app.settings import read_settings

    place = None if arguments.packages is None else _site_packages(arguments.packages)
    folder = arguments.to or read_project(read_settings().project_file).desk.tables
    tables = installed(place)
    write_tables(tables, folder)
    for table in tables:
        print(f"{folder / f'{table.name}.csv'}: {len(table.rows)} rows.")


def write_tables(tables: "Iterable[Table]", folder: Path) -> None:
    """Writes each table as a CSV file, all of them or none."""
    from app.evidence.writing import write_whole

    write_whole({folder / f"{table.name}.csv": _as_csv(table).encode("utf-8") for table in tables})


def _site_packages(folder: Path) -> Path:
    """Returns where an environment has its packages; it may be named itself, such as `.venv`."""
    below = [*folder.glob("lib/python*/site-packages"), folder / "Lib" / "site-packages"]
    for place in (folder, *sorted(below)):
        if any(place.glob("*.dist-info")):
            return place
    raise UserError(
        f"There are no packages in {folder}.", "Name an environment, such as ../other/.venv."
    )


def _as_csv(table: "Table") -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue()


def add(verbs: Verbs) -> None:
    """Adds the verb."""
    verb = verbs.add_parser(
        "collect",
        help="write the tables of installed packages as CSV files, of any environment",
        description="Reads the metadata of installed packages, of this environment or another one; "
        "writes packages.csv and requirements.csv, which from then on win over what is installed "
        "here. Delete them to go back.",
    )
    verb.add_argument(
        "--from",
        dest="packages",
        type=Path,
        metavar="FOLDER",
        help="another environment, such as ../other/.venv, or its site-packages",
    )
    verb.add_argument("--to", type=Path, metavar="FOLDER", help="else the tables of project.toml")
    verb.set_defaults(run=_collect)
