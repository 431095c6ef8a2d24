"""The code, `.env.example` and the README speak of the same settings."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from app.cli import main
from app.settings import Settings

from .conftest import ROOT

README = ROOT / "README.md"
TABLE = re.compile(r"<!-- settings -->(.*?)<!-- /settings -->", re.DOTALL)


def documented() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def test_the_example_lists_every_setting_with_its_default() -> None:
    defaults = {name.upper(): str(field.default) for name, field in Settings.model_fields.items()}
    assert documented() == defaults


def test_each_setting_has_a_line_of_why() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    for before, line in pairwise(lines):
        if line.split("=")[0] in documented():
            assert before.startswith("# ")


def test_the_readme_has_the_same_table() -> None:
    text = README.read_text(encoding="utf-8") if README.exists() else ""
    found = TABLE.search(text)
    if found is None:  # a README of your own need not have it
        return
    rows = re.findall(r"^\| *`(\w+)` *\|([^|]*)\|", found.group(1), re.MULTILINE)
    assert {name: default.strip().strip("`") for name, default in rows} == documented()


def test_the_example_file_can_be_used_as_it_is() -> None:
    assert Settings(_env_file=ROOT / ".env.example") == Settings(_env_file=None)


def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MODEL", "many")
    assert main(["ask", "Why?"]) == 1
    assert "MODEL" in capsys.readouterr().err


def test_a_file_of_settings_that_is_no_text_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(b"MODEL=\xff\n")
    assert main(["ask", "Why?"]) == 1
    assert capsys.readouterr().err.startswith("error: The file .env is not UTF-8.\n   do: ")
