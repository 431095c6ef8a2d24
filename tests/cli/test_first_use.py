"""The embedded source: joined on first use, whole or not at all, never older than it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold import places
from scaffold.errors import OutsideError
from scaffold.releases import join, read_header, shipped
from tests.conftest import copied_package
from tests.machine import Machine, listing
from tests.small_pack import bundles, release, small_pack

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("number", [2, 6])
def test_commands_at_once_on_first_use_all_succeed(fresh: Machine, number: int) -> None:
    started = [fresh.start("list", "--json") for _ in range(number)]
    ended = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0] * number, ended
    assert len({out for out, _ in ended}) == 1
    assert {path.name for path in fresh.embedded.parent.iterdir()} <= {
        "templates.bundle",
        "templates.lock",
        "unpacked",
        "unpacked.lock",
    }
    unpacked = [one for one in (fresh.embedded.parent / "unpacked").iterdir() if one.is_dir()]
    assert [one.name for one in unpacked] == [read_header(fresh.embedded).tags["v0.1.1"]]
    assert list(read_header(fresh.embedded).tags) == ["v0.1.0", "v0.1.1"]


def test_an_older_package_never_takes_a_newer_release_away(
    fresh: Machine, tmp_path: Path, releases: Path
) -> None:
    newer = small_pack(tmp_path / "newer")
    release(newer, "v0.2.0", {"README.md": "newer\n"})
    cut = bundles(newer, tmp_path / "cut", ("v0.1.0", "v0.1.1", "v0.2.0"))
    fresh.embedded.parent.mkdir(parents=True)
    join(shipped(cut), fresh.embedded)
    before = fresh.embedded.read_bytes()
    assert fresh.run("list", "--json").document["ref"] == "v0.2.0"
    assert fresh.embedded.read_bytes() == before
    assert len(shipped(releases)) == 2


def test_a_newer_package_brings_its_release(fresh: Machine, tmp_path: Path) -> None:
    older = small_pack(tmp_path / "older")
    cut = bundles(older, tmp_path / "cut", ("v0.1.0",))
    fresh.embedded.parent.mkdir(parents=True)
    join(shipped(cut), fresh.embedded)
    assert fresh.run("list", "--json").document["ref"] == "v0.1.1"


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_a_truncated_joined_bundle_is_joined_again(
    machine: Machine, joined: Path, share: float
) -> None:
    content = joined.read_bytes()
    machine.embedded.write_bytes(content[: int(len(content) * share)])
    assert machine.run("list", "--json").document["ref"] == "v0.1.1"
    assert read_header(machine.embedded).tags == read_header(joined).tags
    assert machine.embedded.stat().st_size > len(content) * 0.9


def test_a_joined_bundle_with_one_wrong_byte_is_joined_again(
    machine: Machine, joined: Path
) -> None:
    content = bytearray(joined.read_bytes())
    content[-100] ^= 1
    machine.embedded.write_bytes(content)
    assert machine.run("list").code == 0
    assert machine.embedded.read_bytes()[-100] != content[-100]


def test_what_a_killed_joiner_left_is_swept(fresh: Machine) -> None:
    left = fresh.embedded.parent / ".joining-killed"
    (left / "objects").mkdir(parents=True)
    (left / "objects" / "half").write_bytes(b"half")
    assert fresh.run("list").code == 0
    assert not left.exists()


def test_settings_that_prune_or_check_or_hash_otherwise_do_not_reach_our_own_repositories(
    fresh: Machine,
) -> None:
    fresh.configure(
        "[user]\n\tname = A\n\temail = a@example.org\n"
        "[fetch]\n\tprune = true\n\tpruneTags = true\n\tfsckObjects = true\n"
        "[init]\n\tdefaultObjectFormat = sha256\n"
        "[protocol]\n\tallow = never\n"
        "[core]\n\teol = crlf\n\tautocrlf = true\n\tattributesFile = ~/attributes\n"
    )
    (fresh.home / "attributes").write_text("* text eol=crlf\n", encoding="utf-8")
    said = fresh.new("x", env={"GIT_DEFAULT_HASH": "sha256"})
    assert said.code == 0, said.err
    assert list(read_header(fresh.embedded).tags) == ["v0.1.0", "v0.1.1"]
    assert b"\r" not in (fresh.work / "x/app/text.py").read_bytes()


def test_an_installation_without_templates_says_so(fresh: Machine, tmp_path: Path) -> None:
    bare = Machine(tmp_path / "bare", copied_package(tmp_path / "site", None))
    said = bare.run("list")
    assert (said.code, said.error) == (
        3,
        [
            "Error: This installation of scaffold carries no templates.",
            "Install it again, or name another source with --source.",
        ],
    )
    assert listing(bare.home).keys() == {".gitconfig"}
    checks = bare.run("doctor", "--json").document["checks"]
    assert next(one for one in checks if one["name"] == "templates")["state"] == "missing"
    assert fresh.run("list").code == 0


def test_a_person_without_a_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(number: int) -> None:
        raise KeyError(number)

    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", unknown)
    with pytest.raises(OutsideError, match="does not say where your home folder is"):
        places.embedded_bundle()
