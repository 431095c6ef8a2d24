"""Time our commands beside their peers, in turn, in one run, and print the ratios.

    make bench

CPU seconds are those of the command and of all its children. Rounds are interleaved (ours, peer,
ours, peer, ...), so both see the same machine; the median counts. Ratios are what to quote.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import standing, updating
from benchmarks.timing import BIN, Command, interleave, report, run_once
from scaffold import places, releases

if TYPE_CHECKING:
    from collections.abc import Callable

TEMPLATE = "supervised-api"


def help_and_list(folder: Path, rounds: int) -> None:
    """`--help` and `list` beside the peers' `--help`."""
    peer = "copier --help"
    commands = [
        Command("scaffold --help", [f"{BIN}/scaffold", "--help"]),
        Command("scaffold list", [f"{BIN}/scaffold", "list"]),
        Command(peer, [f"{BIN}/copier", "--help"]),
        Command("cookiecutter --help", [f"{BIN}/cookiecutter", "--help"]),
    ]
    goals = {("scaffold --help", peer): 0.2, ("scaffold list", peer): 0.5}
    report("Starting", interleave(commands, folder, rounds), goals)


def generating(folder: Path, rounds: int) -> None:
    """`scaffold new --no-lock`, its commit included, beside the peers without one."""
    bundle = places.embedded_bundle()
    newest = releases.read_header(bundle).newest.tag

    def drop(name: str) -> Callable[[], None]:
        return lambda: shutil.rmtree(folder / name, ignore_errors=True)

    given = ["-d", f"template={TEMPLATE}", "-d", "project_name=same", "-d", "author=Same"]
    same = ["-d", "project_name=same", "-d", "author=Same"]
    cookie = cookiecutter_pack(folder / "copied", folder / "cookie")
    ours, peer = "scaffold new --no-lock", "copier copy"
    commands = [
        Command(
            ours,
            [f"{BIN}/scaffold", "new", TEMPLATE, "made", "--defaults", "--no-lock", *same],
            drop("made"),
        ),
        Command(
            peer,
            [
                f"{BIN}/copier",
                "copy",
                "--quiet",
                "--defaults",
                "--vcs-ref",
                newest,
                *given,
                str(bundle),
                "copied",
            ],
            drop("copied"),
        ),
        Command(
            "cookiecutter (same files)",
            [f"{BIN}/cookiecutter", "--no-input", str(cookie), "-o", "baked"],
            drop("baked"),
        ),
    ]
    run_once(commands[1], folder)
    cookiecutter_pack(folder / "copied", cookie)
    files = sum(path.is_file() for path in (folder / "copied").rglob("*"))
    report(
        f"Generating {TEMPLATE} {newest}, {files} files",
        interleave(commands, folder, rounds),
        {(ours, peer): 1.0},
    )


def cookiecutter_pack(rendered: Path, destination: Path) -> Path:
    """The rendered starter as a cookiecutter template that renders nothing."""
    if rendered.is_dir():
        shutil.rmtree(destination, ignore_errors=True)
        shutil.copytree(rendered, destination / "{{cookiecutter.name}}")
        (destination / "cookiecutter.json").write_text(
            '{"name": "baked", "_copy_without_render": ["*"]}', encoding="utf-8"
        )
    return destination


def first_prediction(folder: Path) -> None:
    """Seconds from `scaffold new` to the first real prediction, packages cached."""
    environment = os.environ | {"UV_PYTHON": os.environ.get("UV_PYTHON", sys.executable)}
    steps = [
        (f"{BIN}/scaffold", "new", TEMPLATE, "first", "--defaults"),
        ("uv", "sync", "--locked", "--quiet"),
        ("uv", "run", "--locked", "app", "train"),
        ("uv", "run", "--locked", "app", "predict", "--example"),
    ]
    for attempt in ("packages perhaps not cached", "packages cached"):
        shutil.rmtree(folder / "first", ignore_errors=True)
        print(f"\nFrom `scaffold new` to the first real prediction, {attempt}")
        total = 0.0
        for number, words in enumerate(steps):
            started = time.perf_counter()
            subprocess.run(
                words,
                cwd=folder if number == 0 else folder / "first",
                env=environment,
                check=True,
                capture_output=True,
            )
            took = time.perf_counter() - started
            total += took
            print(f"  {' '.join(words[:3]).replace(str(BIN) + '/', ''):<34} {took:6.2f} s wall")
        print(f"  {'together':<34} {total:6.2f} s wall (goal 20 s)")


def main() -> None:
    """Run all comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    rounds = parser.parse_args().rounds
    releases.install_embedded()
    with tempfile.TemporaryDirectory(prefix="scaffold-bench-") as name:
        folder = Path(name)
        help_and_list(folder, rounds)
        generating(folder, rounds)
        updating.compare(folder, rounds)
        standing.compare(folder, rounds)
        first_prediction(folder)


if __name__ == "__main__":
    main()
