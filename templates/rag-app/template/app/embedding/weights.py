"""Files of weights that came with an installed package, whose code is never run."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from app.service.errors import UserError


def package_folder(package: str, remedy: str) -> Path:
    """Returns the folder of an installed package, without importing it.

    Args:
        package: Its name in imports.
        remedy: What to do when it is missing.

    Raises:
        UserError: It is not installed.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise UserError(f"The package {package} is not installed.", remedy)
    return Path(next(iter(spec.submodule_search_locations)))


def checked(file: Path, sha256: str) -> Path:
    """Returns a file that is exactly the one expected: other weights would make other vectors.

    Args:
        file: The file.
        sha256: Of its bytes, hex.

    Raises:
        UserError: It is not there, or another one.
    """
    remedy = "Run `uv sync --reinstall`: pyproject.toml names the release that fits."
    try:
        with file.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"{file} can't be read: {error.strerror}.", remedy) from error
    if found != sha256:
        raise UserError(f"{file} is not the file that this version expects.", remedy)
    return file
