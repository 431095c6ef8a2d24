"""`scaffold cohort init`: the files of a new class, to be filled in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scaffold import __version__, names
from scaffold.cohort.class_file import FILE
from scaffold.errors import OutsideError, RequestError

if TYPE_CHECKING:
    from pathlib import Path

_CLASS = """\
# A class: what is handed out, to whom, and where. Every key is explained in docs/cohort.md.
# Check it at any time, without writing anything: scaffold cohort handout --dry-run
name = {name}
id = {id}             # stands in the commits of hand-outs; leave it as it is
scaffold = "{version}"           # the oldest scaffold that will do
roster = "roster.csv"

# Where each learner's repository is: a git URL, or a path from here.
# One that ends with .git is a bare repository, another one a folder with files.
where = "handed-out/{{assignment}}/{{username}}.git"   # on this disk, to try it out
# where = "https://github.com/your-school/{{username}}-{{name}}.git"
# What makes a repository on the host, where there is none yet; word by word, without a shell.
# create = ["gh", "repo", "create", "your-school/{{username}}-{{name}}", "--private"]
# per_minute = 60            # pushes to a host

# source = "https://github.com/your-school/templates.git"   # your own templates
# published = "https://your-school.example/class.toml"      # where learners find this file

[assignments.first-api]
template = "supervised-api"  # `scaffold list` shows them
# version = "v0.5.0"         # the newest release at hand-out when it is left out
# due = 2027-02-01T23:59:00+01:00
# must_pass = ["PF", "DP"]   # rules or families, `scaffold explain` lists them
# [assignments.first-api.answers]
# license = "MIT"
"""
_ROSTER = """\
username,name,email
# ada,Ada Lovelace,ada@example.org
"""
_IGNORED = """\
# Who your learners are and what they will be judged by belongs into no public repository.
roster.csv
rubric.toml
# What scaffold makes here; nothing of it belongs into a repository.
repositories/
handed-out/
reports/
nudges/
.cohort/
"""


def begin(folder: Path) -> list[Path]:
    """Write `class.toml`, `roster.csv` and `.gitignore` into a folder, which is made if need be.

    Returns:
        The files.

    Raises:
        RequestError: One of the first two is there already; nothing is written.
        OutsideError: The folder cannot be written.
    """
    for name in (FILE, "roster.csv"):
        if (folder / name).exists():
            raise RequestError(
                f"{folder / name} is there already; nothing was written.",
                "Edit it, or choose another folder.",
            )
    called = folder.absolute().name or "class"
    text = _CLASS.format(
        name=json.dumps(called, ensure_ascii=False),
        id=json.dumps(names.slug(called, otherwise="class")),
        version=__version__,
    )
    files = {FILE: text, "roster.csv": _ROSTER, ".gitignore": _IGNORED}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = [(folder / name, content) for name, content in files.items()]
        made = [one for one in made if not one[0].exists()]
        for path, content in made:
            path.write_text(content, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutsideError(
            f"{folder} cannot be written: {error.strerror}.", "Choose a folder of your own."
        ) from error
    return [path for path, _ in made]
