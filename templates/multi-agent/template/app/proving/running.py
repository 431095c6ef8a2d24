"""A process that opens everything, says when it is ready, and then runs the example many times."""

import json
import sys

import psutil

from app.project import read_project
from app.runs.loops import run_to_end
from app.runs.opening import open_runner
from app.settings import read_settings


async def _run(times: int) -> None:
    settings = read_settings()
    project = read_project(settings.project_file)
    async with open_runner(settings, project) as runner:
        print("ready", flush=True)  # noqa: T201 - its job
        for _ in range(times):
            await runner.start(project.words.example)
    print(json.dumps({"memory_mb": psutil.Process().memory_info().rss / 1e6}))  # noqa: T201


if __name__ == "__main__":
    run_to_end(_run(int(sys.argv[1])))
