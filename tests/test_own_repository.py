"""This repository is held to the checks that it holds the starters to."""

import re
import shutil
import subprocess
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.rendered.test_linters import YAML_STYLE

ROOT = Path(__file__).parents[1]
NAME = "portfolio-scaffold"


def tracked(*patterns: str) -> list[str]:
    """Return the files of this repository that git knows."""
    words = ["git", "ls-files", "--", *patterns]
    return subprocess.check_output(words, cwd=ROOT, text=True).split("\n")[:-1]


def reported(*words: str) -> str:
    """Run a linter; return what it says when it finds something."""
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def test_every_script_is_sound() -> None:
    scripts = [name for name in tracked(".ci") if (ROOT / name).read_bytes().startswith(b"#!")]
    assert len(scripts) >= 4
    assert reported("shellcheck", *scripts) == ""
    for name in scripts:
        assert "set -euo pipefail" in (ROOT / name).read_text(encoding="utf-8")


def test_every_yaml_file_is_sound() -> None:
    files = [name for name in tracked("*.yml", "*.yaml") if "/template/" not in name]
    own = [name for name in files if not name.startswith(("templates/_shared/", "tests/"))]
    assert len(own) >= 8
    # A default that depends on other answers is one line, however long.
    style = YAML_STYLE.replace("{max: 160}", "{max: 160, ignore: [copier.yml]}")
    assert reported("yamllint", "--strict", "-d", style, *own) == ""


def needed(name: str, found: dict[str, Distribution]) -> dict[str, Distribution]:
    """Add a package and all that it needs to run."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key not in found:
        found[key] = distribution(name)
        for text in found[key].requires or []:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                needed(requirement.name, found)
    return found


def licence(one: Distribution) -> str:
    """Return what a package says of its licence."""
    facts = one.metadata
    classes = [text for text in facts.get_all("Classifier", []) if text.startswith("License ::")]
    said = facts["License-Expression"] or " / ".join(classes) or facts["License"] or ""
    return str(said)


# Copier needs it. We neither change it nor hand it out: who installs us gets it from its makers.
STRONG = {"jinja2-ansible-filters"}


def test_no_licence_but_one_asks_for_more_than_its_own_words() -> None:
    found = needed(NAME, {})
    assert {"copier", "jinja2", "typer", "gitpython"} <= found.keys()
    said = {name: licence(one) for name, one in found.items()}
    assert {name for name, text in said.items() if not text} == set()
    assert {name for name, text in said.items() if "GPL" in text and "LGPL" not in text} == STRONG


def test_what_it_is_tested_with_is_exact_and_covers_what_it_needs() -> None:
    pins = dict(
        re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    )
    wrong = {
        name: (one.version, pins.get(name))
        for name, one in needed(NAME, {}).items()
        if name != NAME and one.version != pins.get(name)
    }
    assert wrong == {}
