"""Runs the scripts of a rendered workflow's job, one after the other, as GitHub does."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Step = Mapping[str, Any]


def on_path(folder: Path, **programs: str) -> dict[str, str]:
    """Write programs of the given names into a folder; return a PATH that finds them first."""
    folder.mkdir(exist_ok=True)
    for name, code in programs.items():
        program = folder / name
        program.write_text(f"#!/usr/bin/env bash\nset -euo pipefail\n{code}\n", encoding="utf-8")
        program.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


# Writes down what it is asked; an issue is open when OPEN_ISSUE says so.
RECORDING_GH = """echo "$*" >> "$RECORD"
if [ "$1 $2" = "issue list" ]; then echo "$OPEN_ISSUE"; fi"""


# Knows which commits are not of main; the rest is git's.
GIT = f"""real={shutil.which("git")}
if [ "$1 ${{2:-}}" != "merge-base --is-ancestor" ]; then exec "$real" "$@"; fi
[ "$4" = origin/main ] && [ "$3" != "$STRANGE" ]"""


def steps(workflow: Path, job: str) -> list[Step]:
    """Return the steps of a job."""
    found: list[Step] = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"][job]["steps"]
    return found


def script(workflow: Path, job: str, step: str) -> str:
    """Return the script of one step."""
    (run,) = [one["run"] for one in steps(workflow, job) if one.get("name") == step]
    return str(run)


def run(
    code: str, folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run one script with the shell and the options that GitHub uses."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", code],
        cwd=folder,
        env=os.environ | dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )


@dataclass
class Job:
    """One job: what its expressions know, and afterwards which steps ran, and what they said.

    Steps that only use an action are passed over: they count as succeeded. `git` says of every
    commit but `strange` that it is one of main.

    Attributes:
        workflow: Its file.
        name: Of the job.
        folder: The repository.
        temporary: A folder of its own.
        knows: Values of expressions.
        environment: More variables of the steps.
        strange: A commit that is not on main.
        cancelled_in: A step that somebody cancels when it has done its work.
        outcomes: Of the steps, by name.
        said: What they printed.
    """

    workflow: Path
    name: str
    folder: Path
    temporary: Path
    knows: dict[str, str]
    environment: dict[str, str] = field(default_factory=dict)
    strange: str = ""
    cancelled_in: str = ""
    outcomes: dict[str, str] = field(default_factory=dict)
    said: str = ""

    def run(self) -> bool:
        """Run all steps whose condition holds; return whether the job succeeded."""
        job = yaml.safe_load(self.workflow.read_text(encoding="utf-8"))["jobs"][self.name]
        for step in job["steps"]:
            name = str(step["name"])
            if not self._wanted(str(step.get("if", "success()"))):
                self.outcomes[name] = "skipped"
            elif "run" not in step:
                self.outcomes[name] = "success"
            else:
                self.outcomes[name] = self._run_step(step, job.get("env", {}))
            if name == self.cancelled_in:
                self.outcomes[name] = "cancelled"
            if "id" in step:
                self.knows[f"steps.{step['id']}.outcome"] = self.outcomes[name]
        return not {"failure", "cancelled"} & set(self.outcomes.values())

    def _run_step(self, step: Step, common: Mapping[str, str]) -> str:
        outputs = self.temporary / "outputs"
        outputs.write_text("", encoding="utf-8")
        env = {**common, **step.get("env", {})}
        given = {name: self._filled(value) for name, value in env.items()}
        own = {
            "GITHUB_OUTPUT": str(outputs),
            "GITHUB_STEP_SUMMARY": str(self.temporary / "summary"),
            "RUNNER_TEMP": str(self.temporary),
        }
        path = self.environment.get("PATH", os.environ["PATH"])
        git = on_path(self.temporary / "git", git=GIT)["PATH"].partition(os.pathsep)[0]
        own |= {"STRANGE": self.strange, "PATH": f"{git}{os.pathsep}{path}"}
        done = run(step["run"], self.folder, given | self.environment | own)
        self.said += done.stdout + done.stderr
        for line in outputs.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            self.knows[f"steps.{step['id']}.outputs.{name}"] = value
        return "failure" if done.returncode else "success"

    def _filled(self, value: object) -> str:
        def known(found: re.Match[str]) -> str:
            return self._value(found[1])

        return re.sub(r"\$\{\{ (.+?) \}\}", known, str(value))

    def _value(self, expression: str) -> str:
        """Return the value of names joined by `||`; a step's output that is not there is empty."""
        for name in expression.split(" || "):
            if name.startswith("'"):
                return name.strip("'")
            missing = "" if name.startswith("steps.") else None
            value = self.knows.get(name, missing)
            assert value is not None, f"the test does not say what {name} is"
            if value:
                return value
        return ""

    def _wanted(self, condition: str) -> bool:
        terms = condition.split(" && ")
        ended = set(self.outcomes.values())
        states = {
            "success()": not {"failure", "cancelled"} & ended,
            "failure()": "failure" in ended,
            "always()": True,
            "(failure() || cancelled())": bool({"failure", "cancelled"} & ended),
        }
        if not states.keys() & set(terms):
            terms.append("success()")
        return all(states[term] if term in states else self._holds(term) for term in terms)

    def _holds(self, term: str) -> bool:
        if term.startswith("!"):
            return self._value(term[1:]) != "true"
        if " != " in term:
            name, _, text = term.partition(" != ")
            return self._value(name) != text.strip("'")
        name, _, text = term.partition(" == ")
        return self._value(name) == text.strip("'")
