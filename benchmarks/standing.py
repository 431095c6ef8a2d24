"""`scaffold status` of a whole class, beside `copier check-update` one repository at a time.

The peer says less: only whether there is a newer release, not what was edited or is left to
answer. It is timed on a sample, and its figures are scaled to the class.
"""

from __future__ import annotations

import os
import statistics
import subprocess
from typing import TYPE_CHECKING, Any

from benchmarks.timing import BIN, Command, interleave
from scaffold import answers, places, questions, releases, source
from scaffold.pristine import Pristine

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.timing import Measured

TEMPLATE = "supervised-api"
_CLASS, _SAMPLE, _ROUNDS = 300, 5, 5
_GOAL_SECONDS = 5
_LICENSES, _REGIONS = ("MIT", "Apache-2.0", "none"), ("europe", "us", "asia")
_SIGNER = ("-c", "user.name=Bench", "-c", "user.email=bench@example.org")


def compare(folder: Path, rounds: int) -> None:
    """Make a class of two releases once, then ask where it stands."""
    place = folder / "class"
    tags = list(releases.read_header(places.embedded_bundle()).tags)[-2:]
    names = [f"learner-{number:03}" for number in range(_CLASS)]
    for first, tag in enumerate(tags):
        _make(place, tag, dict(enumerate(names[first :: len(tags)], start=first)))
    for name in names[:_SAMPLE]:
        _commit(place / name)
    ours, peer = "scaffold status", "copier check-update"
    checks = " && ".join(f"{BIN}/copier check-update {name}" for name in names[:_SAMPLE])
    commands = [
        Command(ours, [f"{BIN}/scaffold", "status", *names]),
        Command(peer, ["sh", "-c", checks]),
    ]
    found = interleave(commands, place, min(rounds, _ROUNDS))
    _report(f"Where {_CLASS} repositories of {' and '.join(tags)} stand", found[ours], found[peer])


def _make(place: Path, tag: str, names: dict[int, str]) -> None:
    """Write repositories of one release, each with answers of its own, some edited."""
    with source.open_pack(source.embedded(), tag) as pack:
        starter = Pristine(pack, TEMPLATE)
        asked = questions.read(pack.root)
        for number, name in names.items():
            given = answers.complete(asked, TEMPLATE, _given(asked, number), {})
            files = starter.use(given, dict)
            if number % 4 == 0:
                files["app/cli.py"] += b"# mine\n"
            if number % 5 == 0:
                files["README.md"] = files["README.md"].replace(b"_PF1: ", b"We asked three. ")
            if number % 7 == 0:
                del files[".env.example"]
            for path, data in files.items():
                (place / name / path).parent.mkdir(parents=True, exist_ok=True)
                (place / name / path).write_bytes(data)


def _given(asked: questions.Questionnaire, number: int) -> dict[str, Any]:
    given = {
        "project_name": f"Visit forecast {number}",
        "description": f'Who comes back? No. {number}, "for the clinic"',
        "author": f"Ada {number} Müller",
        "github_owner": f"ada{number}",
        "license": _LICENSES[number % 3],
        "deploy_target": "none" if number % 4 == 1 else "render",
        "region": _REGIONS[number % 5 % 3],
    }
    return {name: value for name, value in given.items() if asked.named(name)}


def _commit(folder: Path) -> None:
    """The peer looks at repositories of git only."""
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "-m", "Start")):
        subprocess.run(
            ("git", "-C", str(folder), *_SIGNER, *words), check=True, capture_output=True
        )


def _report(title: str, ours: Measured, peer: Measured) -> None:
    scale = _CLASS / _SAMPLE
    print(f"\n{title}")
    print(f"  {'scaffold status':<34} {ours}")
    print(f"  {f'copier check-update, {_SAMPLE} of them':<34} {peer}")
    cpu, wall = (scale * statistics.median(figures) for figures in (peer.cpu, peer.wall))
    print(f"  {f'... scaled to {_CLASS}':<34} {cpu:6.1f} s CPU, {wall:6.1f} s wall")
    ratio = statistics.median(a / (scale * b) for a, b in zip(ours.cpu, peer.cpu, strict=True))
    took = statistics.median(ours.wall)
    verdict = "met" if took <= _GOAL_SECONDS else "MISSED"
    print(f"  ratio of CPU: {ratio:.3f}; wall {took:.2f} s (goal {_GOAL_SECONDS} s: {verdict})")
    print(
        f"  load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; above them, wall times stretch"
    )
