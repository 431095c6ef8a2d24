"""Every rule finds its breach, and nothing in a pack that keeps them all."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scaffold.errors import RequestError
from scaffold.pack.history import read_releases
from scaffold.pack.lint import examine, lint
from scaffold.pack.rule import StateRule, all_rules
from scaffold.pack.state import State
from scaffold.pack.tree import read_working
from tests.packs import (
    ANSWERS,
    CHECKOUT,
    RENDERED,
    STARTER,
    edit,
    minimal_pack,
    released,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOST = ".".join(("pythonhosted", "org"))  # in pieces, so that this file does not name it
SECOND = "templates/rag-app"
RENAMES = f"{STARTER}/renames.yml"


@dataclass(frozen=True)
class Breach:
    """One way to break one rule."""

    rule: str
    why: str
    commit: Callable[[Path], object]
    says: str


def second_template(root: Path) -> None:
    for path in [*(root / STARTER).rglob("*")]:
        if path.is_file():
            write(root, f"{SECOND}/{path.relative_to(root / STARTER)}", path.read_bytes())
    write(root, f"{SECOND}/questions.yml", "{}\n")
    edit(root, "copier.yml", "- supervised-api\n  ask", "- supervised-api\n    - rag-app\n  ask")
    edit(root, "copier.yml", "!include", "!include templates/rag-app/questions.yml\n---\n!include")
    seeded = (
        "_exclude:\n  - |\n    ~{% if _copier_operation == 'update' and template == 'rag-app' %}~\n"
        "    /corpus\n    ~{% endif %}~\n"
    )
    edit(root, "copier.yml", "_exclude:\n", seeded)
    edit(root, "copier.yml", "_skip_if_exists:\n", "_skip_if_exists:\n  - /corpus\n")
    edit(root, f"{SECOND}/owners.yml", "[/data, /project.toml]", "[/corpus]")
    edit(root, f"{SECOND}/owners.yml", "owned:\n", "owned:\n  - /data\n  - /project.toml\n")


def rename_second(root: Path) -> None:
    second_template(root)
    (root / SECOND).rename(root / "templates" / "Rag_App")


def file_to_folder(root: Path) -> None:
    (root / RENDERED / "project.toml").unlink()
    write(root, f"{RENDERED}/project.toml/gates.toml", "[gates]\nmargin = 0.02\n")


def folder_to_file(root: Path) -> None:
    shutil.rmtree(root / RENDERED / "tests")
    write(root, f"{RENDERED}/tests", "none\n")


def _write(path: str, content: str | bytes) -> Callable[[Path], object]:
    return lambda root: write(root, path, content)


def _edit(path: str, old: str, new: str) -> Callable[[Path], object]:
    return lambda root: edit(root, path, old, new)


def _drop(path: str) -> Callable[[Path], object]:
    return lambda root: (root / path).unlink()


def hidden_by_the_pack(root: Path) -> None:
    write(root, ".gitignore", "*.csv\n")
    write(root, f"{RENDERED}/data/scores.csv", "a\n1\n")


README = f"{RENDERED}/README.md.jinja"
OWNERS = f"{STARTER}/owners.yml"
PROJECT = f"{RENDERED}/pyproject.toml.jinja"
CI = f"{RENDERED}/.github/workflows/ci.yml.jinja"
PINS = "templates/_shared/pins.jinja"
STUB = f"{RENDERED}/app/text.py.jinja"
MANY = "".join(f"q{n}: {{type: str, default: x}}\n" for n in range(6))

BREACHES = [
    Breach("CT01", "a part of a template is missing", _drop(OWNERS), "missing"),
    Breach("CT01", "an id is not plain", rename_second, "lower-case"),
    Breach("CT02", "a key is missing", _edit(f"{STARTER}/starter.yml", "stack:", "s:"), "stack"),
    Breach(
        "CT02", "an empty list", _edit(f"{STARTER}/starter.yml", "[serving]", "[]"), "skills must"
    ),
    Breach(
        "CT03",
        "versions oldest first",
        _write(f"{STARTER}/CHANGELOG.md", "# What\n\n## 0.1.0\n\n## 0.2.0\n"),
        "newest first",
    ),
    Breach(
        "CT04",
        "a default that its validator refuses",
        _edit(
            "copier.yml",
            'default: "What it is for"',
            "default: ''\n  validator: \"~{% if not description %}~Say it.~{% endif %}~\"",
        ),
        "supervised-api with the defaults: The answer to description will not do. Say it.",
    ),
    Breach(
        "CT04",
        "a default of another type",
        _edit(f"{STARTER}/questions.yml", "default: churn", "default: 3"),
        "not of type str",
    ),
    Breach(
        "CT04",
        "an include that leads out",
        _edit("copier.yml", "!include templates", "!include ../templates"),
        "leads out of the pack",
    ),
    Breach(
        "CT04",
        "a month that is a wrong date",
        _edit(f"{STARTER}/starter.yml", 'month: "1-2"', "month: 2026-13-45"),
        "month must be",
    ),
    Breach("CT03", "a title", _edit(f"{STARTER}/CHANGELOG.md", "Unr", "Not r"), "no version"),
    Breach(
        "QS01",
        "a second questionnaire",
        _write(f"{RENDERED}/docs/copier.yml", "a: 1\n"),
        "one questionnaire",
    ),
    Breach("QS01", "another folder", _edit("copier.yml", '}}~/template"', '}}~"'), "_subdirectory"),
    Breach("QS02", "other delimiters", _edit("copier.yml", '"~{#"', '"~{!"'), "_envops must"),
    Breach("QS02", "undefined names pass", _edit("copier.yml", "Strict", "Debug"), "_envops must"),
    Breach("QS03", "a task", _edit("copier.yml", "_exclude", "_tasks: [ls]\n_exclude"), "--trust"),
    Breach(
        "QS03",
        "a migration",
        _edit("copier.yml", "_exclude", "_migrations: [ls]\n_exclude"),
        "--trust",
    ),
    Breach(
        "QS03",
        "an extension",
        _edit("copier.yml", "_exclude", "_jinja_extensions: [jinja2.ext.do]\n_exclude"),
        "--trust",
    ),
    Breach("QS04", "ten questions", _edit("copier.yml", "deploy_t", MANY + "deploy_t"), "8 are"),
    Breach(
        "QS05",
        "a choice without folder",
        _edit("copier.yml", "api\n  ask", "api\n    - b\n  ask"),
        "choices must",
    ),
    Breach("QS05", "asked on update", _edit("copier.yml", "is undefined }}~", "}}~"), "ask:"),
    Breach(
        "QS05", "a default id", _edit("copier.yml", "  ask", "  default: b\n  ask"), "no default"
    ),
    Breach(
        "QS06",
        "not included",
        _edit("copier.yml", "!include templates/supervised-api", "!include a"),
        "!include each",
    ),
    Breach(
        "QS06", "asked for all", _edit(f"{STARTER}/questions.yml", "template ==", "'' !="), "`when`"
    ),
    Breach("QS07", "a question", _edit("copier.yml", "(release|", "(target|"), "name target"),
    Breach(
        "QS07",
        "a list by include",
        _edit("copier.yml", "    /data\n", "    ~{% include 'templates/seeded.txt' %}~\n"),
        "include",
    ),
    Breach(
        "QS08",
        "a templated entry",
        _edit("copier.yml", "exists:\n", "exists:\n  - \"~{{ 'corpus' }}~\"\n"),
        "templated",
    ),
    Breach("OW01", "a pattern", _edit(OWNERS, "/app", "/app/*"), "literal"),
    Breach("OW01", "not anchored", _edit(OWNERS, "- /app", "- app"), "literal"),
    Breach("OW01", "two owners", _edit(OWNERS, "- /app", "- /app\n  - /render.yaml"), "two owners"),
    Breach("OW01", "another kind", _edit(OWNERS, "merged", "shared"), "unknown kind"),
    Breach("OW02", "_exclude lacks one", _edit("copier.yml", "    /data\n", ""), "lacks /data"),
    Breach("OW02", "skip lacks one", _edit("copier.yml", "  - /data\n", ""), "lacks the seeded"),
    Breach("OW02", "owners lack one", _edit(OWNERS, "/data, ", ""), "does not seed"),
    Breach("OW03", "no owner", _write(f"{RENDERED}/NEWS.md", "# News\n"), "/NEWS.md has no"),
    Breach("OW04", "another template seeds it", second_template, "another template seeds"),
    Breach("OW05", "still there", _write(RENAMES, "/app/cli.py: /app/text.py\n"), "still there"),
    Breach("OW05", "leads nowhere", _write(RENAMES, "/app/old.py: /app/gone.py\n"), "not there"),
    Breach(
        "FL01",
        "a symlink",
        lambda root: (root / RENDERED / "app" / "link.py").symlink_to("cli.py"),
        "symlink",
    ),
    Breach("FL02", "an empty folder", lambda root: (root / RENDERED / "docs").mkdir(), "is empty"),
    Breach("FL03", "hidden by the pack", hidden_by_the_pack, "data/scores.csv: a .gitignore hides"),
    Breach("FL03", "in .git", _write(f"{RENDERED}/.git/config", ""), "git commits no .git"),
    Breach("FL03", "a hidden file", _write(f"{RENDERED}/models/README.md", "# M\n"), "hides"),
    Breach(
        "FL04",
        "a stub",
        lambda root: (root / RENDERED / ".gitattributes").rename(
            root / RENDERED / ".gitattributes.jinja"
        ),
        "plain file",
    ),
    Breach("FL05", "settings", _write(f"{RENDERED}/.env.jinja", "A=1\n"), "may not bring"),
    Breach("FL05", "a lock", _write(f"{RENDERED}/uv.lock", "version = 1\n"), "may not bring"),
    Breach(
        "FL06",
        "ignored as rendered",
        _write(f"{RENDERED}/~{{{{ 'models' }}}}~/a.md", "# A\n"),
        "ignores",
    ),
    Breach("FL07", "an unmarked binary", _write(f"{RENDERED}/data/a.png", b"\0\r\n"), "*.png"),
    Breach("FL08", "a model", _write(f"{RENDERED}/app/m.onnx", "x"), "do not ship"),
    Breach("FL08", "a report", _write(f"{RENDERED}/reports/e.json", "{}"), "do not ship"),
    Breach(
        "FL09",
        "settings of git",
        _write(f"{RENDERED}/~{{{{ '.' + 'git' }}}}~/config", "[core]\nfsmonitor = touch run\n"),
        ".git/config: supervised-api may not write",
    ),
    Breach(
        "FL09",
        "hooks of git, on Windows",
        _write(f"{RENDERED}/~{{{{ 'GIT~1' | upper }}}}~/hooks/pre-commit", "#!/bin/sh\n"),
        "GIT~1/hooks/pre-commit: supervised-api may not write",
    ),
    Breach(
        "FL09",
        "with an answer that nobody renders",
        _write(f"{RENDERED}/~{{% if target == 'x' %}}~.Git. ~{{% endif %}}~/config", ""),
        "a part of this name",
    ),
    Breach("FL10", "a device", _write(f"{RENDERED}/data/aux.md", ""), "reserves the name aux.md"),
    Breach("FL10", "a mark", _write(f"{RENDERED}/data/what?.md", ""), "'?' cannot stand"),
    Breach("FL10", "a control character", _write(f"{RENDERED}/data/a\tb", ""), "cannot stand"),
    Breach("FL10", "a dot at the end", _write(f"{RENDERED}/data/a.", ""), "ends with a dot"),
    Breach("FL10", "a space at the end", _write(f"{RENDERED}/data /a", ""), "or a space"),
    Breach("FL10", "case", _write(f"{RENDERED}/Data/a.csv", ""), "where case does not count"),
    Breach(
        "FL10",
        "case, as rendered",
        _write(f"{RENDERED}/~{{{{ 'PROJECT' }}}}~.toml", ""),
        "project.toml: it is the same as PROJECT.toml",
    ),
    Breach("FL11", "a file", _write(f"{RENDERED}/data/a.bin", bytes(5_000_001)), "MB are the most"),
    Breach("TX01", "a host", _write(f"{RENDERED}/app/a.py", f"# {HOST}\n"), HOST),
    Breach(
        "TX02",
        "a host in pieces",
        _edit(README, "# ~", f"~{{{{ 'python' }}}}~{HOST.removeprefix('python')}\n# ~"),
        HOST,
    ),
    Breach("TX12", "marks", _write(f"{RENDERED}/app/a.py", f"{'<' * 7} HEAD\n"), "decide what"),
    Breach("TX03", "a delimiter", _write(f"{RENDERED}/app/a.py", "# ~{{ n }}~\n"), "delimiter"),
    Breach("TX04", "no default", _edit(ANSWERS, "(release|default({}))", "release"), "release|d"),
    Breach(
        "TX04",
        "no default in copier.yml",
        _edit("copier.yml", "(release|default(_copier_answers))", "release"),
        "release|d",
    ),
    Breach("TX04", "broken Jinja", _edit(README, "# ~{{", "# ~{{ ("), "not our Jinja"),
    Breach(
        "TX05",
        "elsewhere",
        _edit(README, "# ~{{", "~{{ _copier_answers._src_path }}~\n# ~{{"),
        "only _exclude",
    ),
    Breach(
        "TX05",
        "another form",
        _edit("copier.yml", "(release|default(_copier_answers))", "_copier_answers"),
        "no entry",
    ),
    Breach(
        "TX06",
        "quotes only",
        _edit(PROJECT, "~{{ description|to_json(ensure_ascii=false) }}~", '"~{{ description }}~"'),
        "to_json",
    ),
    Breach("TX06", "escapes", _edit(PROJECT, "ensure_ascii=false", ""), "to_json"),
    Breach(
        "TX07",
        "TOML",
        _edit(PROJECT, "~{{ description|to_json(ensure_ascii=false) }}~", '"~{{ description }}~"'),
        "pyproject.toml",
    ),
    Breach("TX07", "YAML", _write(f"{RENDERED}/.github/a.yml", "a: [\n"), ""),
    Breach("TX07", "JSON", _write(f"{RENDERED}/app/a.json", "{,}\n"), ""),
    Breach("TX08", "another form", _edit(ANSWERS, "dict(", "dict( "), "must hold the line"),
    Breach("TX09", "an unknown name", _edit(README, "project_name", "projekt"), "projekt"),
    Breach(
        "TX09",
        "with one choice only",
        _edit(README, "# ~", "~{% if deploy_target == 'none' %}~~{{ oops }}~~{% endif %}~\n# ~"),
        "deploy_target=none",
    ),
    Breach(
        "TX10",
        "no source",
        _edit(
            ANSWERS,
            "dict(_copier_answers, **(release|default({})))",
            "(release|default(dict(_copier_answers, _src_path='')))",
        ),
        "different files",
    ),
    Breach(
        "TX03",
        "only from the network",
        _write(f"{RENDERED}/.github/workflows/template-update.yml", "# ~{{ n }}~\n"),
        "delimiter",
    ),
    Breach("TX10", "plain", _edit(ANSWERS, ", **(release|default({}))", ""), "different files"),
    Breach("TX11", "a path", _edit(README, "# ~{{", "~{{ '~'|expanduser }}~\n# ~{{"), "expanduser"),
    Breach(
        "TX11",
        "a variable in a default",
        _edit("copier.yml", "What it is for", "~{{ '$USER'|expandvars }}~"),
        "copier.yml: expandvars",
    ),
    Breach(
        "TX11",
        "in a block",
        _edit(README, "# ~{{", "~{% filter realpath %}~.~{% endfilter %}~\n# ~{{"),
        "realpath",
    ),
    Breach(
        "TX11",
        "by map",
        _edit(f"{STARTER}/questions.yml", "churn", "\"~{{ ['/*']|map('fileglob')|list }}~\""),
        "questions.yml: fileglob",
    ),
    Breach("TX11", "in a name", _write(f"{RENDERED}/~{{{{ '~'|realpath }}}}~", ""), "realpath"),
    Breach(
        "CD01", "templated code", _write(f"{RENDERED}/app/a.py.jinja", "A = ~{{ 1 }}~\n"), "plain"
    ),
    Breach(
        "CD01",
        "a templated name",
        _write(f"{RENDERED}/app/~{{{{ target }}}}~.py.jinja", "A = 1\n"),
        "name",
    ),
    Breach("CD01", "a missing file", _edit(STUB, "text.py", "texts.py"), "there is no"),
    Breach("CD02", "line ends", _write("templates/_shared/app/text.py", "A = 1\r\n"), "differs"),
    Breach(
        "CD02", "delimiters", _write("templates/_shared/app/text.py", "A = ~{{ 1 }}~\n"), "differs"
    ),
    Breach(
        "CD03",
        "a choice in code",
        _write(
            f"{RENDERED}/tests/~{{% if deploy_target == 'none' %}}~a~{{% endif %}}~.jinja", "a\n"
        ),
        "deploy_target=none",
    ),
    Breach("CD04", "another command", _edit(PROJECT, "app = ", "serve = "), "scripts"),
    Breach("CD04", "another package", _write(f"{RENDERED}/lib/__init__.py", ""), "one package"),
    Breach("CD04", "no package", _drop(f"{RENDERED}/app/__init__.py"), "missing"),
    Breach("CD05", "any Python", _edit(PROJECT, ",<3.14", ""), "requires-python"),
    Breach("CD05", "no version", _drop(f"{RENDERED}/.python-version"), "3.12"),
    Breach("PN01", "a tag", _edit(PINS, CHECKOUT, "actions/checkout@v7"), "40 hex"),
    Breach("PN01", "no version", _edit(PINS, " # v7.0.1", ""), "40 hex"),
    Breach(
        "PN02",
        "not from the file",
        _edit(CI, "~{{ pins.checkout }}~", CHECKOUT.replace("v7.0.1", "v7.0.2")),
        "not in",
    ),
    Breach("PN03", "latest", _edit(PINS, "python:3.12-slim", "python:latest"), "exact tag"),
    Breach(
        "PN03",
        "not from the file",
        _write(f"{RENDERED}/compose.yaml", "services:\n  a:\n    image: prom/prometheus:v3.1.0\n"),
        "not in",
    ),
    Breach(
        "PN03",
        "a copied stage",
        _edit(f"{RENDERED}/Dockerfile.jinja", "FROM build", "FROM build\nCOPY --from=uv:1 /a /b"),
        "uv:1",
    ),
    Breach(
        "PN04",
        "actions",
        _edit(f"{RENDERED}/.github/dependabot.yml", '"uv"', '"github-actions"'),
        "template update",
    ),
    Breach("PN05", "a short SHA", _edit(PINS, "3d3c42e5aac5ba805825da7641", "3d3c"), "40 hex"),
    Breach("RM01", "a common placeholder", _edit(README, "_PF2: replace", "_Replace"), "_PF2: ..."),
    Breach("RM01", "no empty line", _edit(README, "it?**\n\n_PF2", "it?**\n_PF2"), "empty line"),
    Breach(
        "RM01", "not in bold", _edit(README, "**Whose decision does it change?**", "Whose?"), "**"
    ),
    Breach(
        "RM01",
        "an anchor in a line",
        _edit(README, "<!-- signal:PF2", "# <!-- signal:PF2"),
        "alone",
    ),
    Breach("RM02", "an anchor twice", _edit(README, "signal:PF2", "signal:PF1"), "stands twice"),
]


def unreleased_gone(root: Path) -> None:
    edit(root, f"{STARTER}/CHANGELOG.md", "## Unreleased", "## 0.1.0")
    write(root, "templates/_shared/app/text.py", '"""Other words."""\n')


def nothing_to_say(root: Path) -> None:
    write(root, f"{STARTER}/CHANGELOG.md", "# What\n\n## Unreleased\n\n## 0.1.0\n\n- All.\n")
    write(root, "templates/_shared/app/text.py", '"""Other words."""\n')


def template_gone(root: Path) -> None:
    (root / STARTER).rename(root / SECOND)
    edit(root, "copier.yml", "- supervised-api\n  ask", "- rag-app\n  ask")
    edit(root, "copier.yml", "templates/supervised-api/questions", "templates/rag-app/questions")


LATER = [
    Breach("CT11", "a template is gone", template_gone, "supervised-api of v0.1.0"),
    Breach("CT12", "a change without a word", unreleased_gone, "begin with"),
    Breach("CT12", "an empty section", nothing_to_say, "what a learner gets"),
    Breach("QS11", "no default", _edit("copier.yml", "---", "region:\n  type: str\n---"), "region"),
    Breach("QS12", "a choice is gone", _edit("copier.yml", "    - none\n", ""), "none (v0.1.0)"),
    Breach(
        "QS12",
        "choices where none were",
        _edit("copier.yml", "project_name:\n", "project_name:\n  choices: [a, b]\n"),
        "free answers",
    ),
    Breach(
        "QS13",
        "a condition",
        _edit(
            "copier.yml",
            "  default: render",
            "  default: render\n  when: \"~{{ project_name != 'x' }}~\"",
        ),
        "deploy_target",
    ),
    Breach(
        "QS13",
        "another condition",
        _edit(f"{STARTER}/questions.yml", "template ==", "1 and template =="),
        "target",
    ),
    Breach(
        "QS14",
        "a question is gone",
        _edit("copier.yml", "description:", "summary:"),
        "the question description of v0.1.0 is gone",
    ),
    Breach(
        "QS14",
        "another type",
        _edit(f"{STARTER}/questions.yml", "type: str\n  default: churn", "default: 3"),
        "target was of type str in v0.1.0, now it is int",
    ),
    Breach("OW12", "a file became a folder", file_to_folder, "a folder of it is a file in v0.1.0"),
    Breach("OW12", "a folder became a file", folder_to_file, "and now a folder of it is a file"),
    Breach("OW11", "no longer seeded", _edit("copier.yml", "    /data\n", ""), "seeded in v0.1.0"),
    Breach(
        "RM11", "a question is gone", _edit(README, "signal:PF2", "signal:PF3"), "PF2 of v0.1.0"
    ),
    Breach("RM12", "a placeholder is reworded", _edit(README, "_PF2: replace", "_PF2: put"), "PF2"),
]

RULES = {rule.__name__: rule for rule in all_rules()}


def found(root: Path, rule: str) -> list[str]:
    """What one rule says about a pack, whatever the other rules say."""
    state = State("", read_working(root))
    earlier = read_releases(root / "scaffold" / "releases")
    return [f"{it.file}: {it.message}" for it in examine(state, earlier, [RULES[rule]])]


@pytest.mark.parametrize("breach", BREACHES, ids=lambda it: f"{it.rule}: {it.why}")
def test_a_rule_finds_its_breach(breach: Breach, tmp_path: Path) -> None:
    root = minimal_pack(tmp_path)
    breach.commit(root)
    said = found(root, breach.rule)
    assert any(breach.says in line for line in said), said


@pytest.mark.parametrize("breach", LATER, ids=lambda it: f"{it.rule}: {it.why}")
def test_a_rule_finds_what_may_not_change_after_a_release(breach: Breach, tmp_path: Path) -> None:
    root = minimal_pack(tmp_path)
    released(root, "v0.1.0")
    assert found(root, breach.rule) == []
    breach.commit(root)
    said = found(root, breach.rule)
    assert any(breach.says in line for line in said), said


def test_every_rule_has_a_failing_example() -> None:
    assert {breach.rule for breach in BREACHES + LATER} == set(RULES)


def test_every_rule_says_why_it_exists_and_requires_only_rules() -> None:
    for name, rule in RULES.items():
        assert rule.__doc__, name
        assert rule.requires <= RULES.keys(), name


def test_every_rule_that_looks_back_has_an_example_after_a_release() -> None:
    looking_back = {name for name, rule in RULES.items() if issubclass(rule, StateRule)}
    assert {breach.rule for breach in LATER} | {"TX10"} == looking_back


def test_a_pack_that_keeps_every_rule_has_no_finding(tmp_path: Path) -> None:
    root = minimal_pack(tmp_path)
    assert lint(root, root / "no-releases-yet") == ()
    assert lint(root, released(root, "v0.1.0")) == ()


def test_two_templates_that_keep_every_rule_have_no_finding(tmp_path: Path) -> None:
    root = minimal_pack(tmp_path)
    second_template(root)
    for path in ("data/rows.csv", "data/extra.csv", "data/model.bin", "project.toml"):
        (root / SECOND / "template" / path).unlink()
    (root / SECOND / "template" / "data").rmdir()
    edit(root, f"{SECOND}/owners.yml", "owned:\n  - /data\n  - /project.toml\n", "owned:\n")
    write(root, f"{SECOND}/template/corpus/guide.md", "# Guide\n")
    edit(
        root,
        f"{SECOND}/template/~{{% if deploy_target == 'render' %}}~render.yaml~{{% endif %}}~.jinja",
        "services",
        "service",
    )
    assert lint(root, root / "no-releases-yet") == ()


def test_everything_that_may_grow_may_grow(tmp_path: Path) -> None:
    root = minimal_pack(tmp_path)
    releases = released(root, "v0.1.0")
    edit(root, "copier.yml", "    - none\n", "    - none\n    - kubernetes\n")
    edit(root, "copier.yml", "---", "region: {type: str, default: europe}\n---")
    edit(root, "copier.yml", "    /data\n", "    /data\n    /notes\n")
    edit(root, "copier.yml", "  - /data\n", "  - /data\n  - /notes\n")
    edit(root, OWNERS, "[/data", "[/notes, /data")
    write(root, f"{RENDERED}/notes/a.md", "# Mine\n")
    edit(root, README, "**Whose decision does it change?**", "**Whose decision is it?**")
    question = "<!-- signal:PF3 -->\n**And then?**\n\n_PF3: replace this line._\n\n<!-- signal:PF2"
    edit(root, README, "<!-- signal:PF2", question)
    assert lint(root, releases) == ()


def test_caches_that_the_pack_itself_ignores_are_no_part_of_it(tmp_path: Path) -> None:
    root = minimal_pack(tmp_path)
    write(root, ".gitignore", "__pycache__/\n")
    write(root, f"{RENDERED}/app/__pycache__/cli.cpython-312.pyc", b"\0")
    write(root, f"{RENDERED}/.ruff_cache/.gitignore", "*\n")
    assert lint(root, root / "no-releases-yet") == ()
    assert not any("__pycache__" in path for path in read_working(root).entries)


def test_a_template_without_files_is_a_finding_like_any_other(tmp_path: Path) -> None:
    root = minimal_pack(tmp_path)
    shutil.rmtree(root / RENDERED)
    rules = {finding.rule for finding in lint(root, root / "no-releases-yet")}
    assert {"CT01", "TX09"} <= rules


def test_a_folder_without_a_pack_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no template pack") as caught:
        lint(tmp_path, tmp_path)
    assert "copier.yml" in caught.value.remedy


def test_a_questionnaire_that_is_not_yaml_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = minimal_pack(tmp_path)
    write(root, "copier.yml", "a: [\n")
    with pytest.raises(RequestError, match=r"copier\.yml cannot be read"):
        lint(root, tmp_path)
    assert capsys.readouterr() == ("", "")


def test_a_date_that_does_not_exist_is_refused_and_not_a_crash(tmp_path: Path) -> None:
    root = minimal_pack(tmp_path)
    edit(root, "copier.yml", '"What it is for"', "2026-13-45")
    with pytest.raises(RequestError, match=r"copier\.yml cannot be read: month must be"):
        lint(root, tmp_path)


@pytest.mark.parametrize("part", ["starter.yml", "owners.yml"])
def test_a_date_that_does_not_exist_is_a_finding_in_other_files(tmp_path: Path, part: str) -> None:
    root = minimal_pack(tmp_path)
    write(root, f"{STARTER}/{part}", "month: 2026-13-45\n")
    assert f"{STARTER}/{part}" in {finding.file for finding in lint(root, tmp_path)}


@pytest.mark.skipif(sys.platform != "linux", reason="only there a name is bytes")
def test_a_name_that_is_not_utf_8_is_refused_with_the_name(tmp_path: Path) -> None:
    root = minimal_pack(tmp_path)
    (root / RENDERED / os.fsdecode(b"caf\xe9.md")).write_text("x", encoding="utf-8")
    with pytest.raises(RequestError, match=r"caf\\xe9\.md is not UTF-8"):
        lint(root, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is git's own folder")
@pytest.mark.parametrize("name", [".GIT", "git~1", ".git "])
def test_a_name_that_git_takes_for_its_own_folder_is_refused(tmp_path: Path, name: str) -> None:
    root = minimal_pack(tmp_path)
    write(root, f"{RENDERED}/{name}/config", "")
    with pytest.raises(RequestError, match="git's own folder"):
        lint(root, tmp_path)


def test_git_never_runs_with_settings_that_a_template_brought(tmp_path: Path) -> None:
    root = minimal_pack(tmp_path)
    ran = tmp_path / "ran"
    settings = f"[core]\nrepositoryformatversion = 0\nfsmonitor = touch {ran.as_posix()} #\n"
    write(root, f"{RENDERED}/~{{{{ '.git' }}}}~/config", settings)
    assert "FL09" in {finding.rule for finding in lint(root, tmp_path)}
    assert not ran.exists()


def test_a_pack_that_breaks_no_rule_is_one_that_new_accepts(tmp_path: Path) -> None:
    root = minimal_pack(tmp_path)
    edit(root, "copier.yml", 'default: "What it is for"', 'default: "a\\tb"')
    assert [finding.rule for finding in lint(root, tmp_path)] == ["CT04"]
