"""The instructors' guide is followed from its first command to its last, on a host of our own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.cohort import facts, rubric
from tests import packs
from tests.cohort.guide import Hands, Step, steps

if TYPE_CHECKING:
    from tests.machine import Machine

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cohort.md").read_text(encoding="utf-8")
STEPS = list(steps(PAGE))
HOST = "https://github.com/"
GH = """#!/bin/sh
# Stands in for GitHub's program: it makes repositories on the disk.
case "$1 $2" in
  "repo create") git init --quiet --bare --initial-branch=main "$HOST_FOLDER/$3.git" ;;
  *) echo "gh: $*" >&2; exit 1 ;;
esac
"""


@pytest.fixture
def hands(fresh: Machine, tmp_path: Path) -> Hands:
    """Somebody with scaffold, git and gh; your-school's fork is on the host, with one release."""
    host = tmp_path / "host"
    (host / "your-school").mkdir(parents=True)
    fork(tmp_path, host / "your-school" / "scaffold.git")
    commands = tmp_path / "bin"
    for name, text in (
        ("gh", GH),
        ("scaffold", f'#!/bin/sh\nexec "{sys.executable}" -P -m scaffold "$@"\n'),
    ):
        packs.write(commands, name, text)
        (commands / name).chmod(0o755)
    # What is installed beside us is not on the path: without uv no lock is made.
    system = [one for one in os.environ["PATH"].split(":") if not (Path(one) / "uv").exists()]
    fresh.configure(
        "[user]\n\tname = Ada Muster\n\temail = ada@example.org\n"
        f'[url "{host.as_uri()}/"]\n\tinsteadOf = {HOST}\n'
    )
    environment = fresh.env | {
        "PATH": ":".join([os.fspath(commands), *system]),
        "HOST_FOLDER": os.fspath(host),
    }
    return Hands(fresh.work, environment)


def fork(tmp_path: Path, place: Path) -> None:
    """A repository like ours, the smallest that keeps every rule, with v0.5.0."""
    root = packs.minimal_pack(tmp_path)
    packs.write(root, f"{packs.STARTER}/questions.yml", "# It asks nothing of its own.\n{}\n")
    packs.write(root, f"{packs.RENDERED}/app/own.py", '"""Mine."""\n')
    packs.write(root, f"{packs.RENDERED}/app/schema.py", '"""Rows."""\n')
    packs.write(root, f"{packs.RENDERED}/docs/deploy.md", "# Deploy it\n")
    seeded = "    /app/own.py\n    /app/schema.py\n    /data\n"
    packs.edit(root, "copier.yml", "    /data\n", seeded)
    packs.edit(
        root, "copier.yml", "  - /data\n", "  - /app/own.py\n  - /app/schema.py\n  - /data\n"
    )
    owners = f"{packs.STARTER}/owners.yml"
    packs.edit(root, owners, "[/data,", "[/app/own.py, /app/schema.py, /data,")
    packs.edit(root, owners, "  - /constraints.txt\n", "  - /constraints.txt\n  - /docs\n")
    packs.edit(root, f"{packs.STARTER}/CHANGELOG.md", "## Unreleased", "## 0.5.0")
    packs.released(root, "v0.5.0")
    for words in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all"),
        ("-c", "user.name=We", "-c", "user.email=we@example.org", "commit", "--quiet", "-m", "We"),
        ("tag", "v0.5.0"),
        ("clone", "--quiet", "--bare", ".", os.fspath(place)),
    ):
        subprocess.run(["git", *words], cwd=root, check=True)


def test_the_guide_leads_through_a_whole_term(hands: Hands, tmp_path: Path) -> None:
    told: dict[str, str] = {}
    for step in STEPS:
        told[step.commands] = hands.do(step)
    folder = hands.at()
    assert folder.name == "ml-2027"
    document = json.loads((folder / "reports/final.json").read_text(encoding="utf-8"))
    found = {(one["assignment"], one["username"]): one for one in document["learners"]}
    assert {key: one["state"] for key, one in found.items()} == {
        (what, who): "read" for what in ("first-api", "fraud") for who in ("ada", "alan", "grace")
    }
    ada, grace, alan = (found["first-api", who] for who in ("ada", "grace", "alan"))
    assert (ada["version"], ada["behind"], ada["commits_own"]) == ("v0.5.0.post2", 0, 1)
    assert ada["pending"] == ""
    for one in (alan, grace):
        assert (one["version"], one["behind"], one["commits_own"]) == ("v0.5.0.post1", 1, 0)
        assert one["pending"] == "branch scaffold/v0.5.0.post2 waits"
    page = (folder / "repositories/first-api/ada/docs/help.md").read_text(encoding="utf-8")
    assert "the channel ml-2027" in page
    assert "Office hours" in page
    assert not (folder / "repositories/fraud/ada/docs/help.md").exists()
    last = json.loads((folder / "reports/report-first-api.json").read_text(encoding="utf-8"))
    assert {one["score"]["out_of"] for one in last["learners"]} == {100}
    assert sorted(path.name for path in (folder / "nudges/first-api").iterdir()) == [
        *("ada.md", "alan.md", "grace.md")
    ]
    plans = [out for commands, out in told.items() if "--dry-run" in commands]
    assert len(plans) == 2
    assert all("Nothing was written" in out for out in plans)
    where = tmp_path / "host" / "your-school" / "ml-2027.git"
    public = hands.do(Step("Somebody", f"git --git-dir={where} ls-tree --name-only main"))
    assert sorted(public.split()) == [".gitignore", "class.toml"]


def test_our_own_templates_take_the_question_and_the_template(tmp_path: Path) -> None:
    from scaffold.pack.render import render_working

    root = tmp_path / "scaffold"
    shutil.copytree(ROOT / "templates", root / "templates")
    shutil.copy(ROOT / "copier.yml", root)
    sections = ("A question of your own", "A whole template of your own")
    for step in STEPS:
        if step.section not in sections or re.match("scaffold ", step.commands):
            continue
        hands = Hands(tmp_path, os.environ)
        hands._at["instructor"] = root
        hands.do(step)
    for template, answers in (
        ("supervised-api", {"help_channel": "room 7"}),
        ("fraud-api", {}),
    ):
        made = tmp_path / template
        given: dict[str, Any] = {"project_name": "Look", **answers}
        render_working(root, template, given, made)
        assert (made / "docs/help.md").exists() == (template == "supervised-api")
        assert f"template: {template}" in (made / ".copier-answers.yml").read_text("utf-8")
    assert "room 7" in (tmp_path / "supervised-api/docs/help.md").read_text(encoding="utf-8")


def test_the_guide_names_every_column_key_and_need() -> None:
    inside = set(re.findall(r"`([^`\n]+)`", PAGE))
    spared = set(facts.SIGNALS.values())
    assert set(facts.COLUMNS) - spared <= inside
    assert {*rubric.WORDS} <= inside
    from scaffold.cohort import class_file
    from scaffold.cohort.page import DUE, UNREAD

    assert {*class_file._OF_CLASS, *class_file._OF_ASSIGNMENT} - {
        "assignments",
        "answers",
    } <= inside
    assert {*DUE, *UNREAD} <= inside


def test_every_link_of_the_guide_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", PAGE):
        file, _, anchor = target.partition("#")
        assert not file or (ROOT / "docs" / file).is_file(), target
        if file and not file.endswith(".md"):
            continue
        text = PAGE if not file else (ROOT / "docs" / file).read_text(encoding="utf-8")
        headings = re.findall(r"^#+ (.+)$", text, re.M)
        slugs = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
        assert not anchor or anchor in slugs, target
