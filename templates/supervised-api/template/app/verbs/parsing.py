"""What the modules of verbs share: the type of argparse's collection, and reading a text."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.service.errors import UserError

if TYPE_CHECKING:
    # argparse has no public name for it.
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001
else:
    Verbs = object


def read_text(file: str) -> str:
    """Returns the text of a file; `-` is standard input.

    Raises:
        UserError: It can't be read.
    """
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UserError(f"{file} is not here.", "Give the path of a file, or -.") from error
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise UserError(f"{file} can't be read: {why}.", "Give a UTF-8 file, or -.") from error
