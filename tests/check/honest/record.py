"""Runs the starters' own commands in the honestly finished repositories, and keeps what they write.

python -m tests.check.honest.record NAME... [--venv FOLDER] [--suite]

FOLDER is an environment with the starter's packages; without it one is made, which downloads them.
--suite runs all tests of the repository and not only its author's.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scaffold.evidence.links import evidence_links
from tests.check import honest
from tests.check.growing import fill

COMMANDS = {
    "supervised-api": (("train",), ("evaluate",), ("bench",), ("report",)),
    "rag-app": (("ingest",), ("evaluate",), ("bench",), ("report",)),
    "multi-agent": (("evaluate",), ("report",)),
}
LARGEST = 120_000


def record(name: str, place: Path, venv: Path | None, *, suite: bool = False) -> None:
    """Run everything, and check that what is kept gives the same repository again."""
    told = honest.plan(name)
    folder = place / told["answers"]["project_name"].lower().replace(" ", "-")
    folder.mkdir()
    made = honest.begin(name, folder)
    python = installed(folder, venv)
    mine = sorted({one.name for one in (honest.HERE / name).glob("*/tests/test_*.py")})
    tests = ("pytest", "-q", *(f"tests/{one}" for one in mine))
    whole = ("pytest", "-q") if suite else tests
    for words in (("ruff", "check", "."), ("ruff", "format", "--check", "."), whole):
        run(folder, python, *words)
    *measuring, reporting = COMMANDS[told["template"]]
    for words in measuring:
        run(folder, python, "app", *words)
    kept = honest.HERE / name / "recorded"
    shutil.rmtree(kept / "files" / "reports", ignore_errors=True)
    shutil.copytree(folder / "reports", kept / "files" / "reports", dirs_exist_ok=True)
    _fill_pages(folder, kept / "files")
    honest.copy(kept / "files", folder)
    if not list((kept / "files" / "docs").glob("*.png")):
        _picture(folder, python, told, kept / "files")
        honest.copy(kept / "files", folder)
    readme = folder / "README.md"
    readme.write_text(honest.answered(name, folder, made), encoding="utf-8", newline="\n")
    run(folder, python, "app", *reporting)
    written = readme.read_text(encoding="utf-8")
    for one in honest.BLOCKS:
        text = honest.block(written, one)
        (kept / f"{one}.md").write_text(text, encoding="utf-8", newline="\n")
    assert fill(folder, written) == written, "the links of `app report` are other than ours"
    assert evidence_links("README.md", written)
    again = honest.grow(name, place / "again")
    assert (again / "README.md").read_text(encoding="utf-8") == written


def _fill_pages(folder: Path, kept: Path) -> None:
    """Write the digits of the links in the author's own pages, which `app report` leaves alone."""
    for page in kept.rglob("*.md"):
        path = page.relative_to(kept).as_posix()
        text = fill(folder, page.read_text(encoding="utf-8"), path)
        page.write_text(text, encoding="utf-8", newline="\n")


def installed(folder: Path, venv: Path | None = None) -> Path:
    """The interpreter of an environment with the starter's packages; of a new one where none is."""
    if venv is None:
        venv = folder / ".venv"
        python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        # Named, as UV_PYTHON would lead elsewhere.
        into = ("uv", "pip", "install", "--quiet", "--python", python)
        what = ("--editable", ".", "--group", "dev", "--constraint", "constraints.txt")
        for words in (("uv", "venv", "--quiet", venv), (*into, *what)):
            subprocess.run(words, cwd=folder, check=True)
        return python
    return venv / "bin" / "python"


def run(folder: Path, python: Path, *words: str) -> None:
    """Run a module in the repository; it has to end well."""
    kept = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    done = subprocess.run(
        (python, "-m", *words),
        cwd=folder,
        env=kept | {"PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    sys.stderr.write(f"$ {' '.join(words)}\n{done.stdout[-1500:]}{done.stderr[-1500:]}\n")
    if done.returncode:
        raise SystemExit(f"{folder.name}: {' '.join(words)} ended with {done.returncode}")


def _picture(folder: Path, python: Path, told: dict[str, object], kept: Path) -> None:
    """A picture of the page with an answer on it."""
    from playwright.sync_api import sync_playwright

    from tests.browser import screenshots
    from tests.chromium import find
    from tests.browser.service import Repository

    acts = {
        "supervised-api": screenshots.predict,
        "rag-app": screenshots.ask,
        "multi-agent": screenshots.wait_for_memo,
    }
    link = folder / ".venv"
    if not link.exists():
        link.symlink_to(python.parents[1])
    found = find()
    (kept / "docs").mkdir(parents=True, exist_ok=True)
    file = kept / "docs" / f"{told['picture']}.png"
    kept_names = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    with (
        Repository(folder, kept_names | {"PYTHONPATH": ""}).serving() as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 800, "height": 560}, color_scheme="light")
        page.goto(address)
        acts[str(told["template"])](page)
        page.screenshot(path=file)
        browser.close()
    assert file.stat().st_size < LARGEST, file.stat().st_size


def main() -> None:
    """Record those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=honest.names())
    parser.add_argument("--venv", type=Path)
    parser.add_argument("--suite", action="store_true")
    asked = parser.parse_args()
    for name in asked.names:
        with tempfile.TemporaryDirectory() as place:
            record(name, Path(place), asked.venv, suite=asked.suite)


if __name__ == "__main__":
    main()
