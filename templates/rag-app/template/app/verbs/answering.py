"""Verbs that answer questions."""

from app.verbs.parsing import Verbs


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
