"""Where scaffold keeps things on this machine."""

from pathlib import Path

from scaffold.errors import OutsideError

EMBEDDED_SOURCE = "~/.local/share/scaffold/templates.bundle"
"""What generated repositories record as their source: this literal text, on every system."""


def embedded_bundle() -> Path:
    """The file that `EMBEDDED_SOURCE` names for the present user."""
    return _at_home(EMBEDDED_SOURCE)


def unpacked_releases() -> Path:
    """The folder of the embedded releases that were laid out once; it can always be removed."""
    return embedded_bundle().with_name("unpacked")


def config_file() -> Path:
    """The user's own settings: TOML, optional."""
    return _at_home("~/.config/scaffold/config.toml")


def _at_home(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise OutsideError(
            "The system does not say where your home folder is.", "Set HOME to a folder of yours."
        ) from error
