"""Where the linter, the types or CI look at less than in the starter. Nothing is run."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from scaffold.check.facts.settings import read
from scaffold.check.facts.workflows import steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.facts.given import Given
    from scaffold.check.facts.tree import Tree
    from scaffold.check.facts.workflows import Step, Workflows

PROJECT = "pyproject.toml"
CI = ".github/workflows/ci.yml"
OTHER_FILES = {
    **dict.fromkeys(("mypy.ini", ".mypy.ini"), "mypy"),
    **dict.fromkeys(("ruff.toml", ".ruff.toml"), "ruff"),
}
"""Files that come before pyproject.toml, by name."""
_RUFF_LISTS = (
    ("ignore", ("lint", "ignore"), ("lint", "extend-ignore"), ("extend-ignore",)),
    ("exclude", ("exclude",), ("extend-exclude",), ("lint", "exclude")),
)
_RUFF_BY_FILE = (
    ("lint", "per-file-ignores"),
    ("lint", "extend-per-file-ignores"),
    ("per-file-ignores",),
)
_LAX = {"ignore_errors", "exclude", "exclude_gitignore", "disable_error_code"}
_STRICT = ("disallow_", "check_", "warn_", "no_implicit_", "strict", "extra_checks")
_ASKED = {
    "ruff": ("ruff", "check"),
    "mypy": ("mypy",),
    "evaluate": ("app", "evaluate", "--check"),
    "report": ("app", "report", "--check"),
}
"""What CI of the starter runs beside its tests, by what a decision calls it."""
_LONGEST = 100


def weaker(tree: Tree, given: Given, workflows: Workflows) -> Iterator[tuple[str, str, str]]:
    """What a decision calls it, the file, and what is weaker there."""
    for path in tree.sizes:
        tool = OTHER_FILES.get(path.rpartition("/")[2])
        if tool and path not in given.files:
            yield tool, path, f"{tool} is configured here too."
    now, before = (read(text) for text in (tree.text(PROJECT), given.text(PROJECT)))
    yield from (("ruff", PROJECT, said) for said in _ruff(now, before, given))
    yield from (("mypy", PROJECT, said) for said in _mypy(now, before))
    yield from ((tool, CI, said) for tool, said in _not_run(given, workflows))


def _ruff(now: Any, before: Any, given: Given) -> Iterator[str]:
    for verb, *places in _RUFF_LISTS:
        more = set().union(*(_listed(now, "tool", "ruff", *one) for one in places)) - set().union(
            *(_listed(before, "tool", "ruff", *one) for one in places)
        )
        if more:
            yield f"ruff {verb}s {', '.join(sorted(more))[:_LONGEST]} as well."
    ours, theirs = _by_file(now), _by_file(before)
    for pattern, rule in sorted(ours - theirs):
        its = next((one for one in given.files if _is_met(one, pattern)), None)
        if its and not any(rule == old and _is_met(its, where) for where, old in theirs):
            yield f"ruff ignores {rule[:_LONGEST]} in {its} as well."


def _by_file(content: Any) -> set[tuple[str, str]]:
    found = set()
    for place in _RUFF_BY_FILE:
        table = at(content, "tool", "ruff", *place)
        for pattern in table if isinstance(table, dict) else ():
            found |= {(pattern[:_LONGEST], rule) for rule in _listed(table, pattern)}
    return found


def _is_met(path: str, pattern: str) -> bool:
    return path.endswith(".py") and (
        fnmatch(path, pattern) or fnmatch(path.rpartition("/")[2], pattern)
    )


def _mypy(now: Any, before: Any) -> Iterator[str]:
    ours, theirs = (at(one, "tool", "mypy") for one in (now, before))
    old = _lax(theirs)
    for name in sorted(_lax(ours) - old):
        yield f"mypy is told {name}."
    if isinstance(theirs, dict) and isinstance(ours, dict):
        lost = _listed(theirs, "files") - _listed(ours, "files")
        if lost:
            yield f"mypy does not look at {', '.join(sorted(lost))} any more."


def _lax(table: Any) -> set[str]:
    """Settings of mypy, and of its overrides, that let something pass; not of missing types."""
    if not isinstance(table, dict):
        return set()
    overrides = table.get("overrides")
    found = set()
    for one in (table, *(overrides if isinstance(overrides, list) else ())):
        for key, value in one.items() if isinstance(one, dict) else ():
            skips = key == "follow_imports" and value in ("skip", "silent")
            lax = value not in {False, ""} if isinstance(value, bool | str) else bool(value)
            if (key in _LAX and lax) or skips or (key.startswith(_STRICT) and value is False):
                found.add(f"{key} = {str(value)[:_LONGEST]}")
    return found


def _not_run(given: Given, workflows: Workflows) -> Iterator[tuple[str, str]]:
    theirs = steps_of(CI, given.text(CI)) or []
    for tool, words in _ASKED.items():
        whens = {"", *(one.when for one in theirs if _runs(one, words))}
        if len(whens) > 1 or any(_runs(one, words) for one in theirs):
            bound = (one for one in workflows.steps if _runs(one, words) and one.when in whens)
            if not any(one.events & {"push", "pull_request"} for one in bound):
                yield tool, f"CI does not insist on `{' '.join(words)}` any more."


def _runs(step: Step, words: tuple[str, ...]) -> bool:
    """Whether it runs these words one after the other, and fails where they do."""
    said = step.run.split()
    places = range(len(said) - len(words) + 1)
    return step.binding and any(tuple(said[one : one + len(words)]) == words for one in places)


def at(content: Any, *keys: str) -> Any:
    """What stands below these keys; None where nothing does."""
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return content


def _listed(content: Any, *keys: str) -> set[str]:
    found = at(content, *keys)
    return {one for one in found if isinstance(one, str)} if isinstance(found, list) else set()
