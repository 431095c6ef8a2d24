"""Changes single places of a starter's code by chance and lists the changes that no test noticed.

    python -m tests.mutants.chance supervised-api --count 100 --seed 1

A change is tried by the tests that pass through its line and by those that start processes, where
nobody sees what they pass through; where no test is known to pass, by all. A survivor is a place to
look at, not always a fault of the tests: some changes mean the same.
"""

from __future__ import annotations

import argparse
import ast
import copy as copying
import random
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutants.project import copy, generate, judge, starting_processes, tests_by_line

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 2
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}


@dataclass(frozen=True)
class Change:
    """One changed place.

    Attributes:
        file: Path in the repository.
        line: Number of the line, from 1.
        before: The expression as it stands.
        after: What it becomes.
        text: The whole changed file.
    """

    file: str
    line: int
    before: str
    after: str
    text: str


def _changed(node: ast.AST) -> ast.AST | None:
    """A copy of the node that means something else; None where we know none."""
    new = copying.deepcopy(node)
    match new:
        case ast.Compare(ops=[operator, *rest]) if type(operator) in COMPARISONS:
            new.ops = [COMPARISONS[type(operator)](), *rest]
        case ast.BinOp(op=operator) if type(operator) in OPERATORS:
            new.op = OPERATORS[type(operator)]()
        case ast.BoolOp(op=operator):
            new.op = ast.Or() if isinstance(operator, ast.And) else ast.And()
        case ast.UnaryOp(op=ast.Not()):
            return new.operand
        case ast.Constant(value=bool(value)):
            new.value = not value
        case ast.Constant(value=int(value) | float(value)):
            new.value = value + 1
        case ast.IfExp():
            new.body, new.orelse = new.orelse, new.body
        case _:
            return None
    return new


def changes(file: str, text: str) -> Iterator[Change]:
    """Yield every change of one file that we know how to make, in its own words and layout."""
    lines = text.splitlines(keepends=True)
    for node in ast.walk(ast.parse(text)):
        new = _changed(node)
        if new is None or not isinstance(node, ast.expr) or node.lineno != node.end_lineno:
            continue
        line = lines[node.lineno - 1].encode()  # columns count bytes
        before = line[node.col_offset : node.end_col_offset].decode()
        after = ast.unparse(new)
        changed = (
            f"{line[: node.col_offset].decode()}({after}){line[node.end_col_offset :].decode()}"
        )
        whole = "".join([*lines[: node.lineno - 1], changed, *lines[node.lineno :]])
        try:
            compile(whole, file, "exec")
        except SyntaxError:  # inside an f-string, or a pattern of a match
            continue
        yield Change(file, node.lineno, before, after, whole)


def main(arguments: argparse.Namespace) -> int:
    """Try the changes; print the survivors."""
    with tempfile.TemporaryDirectory() as folder:
        starter = generate(arguments.template, Path(folder))
        found = [
            change
            for path in sorted((starter / "app").rglob("*.py"))
            if path.name != "schema.py"  # data of the learner's, not behaviour
            for change in changes(
                path.relative_to(starter).as_posix(), path.read_text(encoding="utf-8")
            )
        ]
        chosen = random.Random(arguments.seed).sample(found, min(arguments.count, len(found)))  # noqa: S311
        print(f"{len(found)} places, {len(chosen)} tried", flush=True)
        passing, others = tests_by_line(starter), starting_processes(starter)

        def survives(numbered: tuple[int, Change]) -> bool:
            number, change = numbered
            project = copy(starter, Path(folder) / str(number))
            (project / change.file).write_text(change.text, encoding="utf-8", newline="\n")
            near = passing.get(change.file, {}).get(change.line, [])
            survived = not judge(starter, project, [*near, *others] if near else []).caught
            if survived:
                print(
                    f"{change.file}:{change.line}: {change.before}  ->  {change.after}", flush=True
                )
            return survived

        with ThreadPoolExecutor(AT_ONCE) as pool:
            survivors = sum(pool.map(survives, enumerate(chosen)))
    print(f"{len(chosen) - survivors} of {len(chosen)} changes caught, {survivors} survived")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("template", nargs="?", default="supervised-api")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    sys.exit(main(parser.parse_args()))
