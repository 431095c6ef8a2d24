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
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise UnreadableError("it is not UTF-8 text") from error
    except RecursionError as error:
        raise UnreadableError("it is nested too deeply") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise UnreadableError(f"{error.problem}{place}") from error
    except (yaml.YAMLError, ValueError) as error:  # a date such as 2026-13-45 is a ValueError
        raise UnreadableError(str(error).partition("\n")[0]) from error
