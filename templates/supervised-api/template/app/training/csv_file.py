"""Reading a CSV file of unknown make: what is wrong with it, and the command that mends it."""

import re
from collections import Counter
from pathlib import Path

import pandas as pd

from app.service.errors import UserError


def _again(path: Path, options: str) -> str:
    code = f"import pandas as pd; pd.read_csv('{path.as_posix()}', {options})"
    return f"Write it anew: uv run python -c \"{code}.to_csv('data/clean.csv', index=False)\""


def _width(path: Path, line: int) -> int:
    return len(pd.read_csv(path, header=None, skiprows=line - 1, nrows=1, dtype=str).columns)


def read_rows(path: Path) -> pd.DataFrame:
    """Reads a CSV file as the training does, and refuses what the training would misread.

    Raises:
        UserError: It is not there, not UTF-8, not separated by commas, without rows, or has
            columns of the same name.
    """
    try:
        first = pd.read_csv(path, header=None, nrows=1, dtype=str, keep_default_na=False)
        frame = pd.read_csv(path, encoding="utf-8", low_memory=False)
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8.", _again(path, "encoding='cp1252'")) from error
    except FileNotFoundError as error:
        raise UserError(f"{path} is not here.", "Give the path of a CSV file.") from error
    except (ValueError, OSError) as error:
        why = getattr(error, "strerror", None) or error
        raise UserError(
            f"{path} can't be read as CSV: {why}.", "Give a CSV file in UTF-8 with a header line."
        ) from error
    names = [str(name) for name in first.iloc[0]]
    separator = re.search(r"[;\t|]", names[0])
    if len(names) == 1 and separator:
        options = f"sep={separator.group()!r}" + (", decimal=','" if separator[0] == ";" else "")
        raise UserError(f"{path} is not separated by commas.", _again(path, options))
    doubles = [name for name, count in Counter(names).items() if count > 1 and name]
    if doubles:
        raise UserError(
            f"{path} has more than one column {', '.join(map(repr, doubles))}.",
            "Give each column a name of its own in the first line.",
        )
    # pandas takes what is too much in the first row for names of the rows, and moves the others.
    if frame.empty or _width(path, 2) > len(names):
        problem = "has a header and no rows" if frame.empty else "has rows longer than its header"
        raise UserError(f"{path} {problem}.", "One name per column, then one line per case.")
    return frame
