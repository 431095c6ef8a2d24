"""Files of a person that a command writes: all of the text is there, or what was there before."""

from pathlib import Path


def write_whole(file: Path, text: str) -> None:
    """Writes a file, with the line ends that the text has; its folder is created.

    Raises:
        OSError: It can't be written; then the file is as it was.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
