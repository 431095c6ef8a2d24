"""Strict schemas of what hosts read: a key that none of them names is refused.

They hold what our starters and their pages use, not all that a host knows; `*.json` beside this.
"""

import json
from pathlib import Path
from typing import Any


def _read(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))
    return schema


CLOUD_RUN = _read("cloud_run.json")
RENDER = _read("render.json")
