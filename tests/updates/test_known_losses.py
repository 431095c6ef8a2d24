"""What plain copier takes from a learner and no layout prevents: why scaffold has its own engine.

These are copier's documented or known limits, asserted so that our pages tell the truth. When one
of these tests fails, copier became better: read docs/mergeable-templates.md again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.updates.plain import Plain

if TYPE_CHECKING:
    from pathlib import Path

_ANSWERS = "~{{ _copier_conf.answers_file }}~.jinja"
_OLD = {
    "copier.yml": b'_envops: {variable_start_string: "~{{", variable_end_string: "}}~"}\n',
    _ANSWERS: b"~{{ _copier_answers|to_nice_yaml -}}~\n",
    ".gitattributes": b"* text=auto eol=lf\n*.bin binary\n",
    ".gitignore": b"ignored/\n",
    "app/report.py": b"def write():\n    return 1\n",
    "docs/hosting.md": b"# Hosting\n\nBy hand.\n",
    "app/moved.py": b"def moved():\n    return 1\n",
    "model.bin": b"\0\1\2",
    "ignored/local.toml": b"port = 8000\n",
    "windows.md": b"# One\n\ntwo\n\nthree\n\nfour\n",
}
_NEW = {
    path: content
    for path, content in _OLD.items()
    if path not in {"app/report.py", "docs/hosting.md"}
} | {
    "app/evidence.py": b"def write():\n    return 1\n",
    "app/moved.py": b"def moved():\n    return 2\n",
    "docs/plan.md": b"# Plan\n\nOurs.\n",
    "ignored/notes.md": b"ours\n",
    "windows.md": b"# One\n\ntwo\n\nthree\n\nfour, changed\n",
}


@dataclass(frozen=True)
class _Updated:
    project: Path
    unmerged: frozenset[str]

    def read(self, path: str) -> bytes | None:
        file = self.project / path
        return file.read_bytes() if file.exists() else None


@pytest.fixture(scope="module")
def updated(copier_executable: Path, tmp_path_factory: pytest.TempPathFactory) -> _Updated:
    folder = tmp_path_factory.mktemp("losses")
    plain = Plain.at(copier_executable, folder / "home")
    source, project = folder / "source", folder / "project"
    for tag, files in (("v0.1.0", _OLD), ("v0.1.1", _NEW)):
        for path in (p for p in _OLD if tag != "v0.1.0" and p not in files):
            (source / path).unlink()
        _write(source, files)
        if tag == "v0.1.0":
            plain.git("init", "--quiet", cwd=source)
        plain.git("add", "--all", "--force", cwd=source)
        plain.git("commit", "--quiet", "--message", tag, cwd=source)
        plain.git("tag", tag, cwd=source)
    copy = ["copy", "--defaults", "--quiet", "--vcs-ref", "v0.1.0", str(source), str(project)]
    plain.run(*copy, cwd=folder).ok()
    plain.commit("Start", cwd=project)
    (project / "app/moved.py").rename(project / "app/mine.py")
    _write(
        project,
        {
            "app/report.py": b"def write():\n    return 'mine'\n",
            "docs/hosting.md": b"# Hosting\n\nBy hand, mine.\n",
            "docs/plan.md": b"# Plan\n\nMine.\n",
            "model.bin": b"\0\7\7",
            "ignored/local.toml": b"port = 9000\n",
            "ignored/notes.md": b"mine\n",
            "windows.md": b"# One, mine\r\n\r\ntwo\r\n\r\nthree\r\n\r\nfour\r\n",
        },
    )
    plain.commit("Make it mine", cwd=project)
    plain.run("update", "--defaults", "--quiet", cwd=project).ok()
    listed = plain.git("ls-files", "--unmerged", "-z", cwd=project).split("\0")
    return _Updated(project, frozenset(entry.partition("\t")[2] for entry in listed if entry))


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def test_an_edit_in_a_file_that_the_release_renames_is_gone(updated: _Updated) -> None:
    assert updated.read("app/report.py") is None
    assert updated.read("app/evidence.py") == _NEW["app/evidence.py"]
    assert "app/evidence.py" not in updated.unmerged


def test_an_edit_in_a_file_that_the_release_drops_is_gone(updated: _Updated) -> None:
    assert updated.read("docs/hosting.md") is None


def test_a_fix_does_not_reach_a_file_that_the_learner_renamed(updated: _Updated) -> None:
    assert updated.read("app/mine.py") == _OLD["app/moved.py"]
    assert updated.read("app/moved.py") is None


def test_a_binary_of_the_template_is_reverted_though_no_release_changed_it(
    updated: _Updated,
) -> None:
    assert updated.read("model.bin") == _OLD["model.bin"]


def test_an_ignored_file_that_the_template_has_is_reset(updated: _Updated) -> None:
    assert updated.read("ignored/local.toml") == _OLD["ignored/local.toml"]


def test_an_ignored_file_where_the_release_adds_one_is_overwritten(updated: _Updated) -> None:
    assert updated.read("ignored/notes.md") == _NEW["ignored/notes.md"]


def test_the_same_new_path_on_both_sides_is_a_conflict(updated: _Updated) -> None:
    assert updated.unmerged == {"docs/plan.md"}


def test_line_ends_of_windows_are_no_conflict_when_gitattributes_asks_for_lf(
    updated: _Updated,
) -> None:
    text = updated.read("windows.md") or b""
    assert text.split() == b"# One, mine two three four, changed".split()
