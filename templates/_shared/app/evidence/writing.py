"""Files of a person that a command writes: all that is new is there, or what was there before."""

import os
from collections.abc import Mapping
from pathlib import Path


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Writes files that belong together; their folders are created.

    Each is written beside its place, down to the disk, before the first takes it. So a full disk or
    an interruption leaves what was there, and only a crash between two renamings a mixture.

    Args:
        contents: What each file is to hold.

    Raises:
        OSError: One can't be written; then all are as they were.
    """
    beside = {file: file.with_name(f".{file.name}.part") for file in contents}
    for file in contents:
        file.parent.mkdir(parents=True, exist_ok=True)
    try:
        for file, content in contents.items():
            with beside[file].open("wb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
        for file, part in beside.items():
            part.replace(file)
    finally:
        for part in beside.values():
            part.unlink(missing_ok=True)
