"""The verbs of the command `app`, by what they are for: to run, to keep, to prove."""
