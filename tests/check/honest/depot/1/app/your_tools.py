"""Tools of this project. Each reads something and returns a `Found`; none has an effect."""

from collections.abc import Callable

from app.desk.found import Found
from app.due_dates import inspection_due

YOUR_TOOLS: list[Callable[..., Found]] = [inspection_due]
