"""Reading YAML that people write: with reasons in one line, and without silent losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path


class UnreadableError(ValueError):
    """Why a file is no YAML, in one line."""


class _Loader(yaml.SafeLoader):
    """The safe loader, which also refuses a key that comes twice."""


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
            if key.value in seen:
                raise UnreadableError(f"it names {key.value} twice")
            seen.add(key.value)
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read(path: Path) -> Any:
    """The content of a YAML (or JSON) file, with or without a byte order mark.

    Raises:
        UnreadableError: It cannot be read, or is no YAML.
        FileNotFoundError: It is not there; NotADirectoryError likewise.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_Loader)  # noqa: S506 - safe
    except (FileNotFoundError, NotADirectoryError):
        raise
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise UnreadableError(reason(error)) from error


def reason(error: Exception) -> str:
    """Why a text could not be read as YAML, in one line."""
    match error:
        case OSError():
            return error.strerror or str(error)
        case UnicodeDecodeError():
            return "it is not UTF-8 text"
        case RecursionError():
            return "it is nested too deeply"
        case yaml.MarkedYAMLError():
            mark = error.problem_mark
            place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
            return f"{error.problem}{place}"
        case _:  # a date such as 2026-13-45 is a ValueError
            return str(error).partition("\n")[0]
