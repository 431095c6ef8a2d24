"""Measures what the README claims, and writes reports that somebody else can check."""
