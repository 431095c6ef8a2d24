"""What the image of `supervised-api` has to itself."""

import shutil
from pathlib import Path

import pytest

from tests.containers import engine
from tests.containers.conftest import COMMIT
from tests.containers.engine import CAREFUL_HOST, Container
from tests.containers.hosted import (
    REMEMBERED,
    SUPERVISED_API,
    Starter,
    ask,
    keeping,
    smoke,
)

pytestmark = pytest.mark.container

MONITOR_PORT = 9101


@pytest.fixture
def starter() -> Starter:
    return SUPERVISED_API


def test_no_library_in_it_reports_to_its_maker(image: str, service: Container) -> None:
    # Under a read-only root, ONNX Runtime's reporter complains that it can't keep its device id.
    assert smoke(image, service, COMMIT).returncode == 0
    assert "telemetry" not in service.logs().lower()


def test_the_monitor_is_the_same_image(image: str, volume: str, service: Container) -> None:
    ask(SUPERVISED_API, image, service, 5)
    command = ["python", "-m", "app", "monitor"]
    beside = [keeping(volume), "--env=MONITOR_SECONDS=1"]
    monitor = engine.run(image, f"{service.name}-monitor", *CAREFUL_HOST, *beside, command=command)
    try:
        engine.until(lambda: has_looked(monitor), 60, "a look of the monitor")
        engine.docker("stop", "--time=30", monitor.name)
        assert monitor.inspect("{{.State.ExitCode}}") == "0", monitor.logs()
    finally:
        engine.docker("rm", "--force", monitor.name, check=False)


def has_looked(monitor: Container) -> bool:
    """Whether the monitor has written its page and shows its gauges."""
    assert monitor.inspect("{{.State.Running}}") == "true", monitor.logs()
    try:
        status, gauges = monitor.get("/metrics", MONITOR_PORT)
        page = monitor.python(f"print(open('{REMEMBERED}/monitor.html').read())")
    except AssertionError:
        return False
    return status == 200 and "drift" in gauges and "<html" in page


def test_a_model_in_the_repository_is_served_as_it_is(
    image: str, project: Path, tmp_path: Path
) -> None:
    given = tmp_path / "given"
    shutil.copytree(project, given, ignore=shutil.ignore_patterns(".git"))
    made = engine.docker("create", image).strip()
    engine.docker("cp", f"{made}:/srv/models", str(given / "models"))
    engine.docker("rm", made)
    (metadata,) = (given / "models").glob("*/metadata.json")
    # A blank line at the end: the same facts, but training would write the file without it.
    metadata.write_text(metadata.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    tag = f"{image}-given"
    try:
        engine.build(given, tag, {})
        served = engine.docker("run", "--rm", tag, "sh", "-c", "cat models/*/metadata.json")
    finally:
        engine.docker("image", "rm", "--force", tag, check=False)
    assert served == metadata.read_text(encoding="utf-8")
