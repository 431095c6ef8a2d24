"""Verbs that make the index, and empty it."""

from app.verbs.parsing import Verbs


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
