"""The verbs of the command `app`, by what they are for: to make, to serve, to watch, to prove."""
