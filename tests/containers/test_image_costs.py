"""What an image costs: to build again, to carry, and in memory."""

import re
import shutil
import uuid
from pathlib import Path

import pytest

from tests.containers import engine
from tests.containers.conftest import COMMIT
from tests.containers.engine import Container
from tests.containers.hosted import LOAD, STARTERS, Starter, example, sidecar

pytestmark = pytest.mark.container

SYNC = "uv sync --locked --no-dev --no-install-project"
COPY = "COPY app ./app"
# Half of what the smallest hosts give; the limit of the container itself is theirs.
MOST_RESIDENT = 256e6


@pytest.fixture(params=STARTERS, ids=lambda starter: starter.template)
def starter(request: pytest.FixtureRequest) -> Starter:
    """Each of the starters."""
    found: Starter = request.param
    return found


def steps(log: str) -> dict[str, bool]:
    """Return the steps of a build, and whether each was there from before."""
    named = dict(re.findall(r"^#(\d+) \[[^\]]+\] (.+)$", log, re.MULTILINE))
    reused = set(re.findall(r"^#(\d+) CACHED$", log, re.MULTILINE))
    return {step: number in reused for number, step in named.items()}


def reused(log: str, words: str) -> bool:
    """Whether the one step with these words was there from before."""
    ((_, was_there),) = [pair for pair in steps(log).items() if pair[0].endswith(words)]
    return was_there


def test_a_change_in_the_source_does_not_install_the_packages_again(
    image: str, project: Path, tmp_path: Path
) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(project, changed, ignore=shutil.ignore_patterns(".git"))
    for file in (changed / "app/cli.py", changed / "README.md"):
        # Never the same twice: an engine that is kept has built the last one.
        text = f"{file.read_text(encoding='utf-8')}\n# {uuid.uuid4()}\n"
        file.write_text(text, encoding="utf-8")
    tag = f"{image}-changed"
    try:
        log = engine.build(changed, tag, {"GIT_SHA": COMMIT})
    finally:
        engine.docker("image", "rm", "--force", tag, check=False)
    assert not reused(log, COPY), "the change is in the image"
    assert reused(log, SYNC)


def test_an_image_is_no_larger_than_stated(
    image: str, starter: Starter, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (base,) = set(re.findall(r"^FROM (python:\S+)", (project / "Dockerfile").read_text(), re.M))
    whole, below = (
        int(engine.docker("image", "inspect", "--format={{.Size}}", one)) for one in (image, base)
    )
    added = (whole - below) / 1e6
    with capsys.disabled():
        print(f"\n{starter.template}: {whole / 1e6:.0f} MB, of which {below / 1e6:.0f} are {base}")  # noqa: T201
    assert added <= starter.megabytes


def test_under_load_it_takes_half_of_the_smallest_hosts_memory_at_most(
    image: str, starter: Starter, service: Container, capsys: pytest.CaptureFixture[str]
) -> None:
    status, body = str(starter.status), example(starter, service)
    load = sidecar(image, service, LOAD, starter.path, body, status, str(3 * starter.many))
    assert load.stdout
    assert load.stdout.readline() == "under load\n"
    facts = service.python("print(open('/proc/1/status').read())")
    found = re.search(r"VmHWM:\s+(\d+) kB", facts)
    assert found
    most = int(found[1]) * 1024
    with capsys.disabled():
        print(f"\n{starter.template}: at most {most / 1e6:.0f} MB resident")  # noqa: T201
    assert service.inspect("{{.State.OOMKilled}}") == "false"
    assert service.inspect("{{.HostConfig.Memory}}") == str(512 * 1024 * 1024)
    assert most < MOST_RESIDENT
    engine.docker("stop", "--time=30", service.name)
    load.communicate(timeout=60)
