"""Numbers that stop something: gates, thresholds and budgets."""

from __future__ import annotations

import re
from typing import Any


def lines(settings: dict[str, Any], example: str) -> dict[str, float]:
    """Numbers that stop something: gates and limits of `project.toml`, budgets of the settings."""
    found = {
        f"{section}.{name}": float(value)
        for section in ("gates", "drift", "graph", "refusal")
        if isinstance(settings.get(section), dict)
        for name, value in settings[section].items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    for name, value in re.findall(r"^([A-Z][A-Z0-9_]+)=(\d+(?:\.\d+)?)\s*$", example, re.MULTILINE):
        if name.startswith(("RUN_", "DAILY_", "RATE_")):
            found[name] = float(value)
    return found
