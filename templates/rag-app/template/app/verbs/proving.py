"""Verbs that measure, and write down what they measured."""

from app.verbs.parsing import Verbs


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
