"""The smallest pack that keeps every rule, and ways to change it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from scaffold.pack.history import read_history
from scaffold.pack.tree import read_working
from scaffold.releases import shipped

TEMPLATE = "supervised-api"
STARTER = f"templates/{TEMPLATE}"
RENDERED = f"{STARTER}/template"
ANSWERS = f"{RENDERED}/~{{{{ _copier_conf.answers_file }}}}~.jinja"
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"

_FILES = {
    "copier.yml": """\
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
    /project.toml
    ~{% endif %}~
  - >-
    ~{% if not (release|default(_copier_answers))._src_path.startswith('https://') %}~
    /.github/workflows/template-update.yml
    ~{% endif %}~
_skip_if_exists:
  - /data
  - /project.toml

template:
  type: str
  help: Which starter?
  choices:
    - supervised-api
  ask: "~{{ template is undefined }}~"
project_name:
  type: str
  default: "~{{ _folder_name }}~"
description:
  type: str
  default: "What it is for"
deploy_target:
  type: str
  choices:
    - render
    - none
  default: render
---
!include templates/supervised-api/questions.yml
""",
    "templates/_shared/pins.jinja": (
        f"~{{% set checkout = '{CHECKOUT}' %}}~\n~{{% set python = 'python:3.12-slim' %}}~\n"
    ),
    "templates/_shared/app/text.py": (
        '"""Words."""\n\n\ndef wait(n: int) -> str:\n    return f"~{n} ms, {{ literal }}"\n'
    ),
    f"{STARTER}/starter.yml": """\
title: A model as an API
month: "1-2"
deliverable: live API
summary: A model, served.
skills: [serving]
stack: [FastAPI]
""",
    f"{STARTER}/questions.yml": """\
target:
  type: str
  default: churn
  when: "~{{ template == 'supervised-api' }}~"
""",
    f"{STARTER}/owners.yml": """\
seeded: [/data, /project.toml]
merged:
  - /README.md
  - /app
  - /pyproject.toml
  - /tests
owned:
  - /.copier-answers.yml
  - /.gitattributes
  - /.github
  - /.gitignore
  - /.python-version
  - /Dockerfile
  - /constraints.txt
  - /render.yaml
""",
    f"{STARTER}/CHANGELOG.md": "# What you get by updating\n\n## Unreleased\n\n- All of it.\n",
    ANSWERS: (
        "# Written by copier.\n"
        "~{{ dict(_copier_answers, **(release|default({})))|to_nice_yaml -}}~\n"
    ),
    f"{RENDERED}/.gitattributes": "* text=auto eol=lf\n*.bin binary\n",
    f"{RENDERED}/.gitignore": "__pycache__/\n.venv/\nmodels/\n",
    f"{RENDERED}/.python-version": "3.12\n",
    f"{RENDERED}/.github/dependabot.yml": (
        'version: 2\nupdates:\n  - package-ecosystem: "uv"\n    directory: "/"\n'
    ),
    f"{RENDERED}/.github/workflows/ci.yml.jinja": """\
~{% import 'templates/_shared/pins.jinja' as pins %}~
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: ~{{ pins.checkout }}~
      - run: echo "${{ github.sha }}"
""",
    f"{RENDERED}/Dockerfile.jinja": """\
~{% import 'templates/_shared/pins.jinja' as pins %}~
FROM ~{{ pins.python }}~ AS build
FROM build
""",
    f"{RENDERED}/~{{% if deploy_target == 'render' %}}~render.yaml~{{% endif %}}~.jinja": (
        "services:\n  - name: ~{{ project_name|to_json }}~\n"
    ),
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
requires-python = ">=3.11,<3.14"
dependencies = ["packaging"]

[project.scripts]
app = "app.cli:main"

[dependency-groups]
dev = ["colorama; sys_platform == 'win32'"]
""",
    f"{RENDERED}/constraints.txt": "packaging==24.0\n",
    f"{RENDERED}/project.toml": "[gates]\nmargin = 0.02\n",
    f"{RENDERED}/data/rows.csv": "a,b\n1,2\n",
    f"{RENDERED}/data/extra.csv": "a,b\n3,4\n",
    f"{RENDERED}/app/__init__.py": '"""The project."""\n',
    f"{RENDERED}/app/cli.py": '"""The command."""\n\n\ndef main() -> None:\n    print("app")\n',
    f"{RENDERED}/app/text.py.jinja": "~{% include 'templates/_shared/app/text.py' %}~\n",
    f"{RENDERED}/tests/test_cli.py": (
        "from app.cli import main\n\n\ndef test_it() -> None:\n    main()\n"
    ),
}


def minimal_pack(tmp_path: Path) -> Path:
    """Write the pack into `tmp_path/pack`; it has no release yet."""
    root = tmp_path / "pack"
    for path, text in _FILES.items():
        write(root, path, text)
    write(root, f"{RENDERED}/data/model.bin", b"\0\1\2\r\n")
    return root


def write(root: Path, path: str, content: str | bytes) -> None:
    """Write a file, whatever was there."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def edit(root: Path, path: str, old: str, new: str) -> None:
    """Replace a text that stands in a file."""
    text = (root / path).read_text(encoding="utf-8")
    assert old in text, f"{path} has no {old!r}"
    write(root, path, text.replace(old, new))


def released(root: Path, tag: str) -> Path:
    """Put the working state of the pack beside it as a release, without any check."""
    releases = root / "scaffold" / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        history = read_history(shipped(releases), Path(name) / "git")
        history.add(tag, read_working(root)).write_bundle(releases / f"{tag}.bundle")
    return releases
