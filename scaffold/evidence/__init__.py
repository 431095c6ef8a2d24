"""What a repository's reports prove, told from its files and git alone: nothing of it is run.

The format is described in `docs/evidence.md`.
"""
