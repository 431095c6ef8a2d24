"""A file that a person may have written is replaced by a whole one, or not at all."""

from pathlib import Path

import pytest

from app.proving.writing import write_whole


def test_a_file_is_written_as_it_is_in_a_folder_that_is_new(tmp_path: Path) -> None:
    file = tmp_path / "new" / "file.txt"
    write_whole(file, "one\r\ntwo\n")
    assert file.read_bytes() == b"one\r\ntwo\n"


def test_when_the_disk_is_full_the_file_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file.txt"
    write_whole(file, "before")

    def full(path: Path, text: str, **_: str) -> int:
        path.write_bytes(text[:2].encode())
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, "after")
    assert file.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["file.txt"]
