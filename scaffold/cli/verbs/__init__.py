"""One module per verb, each with a `verb`: a Typer application. A new file is a new verb."""

ORDER = (
    *("new", "list", "show", "status", "update", "switch", "adopt"),
    *("check", "explain", "roadmap", "cohort", "doctor", "pack"),
)
"""How `--help` lists the verbs; those not named here follow in alphabetical order."""
