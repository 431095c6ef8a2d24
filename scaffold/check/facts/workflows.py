"""CI workflows as steps that run commands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import yaml

from scaffold import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.check.facts.tree import Tree

MOST_STEPS = 300
"""Of a workflow that are looked at."""
_DEEPEST = 50
_IGNORED = re.compile(r"\|\|\s*(?:true|:|exit 0|echo\b)|;\s*true\s*$|^\s*set \+e", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """One step of a job.

    Attributes:
        file: Of the workflow.
        line: Where its commands or name first stand, from 1; 0 when not found.
        job: Its job.
        run: Its commands; empty for an action.
        when: Its own condition and the job's.
        binding: Whether its failure fails the workflow.
        events: What starts the workflow.
        env: Variables that it, its job or the workflow sets.
    """

    file: str
    line: int
    job: str
    run: str
    when: str
    binding: bool
    events: frozenset[str]
    env: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Workflows:
    """All workflows; `unreadable` names those that are no plain YAML."""

    steps: tuple[Step, ...]
    unreadable: tuple[str, ...] = ()


def read(tree: Tree) -> Workflows:
    """Read `.github/workflows`."""
    steps: list[Step] = []
    unreadable = []
    for path in tree.below(".github/workflows"):
        if path.endswith((".yml", ".yaml")):
            found = steps_of(path, tree.text(path))
            if found is None:
                unreadable.append(path)
            else:
                steps += found
    return Workflows(tuple(steps), tuple(unreadable))


def steps_of(path: str, text: str | None) -> list[Step] | None:
    """The steps of one workflow; None where it is none."""
    content = load(text)
    if not isinstance(content, dict) or not isinstance(content.get("jobs"), dict):
        return None
    return list(islice(_steps(path, text or "", content), MOST_STEPS))


def load(text: str | None) -> Any:
    """A YAML document without aliases, not to be changed; None where it is none."""
    return _loaded(text) if text is not None and len(text) <= yaml_text.LARGEST_BYTES else None


@lru_cache(maxsize=200)
def _loaded(text: str) -> Any:
    # In C where it is there, which takes a seventh of the time; it knows no refusal of its own.
    parser: Any = getattr(yaml, "CSafeLoader", yaml_text.PlainLoader)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=parser):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or depth > _DEEPEST:
                return None
        return yaml.load(text, Loader=parser)  # noqa: S506 - safe, and without aliases
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        return None


def _events(content: dict[Any, Any]) -> frozenset[str]:
    said = content.get("on", content.get(True))  # YAML 1.1 takes `on` for yes
    if isinstance(said, str):
        return frozenset({said})
    return frozenset(map(str, said)) if isinstance(said, list | dict) else frozenset()


def _goes_on(content: dict[Any, Any], job: dict[Any, Any], step: dict[Any, Any]) -> bool:
    """Whether a step names a shell that goes on after an error, as GitHub's own do not."""
    defaults = [_at(one, "defaults", "run", "shell") for one in (job, content)]
    said = next((one for one in (step.get("shell"), *defaults) if isinstance(one, str)), "")
    return "{0}" in said and not re.search(r"\s-\w*e", said)


def _env(content: dict[Any, Any]) -> dict[str, str]:
    """What it sets; `BASH_ENV` names commands that bash runs before the step's own."""
    said = content.get("env")
    return {str(name): str(value) for name, value in said.items()} if isinstance(said, dict) else {}


def _at(content: Any, *keys: str) -> Any:
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return content


def _steps(path: str, text: str, content: dict[Any, Any]) -> Iterator[Step]:
    lines = text.split("\n")
    for name, job in content["jobs"].items():
        steps = job.get("steps") if isinstance(job, dict) else None
        for step in steps if isinstance(steps, list) else ():
            if not isinstance(step, dict):
                continue
            run = step.get("run")
            run = run if isinstance(run, str) else ""
            whens = [str(one["if"]) for one in (job, step) if "if" in one]
            lenient = any(one.get("continue-on-error") not in (None, False) for one in (job, step))
            never = any(when.strip(" ${}").lower() in {"false", "0", "never"} for when in whens)
            first = (run.strip().split("\n") or [""])[0]
            at = next((i for i, line in enumerate(lines, 1) if first and first in line), 0)
            env = _env(content) | _env(job) | _env(step)
            goes_on = _goes_on(content, job, step) or "BASH_ENV" in env
            binding = not (lenient or never or _IGNORED.search(run) or goes_on)
            when = " && ".join(whens)
            yield Step(path, at, str(name), run, when, binding, _events(content), env)
