"""Which layouts of a file survive an update by plain copier, measured on copier itself.

`python -m tests.updates.layouts` prints the table of docs/mergeable-templates.md.

A case is one text in which each line says who wrote it, so that the old release, the new release,
the learner's file and the only right result are all read off it:

    "  "  in every version            "t+"  added by the new release
    "t-"  removed by the new release  "l+"  added by the learner
    "l-"  removed by the learner

All cases are files of one small template, so a single `copier update` measures them all.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tests.updates.layout_cases import CASES, LayoutCase
from tests.updates.plain import Plain, find_or_install

_COPIER_YML = """\
_envops:
  variable_start_string: "~{{"
  variable_end_string: "}}~"
  block_start_string: "~{%"
  block_end_string: "%}~"
  comment_start_string: "~{#"
  comment_end_string: "#}~"
"""
_MARKERS = ("<<<<<<< before updating", ">>>>>>> after updating")


class Outcome(Enum):
    """What became of one file."""

    MERGED = "merged"
    CONFLICT = "conflict"
    LOST = "lines lost"
    MOVED = "lines in the wrong place"


@dataclass(frozen=True)
class Versions:
    """The four texts that one case stands for."""

    old: str
    new: str
    mine: str
    wanted: str


def versions(case: LayoutCase) -> Versions:
    """Read the four texts off a case.

    Raises:
        ValueError: a line does not begin with one of the five marks.
    """
    marks = {"  ": "onmw", "t+": "nw", "t-": "om", "l+": "mw", "l-": "on"}
    texts: dict[str, list[str]] = {"o": [], "n": [], "m": [], "w": []}
    for line in case.text.splitlines():
        mark = line[:2].ljust(2)
        if mark not in marks or line[2:3] not in {"", " "}:
            msg = f"{case.name}: no such mark: {line!r}"
            raise ValueError(msg)
        for version in marks[mark]:
            texts[version].append(line[3:])
    old, new, mine, wanted = ("\n".join(texts[v]) + "\n" for v in "onmw")
    return Versions(old, new, mine, wanted)


def measure(cases: tuple[LayoutCase, ...], plain: Plain, folder: Path) -> dict[str, Outcome]:
    """Put all cases through one real `copier update` and say what became of each."""
    source, project = folder / "template.git", folder / "project"
    source.mkdir()
    (source / "copier.yml").write_text(_COPIER_YML, encoding="utf-8", newline="\n")
    answers = "~{{ _copier_conf.answers_file }}~.jinja"
    (source / answers).write_text("~{{ _copier_answers|to_nice_yaml -}}~\n", encoding="utf-8")
    read = {case.name: versions(case) for case in cases}
    for tag, texts in (
        ("v0.1.0", {name: v.old for name, v in read.items()}),
        ("v0.1.1", {name: v.new for name, v in read.items()}),
    ):
        _write_all(source, texts)
        plain.commit(tag, cwd=source)
        plain.git("tag", tag, cwd=source)
    copy = ["copy", "--defaults", "--quiet", "--vcs-ref", "v0.1.0", str(source), str(project)]
    plain.run(*copy, cwd=folder).ok()
    plain.commit("Start", cwd=project)
    _write_all(project, {name: v.mine for name, v in read.items()})
    plain.commit("Make it mine", cwd=project)
    plain.run("update", "--defaults", "--quiet", cwd=project).ok()
    return {name: _outcome(v, (project / name).read_text("utf-8")) for name, v in read.items()}


def _write_all(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _outcome(case: Versions, merged: str) -> Outcome:
    if any(line in _MARKERS for line in merged.splitlines()):
        return Outcome.CONFLICT
    if merged == case.wanted:
        return Outcome.MERGED
    if Counter(case.wanted.splitlines()) - Counter(merged.splitlines()):
        return Outcome.LOST
    return Outcome.MOVED


def table(outcomes: dict[str, Outcome]) -> str:
    """The outcomes as a Markdown table, in the order of the cases."""
    rows = ["| part | what both change | layout | result |", "|---|---|---|---|"]
    rows += [
        f"| {case.part} | {case.change} | {case.layout} | {outcomes[case.name].value} |"
        for case in CASES
    ]
    return "\n".join(rows)


def main() -> None:
    """Measure in a temporary folder and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        cache = Path(__file__).resolve().parents[2] / ".cache"
        plain = Plain.at(find_or_install(cache), base / "home")
        sys.stdout.write(table(measure(CASES, plain, base)) + "\n")


if __name__ == "__main__":
    main()
