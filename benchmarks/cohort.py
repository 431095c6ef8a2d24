"""A whole class, handed out and updated, beside a loop over copier on a sample of it.

    python -m benchmarks.cohort --learners 500

Both begin with the same answers and end with the same: a bare repository per learner, then a branch
with the newest release in it. The peer is what an instructor would write: `copier copy` and a push,
`git clone`, `copier update` and a push, one learner after the other. Half of the sample is timed
before ours and half after, so both see the same machine; figures are per repository, and the trees
of the sample are compared file by file. Neither locks: copier does not. Memory is the most that
all processes of the command held at one time (Linux).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.timing import BIN, Command, run_once
from scaffold import membership, places, releases, source
from scaffold.cohort import objects
from scaffold.update.files import File

TEMPLATE = "supervised-api"
NAME = "first-api"
_GOAL = 0.25
_SIGNER = ("Bench", "bench@example.org")
_POLL_SECONDS = 0.1


@dataclass
class Timed:
    """Seconds of one side.

    Attributes:
        repositories: How many it did.
        cpu: Of all its processes together.
        wall: On the clock.
        memory: Most megabytes at one time; 0 where that is not known.
    """

    repositories: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    memory: float = 0.0

    def add(self, command: Command, folder: Path, repositories: int) -> None:
        """Time one command."""
        with _Memory() as memory:
            cpu, wall = run_once(command, folder)
        self.repositories += repositories
        self.cpu += cpu
        self.wall += wall
        self.memory = max(self.memory, memory.most)

    def __str__(self) -> str:
        each = f"{1000 * self.wall / self.repositories:7.0f} ms wall"
        cpu = f"{1000 * self.cpu / self.repositories:7.0f} ms CPU each"
        total = f"{self.repositories:4} in {self.wall:6.1f} s"
        return f"{each}, {cpu}; {total}, {self.memory:.0f} MB at the most"


@dataclass
class _Memory:
    """The most that this process's children held at one time."""

    most: float = 0.0
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> _Memory:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(_POLL_SECONDS):
            self.most = max(self.most, _held(os.getpid()))


def _held(root: int) -> float:
    """Megabytes of resident memory of all processes below one; shared pages count once each."""
    parents: dict[int, int] = {}
    held: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            facts = entry.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        process = int(entry.parent.name)
        parents[process], held[process] = int(facts[1]), int(facts[21])
    below, grew = {root}, True
    while grew:
        more = {one for one, parent in parents.items() if parent in below} - below
        below |= more
        grew = bool(more)
    pages = sum(held[one] for one in below - {root} if one in held)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Run it all and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cohort", description=__doc__)
    parser.add_argument("--learners", type=int, default=60)
    parser.add_argument("--sample", type=int, default=6, help="of these copier does as well")
    chosen = parser.parse_args()
    half = max(1, min(chosen.sample, chosen.learners) // 2)
    names = [f"learner-{number:04}" for number in range(max(chosen.learners, 2 * half))]
    with tempfile.TemporaryDirectory(prefix="scaffold-bench-") as place:
        _Bench(Path(place), names, half).run()


@dataclass
class _Bench:
    folder: Path
    names: list[str]
    half: int

    def run(self) -> None:
        source.embedded()
        tags = [path.stem for path in releases.shipped()]
        old, new = tags[0], tags[-1]
        self._class(old)
        print(f"{len(self.names)} learners, {os.cpu_count()} processors, load", end=" ")
        print(f"{os.getloadavg()[0]:.1f}; the peer does {2 * self.half} of them")
        self._compare(f"handout of {TEMPLATE} {old}", "handout", self._copy_all(old))
        self._same("HEAD", "main")
        self._learn()
        self._compare(f"update from {old} to {new}", "update", self._update_all(new))
        self._same(f"refs/heads/scaffold/{new}", f"refs/heads/scaffold/{new}")
        self._report()

    def _class(self, tag: str) -> None:
        """Two folders: the class for us, and one for the peer's repositories."""
        (self.folder / "class").mkdir()
        (self.folder / "peer").mkdir()
        (self.folder / "class" / "class.toml").write_text(
            f'name = "Bench"\nwhere = "out/{{username}}.git"\n[assignments.{NAME}]\n'
            f'template = "{TEMPLATE}"\nversion = "{tag}"\n',
            encoding="utf-8",
        )
        rows = "".join(f"{name},{name.title()},{name}@example.org\n" for name in self.names)
        (self.folder / "class" / "roster.csv").write_text(
            f"username,name,email\n{rows}", encoding="utf-8"
        )

    def _compare(self, title: str, verb: str, peer: list[Command]) -> None:
        ours, theirs = Timed(), Timed()
        for command in peer[: self.half]:
            theirs.add(command, self.folder / "peer", 1)
        words = [f"{BIN}/scaffold", "cohort", verb, "--no-lock"]
        ours.add(Command(verb, words), self.folder / "class", len(self.names))
        for command in peer[self.half :]:
            theirs.add(command, self.folder / "peer", 1)
        print(f"\n{title}\n  scaffold cohort  {ours}\n  copier, a loop   {theirs}")
        for what in ("wall", "cpu"):
            mine, other = (getattr(one, what) / one.repositories for one in (ours, theirs))
            goal = f" (goal {_GOAL}: {'met' if mine <= _GOAL * other else 'MISSED'})"
            print(f"  ratio of {what}: {mine / other:.3f}{goal if what == 'wall' else ''}")

    def _sample(self) -> list[str]:
        return self.names[: 2 * self.half]

    def _copy_all(self, tag: str) -> list[Command]:
        found = []
        for name in self._sample():
            data = f"-d template={TEMPLATE} -d project_name={NAME} -d author={name.title()}"
            found.append(
                _shell(
                    f"copier copy {name}",
                    f"{BIN}/copier copy --quiet --defaults --vcs-ref {tag} {data} "
                    f"{places.embedded_bundle()} {name}",
                    f"cd {name} && git init --quiet -b main && git add --all",
                    f"git {_signed()} commit --quiet -m Start",
                    f"git init --quiet --bare -b main ../{name}.git",
                    f"git push --quiet ../{name}.git main",
                )
            )
        return found

    def _update_all(self, tag: str) -> list[Command]:
        return [
            _shell(
                f"copier update {name}",
                f"git clone --quiet {name}.git {name}-clone && cd {name}-clone",
                f"git checkout --quiet -b scaffold/{tag}",
                f"{BIN}/copier update --quiet --defaults",
                'git add --all && test -z "$(git ls-files --unmerged)"',
                f"git {_signed()} commit --quiet -m Update",
                f"git push --quiet origin scaffold/{tag}",
            )
            for name in self._sample()
        ]

    def _learn(self) -> None:
        """Everybody answers a question and adds a file, on both sides."""
        ours = [self.folder / "class" / "out" / f"{name}.git" for name in self.names]
        theirs = [self.folder / "peer" / f"{name}.git" for name in self._sample()]
        for place in (*ours, *theirs):
            readme = _git(place, "cat-file", "blob", "main:README.md")
            at = readme.index("_PF1: ")
            answered = readme[:at] + "We asked three of them." + readme[readme.index("\n", at) :]
            changes = {"README.md": File(answered.encode()), "notes.md": File(b"# Mine\n")}
            parent = _git(place, "rev-parse", "main").strip()
            commit = objects.commit_on(place, parent, changes, "Mine", _SIGNER, "mine")
            _git(place, "update-ref", "refs/heads/main", commit)
            _git(place, "update-ref", "-d", "refs/heads/mine")

    def _same(self, ours: str, theirs: str) -> None:
        """Assert that both sides made the same files, the class and the source's path aside."""
        for name in self._sample():
            mine = _files(self.folder / "class" / "out" / f"{name}.git", ours)
            other = _files(self.folder / "peer" / f"{name}.git", theirs)
            mine["pyproject.toml"] = membership.without_class(mine["pyproject.toml"])
            path = os.fspath(places.embedded_bundle()).encode()
            answers = ".copier-answers.yml"
            other[answers] = other[answers].replace(path, places.EMBEDDED_SOURCE.encode())
            odd = {one for one in mine.keys() | other.keys() if mine.get(one) != other.get(one)}
            if odd:
                raise SystemExit(f"{name} differs: {', '.join(sorted(odd))}")
        print(f"  the same files in all {2 * self.half} of the sample")

    def _report(self) -> None:
        """The report has no peer: nobody else tells where a class stands."""
        listed = subprocess.run(
            [f"{BIN}/scaffold", "cohort", "--help"], capture_output=True, text=True, check=True
        )
        timed = {"collect": Timed()} | ({"report": Timed()} if "report" in listed.stdout else {})
        for verb, ours in timed.items():
            command = Command(verb, [f"{BIN}/scaffold", "cohort", verb])
            ours.add(command, self.folder / "class", len(self.names))
            print(f"\n{verb}\n  scaffold cohort  {ours}")


def _shell(name: str, *lines: str) -> Command:
    return Command(name, ["sh", "-c", " && ".join(lines)])


def _signed() -> str:
    return f"-c user.name={_SIGNER[0]} -c user.email={_SIGNER[1]}"


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "surrogateescape")


def _files(repository: Path, ref: str) -> dict[str, bytes]:
    """Every file of a state of a repository."""
    with tempfile.TemporaryDirectory() as place:
        archive = Path(place, "x.tar")
        _git(repository, "archive", "--format=tar", f"--output={archive}", ref)
        shutil.unpack_archive(archive, Path(place, "x"), filter="data")
        root = Path(place, "x")
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file()
        }


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"\nall of it took {time.perf_counter() - started:.0f} s", file=sys.stderr)
