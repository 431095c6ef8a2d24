"""Bundles: their headers, their order, and the one that is joined from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.releases import join, read_header, shipped
from scaffold.versions import Version
from tests.small_pack import git

if TYPE_CHECKING:
    from pathlib import Path


def test_a_header_names_its_releases_lowest_first(releases: Path, pack: Path) -> None:
    first = read_header(releases / "v0.1.0.bundle")
    second = read_header(releases / "v0.1.1.bundle")
    assert list(first.tags) == ["v0.1.0"]
    assert second.newest == Version(0, 1, 1)
    assert second.tags["v0.1.1"] == git(pack, "rev-parse", "v0.1.1").strip()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is not a git bundle"),
        (b"PACK", "is not a git bundle"),
        (b"# v2 git bundle\n\nPACK", "holds no release"),
        (b"# v2 git bundle\n" + b"a" * 40 + b" refs/heads/main\n\n", "holds no release"),
        (b"# v2 git bundle\n\xff\xfe refs/tags/\xff\n\n", "holds no release"),
    ],
)
def test_what_is_no_bundle_of_releases_is_refused(
    tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "x.bundle"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=told):
        read_header(path)


def test_shipped_bundles_come_in_the_order_of_their_versions(tmp_path: Path) -> None:
    for name in ("v0.10.0", "v0.9.0", "v0.10.0.post1", "draft", "v1"):
        (tmp_path / f"{name}.bundle").touch()
    (tmp_path / "v0.2.0.txt").touch()
    assert [path.stem for path in shipped(tmp_path)] == ["v0.9.0", "v0.10.0", "v0.10.0.post1"]


def test_the_joined_bundle_holds_every_release_and_can_be_cloned(
    releases: Path, pack: Path, tmp_path: Path
) -> None:
    joined = tmp_path / "joined.bundle"
    join(shipped(releases), joined)
    git(tmp_path, "clone", "--quiet", str(joined), "clone")
    for tag in ("v0.1.0", "v0.1.1"):
        ours, theirs = (
            git(one, "rev-parse", f"{tag}^{{tree}}") for one in (tmp_path / "clone", pack)
        )
        assert ours == theirs
    assert {path.name for path in tmp_path.iterdir()} == {"joined.bundle", "clone"}
