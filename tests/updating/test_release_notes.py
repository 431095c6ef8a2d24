"""An update shows what the CHANGELOG says of the releases between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.update.notes import between

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """# What you get by updating

## Unreleased

- Not yet.

## v0.3.0

- Three.

## 0.2.0.post1 (fork)

- A fork's.

## 0.2.0

- Two.
  It goes on.

## 0.1.0

- One.
"""


def notes(root: Path, old: str, new: str) -> list[tuple[str, str]]:
    folder = root / "templates" / "tiny"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "CHANGELOG.md").write_text(TEXT, encoding="utf-8")
    return [(one.version, one.text) for one in between(root, "tiny", old, new)]


def test_the_sections_after_the_old_up_to_the_new_are_told_newest_first(tmp_path: Path) -> None:
    assert notes(tmp_path, "v0.1.0", "v0.3.0") == [
        ("v0.3.0", "- Three."),
        ("v0.2.0.post1", "- A fork's."),
        ("v0.2.0", "- Two.\n  It goes on."),
    ]
    assert notes(tmp_path, "v0.1.0", "v0.2.0") == [("v0.2.0", "- Two.\n  It goes on.")]
    assert notes(tmp_path, "v0.3.0", "v0.3.0") == []


def test_a_pack_may_tell_nothing(tmp_path: Path) -> None:
    assert between(tmp_path, "tiny", "v0.1.0", "v0.2.0") == []
