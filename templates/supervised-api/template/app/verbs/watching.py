"""Verbs that watch a running service."""

from app.verbs.parsing import Verbs


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
