"""The only part of `scaffold check` that talks to other machines, and only when asked to."""
