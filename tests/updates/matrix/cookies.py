"""The test pack as a cookiecutter template, and repositories made from it by cruft."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.updates.matrix.bases import PROJECT, Base, Home, render
from tests.updates.matrix.engines import Ended, run
from tests.updates.matrix.git_facts import Git, environment
from tests.updates.matrix.tree import Tree, read_tree

if TYPE_CHECKING:
    from tests.updates.matrix.desk import Desk
    from tests.updates.matrix.journeys import Journey

EXECUTABLE = Path(sys.executable).with_name("cruft")
#: Where cruft and copier keep what they need for the next update.
RECORDS = (".cruft.json", ".copier-answers.yml")


@dataclass(frozen=True)
class Cruft:
    """The command `cruft update`, without its question."""

    def __call__(self, desk: Desk) -> Ended:
        """Update to the newest commit of the template."""
        words = [str(EXECUTABLE), "update", "--skip-apply-ask", "--allow-untracked-files"]
        return run(words, desk.project, {**desk.environment, **desk.called_with})


def make_cruft_base(journey: Journey, home: Home, folder: Path) -> Base:
    """Make the equivalent template with both releases, and a repository from the older one.

    What is seeded is named in cruft's own list of paths to skip.
    """
    template = folder / "template"
    inner = template / "{{cookiecutter.name}}"
    template.mkdir(parents=True)
    git = Git(template, environment(home.folder, folder))
    git("init", "--quiet")
    rendered: dict[str, Tree] = {}
    for tag in (journey.old, journey.new):
        shutil.rmtree(inner, ignore_errors=True)
        shutil.copytree(render(journey, home, tag, folder / tag), inner)
        (inner / ".copier-answers.yml").unlink()
        settings = {"name": PROJECT, "_copy_without_render": ["*"]}
        (template / "cookiecutter.json").write_text(json.dumps(settings), encoding="utf-8")
        rendered[tag] = read_tree(inner)
        git("add", "--all", "--force")
        git("commit", "--quiet", "--message", tag)
        git("tag", tag)
    skipped = [word for path in journey.seeded for word in ("--skip", path.lstrip("/"))]
    create = ["create", "--no-input", "--checkout", journey.old, *skipped, "--output-dir", "."]
    made = run([str(EXECUTABLE), *create, str(template)], folder, git.environment)
    assert made.code == 0, made.err
    project = folder / PROJECT
    ours = Git(project, git.environment)
    ours("init", "--quiet")
    ours("add", "--all")
    ours("commit", "--quiet", "--message", "Start")
    return Base(journey, home, project, rendered[journey.old], rendered[journey.new])
