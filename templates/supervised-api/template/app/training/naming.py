"""Names of columns that can be names of fields in app/schema.py."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import count
from keyword import iskeyword

from pydantic import BaseModel

SCHEMA_WORDS = {"float", "int", "bool", "Literal", "Field", "BaseModel"}


def field_name(header: str) -> str:
    """Returns the header itself where a field may be called so; else the nearest name."""
    is_camel = header[:1].islower() and header != header.lower()  # the linter wants snake_case
    taken = hasattr(BaseModel, header) or iskeyword(header) or header in SCHEMA_WORDS
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", header) and not is_camel and not taken:
        return header
    ascii_only = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode()
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", ascii_only)
    name = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    name = name if name[:1].isalpha() else f"column_{name}".rstrip("_")
    return f"{name}_" if taken or hasattr(BaseModel, name) or iskeyword(name) else name


def new_names(headers: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """Returns the new name of each of the columns that needs one; no two get the same."""
    names: dict[str, str] = {}
    for header in columns:
        wanted = name = field_name(header)
        for number in count(2):
            if name == header or name not in {*headers, *names.values()}:
                break
            name = f"{wanted}_{number}"
        if name != header:
            names[header] = name
    return names
