"""Writes measured numbers into reports/."""

import json
from pathlib import Path


def write(name: str, numbers: dict[str, float]) -> Path:
    """Write one report and return where it is."""
    path = Path("reports") / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"schema": 1, **numbers}), encoding="utf-8")
    return path
