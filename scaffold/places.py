"""Where scaffold keeps things on this machine."""

from pathlib import Path

EMBEDDED_SOURCE = "~/.local/share/scaffold/templates.bundle"
"""What generated repositories record as their source: this literal text, on every system."""


def embedded_bundle() -> Path:
    """The file that `EMBEDDED_SOURCE` names for the present user."""
    return Path(EMBEDDED_SOURCE).expanduser()


def config_file() -> Path:
    """The user's own settings: TOML, optional."""
    return Path("~/.config/scaffold/config.toml").expanduser()
