"""Whether numbers are about the data that a release of the starter brought; then they say so."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from app.project import Project

# Of the tasks, and of tables and documents: who changed only one of them still shows ours.
DEMO_DATA = {
    "6f8c80ad8dcdb546d7e63097e6a76433657a7d8428d6222c2b38fc6ffce22d27",
    "89d4c0b956273e13d0eacc5ce874eed44791d2aa1c3a37f1e0cb7723969ffb32",
}


def digest_of(files: Sequence[Path]) -> str:
    """Returns the sha256 of the files' names and contents, whatever the line ends."""
    found = hashlib.sha256()
    for file in sorted(files):
        content = file.read_bytes().replace(b"\r\n", b"\n")
        found.update(f"{file.name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return found.hexdigest()


def digests(project: Project) -> dict[str, str]:
    """Returns the digests of the tasks, and of all that agents look at."""
    tables, documents = project.desk.tables, project.desk.documents
    return {
        "tasks": digest_of([project.evaluation.tasks]),
        "desk": digest_of([*tables.rglob("*.csv"), *documents.rglob("*.md")]),
    }
