"""The command that somebody is told to run, as it has to be typed from the present folder."""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.cohort.class_file import FILE

if TYPE_CHECKING:
    from scaffold.cohort.class_file import Class


def command(klass: Class, verb: str, *options: str) -> str:
    """`scaffold cohort VERB`, with `--class` where the class is not that of the present folder."""
    return " ".join(["scaffold cohort", verb, *_class(klass.file), *options])


def _class(file: Path) -> tuple[str, ...]:
    here = Path.cwd()
    if file == here / FILE:
        return ()
    named = os.fspath(file.parent if file.name == FILE else file)
    with suppress(ValueError):  # another drive
        named = min(os.path.relpath(named, here), named, key=len)
    quoted = f'"{named}"' if os.name == "nt" and " " in named else named
    return ("--class", quoted if os.name == "nt" else shlex.quote(named))
