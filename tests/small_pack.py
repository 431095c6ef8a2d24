"""A small pack with two releases, and the bundles of it: real files, real git."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = "supervised-api"
RENDERED = f"templates/{TEMPLATE}/template"
ANSWERS = f"{RENDERED}/~{{{{ _copier_conf.answers_file }}}}~.jinja"
_DATE = "@1700000000 +0000"

_COPIER = """\
_min_copier_version: "9.19.1"
_subdirectory: "templates/~{{ template }}~/template"
_envops:
  variable_start_string: "~{{"
  variable_end_string: "}}~"
  block_start_string: "~{%"
  block_end_string: "%}~"
  comment_start_string: "~{#"
  comment_end_string: "#}~"
  undefined: jinja2.StrictUndefined
  trim_blocks: true
_exclude:
  - |
    ~{% if _copier_operation == 'update' and template == 'supervised-api' %}~
    /data
    ~{% endif %}~
  - "~{% if not (release|default(_copier_answers))._src_path.startswith('https://') %}~\
/.github/workflows/template-update.yml~{% endif %}~"
_skip_if_exists:
  - /data

template:
  type: str
  help: Which starter?
  choices:
    - supervised-api
  ask: "~{{ template is undefined }}~"
project_name:
  type: str
  help: "Name of the project"
  default: "~{{ _folder_name }}~"
  validator: "~{% if not project_name.strip() %}~Give the project a name.~{% endif %}~"
description:
  type: str
  help: "The problem it solves, in one sentence"
  default: "A prediction service that somebody can open, check and trust."
author:
  type: str
  help: "Your name"
  default: "The author"
github_owner:
  type: str
  help: "Your GitHub user name"
  default: ""
license:
  type: str
  help: "Licence of your code"
  choices: [MIT, Apache-2.0, none]
  default: MIT
deploy_target:
  type: str
  help: "Where it goes live"
  choices: [render, none]
  default: render
---
!include templates/supervised-api/questions.yml
"""

_REGION = """\
region:
  type: str
  help: "Where it runs"
  choices: [europe, us, asia]
  default: europe
  when: "~{{ template == 'supervised-api' }}~"
"""

_FIRST: dict[str, str] = {
    "copier.yml": _COPIER,
    "templates/_shared/app/text.py": (
        '"""Words."""\n\n\ndef wait(n: int) -> str:\n    return f"~{n} ms, {{ literal }}"\n'
    ),
    f"templates/{TEMPLATE}/starter.yml": """\
title: Supervised model as a live API
month: "1-2"
deliverable: live API
summary: A model trained on real data, served and measured.
skills:
  - problem framing with a baseline
  - a typed HTTP service
stack: [FastAPI, ONNX Runtime]
""",
    f"templates/{TEMPLATE}/questions.yml": "{}\n",
    f"templates/{TEMPLATE}/owners.yml": """\
seeded: [/data]
merged: [/README.md, /app, /pyproject.toml]
owned: [/.copier-answers.yml, /.gitattributes, /.gitignore, /.python-version, /settings.yml]
""",
    f"templates/{TEMPLATE}/CHANGELOG.md": "# What you get by updating\n\n## v0.1.0\n\n- All.\n",
    ANSWERS: (
        "# Written by copier. Never edit by hand: `copier update` reads it.\n"
        "~{{ dict(_copier_answers, **(release|default({})))|to_nice_yaml -}}~\n"
    ),
    f"{RENDERED}/.gitattributes": "* text=auto eol=lf\n*.bin binary\n",
    f"{RENDERED}/.gitignore": "__pycache__/\n.venv/\n",
    f"{RENDERED}/.python-version": "3.12\n",
    f"{RENDERED}/README.md.jinja": """\
# ~{{ project_name }}~

~{{ description }}~

<!-- signal:PF1 -->
**Whose decision does it change?**

_PF1: replace this line by two to six sentences and a link._

<!-- signal:PF2 -->
**What would they do without it?**

_PF2: replace this line by two to six sentences and a link._
""",
    f"{RENDERED}/pyproject.toml.jinja": """\
[project]
name = "project"
version = "0.1.0"
description = ~{{ description|to_json(ensure_ascii=false) }}~
authors = [{ name = ~{{ author|to_json(ensure_ascii=false) }}~ }]
requires-python = ">=3.11,<3.14"
dependencies = []
""",
    f"{RENDERED}/settings.yml.jinja": (
        "name: ~{{ project_name|to_json(ensure_ascii=false) }}~\n"
        "owner: ~{{ github_owner|to_json(ensure_ascii=false) }}~\n"
        "line: ${{ github.sha }}\n"
    ),
    f"{RENDERED}/data/rows.csv": "a,b\n1,2\n",
    f"{RENDERED}/app/__init__.py": '"""The project."""\n',
    f"{RENDERED}/app/text.py.jinja": "~{% include 'templates/_shared/app/text.py' %}~\n",
    f"{RENDERED}/.github/workflows/template-update.yml": "on: schedule\n",
}

_SECOND: dict[str, str] = {
    f"templates/{TEMPLATE}/questions.yml": _REGION,
    f"templates/{TEMPLATE}/CHANGELOG.md": (
        "# What you get by updating\n\n## v0.1.1\n\n- A region.\n\n## v0.1.0\n\n- All.\n"
    ),
    f"{RENDERED}/settings.yml.jinja": (
        "name: ~{{ project_name|to_json(ensure_ascii=false) }}~\n"
        "owner: ~{{ github_owner|to_json(ensure_ascii=false) }}~\n"
        "region: ~{{ region }}~\n"
        "line: ${{ github.sha }}\n"
    ),
    f"{RENDERED}/app/more.py": '"""More."""\n',
}


def git(folder: Path, *words: str) -> str:
    """Run git with a fixed author and date, and nobody's settings."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_AUTHOR_NAME": "Maintainer",
        "GIT_AUTHOR_EMAIL": "maintainer@example.org",
        "GIT_COMMITTER_NAME": "Maintainer",
        "GIT_COMMITTER_EMAIL": "maintainer@example.org",
        "GIT_AUTHOR_DATE": _DATE,
        "GIT_COMMITTER_DATE": _DATE,
    }
    done = subprocess.run(
        ["git", *words], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def write(root: Path, path: str, content: str | bytes) -> None:
    """Write a file and the folders above it."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def release(root: Path, tag: str, changes: dict[str, str] | None = None) -> None:
    """Write files into the pack's repository, and tag that state."""
    for path, text in (changes or {}).items():
        write(root, path, text)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "-m", tag)
    git(root, "tag", tag)


def small_pack(root: Path, **extra: str) -> Path:
    """A repository with v0.1.0 and v0.1.1 in `root`.

    Args:
        root: New folder.
        extra: Files that v0.1.0 has beside or instead of its own, path to text.
    """
    root.mkdir(parents=True)
    git(root, "init", "--quiet", "-b", "main")
    write(root, f"{RENDERED}/data/noise.bin", bytes(range(256)) * 8)
    release(root, "v0.1.0", {**_FIRST, **extra})
    release(root, "v0.1.1", _SECOND)
    return root


def bundles(root: Path, folder: Path, tags: tuple[str, ...] = ("v0.1.0", "v0.1.1")) -> Path:
    """Write one bundle per release of the repository `root` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    before: list[str] = []
    for tag in tags:
        git(root, "branch", "--force", "cut", tag)
        git(root, "update-ref", "refs/heads/main", tag)
        path = os.fspath((folder / f"{tag}.bundle").absolute())
        git(root, "bundle", "create", "--quiet", path, "refs/heads/main", tag, *before)
        before = [f"^{tag}"]
    return folder
