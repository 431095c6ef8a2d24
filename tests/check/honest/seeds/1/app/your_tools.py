"""Tools of this project. Each works something out and returns a `Found`; none has an effect."""

from collections.abc import Callable

from app.desk.found import Found
from app.sowing import seeds_needed

YOUR_TOOLS: list[Callable[..., Found]] = [seeds_needed]
