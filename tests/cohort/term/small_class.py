"""A small class on the small pack, for tests that run its commands many times."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.cohort.term.git_server import GitServer
from tests.cohort.term.instructor import Instructor, toml
from tests.small_pack import TEMPLATE
from tests.updates.matrix.git_facts import Git, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ASSIGNMENT, NAME = "first-api", "ml-api"
OLD, NEW = "v0.1.0", "v0.1.1"
BRANCH = f"scaffold/{NEW}"


@dataclass(frozen=True)
class SmallClass:
    """A few learners, some on the server and the others on disk.

    Attributes:
        instructor: Who teaches them.
        server: Where some of their repositories are.
        on_disk: Learners with bare repositories on disk.
        on_server: Learners with repositories on the server.
    """

    instructor: Instructor
    server: GitServer
    on_disk: tuple[str, ...]
    on_server: tuple[str, ...]

    @property
    def users(self) -> tuple[str, ...]:
        """Everybody."""
        return (*self.on_disk, *self.on_server)

    @property
    def remotes(self) -> Path:
        """Where the bare repositories on disk are."""
        return self.instructor.machine.work / "remotes"

    def write(self, *, version: str = OLD) -> None:
        """Write the class and its roster."""
        create = toml(self.instructor.create(self.server))
        lines = [
            'name = "A small class"',
            'where = "../remotes/{username}-{name}.git"',
            f"create = {create}",
            "per_minute = 0",
            f"[assignments.{ASSIGNMENT}]",
            f'template = "{TEMPLATE}"',
            f'name = "{NAME}"',
            f'version = "{version}"',
        ]
        self.instructor.write_class("\n".join([*lines, ""]))
        self.instructor.write_roster(self.roster())

    def roster(self) -> list[str]:
        """The lines of the roster."""
        url = f"{self.server.url}/{{username}}-{{name}}.git"
        return [
            "username,name,email,repo",
            *(f"{user},{user.title()},{user}@example.org," for user in self.on_disk),
            *(f"{user},{user.title()},{user}@example.org,{url}" for user in self.on_server),
        ]

    def bare(self, user: str) -> Path:
        """A learner's repository itself."""
        root = self.remotes if user in self.on_disk else self.server.root
        return root / f"{user}-{NAME}.git"

    def git(self, user: str) -> Git:
        """git, in a learner's bare repository."""
        machine = self.instructor.machine
        return Git(self.bare(user), environment(machine.home, machine.root))

    def edit(self, user: str, path: str, text: str) -> None:
        """Let a learner write a file, commit and push."""
        desk = self.instructor.machine.root / "desks" / f"{user}-{path.replace('/', '-')}"
        desk.parent.mkdir(exist_ok=True)
        machine = self.instructor.machine
        git = Git(desk.parent, environment(machine.home, machine.root))
        git("clone", "--quiet", str(self.bare(user)), str(desk))
        (desk / path).parent.mkdir(exist_ok=True)
        (desk / path).write_text(text, encoding="utf-8")
        git = Git(desk, git.environment)
        who = ("-c", f"user.name={user}", "-c", f"user.email={user}@example.org")
        git("add", "--all")
        git(*who, "commit", "--quiet", "--message", f"Write {path}")
        git("push", "--quiet", "origin", "main")

    def pushed(self, user: str) -> dict[str, str]:
        """Branches of a learner's repository with their commits; none where nothing is."""
        if not self.bare(user).is_dir():
            return {}
        lines = self.git(user)("for-each-ref", "--format=%(refname:short) %(objectname)")
        return dict(line.split() for line in lines.splitlines())

    def fsck(self, user: str) -> None:
        """Ask git whether a repository is sound.

        Raises:
            subprocess.CalledProcessError: It is not.
        """
        words = ["git", "fsck", "--no-dangling", "--no-progress"]
        subprocess.run(words, cwd=self.bare(user), check=True, capture_output=True)


@contextmanager
def opened(
    folder: Path, site: Path, joined: Path, on_disk: tuple[str, ...], on_server: tuple[str, ...]
) -> Iterator[SmallClass]:
    """A class whose files are written, with a server that runs meanwhile."""
    instructor = Instructor.at(folder / "instructor", site)
    instructor.machine.embedded.parent.mkdir(parents=True)
    shutil.copy(joined, instructor.machine.embedded)
    with GitServer(folder / "server") as server:
        made = SmallClass(instructor, server, on_disk, on_server)
        made.write()
        yield made
