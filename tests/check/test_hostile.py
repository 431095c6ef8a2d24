"""Repositories that were written to harm: nothing of them runs, and the look ends soon."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import time
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from scaffold.check.config import Choice
from scaffold.check.facts import tables
from scaffold.check.fetching import fetched
from scaffold.check.many import Request, look
from tests.check import growing
from tests.check.growing import git, outcome, seen, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.check.examine import Verdict

SECONDS = 60
"""Bound for one look on a busy machine; an ordinary one takes about one."""
MOST_BYTES = 100_000_000


@pytest.fixture
def mine(begun: Mapping[str, Path], tmp_path: Path) -> Path:
    return shutil.copytree(begun["rag-app"], tmp_path / "mine")


def ended(folder: Path) -> Verdict:
    """Look, and make sure that it did not take long and that no rule broke."""
    began = time.monotonic()
    verdict = seen(folder)
    assert time.monotonic() - began < SECONDS
    assert not verdict.good
    failed_itself = [
        one.rule
        for one in verdict.results
        if "rule itself failed" in one.outcome.findings[0].message
    ]
    assert failed_itself == []
    return verdict


def bounded(folder: Path) -> Verdict:
    """Look, and make sure that it took little memory as well; counting that takes time itself."""
    tracemalloc.start()
    try:
        verdict = ended(folder)
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()
    return verdict


def test_links_out_of_the_tree_are_not_followed(mine: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("<!-- signal:PF1 -->\nsecret words of another person", encoding="utf-8")
    (mine / "README.md").unlink()
    (mine / "README.md").symlink_to(secret)
    shutil.rmtree(mine / "docs")
    (mine / "docs").symlink_to(tmp_path)
    shutil.rmtree(mine / "data")
    (mine / "data").symlink_to("/")
    verdict = seen(mine)
    assert not any(
        "secret" in finding.message for one in verdict.results for finding in one.outcome.findings
    )
    assert any("links are not followed" in note for note in verdict.notes)
    assert outcome(verdict, "PF101") == "fail"


def test_a_huge_file_is_not_read(mine: Path) -> None:
    for path in (
        "README.md",
        "app/api.py",
        "data/golden/questions.jsonl",
        "reports/evaluation.json",
    ):
        (mine / path).parent.mkdir(exist_ok=True)
        with (mine / path).open("wb") as file:
            file.truncate(20_000_000_000)
    bounded(mine)


def test_rows_that_unpack_to_gigabytes_are_not_unpacked(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_BYTES", 5_000_000)
    write(mine, "project.toml", '[data]\npath = "data/bomb.csv.gz"\ntarget = "y"\n')
    with gzip.open(mine / "data/bomb.csv.gz", "wb", compresslevel=1) as file:
        for _ in range(20):
            file.write(b"1,2,3\n" * 200_000)
    answers = mine / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace("rag-app", "supervised-api"))
    bounded(mine)


def test_deep_folders_and_many_files_end(mine: Path) -> None:
    place = mine / "app"
    for _ in range(60):
        place = place / "d"
        place.mkdir()
    (place / "x.py").write_text("x = 1")
    (mine / "many").mkdir()
    for number in range(21_000):
        (mine / "many" / str(number)).touch()
    verdict = ended(mine)
    assert any("not everything was read" in note for note in verdict.notes)


def test_a_readme_that_names_everything_ends(mine: Path) -> None:
    words = " ".join(f"test_{i} {i:07x}" for i in range(9_000))
    links = " ".join(f"[{i}](reports/evaluation.json#/n{i}) [a](app/{i})" for i in range(4_000))
    text = (mine / "README.md").read_text()
    for question in ("PF3", "ST2", "RC1", "CD3"):
        text = re.sub(
            rf"^_{question}: .*$", lambda _: f"{words[:60_000]} {links[:60_000]}", text, flags=re.M
        )
    write(mine, "README.md", text)
    numbers = {
        f"n{i}": {"value": 1, "n": 1, "recipe": {"metric": "x", "where": {}}} for i in range(9_000)
    }
    write(mine, "reports/evaluation.json", json.dumps({"schema": 1, **numbers}))
    rules = [f"  - alert: A{i}\n    expr: up == {i}" for i in range(20_000)]
    write(mine, "monitoring/alerts.yml", "groups:\n- name: a\n  rules:\n" + "\n".join(rules))
    ended(mine)


def test_a_table_of_nothing_but_cells_ends(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_CELLS", 400_000)
    answers = mine / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace("rag-app", "supervised-api"))
    write(mine, "project.toml", '[data]\npath = "data/wide.csv"\ntarget = "a"\n')
    write(mine, "data/wide.csv", ("1," * 5_000 + "\n") * 150)
    bounded(mine)


def test_a_binary_readme_is_no_readme(mine: Path) -> None:
    (mine / "README.md").write_bytes(os.urandom(300_000))
    ended(mine)
    assert outcome(seen(mine), "PF101") == "fail"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000,
        "> " * 20_000 + "x",
        "- " * 20_000 + "x",
        "*a " * 60_000,
        "`" * 100_000 + "a",
        "<!-- " * 50_000,
        "![" * 50_000 + "](a)" * 50_000,
        "|" * 50_000 + "\n" + "|-" * 50_000,
    ],
    ids=["brackets", "quotes", "lists", "stars", "ticks", "comments", "images", "table"],
)
def test_markdown_that_is_hard_to_read_ends(text: str, mine: Path) -> None:
    write(mine, "README.md", text)
    ended(mine)


def test_yaml_that_contains_itself_is_refused(mine: Path) -> None:
    laughs = "a: &a [x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
    )
    for path in ("monitoring/alerts.yml", ".github/workflows/ci.yml", "compose.yaml"):
        write(mine, path, "a: &a [*a]\n")
    write(mine, "monitoring/service_alerts.yml", laughs)
    write(mine, ".github/workflows/deep.yml", "[" * 30_000)
    ended(mine)
    assert outcome(seen(mine), "MO101") == "fail"


def test_python_that_breaks_parsers_is_no_python(mine: Path) -> None:
    write(mine, "app/deep.py", "x = " + "(" * 20_000 + ")" * 20_000)
    write(mine, "app/long.py", "-" * 400_000 + "1")
    write(mine, "app/chain.py", "x = 1" + " + 1" * 90_000)
    write(mine, "tests/test_null.py", "x = 1\0\n")
    (mine / "app/latin.py").write_bytes(b"x = '\xe9\xff'")
    ended(mine)


def test_json_and_toml_that_break_parsers_are_none(mine: Path) -> None:
    write(mine, "reports/evaluation.json", "[" * 100_000)
    write(mine, "monitoring/grafana/dashboards/service.json", '{"a":' * 50_000)
    write(mine, "project.toml", "a = " + "[" * 50_000)
    write(mine, "uv.lock", "[[package]]\nname = 1\nversion = []\n" * 1000)
    ended(mine)


@pytest.mark.parametrize(
    "text",
    [
        '[tool.scaffold.check]\nignore = "*"\n',
        "[tool.scaffold.check.ignore]\nPF101 = 1\n",
        '[tool.scaffold.check.ignore]\nPF101 = ""\n',
        '[tool.scaffold.check.ignore]\nall = "because I say so, really"\n',
        "[tool]\nscaffold = 3\n",
        "[project]\ndependencies = 3\n[dependency-groups]\ndev = [[[1]]]\n[tool]\nruff = 1\n",
        "\x00",
        "[build-system]\nrequires = ['evil']\nbuild-backend = 'evil'\nbackend-path = ['.']\n",
    ],
)
def test_a_malicious_pyproject_switches_nothing_off(text: str, mine: Path) -> None:
    write(mine, "pyproject.toml", text)
    verdict = seen(mine)
    assert outcome(verdict, "PF101") == "fail"
    assert all(not one.switched_off for one in verdict.results)


def test_a_rule_that_the_repository_switches_off_shows_its_reason_and_no_signal(mine: Path) -> None:
    file = mine / "pyproject.toml"
    reason = "we keep the corpus secret, by contract"
    write(
        mine,
        "pyproject.toml",
        file.read_text()
        + f'\n[tool.scaffold.check.ignore]\nOW101 = "{reason}"\nOW102 = "{reason}"\n',
    )
    verdict = seen(mine)
    own = next(one for one in verdict.signals if one.family == "OW")
    assert own.state == "not known"
    assert reason in own.why


def _trap(mine: Path, tmp_path: Path) -> Path:
    """A repository whose every hook, filter and setting leaves a mark when it runs."""
    mark = tmp_path / "mark"
    script = tmp_path / "trap.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    script.chmod(0o755)
    hooks = mine / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "pre-commit", "post-index-change", "reference-transaction"):
        shutil.copy(script, hooks / name)
        (hooks / name).chmod(0o755)
    for key, value in {
        "core.fsmonitor": str(script),
        "core.hooksPath": str(hooks),
        "core.sshCommand": str(script),
        "core.pager": str(script),
        "core.editor": str(script),
        "diff.external": str(script),
        "filter.trap.clean": str(script),
        "filter.trap.smudge": str(script),
        "diff.trap.textconv": str(script),
        "diff.trap.command": str(script),
        "gpg.program": str(script),
        "log.showSignature": "true",
        "credential.helper": f"!{script}",
        "uploadpack.packObjectsHook": str(script),
        "alias.ls-tree": f"!{script}",
        "remote.origin.url": f"ext::{script}",
        "remote.origin.promisor": "true",
        "extensions.partialClone": "origin",
        "include.path": "/dev/zero",
    }.items():
        with (mine / ".git/config").open("a") as file:
            section, _, name = key.rpartition(".")
            top, _, sub = section.partition(".")
            named = f' "{sub}"' if sub else ""
            file.write(f"[{top}{named}]\n\t{name} = {value}\n")
    write(mine, ".gitattributes", "* filter=trap diff=trap\n")
    (mine / "conftest.py").write_text(f"open({str(mark)!r}, 'w')\n")
    (mine / "sitecustomize.py").write_text(f"open({str(mark)!r}, 'w')\n")
    return mark


def test_no_hook_filter_or_setting_of_the_repository_runs(mine: Path, tmp_path: Path) -> None:
    mark = _trap(mine, tmp_path)
    verdict = ended(mine)
    assert not mark.exists()
    assert outcome(verdict, "DP102") == "pass"  # its history was read
    assert verdict.commit
    # And the trap is one: git on its own walks into it.
    config = mine / ".git/config"
    config.write_text(config.read_text().replace("path = /dev/zero", "path = /dev/null"))
    subprocess.run(("git", "status"), cwd=mine, check=False, capture_output=True)
    assert mark.exists()


def test_broken_objects_make_history_unknown(mine: Path) -> None:
    for file in (mine / ".git/objects").rglob("*"):
        if file.is_file():
            file.chmod(0o644)
            file.write_bytes(b"x" * 100)
    ended(mine)


@pytest.mark.parametrize(
    "head", ["ref: ../../etc/passwd", "ref: refs/heads/../../x", "x" * 100_000, ""]
)
def test_a_head_that_leads_astray_is_none(head: str, mine: Path) -> None:
    write(mine, ".git/HEAD", head)
    assert outcome(seen(mine), "RC104") in {"fail", "unknown"}


def test_answers_that_are_no_answers_are_one_line(mine: Path) -> None:
    for text in ("[", "template: [1]\n_commit: 3\n_src_path: 4\n", "a: &a [*a]\n", "\0"):
        write(mine, ".copier-answers.yml", text)
        verdict = seen(mine)
        assert verdict.trouble[0]
        assert "\n" not in verdict.trouble[0]


def test_a_source_that_the_repository_names_is_not_asked(mine: Path) -> None:
    file = mine / ".copier-answers.yml"
    lines = file.read_text().splitlines()
    kept = [line for line in lines if not line.startswith("_src_path")]
    write(
        mine,
        ".copier-answers.yml",
        "\n".join([*kept, "_src_path: https://127.0.0.1:9/evil.git", ""]),
    )
    found = [one for _, one in look([str(mine)], Request(Choice(("OW101",))))]
    assert found[0].results[0].outcome.state == "unknown"
    assert "not asked unbidden" in found[0].results[0].outcome.findings[0].message


def test_a_git_url_is_read_without_running_anything(mine: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    script = tmp_path / "trap.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    script.chmod(0o755)
    write(mine, ".gitattributes", "* filter=trap\n")
    write(mine, ".gitmodules", f'[submodule "x"]\n\tpath = x\n\turl = ext::{script}\n')
    (mine / "link").symlink_to("/etc/passwd")
    growing.commit(mine, "traps")
    with fetched(f"file://{mine}") as folder:
        assert not (folder / "link").is_symlink()
        verdict = seen(folder)
        assert verdict.commit == git(mine, "rev-parse", "HEAD")
        assert verdict.changed == ()
    assert not folder.exists()
    assert not mark.exists()


def test_one_that_cannot_be_fetched_does_not_stop_the_others(mine: Path, tmp_path: Path) -> None:
    names = [f"file://{tmp_path}/nothing.git", str(mine), str(tmp_path / "nowhere")]
    found = [
        one for _, one in sorted(look(names, Request(Choice(("PF101",)))), key=lambda one: one[0])
    ]
    assert [bool(one.trouble[0]) for one in found] == [True, False, True]
    assert found[0].code == 3
    assert found[2].code == 2


def test_what_a_stranger_wrote_is_only_text_on_the_page(mine: Path) -> None:
    from scaffold.check.telling import html, markdown

    evil = '<script>alert(1)</script>"onmouseover=x [a](javascript:b) \x1b[31m'
    (mine / "docs" / "a'b<i>.md").write_text("x")
    readme = (mine / "README.md").read_text()
    write(
        mine,
        "README.md",
        readme.replace(
            "## Evidence", f"[x](<{evil.replace('<', '').replace('>', '')}>)\n\n## Evidence", 1
        ),
    )
    verdict = seen(mine)
    page = html.page([verdict], "2030-01-01")
    assert "<script" not in page
    assert "javascript:" not in "".join(part.partition('"')[0] for part in page.split('href="')[1:])
    assert "<script" not in markdown.page([verdict])
