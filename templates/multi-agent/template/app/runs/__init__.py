"""A run from question to published memo: its limits, its checkpoints, its one effect."""
