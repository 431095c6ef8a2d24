"""`scaffold new`, when all goes well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from tests.machine import listing

if TYPE_CHECKING:
    from tests.machine import Machine


def test_a_repository_has_one_commit_a_clean_tree_and_the_release_in_its_answers(
    machine: Machine,
) -> None:
    said = machine.new("my-api")
    assert said.code == 0, said.err
    made = machine.work / "my-api"
    assert machine.git(made, "log", "--format=%an <%ae> %s").splitlines() == [
        "Ada Muster <ada@example.org> Start from supervised-api v0.1.1"
    ]
    assert machine.git(made, "status", "--porcelain", "--ignored") == ""
    assert machine.git(made, "branch", "--show-current").strip() == "main"
    answers = yaml.safe_load((made / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert answers == {
        "_commit": "v0.1.1",
        "_src_path": "~/.local/share/scaffold/templates.bundle",
        "author": "Ada Muster",
        "deploy_target": "render",
        "description": "A prediction service that somebody can open, check and trust.",
        "github_owner": "",
        "license": "MIT",
        "project_name": "my-api",
        "region": "europe",
        "template": "supervised-api",
    }
    assert listing(machine.work).keys() == {
        "my-api",
        *(f"my-api/{path}" for path in listing(made)),
    }
    assert listing(machine.temporary) == {}


def test_without_a_folder_it_is_named_after_the_project(machine: Machine) -> None:
    said = machine.new("--data", "project_name=Größe & Gewicht!")
    assert said.code == 0, said.err
    assert (machine.work / "grosse-gewicht" / "README.md").is_file()
