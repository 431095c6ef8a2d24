"""Tools of your own: functions that read something and return a `Found`, each with a docstring.

A model sees the name, the parameters and the docstring; `Annotated[str, Field(description=...)]`
says what a parameter is. Put a function into the list and its name under `tools` of a worker in
project.toml. Raise `ToolRefusedError` to say no. Calls may come at the same time, from threads, and
what is too long for a model is cut. Nothing here may have an effect: what is to happen belongs into
`app/runs/register.py`, behind the approval.
"""

from collections.abc import Callable

from app.desk.found import Found

YOUR_TOOLS: list[Callable[..., Found]] = []
