"""Embedded releases that are laid out once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

import pytest

from scaffold import places, unpacked

if TYPE_CHECKING:
    from pathlib import Path

COMMIT = "c" * 40


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def fill(root: Path) -> None:
    (root / "templates").mkdir(parents=True)
    (root / "copier.yml").write_text("a: 1\n", encoding="utf-8")
    (root / "templates" / "b").write_text("b", encoding="utf-8")


def must_not(root: Path) -> None:
    raise AssertionError(f"{root} was laid out again")


def test_a_release_is_laid_out_once() -> None:
    first = unpacked.lay_out(COMMIT, fill)
    assert first == places.unpacked_releases() / COMMIT
    assert first is not None
    assert (first / "copier.yml").is_file()
    assert unpacked.lay_out(COMMIT, must_not) == first


@pytest.mark.parametrize("spoil", ["edit", "remove", "add", "forget"])
def test_a_spoilt_release_is_laid_out_again(spoil: str) -> None:
    kept = unpacked.lay_out(COMMIT, fill)
    assert kept is not None
    match spoil:
        case "edit":
            (kept / "copier.yml").write_text("a: 2\n", encoding="utf-8")
        case "remove":
            (kept / "templates" / "b").unlink()
        case "add":
            (kept / "templates" / "extra").write_text("x", encoding="utf-8")
        case "forget":
            kept.with_name(f"{COMMIT}.json").write_text("{", encoding="utf-8")
    again = unpacked.lay_out(COMMIT, fill)
    assert again == kept
    assert (kept / "copier.yml").read_text(encoding="utf-8") == "a: 1\n"
    assert sorted(one.name for one in (kept / "templates").iterdir()) == ["b"]
    assert sorted(one.name for one in kept.parent.iterdir()) == [COMMIT, f"{COMMIT}.json"]


def test_where_nothing_can_be_kept_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file is in the way", encoding="utf-8")
    assert unpacked.lay_out(COMMIT, fill) is None


def test_what_stops_half_way_leaves_nothing() -> None:
    def stop(root: Path) -> None:
        fill(root)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unpacked.lay_out(COMMIT, stop)
    assert list(places.unpacked_releases().iterdir()) == []


def test_a_release_that_another_lays_out_meanwhile_is_waited_for_and_taken() -> None:
    began = Event()

    def slowly(root: Path) -> None:
        began.set()
        time.sleep(0.2)
        fill(root)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(unpacked.lay_out, COMMIT, slowly)
        assert began.wait(10)
        second = threads.submit(unpacked.lay_out, COMMIT, must_not)
        assert second.result(10) == first.result(10) == places.unpacked_releases() / COMMIT
