"""Engines that are wrong on purpose: what the oracle must not let pass.

`overwrite` is right for a repository that nobody edited, and for no other. Each of the others is
`overwrite` with one fault.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.updates.matrix.engines import Ended
from tests.updates.matrix.git_facts import BEFORE_UPDATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.updates.matrix.desk import Desk


def idle(desk: Desk) -> Ended:
    """Touch nothing, and say that all is well."""
    desk.git("update-ref", BEFORE_UPDATE, "HEAD", check=False)
    return Ended(0, json.dumps(report(desk)), "")


def overwrite(desk: Desk) -> Ended:
    """Put the new release over whatever is there."""
    _write_release(desk)
    return Ended(0, json.dumps(report(desk)), "")


@dataclass(frozen=True)
class Faulty:
    """`overwrite`, and then one fault in the repository or the report."""

    fault: Callable[[Desk, dict[str, Any]], None]
    code: int = 0

    def __call__(self, desk: Desk) -> Ended:
        """Update."""
        _write_release(desk)
        document = report(desk)
        self.fault(desk, document)
        return Ended(self.code, json.dumps(document), "")


def _write_release(desk: Desk) -> None:
    """The new release's files, staged, where an update may write."""
    mine = [path for path in desk.old.keys() | desk.new.keys() if not desk.journey.is_seeded(path)]
    for path in mine:
        if path in desk.new:
            desk.write(path, desk.new[path].content)
            (desk.project / path).chmod(0o755 if desk.new[path].kind == "program" else 0o644)
        elif (desk.project / path).is_file():
            desk.delete(path)
    desk.git("add", "--all")
    desk.git("update-ref", BEFORE_UPDATE, "HEAD", check=False)


def report(desk: Desk) -> dict[str, Any]:
    """What a right report says of a repository that nobody edited."""
    parts, journey = desk.parts, desk.journey
    files = [
        _told(path, *_action(desk, path))
        for path in sorted(desk.old.keys() | desk.new.keys())
        if desk.old.get(path) != desk.new.get(path) and not journey.is_seeded(path)
    ]
    if parts.renamed is not None:
        files = [one for one in files if one["path"] != parts.renamed[0].path]
    return {
        "schema": 1,
        "folder": str(desk.project),
        "template": journey.template,
        "from": journey.old,
        "to": journey.new,
        "state": "updated",
        "files": files,
        "advice": [],
        "new_questions": [
            {"name": name, "value": value, "help": "?"} for name, value in parts.questions
        ],
        "release_notes": [{"version": one, "text": "News."} for one in parts.notes],
        "lock": {"state": "unchanged", "reason": "not asked for"},
        "uncommitted": [],
    }


def _action(desk: Desk, path: str) -> tuple[str, str | None]:
    renamed = desk.parts.renamed
    if renamed is not None and path == renamed[1]:
        return "renamed", renamed[0].path
    if path not in desk.old:
        return "added", None
    return ("removed" if path not in desk.new else "changed"), None


def _told(path: str, action: str, source: str | None) -> dict[str, Any]:
    return {
        "path": path,
        "owner": None,
        "action": action,
        "from": source,
        "note": "",
        "lines": [],
    }
