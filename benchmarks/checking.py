"""`scaffold check`: one repository, and a class of 300 on the processors that are there.

python -m benchmarks.checking [FOLDER]

Two in three are as the starter gave them, one in three is finished: own data, reports with rows,
every question answered. Nothing is compared with a peer, as none reads what this reads.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import Command, interleave
from tests.check import growing

CLASS = 300
ROUNDS = 3


def main(place: Path) -> None:
    """Make the class, then look at one of each kind, and at all."""
    made = {
        "untouched": growing.untouched(place / "untouched", "rag-app"),
        "answered, measured": growing.finished(place / "finished"),
    }
    names = []
    for number in range(CLASS):
        kind = "answered, measured" if number % 3 == 0 else "untouched"
        names.append(f"learner-{number:03}")
        shutil.copytree(made[kind], place / names[-1])
    commands = [Command(kind, _words(place, [folder.name])) for kind, folder in made.items()]
    for name, measured in interleave(commands, place, ROUNDS).items():
        print(f"one, {name}: {measured}")
    whole = Command("class", _words(place, names))
    print(f"{CLASS} on {os.cpu_count()} processors: {interleave([whole], place, 1)['class']}")


def _words(place: Path, names: list[str]) -> list[str]:
    """The command; that its answer is "no" is no failure of it."""
    here = os.path.relpath(growing.ROOT, place)
    words = (sys.executable, "-m", "scaffold", "check", *names, "--source", here, "--ref", "HEAD")
    script = f"{shlex.join(words)} || test $? = 1"
    # As with everybody: what Python compiled once it need not compile again.
    return ["env", "-u", "PYTHONDONTWRITEBYTECODE", "sh", "-c", script]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(Path(folder))
