"""How a repository is changed: its answers, its texts, its reports."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.evidence.recompute import Recipe
from tests.check import growing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tests.check.adversaries.registry import Git

Json = dict[str, Any]
PROSE: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("prose.toml").read_text(encoding="utf-8")
)
QUESTIONS = tuple(PROSE["supervised-api"])


def read(folder: Path, path: str) -> str:
    return (folder / path).read_text(encoding="utf-8")


def sub(folder: Path, path: str, pattern: str, new: str) -> None:
    """Replace each match of a pattern, of which there is at least one."""
    text, times = re.subn(pattern, new, read(folder, path), flags=re.MULTILINE)
    assert times, f"{path} holds no {pattern!r}"
    growing.write(folder, path, text)


def each(folder: Path, paths: Iterable[Path], change: Callable[[str], str]) -> None:
    """Change texts, at least one of them."""
    changed = 0
    for path in paths:
        old = path.read_text(encoding="utf-8")
        new = change(old)
        if new != old:
            growing.write(folder, path.relative_to(folder).as_posix(), new)
            changed += 1
    assert changed


def modules(folder: Path, *below: str) -> list[Path]:
    """Python files below some folders, in order."""
    return sorted(path for one in below for path in (folder / one).rglob("*.py"))


def answer(folder: Path, answers: Mapping[str, str]) -> None:
    """Write below each bold question, in the place of what stands there."""
    text = read(folder, "README.md")
    for question, said in answers.items():
        pattern = rf"(<!-- signal:{question} -->\n\*\*[^\n]*\*\*\n\n).*?(?=\n\n(?:<!--|#))"
        parts = re.split(pattern, text, flags=re.DOTALL)
        assert len(parts) == 3, question
        text = f"{parts[0]}{parts[1]}{said}{parts[2]}"
    growing.write(folder, "README.md", text)


def asked(folder: Path) -> dict[str, str]:
    """The bold questions."""
    found = re.findall(
        r"<!-- signal:(\w+) -->\n\*\*([^\n]*)\*\*", read(folder, "README.md"), re.MULTILINE
    )
    assert len(found) == len(QUESTIONS)
    return dict(found)


def told(folder: Path, template: str, more: Mapping[str, str] | None = None) -> None:
    """Answer every question fluently, with a sentence more where one is given."""
    added = more or {}
    answer(
        folder,
        {one: f"{text} {added.get(one, '')}".strip() for one, text in PROSE[template].items()},
    )


def live(folder: Path, line: str) -> None:
    sub(folder, "README.md", r"^\*\*Live:\*\* .*$", f"**Live:** {line}")


def report(folder: Path, kind: str = "evaluation") -> Json:
    content: Json = json.loads(read(folder, f"reports/{kind}.json"))
    return content


def put(folder: Path, content: Json, kind: str = "evaluation") -> None:
    text = json.dumps(content, indent=2, sort_keys=True) + "\n"
    growing.write(folder, f"reports/{kind}.json", text)


def rows_of(folder: Path, kind: str = "evaluation") -> list[Json]:
    packed = (folder / f"reports/{kind}.rows.jsonl.gz").read_bytes()
    return [json.loads(line) for line in gzip.decompress(packed).splitlines()]


def number(metric: str, of: str, rows: list[Json], where: Json | None = None, **more: Any) -> Json:
    """A number of a report, as its recipe gives it; with an interval when it is a difference."""
    recipe = {"metric": metric, "of": of, "where": where or {}, **more}
    made = Recipe(recipe)
    chosen = made.selected(rows)
    value = made.value(made.samples(chosen, rows))
    ends = {"low": value - 0.03, "high": value + 0.03} if "minus" in more else {}
    return {"value": value, "unit": "", "n": len(chosen), "recipe": recipe, **ends}


def save(folder: Path, template: str, kind: str, numbers: Json, rows: list[Json]) -> None:
    """Write a report with its rows, of what is committed now."""
    growing.save(folder, kind, numbers, rows)
    content = report(folder, kind)
    content["template"]["name"] = template
    put(folder, content, kind)


def refill(folder: Path) -> None:
    """Show the reports' digits in the README, and in the record that quotes them."""
    growing.write(folder, "README.md", growing.fill(folder, read(folder, "README.md")))
    record = "docs/decisions/0005-no-weather.md"
    if (folder / record).exists():
        value = report(folder)["champion"]["ap"]["value"]
        sub(folder, record, r"\[AP [\d.]+\]", f"[AP {value:.3f}]")


def commit(folder: Path, git: Git, message: str) -> str:
    """Commit all that stands there, and return the commit."""
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")
