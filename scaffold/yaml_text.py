"""Reading YAML that people write: with reasons in one line, and without silent losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from scaffold import strangers

if TYPE_CHECKING:
    from pathlib import Path


LARGEST_BYTES = 1_000_000
"""What a file that people write by hand may hold; the longest known one has two thousand."""


_MOST_DIGITS = 2_000


class UnreadableError(ValueError):
    """Why a file is no YAML, in one line."""


class PlainLoader(yaml.SafeLoader):
    """The safe loader without aliases and merges: ten lines of them stand for gigabytes of text."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Refuse an alias where PyYAML would put the node that it stands for."""
        if self.check_event(yaml.AliasEvent):
            alias: Any = self.peek_event()  # type: ignore[no-untyped-call]
            problem = "aliases (*name) are not taken"
            raise yaml.composer.ComposerError(None, None, problem, alias.start_mark)
        return super().compose_node(parent, index)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Refuse a merge where PyYAML would carry it out."""
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(
                    None, None, "merges (<<) are not taken", key.start_mark
                )
        super().flatten_mapping(node)


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    """A number that can be written in digits again; `1:1:1:...` of a megabyte takes a minute."""
    if len(node.value) > _MOST_DIGITS:
        raise yaml.constructor.ConstructorError(
            None, None, "a number has thousands of digits", node.start_mark
        )
    return loader.construct_yaml_int(node)


PlainLoader.add_constructor("tag:yaml.org,2002:int", _number)


class _Loader(PlainLoader):
    """The plain loader, which also refuses a key that comes twice."""


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


def read(path: Path, *, own: bool = False) -> Any:
    """The content of a YAML (or JSON) file, with or without a byte order mark.

    Args:
        path: Of the file.
        own: Whether the person at work named it, who may mean a link or a pipe; anybody else's is
            read only if it is a regular file.

    Raises:
        UnreadableError: It cannot be read, is larger than `LARGEST_BYTES`, or is no plain YAML.
        FileNotFoundError: It is not there; NotADirectoryError likewise.
    """
    try:
        if own:
            with path.open("rb") as file:
                content = strangers.bounded(file.read(LARGEST_BYTES + 1), LARGEST_BYTES)
        else:
            content = strangers.read(path, LARGEST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except (OSError, ValueError) as error:
        raise UnreadableError(reason(error)) from error
    return parse(content)


def parse(content: bytes) -> Any:
    """What a YAML (or JSON) text says, with or without a byte order mark.

    Raises:
        UnreadableError: It is no plain YAML.
    """
    try:
        return yaml.load(content.decode("utf-8-sig"), Loader=_Loader)  # noqa: S506 - safe
    except (ValueError, RecursionError, yaml.YAMLError) as error:
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
