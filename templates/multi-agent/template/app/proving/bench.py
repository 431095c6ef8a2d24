"""`app bench`: what graph, ledger and checkpoints cost, beside plain Python with the same parts."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from app.evidence.report import Json, as_lines, describe, write_report
from app.project import Project, read_project
from app.proving.costs import numbers
from app.proving.demo_data import DEMO_DATA, digests
from app.proving.variants import Variant, open_variants
from app.runs.loops import run_to_end
from app.service.errors import UserError
from app.service.version import read_template_facts
from app.settings import Settings

FILE = "benchmark.json"


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Attributes:
        rounds: In each of which every variant has its turn.
        runs: Of a variant in a round.
        many: After which memory is measured.
    """

    rounds: int
    runs: int
    many: int


WHOLE, QUICK = Size(9, 20, 50), Size(3, 5, 20)


def bench(
    settings: Settings, say: Callable[[str], None] = print, *, quick: bool, size: Size | None = None
) -> None:
    """Measures, and writes `benchmark.json` with its rows.

    A promise that is not kept is shown and is no failure: the machine may have been busy.

    Args:
        settings: Of the project; the model is the offline one, which takes no time.
        say: Gets each line for people.
        quick: Whether to measure less.
        size: Instead of one of the two.

    Raises:
        UserError: The example can't be run.
    """
    own = settings.model_copy(update={"model": "offline", "run_seconds": 86_400.0})
    project = read_project(own.project_file)
    size = size or (QUICK if quick else WHOLE)
    template = read_template_facts(own.answers_file)
    data = digests(project)
    # Before, because the state of the code when it was measured is what counts.
    demo_data = bool(DEMO_DATA & set(data.values()))
    content = describe(
        "benchmark", own.project_file.resolve().parent, template, demo_data=demo_data
    )
    content["inputs"] |= {"model": own.model, "data_sha256": data["desk"]}
    content |= {"quick": quick}
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        rows = run_to_end(_rounds(own, project, Path(name), size, say))
        rows += [_process(own, Path(name), at, size.many) for at in range(size.rounds)]
    content |= numbers(rows)
    for line in as_lines(content):
        say(line)
    write_report(own.reports_dir / FILE, content, rows)
    say(f"{own.reports_dir / FILE} is written.")


async def _rounds(
    settings: Settings, project: Project, folder: Path, size: Size, say: Callable[[str], None]
) -> list[Json]:
    rows: list[Json] = []
    async with open_variants(settings, project, folder) as variants:
        for variant in variants:  # the first run of each imports and prepares
            await variant.run()
        for at in range(size.rounds):
            say(f"round {at + 1} of {size.rounds}")
            rows += [await _turn(variant, at, size.runs) for variant in variants]
    return rows


async def _turn(variant: Variant, at: int, runs: int) -> Json:
    clock, used, run_id = time.perf_counter(), time.process_time(), ""
    for _ in range(runs):
        run_id = await variant.run()
    row: Json = {
        "round": at,
        "variant": variant.name,
        "latency_ms": 1000 * (time.perf_counter() - clock) / runs,
        "cpu_ms": 1000 * (time.process_time() - used) / runs,
    }
    if variant.kept is not None:
        count, size = variant.kept(run_id)
        row |= {"checkpoints": count, "kilobytes": size / 1000}
    return row


def _process(settings: Settings, folder: Path, at: int, many: int) -> Json:
    """Measures a process of its own: until it is ready, and its memory after many runs."""
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder / f'process-{at}.db'}",
        "PROJECT_FILE": str(settings.project_file.resolve()),
        "DESK_FILE": str(settings.desk_file.resolve()),
        "MODEL": "offline",
    }
    command = [sys.executable, "-m", "app.proving.running", str(many)]
    started = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        process.stdout.readline()
        ready = time.perf_counter() - started
        rest = process.stdout.read()
    if process.returncode:
        raise UserError("A run failed; its error is above.", "Does `uv run app demo` work?")
    found: Json = json.loads(rest)
    return found | {"round": at, "variant": "process", "ready_s": ready}
