"""Every command and every variable that `docs/deploy.md` names for a target exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

WHERE = [".env.example", ".github/workflows", "Dockerfile", "deploy", "render.yaml", "compose.yaml"]
# Set by the line before in the same page, or read by uvicorn and by gcloud or gh themselves.
NOT_OURS = {
    "FORWARDED_ALLOW_IPS",
    "CLOUDSDK_CORE_PROJECT",
    "GH_REPO",
    "POSTGRES_PASSWORD",
}


@pytest.fixture
def page(everywhere: Path) -> str:
    return (everywhere / "docs/deploy.md").read_text(encoding="utf-8")


def blocks(page: str) -> list[str]:
    """Return the shell blocks of a page."""
    return [
        re.sub(r"^ {2,3}", "", one, flags=re.M)
        for one in re.findall(r"```bash\n(.*?)```", page, re.S)
    ]


def test_every_variable_it_names_is_read_somewhere(everywhere: Path, page: str) -> None:
    files = [
        at
        for name in WHERE
        for at in [everywhere / name, *(everywhere / name).rglob("*")]
        if at.is_file()
    ]
    known = "\n".join(at.read_text(encoding="utf-8") for at in files)
    set_there = {
        name for block in blocks(page) for name in re.findall(r"^(?:export )?(\w+)=", block, re.M)
    }
    named = set(re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)[=`]", page))
    named |= set(re.findall(r"gh (?:variable|secret) set (\w+)", page))
    assert len(named) >= 3
    missing = {name for name in named if not re.search(rf"\b{name}\b", known)}
    assert missing - NOT_OURS - set_there == set()


def test_what_the_workflow_wants_is_on_the_page(everywhere: Path, page: str, target: str) -> None:
    if target == "none":
        assert not (everywhere / ".github/workflows/deploy.yml").exists()
        return
    workflow = (everywhere / ".github/workflows/deploy.yml").read_text(encoding="utf-8")
    wanted = set(re.findall(r"\b(?:vars|secrets)\.(\w+)", workflow))
    assert len(wanted) >= 3
    assert {name for name in wanted if not re.search(rf"`{name}`| {name} ", page)} == set()


def test_every_command_of_the_app_is_one(everywhere: Path, page: str) -> None:
    verbs = set(re.findall(r"(?:uv run|python -m) app (\w+)", page))
    assert verbs >= {"smoke"}
    cli = "\n".join(at.read_text(encoding="utf-8") for at in (everywhere / "app").rglob("*.py"))
    assert {verb for verb in verbs if f'"{verb}"' not in cli and f"def {verb}(" not in cli} == set()


def test_every_shell_line_can_be_read_by_a_shell(page: str) -> None:
    for block in blocks(page):
        code = re.sub(r"<[^<>\n]+>", "something", block)
        done = subprocess.run(
            ["bash", "-n"], input=code, text=True, capture_output=True, check=False
        )
        assert done.stderr == "", block


def test_what_a_shell_line_reads_was_set_in_a_line_above(page: str) -> None:
    known = {"CLOUDSDK_CORE_PROJECT", "PWD"} if "gcloud" not in page else {"PWD"}
    for block in blocks(page):
        for line in block.splitlines():
            used = set(re.findall(r"\$\{?([A-Za-z_]\w*)", line.partition(" # ")[0]))
            assert used <= known, line
            known |= set(re.findall(r"(?:^|\s)(?:export )?([A-Za-z_]\w*)=", line))


def test_every_error_that_the_workflow_can_show_is_explained(
    everywhere: Path, page: str, target: str
) -> None:
    if target in {"render", "none"}:
        return
    workflow = (everywhere / ".github/workflows/deploy.yml").read_text(encoding="utf-8")
    titles = set(re.findall(r"::(?:error|notice) title=([^:]+)::", workflow))
    assert len(titles) >= 4
    assert {title for title in titles if f'"{title}"' not in page} == set()


def test_the_page_says_what_nobody_has_tried(page: str, target: str) -> None:
    assert ("### Not tried" in page) is (target in {"cloud-run", "kubernetes"})


FIELDS = {
    "github.event_name": "workflow_run",
    "github.ref": "refs/heads/main",
    "github.event.workflow_run.conclusion": "success",
    "github.event.workflow_run.event": "push",
    "github.event.workflow_run.head_repository.full_name": "ada/visit-forecast",
    "github.repository": "ada/visit-forecast",
}
RUNS = {
    "a green push to main": ({}, True),
    "by hand": ({"github.event_name": "workflow_dispatch"}, True),
    "by hand, on another branch": (
        {
            "github.event_name": "workflow_dispatch",
            "github.ref": "refs/heads/try",
            "github.event.workflow_run.conclusion": "",
        },
        False,
    ),
    "a red push": ({"github.event.workflow_run.conclusion": "failure"}, False),
    "a pull request": ({"github.event.workflow_run.event": "pull_request"}, False),
    "another repository": (
        {"github.event.workflow_run.head_repository.full_name": "eve/visit-forecast"},
        False,
    ),
}


@pytest.mark.parametrize(("run", "deploys"), RUNS.values(), ids=RUNS)
def test_only_a_green_push_of_this_repository_deploys(
    everywhere: Path, target: str, run: dict[str, str], deploys: bool
) -> None:
    if target == "none":
        assert not (everywhere / ".github/workflows/deploy.yml").exists()
        return
    text = (everywhere / ".github/workflows/deploy.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow[True]["workflow_run"]["branches"] == ["main"]
    jobs = workflow["jobs"]
    assert jobs["deploy"]["needs"] == "ready"
    assert jobs["deploy"]["if"] == "needs.ready.outputs.go == 'yes'"
    knows = FIELDS | run
    code = re.sub(r"github(?:\.\w+)+", lambda found: repr(knows[found[0]]), jobs["ready"]["if"])
    code = code.replace("&&", "and").replace("||", "or")
    done = subprocess.run(
        [sys.executable, "-c", f"print(bool({code}))"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(deploys)
