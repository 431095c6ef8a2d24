"""`scaffold show`: a screen about a starter, and every file when asked."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console

from scaffold.cli.verbs import show

if TYPE_CHECKING:
    from tests.machine import Machine

FILES = {
    ".github/workflows/ci.yml": "rendered",
    "README.md": "merged",
    "app/cli.py": "merged",
    "app/schema.py": "seeded",
    "app/service/logs.py": "rendered",
    "app/words/mine/a.txt": "seeded",
    "app/words/ours.txt": "merged",
    "data/b.csv": "seeded",
    "data/corpus/a.md": "seeded",
}


def test_what_is_yours_is_named_and_the_rest_of_a_folder_counted() -> None:
    printer = Console(file=io.StringIO(), width=80)
    with printer.capture() as shown:
        printer.print(show._overview("x", FILES))
    assert shown.get().splitlines() == [
        "x/",
        "├── .github/  1 file",
        "├── README.md  (shared)",
        "├── app/  5 files",
        "│   ├── schema.py  (yours)",
        "│   └── words/  2 files",
        "│       └── mine/  1 file  (yours)",
        "└── data/  2 files  (yours)",
    ]


def test_every_file_is_shown_when_asked(machine: Machine) -> None:
    document = machine.run("show", "supervised-api", "--json").document
    said = machine.run("show", "supervised-api", "--files")
    assert said.code == 0, said.err
    items = [line.partition("── ")[2] for line in said.out.splitlines() if "── " in line]
    shown = [item.partition("  (")[0].rstrip() for item in items]
    files = [one["path"].rpartition("/")[2] for one in document["files"]]
    assert sorted(name for name in shown if not name.endswith("/")) == sorted(files)
