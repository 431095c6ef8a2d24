"""The model's input, counted from the text of a Python file as the table was."""

import ast

Function = ast.FunctionDef | ast.AsyncFunctionDef
Counted = dict[str, str | int | float | bool | None]
BRANCHES = (ast.If, ast.For, ast.While, ast.Try)


def kind_of(name: str) -> str:
    """Returns `dunder`, `private` or `public`."""
    if name.startswith("__") and name.endswith("__"):
        return "dunder"
    return "private" if name.startswith("_") else "public"


def arguments_of(one: Function, *, in_class: bool) -> int:
    """Returns how many arguments a caller can name or place, without `self`."""
    named = one.args.posonlyargs + one.args.args + one.args.kwonlyargs
    return max(len(named) - in_class, 0)


def functions(text: str) -> dict[str, Counted]:
    """Returns what is known of each function that lacks a docstring, by its name.

    Raises:
        SyntaxError: The text is no Python.
    """
    tree = ast.parse(text)
    found = [(one, False) for one in tree.body if isinstance(one, Function)]
    for holder in (one for one in tree.body if isinstance(one, ast.ClassDef)):
        found += [(one, True) for one in holder.body if isinstance(one, Function)]
    lacking = [ast.get_docstring(one) is None for one, _ in found]
    return {
        one.name: {
            "kind": kind_of(one.name),
            "in_class": in_class,
            "arguments": arguments_of(one, in_class=in_class),
            "lines": sum((part.end_lineno or 0) - part.lineno + 1 for part in one.body),
            "branches": sum(isinstance(part, BRANCHES) for part in ast.walk(one)),
            "decorators": len(one.decorator_list),
            "returns": any(isinstance(p, ast.Return) and p.value for p in ast.walk(one)),
            "others": (sum(lacking) - 1) / (len(found) - 1) if len(found) > 1 else None,
        }
        for (one, in_class), lacks in zip(found, lacking, strict=True)
        if lacks
    }
