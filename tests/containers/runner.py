"""Carries out a rendered workflow with `act`, each job on a runner of its own."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

RUNNER = "catthehacker/ubuntu:act-latest"
OWNER = "ada/visits"
# Every action that a rendered workflow names, and what is run in its place: none can be fetched.
# Every `run:` step is carried out as it stands. act itself does what `checkout` does.
STAND_INS = {
    "actions/checkout": "",
    "astral-sh/setup-uv": """
        uv --version
        printf '#!/usr/bin/env bash\\nexec uv tool run "$@"\\n' > /usr/local/bin/uvx
        chmod +x /usr/local/bin/uvx
    """,
    "docker/setup-buildx-action": "docker buildx version",
    "docker/build-push-action": """
        arguments=()
        while IFS= read -r one; do
          [ -z "$one" ] || arguments+=(--build-arg "$one")
        done <<< "$BUILD_ARGS"
        docker build "${arguments[@]}" --tag "$TAGS" "$CONTEXT"
    """,
    "actions/upload-artifact": 'test -s "$ARTIFACT"',
    "actions/attest": "sha256sum $SUBJECT",
}
INPUTS = {
    "BUILD_ARGS": "build-args",
    "TAGS": "tags",
    "CONTEXT": "context",
    "ARTIFACT": "path",
    "SUBJECT": "subject-path",
}


@dataclass(frozen=True)
class Event:
    """What GitHub would have told the workflow.

    Attributes:
        name: Of the event.
        payload: What came with it.
        secrets: Of the repository.
        variables: Of the repository.
    """

    name: str
    payload: Mapping[str, Any]
    secrets: Mapping[str, str]
    variables: Mapping[str, str]


REPOSITORY = {"default_branch": "main", "private": False, "full_name": OWNER}
PUSH = Event("push", {"ref": "refs/heads/main", "repository": REPOSITORY}, {}, {})
BY_HAND = Event("workflow_dispatch", {"inputs": {}, "repository": REPOSITORY}, {}, {})


def commit(folder: Path) -> None:
    """Commit everything."""
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    subprocess.run(["git", *who, "commit", "--quiet", "--message=x"], cwd=folder, check=True)


def push(folder: Path) -> str:
    """Let the remote know the newest commit of main; return it."""
    subprocess.run(
        ["git", "update-ref", "refs/remotes/origin/main", "HEAD"], cwd=folder, check=True
    )
    head = ["git", "rev-parse", "HEAD"]
    return subprocess.check_output(head, cwd=folder, text=True).strip()


def begin(folder: Path) -> None:
    """Make a folder the repository that its owner pushes for the first time."""
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main"], cwd=folder, check=True)
    remote = ["remote", "add", "origin", f"https://github.com/{OWNER}"]
    subprocess.run(["git", *remote], cwd=folder, check=True)
    commit(folder)


def jobs(folder: Path, workflow: str) -> dict[str, Any]:
    """Return the jobs of a workflow by their ids."""
    text = (folder / ".github/workflows" / workflow).read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)["jobs"]
    return found


def actions(folder: Path, workflow: str) -> set[str]:
    """Return the actions that a workflow names, with their versions."""
    found = jobs(folder, workflow).values()
    return {step["uses"] for job in found for step in job["steps"] if "uses" in step}


def carry_out(
    folder: Path,
    workflow: str,
    event: Event,
    temporary: Path,
    *,
    job: str = "",
    options: Sequence[str] = (),
) -> subprocess.CompletedProcess[str]:
    """Carry out a workflow, or one job of it with those that it needs.

    Args:
        folder: The repository.
        workflow: Name of its file.
        event: What happened.
        temporary: Where the stand-ins are written; it need not be there.
        job: Its id; empty means all.
        options: More of `act`'s.
    """
    temporary.mkdir(exist_ok=True)
    payload = temporary / "event.json"
    payload.write_text(json.dumps(event.payload), encoding="utf-8")
    given = [
        *(
            f"--local-repository={use}={_stand_in(use, temporary)}"
            for use in _foreign(folder, workflow)
        ),
        *(f"--secret={name}={value}" for name, value in event.secrets.items()),
        *(f"--var={name}={value}" for name, value in event.variables.items()),
        *([f"--job={job}"] if job else []),
    ]
    runs_on = {one["runs-on"] for one in jobs(folder, workflow).values()}
    command = ["act", event.name, "--rm", "--pull=false", f"--eventpath={payload}"]
    where = [f"--container-daemon-socket={os.environ['DOCKER_HOST']}"]
    platforms = [f"--platform={one}={RUNNER}" for one in runs_on]
    file = [f"--workflows=.github/workflows/{workflow}"]
    return subprocess.run(
        [*command, *where, *platforms, *file, *given, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def _foreign(folder: Path, workflow: str) -> list[str]:
    return sorted(use for use in actions(folder, workflow) if STAND_INS[use.partition("@")[0]])


def _stand_in(use: str, temporary: Path) -> Path:
    """Write a stand-in for an action; return its folder."""
    name = use.partition("@")[0]
    folder = temporary / name.replace("/", "-")
    folder.mkdir(exist_ok=True)
    step = {
        "shell": "bash",
        "run": STAND_INS[name],
        "env": {variable: f"${{{{ inputs.{given} }}}}" for variable, given in INPUTS.items()},
    }
    inputs = ("version", "load", "name", "cache-from", "cache-to", *INPUTS.values())
    action = {
        "name": "stand-in",
        "description": f"In the place of {name}.",
        "inputs": {one: {"description": one, "required": False} for one in inputs},
        "runs": {"using": "composite", "steps": [step]},
    }
    (folder / "action.yml").write_text(yaml.safe_dump(action), encoding="utf-8")
    return folder
