"""Names of projects and folders that work on every system."""

import re
import unicodedata

from scaffold.errors import RequestError

_RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}
_FORBIDDEN = re.compile(r'[<>:"|?*\\/\x00-\x1f]')
_LONGEST = 100


def slug(name: str, *, otherwise: str) -> str:
    """A folder name made from a project's name: small ASCII letters, digits and dashes.

    Args:
        name: What a person called it.
        otherwise: The result where nothing of `name` can be kept.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-")
    return made if made and made not in _RESERVED else otherwise


def check_folder_name(name: str) -> None:
    """Refuse a folder name that breaks somewhere, before anything is written.

    Raises:
        RequestError: It is too long, reserved by Windows, or looks like an option.
    """
    problem = ""
    if len(name) > _LONGEST:
        problem = f"The folder name is {len(name)} characters long; {_LONGEST} is the most."
    elif name.startswith("-"):
        problem = f"The folder name {name} looks like an option."
    elif name.partition(".")[0].strip().lower() in _RESERVED:
        problem = f"Windows reserves the name {name}; nobody there could clone the repository."
    elif _FORBIDDEN.search(name) or name != name.rstrip(" ."):
        problem = f"The folder name {name!r} cannot exist on Windows."
    if problem:
        raise RequestError(
            problem, "Choose a short name of letters, digits and dashes, for instance my-api."
        )
