"""Refreshing the tested set, and rendering the working state for a look."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from scaffold.errors import OutsideError, RequestError
from scaffold.pack.relock import Moved, relock
from scaffold.pack.render import render_working
from tests.packs import RENDERED, TEMPLATE, edit, minimal_pack, write

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = f"{RENDERED}/pyproject.toml.jinja"
CONSTRAINTS = f"{RENDERED}/constraints.txt"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return minimal_pack(tmp_path)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that uv takes for the only place packages come from."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    write(tmp_path, "uv.toml", f"no-index = true\nfind-links = [{str(folder)!r}]\n")
    monkeypatch.setenv("UV_CONFIG_FILE", str(tmp_path / "uv.toml"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    return folder


def wheel(shelf: Path, name: str, version: str, *needs: str, python: str = ">=3.11") -> None:
    """Put one release of a package on the shelf."""
    info = f"{name}-{version}.dist-info"
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {name}",
        f"Version: {version}",
        f"Requires-Python: {python}",
        *(f"Requires-Dist: {need}" for need in needs),
    ]
    with zipfile.ZipFile(shelf / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{info}/METADATA", "\n".join(lines) + "\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
        archive.writestr(f"{info}/RECORD", "")


def test_the_tested_set_holds_every_group_for_all_systems_and_pythons(
    pack: Path, shelf: Path
) -> None:
    wheel(shelf, "packaging", "25.0")
    wheel(shelf, "packaging", "26.1", "backport; python_version < '3.12'")
    wheel(shelf, "backport", "1.0")
    wheel(shelf, "colorama", "0.4.6")
    write(pack, CONSTRAINTS, "dropped==1.0\npackaging==25.0\n")

    changed = relock(pack, TEMPLATE)

    assert (pack / CONSTRAINTS).read_text(encoding="utf-8") == (
        "backport==1.0 ; python_full_version < '3.12'\n"
        "colorama==0.4.6 ; sys_platform == 'win32'\n"
        "packaging==26.1\n"
    )
    assert changed.file == pack / CONSTRAINTS
    assert changed.added == ("backport", "colorama")
    assert changed.removed == ("dropped",)
    assert changed.moved == (Moved("packaging", ("25.0",), ("26.1",)),)


def test_the_same_packages_give_the_same_bytes_and_no_change(pack: Path, shelf: Path) -> None:
    wheel(shelf, "packaging", "26.1")
    wheel(shelf, "colorama", "0.4.6")
    relock(pack, TEMPLATE)
    before = (pack / CONSTRAINTS).read_bytes()
    changed = relock(pack, TEMPLATE)
    assert (changed.added, changed.removed, changed.moved) == ((), (), ())
    assert (pack / CONSTRAINTS).read_bytes() == before


def test_a_package_from_an_address_is_refused_and_nothing_is_written(
    pack: Path, shelf: Path
) -> None:
    wheel(shelf, "packaging", "26.1")
    wheel(shelf, "colorama", "0.4.6")
    address = (shelf / "packaging-26.1-py3-none-any.whl").as_uri()
    edit(pack, PROJECT, '"packaging"', f'"packaging @ {address}"')
    with pytest.raises(OutsideError, match="no plain pin: packaging"):
        relock(pack, TEMPLATE)
    assert (pack / CONSTRAINTS).read_text(encoding="utf-8") == "packaging==24.0\n"


def test_packages_that_do_not_fit_together_are_reported(pack: Path, shelf: Path) -> None:
    wheel(shelf, "packaging", "26.1")
    with pytest.raises(OutsideError, match=r"uv found no set of packages: .*colorama"):
        relock(pack, TEMPLATE)


def test_without_uv_the_way_to_get_it_is_named(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil
    import sys

    git = shutil.which("git")
    assert git
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to(git)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    with pytest.raises(OutsideError, match="uv is not installed") as caught:
        relock(pack, TEMPLATE)
    assert "pip install uv" in caught.value.remedy


def test_the_working_state_is_rendered_as_it_stands(pack: Path, tmp_path: Path) -> None:
    write(pack, f"{RENDERED}/app/new.py", '"""Not committed anywhere."""\n')
    look = tmp_path / "look"
    render_working(pack, TEMPLATE, {"project_name": "Churn alert", "target": "churned"}, look)
    assert (look / "README.md").read_text(encoding="utf-8").startswith("# Churn alert\n")
    assert (look / "app" / "new.py").read_bytes() == b'"""Not committed anywhere."""\n'
    assert "target: churned" in (look / ".copier-answers.yml").read_text(encoding="utf-8")
    assert not (look / ".git").exists()


@pytest.mark.parametrize(
    ("template", "answers", "problem"),
    [
        ("rag-app", {}, "no template 'rag-app'"),
        (TEMPLATE, {"licence": "MIT"}, "does not ask for 'licence'"),
        (TEMPLATE, {"deploy_target": "moon"}, "copier cannot render it"),
    ],
)
def test_a_look_at_what_does_not_exist_is_refused(
    template: str, answers: dict[str, str], problem: str, pack: Path, tmp_path: Path
) -> None:
    with pytest.raises(RequestError, match=problem):
        render_working(pack, template, answers, tmp_path / "look")
    assert not (tmp_path / "look").exists()


def test_a_look_overwrites_nothing(pack: Path, tmp_path: Path) -> None:
    write(tmp_path, "look/mine.txt", "mine")
    with pytest.raises(RequestError, match="is not empty"):
        render_working(pack, TEMPLATE, {}, tmp_path / "look")
    assert [path.name for path in (tmp_path / "look").iterdir()] == ["mine.txt"]
