"""The tests in the repositories here are theirs, and run in them only."""

collect_ignore_glob = ["*/*"]
