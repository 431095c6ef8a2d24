"""The files around the application of a generated repository."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rendered.conftest import REPOSITORY, TARGETS, Render

PINS = (REPOSITORY / "templates/_shared/pins.jinja").read_text(encoding="utf-8")
FAMILIES = (("PF", 4), ("ST", 4), ("RC", 4), ("CD", 3))
IDS = [f"{family}{n}" for family, last in FAMILIES for n in range(1, last + 1)]


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


SPEAKS_OF = {"render": "onrender", "cloud-run": "gcloud", "kubernetes": "kubectl"}


def test_the_files_of_a_target_are_there_and_those_of_no_other(
    everywhere: Path, target: str
) -> None:
    page = (everywhere / "docs/deploy.md").read_text(encoding="utf-8")
    for other, word in SPEAKS_OF.items():
        assert (word in page) is (other == target), other
    assert (everywhere / "render.yaml").exists() is (target == "render")
    assert (everywhere / "deploy/service.yaml").exists() is (target == "cloud-run")
    assert (everywhere / "deploy/kubernetes").exists() is (target == "kubernetes")
    assert (everywhere / "deploy").exists() is (target in {"cloud-run", "kubernetes"})


def test_every_target_that_can_be_chosen_is_looked_at() -> None:
    (asked, *_) = yaml.safe_load_all(
        (REPOSITORY / "copier.yml").read_text(encoding="utf-8").partition("\n---\n")[0]
    )
    assert tuple(asked["deploy_target"]["choices"].values()) == TARGETS


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


def test_every_action_is_pinned_by_commit_and_comes_from_the_one_pins_file(
    everywhere: Path,
) -> None:
    for workflow in sorted((everywhere / ".github/workflows").glob("*.yml")):
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
        outside += [image for image in named if image != "${COMPOSE_PROJECT_NAME}-app"]
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
                assert step["with"]["persist-credentials"] is False


def test_only_the_job_that_attests_can_sign(from_public_source: Path) -> None:
    for workflow in workflows(from_public_source).values():
        for name, job in workflow["jobs"].items():
            given = {scope for scope, what in job["permissions"].items() if what == "write"}
            allowed = {"evidence": {"id-token", "attestations"}, "probe": {"issues"}}
            assert given <= allowed.get(name, {"issues"} if name == "look" else set()), name


@pytest.mark.parametrize(
    ("target", "may"),
    [("render", set()), ("cloud-run", {"id-token"}), ("kubernetes", {"packages"})],
)
def test_who_deploys_may_do_no_more_than_its_target_takes(
    each: Render, target: str, may: set[str]
) -> None:
    jobs = workflows(each(deploy_target=target))["deploy.yml"]["jobs"]
    given = {scope for scope, what in jobs["deploy"]["permissions"].items() if what == "write"}
    assert (given, jobs["ready"]["permissions"]) == (may, {})


def test_without_a_target_no_workflow_deploys(each: Render) -> None:
    assert "deploy.yml" not in workflows(each(deploy_target="none"))


def test_no_step_stands_in_two_jobs_with_six_equal_lines(everywhere: Path) -> None:
    # `copier update` would find the wrong one of them: docs/mergeable-templates.md, rule 5.
    for at in (everywhere / ".github/workflows").glob("*.yml"):
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


def test_the_readme_links_only_to_what_exists(everywhere: Path) -> None:
    for page in [everywhere / "README.md", *(everywhere / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            if not link.startswith(("https://", "../../actions/")):
                assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_diagrams_name_only_what_exists(each: Render) -> None:
    readme = (each() / "README.md").read_text(encoding="utf-8")
    diagrams = "\n".join(re.findall(r"```mermaid\n(.*?)```", readme, re.S))
    named = re.findall(r"\b[\w./-]+\.(?:py|toml|csv\.gz)\b", diagrams)
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
