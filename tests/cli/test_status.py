"""`scaffold status`, in repositories that people worked in."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.machine import Machine
from tests.small_pack import write

if TYPE_CHECKING:
    from pathlib import Path

BRING_BACK = "Bring it back: git checkout HEAD -- .copier-answers.yml"


@pytest.fixture(scope="module")
def older(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of the older release. Not to be changed."""
    machine = Machine(tmp_path_factory.mktemp("older"), site)
    assert machine.new("x", "--ref", "v0.1.0").code == 0
    return machine.work / "x"


@pytest.fixture
def made(machine: Machine, older: Path) -> Path:
    """A repository of the older release, in the work folder of the test's machine."""
    shutil.copytree(older, machine.work / "x")
    return machine.work / "x"


@pytest.mark.parametrize("verb", ["status", "check", "update"])
def test_inside_a_repository_its_beginning_is_named(
    machine: Machine, made: Path, verb: str
) -> None:
    said = machine.run(verb, cwd=made / "app")
    assert said.code == 2
    assert f"It is inside one that was: {made}" in " ".join((said.out + said.err).split())


def facts(machine: Machine, *words: str) -> dict[str, Any]:
    said = machine.run("status", "x", "--json", *words)
    assert said.code == 0, said.err
    repository = said.document["repositories"][0]
    assert isinstance(repository, dict)
    return repository


def test_it_tells_edits_deletions_answers_and_the_newer_release(
    machine: Machine, made: Path
) -> None:
    readme = (made / "README.md").read_text(encoding="utf-8")
    answered = readme.replace("_PF1: replace this line by two to six sentences and a link._", "Us.")
    write(made, "README.md", answered)
    write(made, "app/text.py", (made / "app/text.py").read_bytes().replace(b"\n", b"\r\n"))
    (made / "app/__init__.py").unlink()
    (made / "pyproject.toml").unlink()
    (made / "pyproject.toml").mkdir()
    told = facts(machine)
    assert {name: told[name] for name in ("version", "newest", "outdated", "trouble")} == {
        "version": "v0.1.0",
        "newest": "v0.1.1",
        "outdated": True,
        "trouble": "",
    }
    assert told["edited"] == ["README.md", "pyproject.toml"]
    assert told["deleted"] == ["app/__init__.py"]
    assert told["open_prompts"] == ["PF2"]
    said = machine.run("status", "x", "--exit-code")
    assert said.code == 1
    assert "v0.1.1 is out: scaffold update --preview" in " ".join(said.out.split())


def test_many_folders_are_told_of_in_one_document(machine: Machine, made: Path) -> None:
    assert machine.new("y").code == 0
    said = machine.run("status", os.fspath(made), "y", "--json")
    versions = [one["version"] for one in said.document["repositories"]]
    assert versions == ["v0.1.0", "v0.1.1"]


@pytest.mark.parametrize(
    ("content", "problem", "remedy"),
    [
        ("[", "cannot be read: expected the node content", BRING_BACK),
        ("- a\n", "holds no answers.", BRING_BACK),
        ("a: 2026-13-45\n", "cannot be read: month must be in 1..12.", BRING_BACK),
        ("_commit: v0.1.0\n", "does not say template, _src_path.", BRING_BACK),
    ],
)
def test_a_broken_answers_file_is_named(
    machine: Machine, made: Path, content: str, problem: str, remedy: str
) -> None:
    write(made, ".copier-answers.yml", content)
    said = machine.run("status", "x")
    assert said.code == 2
    assert said.error[0].startswith(f"Error: x/.copier-answers.yml {problem}")
    assert said.error[1:] == [remedy]


@pytest.mark.parametrize(
    ("old", "new", "trouble"),
    [
        (
            "_commit: v0.1.0",
            "_commit: v0.0.9",
            "The source ~/.local/share/scaffold/templates.bundle has no v0.0.9.",
        ),
        (
            "_commit: v0.1.0",
            "_commit: --upload-pack=touch owned",
            (
                "The source ~/.local/share/scaffold/templates.bundle has no "
                "--upload-pack=touch owned."
            ),
        ),
        (
            "_src_path: ~/.local/share/scaffold/templates.bundle",
            "_src_path: /nowhere/at/all",
            "There is no source /nowhere/at/all.",
        ),
        (
            "_src_path: ~/.local/share/scaffold/templates.bundle",
            "_src_path: ext::sh -c 'touch owned'",
            "There is no source ext::sh -c 'touch owned'.",
        ),
        (
            "template: supervised-api",
            "template: ../../../../etc",
            "There is no template ../../../../etc.",
        ),
        ("license: MIT", "license: [1]", "The template cannot be rendered: "),
    ],
)
def test_what_a_strangers_answers_file_claims_harms_nobody(
    machine: Machine, made: Path, old: str, new: str, trouble: str
) -> None:
    text = (made / ".copier-answers.yml").read_text(encoding="utf-8")
    assert old in text
    write(made, ".copier-answers.yml", text.replace(old, new))
    assert facts(machine)["trouble"].startswith(trouble)
    assert not list(machine.root.rglob("owned"))
