"""A small pack whose second release makes every kind of change, and the third a little one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.small_pack import bundles, git, release, write

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = "tiny"
RENDERED = f"templates/{TEMPLATE}/template"
TAGS = ("v0.1.0", "v0.2.0", "v0.9.0")

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
    ~{% if _copier_operation == 'update' and template == 'tiny' %}~
    /data
    ~{% endif %}~
_skip_if_exists: [/data]

template:
  type: str
  help: Which starter?
  choices: [tiny]
  ask: "~{{ template is undefined }}~"
project_name:
  type: str
  help: Name of the project
  default: "~{{ _folder_name }}~"
---
!include templates/tiny/questions.yml
"""

_QUESTION = "<!-- signal:{0} -->\n**{1}**\n\n_{0}: replace this line by your answer._\n\n"

_LINES = "".join(f"STEP_{number} = {number}\n" for number in range(1, 13))

_FIRST: dict[str, str] = {
    "copier.yml": _COPIER,
    f"templates/{TEMPLATE}/starter.yml": (
        'title: Tiny\nmonth: "1-2"\ndeliverable: nothing\nsummary: Small.\n'
        "skills: [patience]\nstack: [Python]\n"
    ),
    f"templates/{TEMPLATE}/questions.yml": "{}\n",
    f"templates/{TEMPLATE}/owners.yml": (
        "seeded: [/data]\n"
        "merged: [/README.md, /app, /pyproject.toml]\n"
        "owned: [/.copier-answers.yml, /.gitattributes, /.gitignore, /settings.yml, /docs,\n"
        "  /run.sh, /logo.bin, /monitoring]\n"
    ),
    f"templates/{TEMPLATE}/CHANGELOG.md": "# Changes\n\n## v0.1.0\n\n- All.\n",
    f"{RENDERED}/~{{{{ _copier_conf.answers_file }}}}~.jinja": (
        "# Written by copier.\n"
        "~{{ dict(_copier_answers, **(release|default({})))|to_nice_yaml -}}~\n"
    ),
    f"{RENDERED}/.gitattributes": "* text=auto eol=lf\n*.bin binary\n",
    f"{RENDERED}/.gitignore": "__pycache__/\n.env\n*.sqlite3\n.venv/\n",
    f"{RENDERED}/README.md.jinja": (
        "# ~{{ project_name }}~\n\n"
        + _QUESTION.format("PF1", "Whose decision does it change?")
        + _QUESTION.format("PF2", "What would they do without it?")
    ),
    f"{RENDERED}/pyproject.toml": (
        '[project]\nname = "tiny"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n'
        "dependencies = []\n"
    ),
    f"{RENDERED}/settings.yml": "port: 8000\nlog: info\n",
    f"{RENDERED}/app/__init__.py": '"""The project."""\n',
    f"{RENDERED}/app/work.py": f'"""What it does."""\n\n{_LINES}',
    f"{RENDERED}/app/rule.py": '"""The rule."""\n\nLIMIT = 10\n',
    f"{RENDERED}/app/before.py": f'"""Will move."""\n\n{_LINES.lower()}',
    f"{RENDERED}/docs/hosting.md": "# Hosting\n\nBy hand.\n",
    f"{RENDERED}/run.sh": "#!/bin/sh\nexec python -m app\n",
    f"{RENDERED}/data/rows.csv": "a,b\n1,2\n",
}

_SECOND: dict[str, str] = {
    f"templates/{TEMPLATE}/questions.yml": (
        "region:\n  type: str\n  help: Where it runs\n  choices: [europe, asia]\n"
        "  default: europe\n  when: \"~{{ template == 'tiny' }}~\"\n"
    ),
    f"templates/{TEMPLATE}/CHANGELOG.md": (
        "# Changes\n\n## v0.2.0\n\n- A region.\n\n## v0.1.0\n\n- All.\n"
    ),
    f"{RENDERED}/README.md.jinja": (
        "# ~{{ project_name }}~\n\n"
        + _QUESTION.format("PF1", "Whose decision does it change, and how often?")
        + _QUESTION.format("PF2", "What would they do without it?")
        + _QUESTION.format("PF3", "What does a mistake cost?")
    ),
    f"{RENDERED}/pyproject.toml": (
        '[project]\nname = "tiny"\nversion = "0.2.0"\nrequires-python = ">=3.11"\n'
        "dependencies = []\n"
    ),
    f"{RENDERED}/settings.yml.jinja": "port: 8000\nlog: info\nregion: ~{{ region }}~\n",
    f"{RENDERED}/app/work.py": f'"""What it does."""\n\n{_LINES}STEP_13 = "new"\n',
    f"{RENDERED}/app/rule.py": '"""The rule."""\n\nLIMIT = 20\n',
    f"{RENDERED}/app/after.py": f'"""Has moved."""\n\n{_LINES.lower()}',
    f"{RENDERED}/monitoring/rules/slow.yml": "alert: slow\n",
    f"{RENDERED}/data/rows.csv": "a,b\n3,4\n",
}

_THIRD: dict[str, str] = {
    f"templates/{TEMPLATE}/CHANGELOG.md": (
        "# Changes\n\n## v0.9.0\n\n- Less.\n\n## v0.2.0\n\n- A region.\n\n## v0.1.0\n\n- All.\n"
    ),
    f"{RENDERED}/settings.yml.jinja": "port: 8000\nlog: warning\nregion: ~{{ region }}~\n",
}


def changing_pack(root: Path) -> Path:
    """A repository with all three releases in `root`, a new folder."""
    root.mkdir(parents=True)
    git(root, "init", "--quiet", "-b", "main")
    write(root, f"{RENDERED}/logo.bin", bytes(range(200)))
    release(root, TAGS[0], _FIRST)
    for gone in ("settings.yml", "app/before.py", "docs/hosting.md"):
        (root / RENDERED / gone).unlink()
    (root / RENDERED / "run.sh").chmod(0o755)
    write(root, f"{RENDERED}/logo.bin", bytes(range(1, 201)))
    release(root, TAGS[1], _SECOND)
    release(root, TAGS[2], _THIRD)
    return root


def changing_bundles(root: Path, folder: Path) -> Path:
    """The bundles of the first two releases: the newest is the one that changes everything."""
    return bundles(root, folder, TAGS[:2])
