"""The verbs of the command `app`, by what they are for: to answer, to index, to prove."""
