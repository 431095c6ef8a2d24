"""What is said where a disk refuses: words, and no number of an error."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

import pytest

from scaffold import disk, git
from scaffold.cohort import collect, delivery, handout, log, remote, update
from tests.cohort import drawn

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x/y"), "the disk is full"),
        (git.GitFailure(128, "fatal: write error", disk_full=True), "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/y"), "Permission denied: /x/y"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (git.GitFailure(128, "fatal: bad object"), "bad object"),
    ],
)
def test_why(error: Exception, said: str) -> None:
    assert disk.reason(error) == said


@pytest.mark.parametrize("verb", ["handout", "collect", "update"])
def test_a_full_disk_is_told_in_words(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/x/y")

    monkeypatch.setattr(delivery, "look", full)
    monkeypatch.setattr(remote, "refs", full)
    nothing: Any = None
    klass, task = drawn.klass(), drawn.task("ada", "Ada")
    with log.opened(tmp_path / "a.log") as told:
        if verb == "handout":
            work = handout.Handout(klass, "r", tmp_path, nothing, {}, nothing)
            found = work._one(task, nothing, told)
        elif verb == "collect":
            found = collect.Collect(klass, "r", tmp_path)._one(task, told)
        else:
            one = update.Update(klass, "r", tmp_path, nothing, frozenset(), "v1.0.0", nothing)
            found = one._one(task, nothing, told)
    assert found.state == "failed"
    assert found.reason.endswith(": the disk is full")
