"""A scripted learner: makes a freshly rendered starter their own, the way its README asks.

Works on every template whose README has the form of ours. Standard library and git only, and
nothing of scaffold, so the same learner serves plain copier, Renovate and our own engine.
`tests/losses.py` says afterwards what an update took away.
"""

from __future__ import annotations

import ast
import os
import random
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ANCHOR = re.compile(r"^<!-- signal:(?P<id>[A-Z]{2}\d+) -->$")


@dataclass(frozen=True)
class Habits:
    """Where a learner finds things. The defaults are those of supervised-api."""

    #: Paths that only the learner writes, as in `owners.yml` (`seeded`).
    seeded: tuple[str, ...] = ("/app/schema.py", "/data", "/project.toml")
    #: Module in which one function is edited; the first that exists.
    edits: tuple[str, ...] = ("app/api.py", "app/service.py", "app/graph.py", "app/cli.py")
    #: Dependency whose lower bound is raised; the first that is named in pyproject.toml.
    raises: tuple[str, ...] = ("uvicorn", "pydantic-settings")
    #: Page that is deleted; the first that exists.
    deletes: tuple[str, ...] = ("docs/deploy.md", "docs/deployment.md")


@dataclass(frozen=True)
class Deeds:
    """What the learner did: the committed files before and after, and what git never saw."""

    before: dict[str, bytes]
    after: dict[str, bytes]
    #: Signal id -> the answer as it stands in README.md.
    answers: dict[str, str]
    #: Ignored files (`.env`, a database) with their bytes.
    private: dict[str, bytes]
    seeded: tuple[str, ...]

    @property
    def deleted(self) -> frozenset[str]:
        """Files of the starter that the learner removed."""
        return frozenset(self.before.keys() - self.after.keys())

    @property
    def added(self) -> frozenset[str]:
        """Files that the starter never had."""
        return frozenset(self.after.keys() - self.before.keys())

    def is_seeded(self, path: str) -> bool:
        """Whether an update may never touch `path`."""
        owned = [PurePosixPath(entry.lstrip("/")) for entry in self.seeded]
        return any(PurePosixPath(path).is_relative_to(entry) for entry in owned)


@dataclass
class _Desk:
    """The project under the learner's hands."""

    project: Path
    habits: Habits
    dice: random.Random
    answers: dict[str, str] = field(default_factory=dict)
    private: dict[str, bytes] = field(default_factory=dict)

    def read(self, path: str) -> list[str]:
        return (self.project / path).read_text(encoding="utf-8").splitlines()

    def write(self, path: str, lines: list[str]) -> None:
        file = self.project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")

    def has(self, path: str) -> bool:
        return (self.project / path).is_file()

    def number(self) -> int:
        return self.dice.randrange(100, 1000)


def play(project: Path, *, seed: int | None = None, habits: Habits | None = None) -> Deeds:
    """Play "Make it yours" on a committed project with a clean tree, and commit the result.

    Args:
        project: folder of a rendered starter, a git repository with one commit.
        seed: None does everything; a number does a random part of it, in other words.
        habits: where to find things in this template.

    Raises:
        AssertionError: the project is not what a learner expects (no prompts, no data...).
    """
    chosen = habits or Habits()
    desk = _Desk(project, chosen, random.Random(seed))  # noqa: S311 - no secret
    before = _tracked(project)
    for deed in _DEEDS:
        if seed is None or desk.dice.random() < 0.7:  # a number: most learners do most of it
            deed(desk)
    _git(project, "add", "--all")
    _git(project, "commit", "--quiet", "--message", "Make it mine")
    for path in desk.private:
        assert not _git(project, "ls-files", "--", path), f"{path} is meant to be ignored"
    after = _tracked(project)
    assert after != before, "the learner did nothing"
    return Deeds(before, after, desk.answers, desk.private, chosen.seeded)


def _tracked(project: Path) -> dict[str, bytes]:
    names = _git(project, "-c", "core.quotePath=false", "ls-files", "-z").split("\0")
    return {name: (project / name).read_bytes() for name in names if name}


def _git(project: Path, *arguments: str) -> str:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    who = ["-c", "user.name=A Learner", "-c", "user.email=learner@example.org"]
    plain = ["-c", "commit.gpgsign=false", "-c", f"core.hooksPath={os.devnull}"]
    done = subprocess.run(
        ["git", *who, *plain, *arguments],
        cwd=project,
        env=clean,
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return done.stdout


# --- README -----------------------------------------------------------------------------------


def _answers_the_prompts(desk: _Desk) -> None:
    lines = desk.read("README.md")
    placeholders = {
        i: m["id"]
        for i, line in enumerate(lines)
        if (m := re.match(r"^_(?P<id>[A-Z]{2}\d+): .*_$", line))
    }
    asked = [m["id"] for line in lines if (m := ANCHOR.match(line))]
    if not placeholders:  # a starter that asks under one wording for all: answer by the anchor
        placeholders = _lines_under_anchors(lines)
    assert asked, "README.md has no signal questions"
    assert set(placeholders.values()) == set(asked), "a question has no placeholder, or two"
    out: list[str] = []
    for i, line in enumerate(lines):
        if i in placeholders:
            answer = _answer(desk, placeholders[i])
            desk.answers[placeholders[i]] = "\n".join(answer)
            out += answer
        else:
            out.append(line)
    desk.write("README.md", out)


def _lines_under_anchors(lines: list[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    current = None
    for i, line in enumerate(lines):
        if m := ANCHOR.match(line):
            current = m["id"]
        elif current is not None and re.match(r"^_.*_$", line):
            found[i] = current
            current = None
    return found


def _answer(desk: _Desk, signal: str) -> list[str]:
    sentences = [
        f"{signal}: we measured {desk.number()} cases before choosing.",
        f"For {signal} the coordinator decides each Monday, not the model.",
        f"Going back takes {desk.number()} seconds, {signal} included.",
        f"{signal} changed once, after a week of wrong labels.",
        f"What {signal} costs is written in `project.toml`.",
    ]
    kept = sentences[: desk.dice.randrange(2, 5)]
    link = f"[{signal} 0.{desk.number()}](reports/evaluation.json#/{signal.lower()}/value)"
    if desk.dice.random() < 0.5:
        return [" ".join(kept), "", f"Evidence: {link}"]
    return [*kept, f"Evidence: {link}"]


def _rewrites_the_description(desk: _Desk) -> None:
    lines = desk.read("README.md")
    title = next(i for i, line in enumerate(lines) if line.startswith("# "))
    first = next(i for i in range(title + 1, len(lines)) if re.match(r"[A-Za-z]", lines[i]))
    end = next(i for i in range(first, len(lines)) if not lines[i].strip())
    mine = [
        f"Which of {desk.number()} members will need a call this week?",
        "",
        "Ranked on Mondays.",
    ]
    desk.write("README.md", lines[:first] + mine + lines[end:])


def _fills_the_evidence(desk: _Desk) -> None:
    lines = desk.read("README.md")
    link = "[0.{0}](reports/evaluation.json#/champion/{0})"
    desk.write(
        "README.md",
        [
            line.replace("not measured yet", link.format(desk.number()))
            if line.startswith("|")
            else line
            for line in lines
        ],
    )


def _ticks_the_steps(desk: _Desk) -> None:
    lines = desk.read("README.md")
    desk.write("README.md", [re.sub(r"^(\s*[-*] )\[ \]", r"\1[x]", line) for line in lines])


# --- data, schema, thresholds -----------------------------------------------------------------


def _replaces_the_data(desk: _Desk) -> None:
    for entry in desk.habits.seeded:
        place = desk.project / entry.lstrip("/")
        files = sorted(place.rglob("*")) if place.is_dir() else []
        for file in (f for f in files if f.is_file()):
            if _is_binary(file):
                file.write_bytes(bytes([0, 255]) + desk.dice.randbytes(64))
            else:
                text = f"mine,target\n{desk.number()},1\n{desk.number()},0\n"
                file.write_text(text, encoding="utf-8", newline="\n")
        if files:
            (place / "mine.csv").write_text("mine,target\n7,1\n", encoding="utf-8", newline="\n")


def _deletes_a_seeded_file(desk: _Desk) -> None:
    for entry in desk.habits.seeded:
        place = desk.project / entry.lstrip("/")
        files = [f for f in sorted(place.rglob("*")) if f.is_file()] if place.is_dir() else []
        if len(files) > 1:
            files[0].unlink()


def _is_binary(file: Path) -> bool:
    return b"\0" in file.read_bytes()


def _rewrites_the_schema(desk: _Desk) -> None:
    for entry in desk.habits.seeded:
        if entry.endswith(".py") and desk.has(entry[1:]):
            text = [
                '"""My rows."""',
                "",
                "from pydantic import BaseModel",
                "",
                "",
                "class Features(BaseModel):",
                f'    """Mine, {desk.number()}."""',
                "",
                "    mine: float",
            ]
            desk.write(entry[1:], text)


def _moves_the_thresholds(desk: _Desk) -> None:
    for entry in desk.habits.seeded:
        if not entry.endswith(".toml") or not desk.has(entry[1:]):
            continue
        lines = desk.read(entry[1:])
        moved = [re.sub(r"^(\w+ = )[\d.]+$", rf"\g<1>0.{desk.number()}", line) for line in lines]
        desk.write(entry[1:], [*moved, "", "# Costs agreed with the team."])


# --- code -------------------------------------------------------------------------------------


def _adds_a_module(desk: _Desk) -> None:
    desk.write("app/triage.py", ['"""Mine: whom to call first."""', "", f"FIRST = {desk.number()}"])
    desk.write(
        "tests/test_triage.py",
        [
            "from app.triage import FIRST",
            "",
            "",
            "def test_somebody_is_first() -> None:",
            "    assert FIRST > 0",
        ],
    )


def _edits_a_function(desk: _Desk) -> None:
    path = next((p for p in desk.habits.edits if desk.has(p)), None)
    assert path is not None, f"none of {desk.habits.edits} exists"
    lines = desk.read(path)
    functions = [
        node
        for node in ast.parse("\n".join(lines)).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert functions, f"{path} has no function to edit"
    last = functions[-1].body[-1]  # below the docstring, above what is returned
    indent = " " * last.col_offset
    mine = [f"{indent}mine = {desk.number()}", f'{indent}assert mine, "never nobody"']
    desk.write(path, lines[: last.lineno - 1] + mine + lines[last.lineno - 1 :])


def _adds_a_dependency(desk: _Desk) -> None:
    """Do what `uv add httpx` does: in its place in a sorted list, else at the end."""
    lines = desk.read("pyproject.toml")
    start = lines.index("dependencies = [")
    end = lines.index("]", start)
    packages = [i for i in range(start + 1, end) if lines[i].strip().startswith('"')]
    names = [_name(lines[i]) for i in packages]
    here = end
    if names == sorted(names):
        here = next((i for i in packages if _name(lines[i]) > "httpx2"), end)
    lines.insert(here, '    "httpx2>=0.1",')
    desk.write("pyproject.toml", lines)


def _raises_a_version(desk: _Desk) -> None:
    lines = desk.read("pyproject.toml")
    for wanted in desk.habits.raises:
        for i, line in enumerate(lines):
            if line.strip().startswith('"') and _name(line) == wanted:
                lines[i] = re.sub(r">=[\d.]+", ">=99.0", line)
                desk.write("pyproject.toml", lines)
                return
    msg = f"pyproject.toml names none of {desk.habits.raises}"
    raise AssertionError(msg)


def _name(line: str) -> str:
    found = re.match(r'\s*"([A-Za-z0-9._-]+)', line)
    return found[1].lower() if found else ""


# --- around the code --------------------------------------------------------------------------


def _adds_pages_and_a_workflow(desk: _Desk) -> None:
    desk.write("docs/field-notes.md", ["# Field notes", "", f"{desk.number()} calls watched."])
    desk.write(
        ".github/workflows/mine.yml",
        ["name: mine", "", "on: workflow_dispatch", "", "jobs: {}"],
    )


def _deletes_a_page(desk: _Desk) -> None:
    for path in desk.habits.deletes:
        if desk.has(path):
            (desk.project / path).unlink()
            return
    msg = f"none of {desk.habits.deletes} exists"
    raise AssertionError(msg)


def _adds_a_setting(desk: _Desk) -> None:
    """In the three places that a test of the starter holds equal."""
    desk.write(
        ".env.example", [*desk.read(".env.example"), "# Where calls are listed.", "CALLS_URL="]
    )
    readme = desk.read("README.md")
    if "<!-- /settings -->" in readme:
        end = readme.index("<!-- /settings -->")
        at = (
            end if readme[end - 1].startswith("|") else end - 1
        )  # an empty line may close the table
        columns = readme[at - 1].count("|") - 1
        cells = ["`CALLS_URL`", "empty", "where calls are listed", *[""] * columns][:columns]
        desk.write("README.md", [*readme[:at], f"| {' | '.join(cells)} |", *readme[at:]])
    if desk.has("app/settings.py"):
        lines = desk.read("app/settings.py")
        classes = [n for n in ast.parse("\n".join(lines)).body if isinstance(n, ast.ClassDef)]
        fields = [n for n in classes[-1].body if isinstance(n, ast.AnnAssign)] if classes else []
        if fields:
            at = fields[-1].end_lineno or fields[-1].lineno
            while at < len(lines) and lines[at].strip().startswith("#"):
                at += 1  # below the comment that closes the template's part
            desk.write("app/settings.py", [*lines[:at], '    calls_url: str = ""', *lines[at:]])


def _keeps_private_files(desk: _Desk) -> None:
    desk.write(".gitignore", [*desk.read(".gitignore"), "# My notes.", "notes/", "*.private-db"])
    desk.private[".env"] = f"API_KEY=secret-{desk.number()}\n".encode()
    desk.private["calls.private-db"] = b"SQLite format 3\0" + desk.dice.randbytes(32)
    for path, content in desk.private.items():
        (desk.project / path).write_bytes(content)


_DEEDS: tuple[Callable[[_Desk], None], ...] = (
    _answers_the_prompts,
    _rewrites_the_description,
    _fills_the_evidence,
    _ticks_the_steps,
    _deletes_a_seeded_file,
    _replaces_the_data,
    _rewrites_the_schema,
    _moves_the_thresholds,
    _adds_a_module,
    _edits_a_function,
    _adds_a_dependency,
    _raises_a_version,
    _adds_pages_and_a_workflow,
    _deletes_a_page,
    _adds_a_setting,
    _keeps_private_files,
)
