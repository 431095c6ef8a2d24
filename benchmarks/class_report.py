"""`scaffold cohort report` of a class whose repositories were collected: time and memory.

python -m benchmarks.class_report [LEARNERS]

One in three of the learners wrote code, rows and an answer after the hand-out; the others have what
they were given, each with answers of their own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEARNERS = 500
_WAIT4 = """
import json, os, sys, time
begun = time.monotonic()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(child, 0)
seconds = time.monotonic() - begun
code = os.waitstatus_to_exitcode(status)
print(json.dumps([code, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss]), file=sys.stderr)
"""


@dataclass(frozen=True)
class Measured:
    """What a command took.

    Attributes:
        code: Its exit code.
        seconds: On the clock.
        cpu_seconds: Of its process and of those that it waited for.
        megabytes: Of its largest process.
    """

    code: int
    seconds: float
    cpu_seconds: float
    megabytes: float

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s, {self.cpu_seconds:.1f} s of CPU, {self.megabytes:.0f} MB"


def measured(folder: Path, *words: str) -> Measured:
    """Run `scaffold cohort` with some words in the folder of a class (not on Windows)."""
    command = (sys.executable, "-m", "scaffold", "cohort", *words)
    done = subprocess.run(
        (sys.executable, "-c", _WAIT4, *command),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.fspath(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    code, seconds, cpu, kilobytes = json.loads(done.stderr.strip().splitlines()[-1])
    return Measured(code, seconds, cpu, kilobytes / 1024)


def report(folder: Path) -> Measured:
    """The report of a class whose repositories were collected."""
    return measured(folder, "report")


def begin(folder: Path, learners: int) -> None:
    """A class whose repositories will be bare ones on this disk."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "class.toml").write_text(
        'name = "Many"\nper_minute = 0\nwhere = "handed-out/{assignment}/{username}.git"\n'
        '[assignments.first]\ntemplate = "supervised-api"\n'
        'due = 2020-01-01T00:00:00+00:00\nmust_pass = ["PF", "DP"]\n',
        encoding="utf-8",
    )
    rows = "".join(f"l{at:04},Learner {at},l{at:04}@example.org\n" for at in range(learners))
    (folder / "roster.csv").write_text("username,name,email\n" + rows, encoding="utf-8")


def work(clone: Path) -> None:
    """What a learner did, in the clone itself."""
    (clone / "app/mine.py").write_text(
        "def share(rows: list[int]) -> float:\n    return sum(rows) / (len(rows) + 7)\n", "utf-8"
    )
    readme = clone / "README.md"
    text = readme.read_text(encoding="utf-8").replace("_PF1:", "The keeper decides at noon. ", 1)
    readme.write_text(text, encoding="utf-8")
    who = ("-c", "user.name=L", "-c", "user.email=l@example.org")
    for words in (("add", "--all"), ("commit", "--quiet", "--message", "Mine")):
        subprocess.run(("git", *who, *words), cwd=clone, check=True)


def main(folder: Path, learners: int) -> None:
    """Make the class and measure."""
    begin(folder, learners)
    for words in (("handout", "--no-lock"), ("collect",)):
        print(f"{words[0]}: {measured(folder, *words)}", flush=True)
    begun = time.monotonic()
    for clone in sorted((folder / "repositories/first").iterdir())[::3]:
        work(clone)
    print(f"learners' work: {time.monotonic() - begun:.0f} s", flush=True)
    print(f"report of {learners} on {os.cpu_count()} processors: {report(folder)}", flush=True)
    size = (folder / "reports/report.html").stat().st_size
    print(f"report.html: {size / 1_000_000:.1f} MB")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        main(Path(place), int(sys.argv[1]) if len(sys.argv) > 1 else LEARNERS)
