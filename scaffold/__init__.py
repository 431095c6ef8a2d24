"""Generates portfolio repositories for people becoming ML engineers, and keeps them up to date."""

__version__ = "0.5.0"
