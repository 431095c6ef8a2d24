"""Counts the functions of Python's standard library: how large they are, and who has a docstring.

python data/collect.py > data/functions.csv     # with Python 3.12.1
"""

import ast
import sysconfig
from pathlib import Path

LEFT_OUT = {"test", "tests", "idlelib", "lib2to3", "site-packages", "__pycache__", "turtledemo"}
EVERY = 3  # one module in three, by its place in the sorted list
HEAD = "module,kind,in_class,arguments,lines,branches,decorators,returns,others,undocumented"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(body: list[ast.stmt], *, in_class: bool = False) -> list[tuple[Function, bool]]:
    """Returns the functions of a module and of its classes, and whether each is in a class."""
    found: list[tuple[Function, bool]] = []
    for one in body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            found.append((one, in_class))
        elif isinstance(one, ast.ClassDef) and not in_class:
            found += functions(one.body, in_class=True)
    return found


def cells(one: Function, *, in_class: bool) -> list[object]:
    """Returns what is counted of a function."""
    body = one.body[1:] if ast.get_docstring(one) is not None else one.body
    walked = list(ast.walk(one))
    dunder = one.name.startswith("__") and one.name.endswith("__")
    arguments = len(one.args.posonlyargs + one.args.args + one.args.kwonlyargs) - in_class
    return [
        "dunder" if dunder else "private" if one.name.startswith("_") else "public",
        int(in_class),
        max(arguments, 0),
        sum((part.end_lineno or 0) - part.lineno + 1 for part in body),
        sum(isinstance(part, ast.If | ast.For | ast.While | ast.Try) for part in walked),
        len(one.decorator_list),
        int(any(isinstance(part, ast.Return) and part.value for part in walked)),
    ]


def rows(name: str, text: bytes) -> list[str]:
    """Returns the lines of the table for a module; `others` is the share of its other functions."""
    found = functions(ast.parse(text).body)
    lacking = [ast.get_docstring(one) is None for one, _ in found]
    lines = []
    for (one, in_class), lacks in zip(found, lacking, strict=True):
        others = len(found) - 1
        share = f"{(sum(lacking) - lacks) / others:.2f}" if others else ""
        counted = [name, *cells(one, in_class=in_class), share, int(lacks)]
        lines.append(",".join(map(str, counted)))
    return lines


def main() -> None:
    """Writes the table."""
    top = Path(sysconfig.get_path("stdlib"))
    files = [one.relative_to(top) for one in top.rglob("*.py")]
    kept = sorted(one.as_posix() for one in files if not LEFT_OUT & set(one.parts))
    print(HEAD)
    for name in kept[::EVERY]:
        for line in rows(name, (top / name).read_bytes()):
            print(line)


if __name__ == "__main__":
    main()
