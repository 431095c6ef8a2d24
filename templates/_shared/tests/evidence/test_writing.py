"""Files that a person may have written are replaced by whole ones, or not at all."""

import os
from pathlib import Path

import pytest

from app.evidence.writing import write_whole


def test_files_are_written_as_they_are_in_folders_that_are_new(tmp_path: Path) -> None:
    contents = {tmp_path / "new" / "a.txt": b"one\r\ntwo\n", tmp_path / "b.bin": b"\0\xff"}
    write_whole(contents)
    assert {file: file.read_bytes() for file in contents} == contents


@pytest.mark.parametrize("stopped", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", [1, 2])
def test_whatever_stops_it_all_files_are_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped: BaseException, at: int
) -> None:
    before = {tmp_path / "a": b"a before", tmp_path / "b": b"b before"}
    write_whole(before)
    synced = []

    def full(opened: int) -> None:
        synced.append(opened)
        if len(synced) == at:
            raise stopped

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(type(stopped)):
        write_whole(dict.fromkeys(before, b"after"))
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before
