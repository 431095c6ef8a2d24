"""A container engine, whichever one `DOCKER_HOST` names, spoken to through the `docker` program."""

import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CAREFUL_HOST = (
    "--read-only",
    "--tmpfs=/tmp",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--memory=512m",
)


def docker(*arguments: str, stdin: str | None = None, check: bool = True) -> str:
    """Run one `docker` command and return what it printed.

    Raises:
        AssertionError: The command failed; the message holds its output.
    """
    done = subprocess.run(
        ["docker", *arguments], input=stdin, capture_output=True, text=True, check=False
    )
    if check and done.returncode:
        raise AssertionError(f"docker {' '.join(arguments)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def why_no_engine() -> str | None:
    """Say why no image can be built here, or None when it can."""
    try:
        done = subprocess.run(
            ["docker", "version", "--format", "{{.Server.Version}}"],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired) as problem:
        return f"no container engine: {problem}"
    if done.returncode:
        return f"no container engine answers: {done.stderr.strip().splitlines()[-1]}"
    return None


@dataclass(frozen=True)
class Container:
    """One running container."""

    name: str

    def python(self, code: str, *arguments: str) -> str:
        """Run Python inside; return what it printed."""
        return docker("exec", "-i", self.name, "python", "-", *arguments, stdin=code)

    def get(self, path: str, port: int) -> tuple[int, Any]:
        """Ask the service from inside its own network; return status and decoded body."""
        said = self.python(
            "import sys, json, urllib.error, urllib.request\n"
            "try:\n"
            "    answer = urllib.request.urlopen(sys.argv[1], timeout=5)\n"
            "except urllib.error.HTTPError as error:\n"
            "    answer = error\n"
            "print(answer.status); print(answer.read().decode())\n",
            f"http://127.0.0.1:{port}{path}",
        )
        status, _, body = said.partition("\n")
        try:
            return int(status), json.loads(body)
        except json.JSONDecodeError:
            return int(status), body

    def inspect(self, template: str) -> str:
        """Return one value of `docker inspect`."""
        return docker("inspect", "--format", template, self.name).strip()

    def logs(self) -> str:
        """Return everything it wrote."""
        done = subprocess.run(
            ["docker", "logs", self.name],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
        return done.stdout


def until(condition: Callable[[], bool], seconds: float, what: str) -> float:
    """Wait for a condition; return the seconds it took.

    Raises:
        AssertionError: It did not come true in time.
    """
    started = time.monotonic()
    while not condition():
        waited = time.monotonic() - started
        assert waited < seconds, f"{what} did not happen within {seconds:.0f} s"
        time.sleep(0.1)
    return time.monotonic() - started


def build(folder: Path, tag: str, arguments: Mapping[str, str]) -> str:
    """Build the image of a generated repository; return the builder's log."""
    options = [f"--build-arg={name}={value}" for name, value in arguments.items()]
    done = subprocess.run(
        ["docker", "build", "--progress=plain", *options, "--tag", tag, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(done.stdout)
    return done.stdout


def run(image: str, name: str, *options: str, command: Sequence[str] = ()) -> Container:
    """Start a container in the background."""
    docker("run", "--detach", "--name", name, *options, image, *command)
    return Container(name)
