"""Names of projects and folders that work on every system."""

import re
import unicodedata

from scaffold.errors import RequestError
from scaffold.portable import RESERVED

_FORBIDDEN = re.compile(r'[<>:"|?*\\/\x00-\x1f\x7f-\x9f\ud800-\udfff]')
_LONGEST = 100
_MOST_BYTES = 255


def slug(name: str, *, otherwise: str) -> str:
    """A folder name made from a project's name: small ASCII letters, digits and dashes.

    Args:
        name: What a person called it.
        otherwise: The result where nothing of `name` can be kept.
    """
    plain = (
        unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode().lower()
    )
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-")
    return made if made and made not in RESERVED else otherwise


def check_folder_name(name: str) -> None:
    """Refuse a folder name that breaks somewhere, before anything is written.

    Raises:
        RequestError: It is too long, reserved by Windows, or looks like an option.
    """
    problem = ""
    if not name:
        problem = "The name of the folder is empty."
    elif len(name) > _LONGEST:
        problem = f"The folder name is {len(name)} characters long; {_LONGEST} is the most."
    elif (size := len(name.encode("utf-8", "surrogateescape"))) > _MOST_BYTES:
        problem = f"The folder name takes {size} bytes; most disks allow {_MOST_BYTES}."
    elif name.startswith("-"):
        problem = f"The folder name {name} looks like an option."
    elif name.partition(".")[0].strip().lower() in RESERVED:
        problem = f"Windows reserves the name {name}; nobody there could clone the repository."
    elif _FORBIDDEN.search(name) or name != name.rstrip(" ."):
        problem = f"The folder name {name!r} cannot exist on Windows."
    if problem:
        raise RequestError(
            problem, "Choose a short name of letters, digits and dashes, for instance my-api."
        )
