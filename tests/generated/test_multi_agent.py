"""What only `multi-agent` has to show: its own data are told apart, and chaos in the hundreds."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.generated.starter import made, run

if TYPE_CHECKING:
    from tests.generated.starter import Starter

pytestmark = pytest.mark.generated
EXAMPLES = "500"
CLIENT = Path(__file__).with_name("mcp_client.mjs")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Starter:
    return made(tmp_path_factory.mktemp("generated") / "desk", "multi-agent")


def test_numbers_about_the_shipped_data_say_so(desk: Starter) -> None:
    code = (
        "from pathlib import Path; from app.project import read_project; "
        "from app.proving.demo_data import DEMO_DATA, digests; "
        "print(*set(digests(read_project(Path('project.toml'))).values()) - DEMO_DATA)"
    )
    told = run(desk.folder, desk.python, "-c", code)
    assert told.stdout.split() == [], "put these digests into app/proving/demo_data.py"


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A client of the Model Context Protocol that is not Python's: the one of npm."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("npm")
    install = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--silent"]
    package = "@modelcontextprotocol/sdk@1.32.2"
    subprocess.run([*install, package], cwd=folder, check=True, capture_output=True)
    return shutil.copy(CLIENT, folder)


@pytest.mark.npm
@pytest.mark.parametrize("way", ["stdio", "http"])
def test_a_client_of_another_make_gets_the_tools_with_their_limits(
    desk: Starter, another: Path, way: str
) -> None:
    command = [str(desk.python), "-m", "app", "mcp"]
    if way == "stdio":
        told = run(desk.folder, "node", another, way, *command)
    else:
        with subprocess.Popen(
            [*command, "--http", "--port", "0"],
            cwd=desk.folder,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as serving:
            assert serving.stderr is not None
            told = run(desk.folder, "node", another, way, serving.stderr.readline().split()[0])
            serving.terminate()
    found = json.loads(told.stdout)
    assert {"run_sql", "search_documents", "calculate"} <= set(found["tools"])
    assert json.loads(found["sum"]["text"])["rows"] == [{"value": 0.3}]
    assert not found["rows"]["refused"]
    for attack in ("write", "endless", "path"):
        assert found[attack]["refused"], attack


if "SCAFFOLD_ALL" in os.environ:  # two minutes

    def test_five_hundred_drawn_models_never_run_away(
        desk: Starter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CHAOS_EXAMPLES", EXAMPLES)
        words = ("-m", "pytest", "-q", "-n", "auto", "tests/test_chaos.py")
        told = run(desk.folder, desk.python, *words)
        assert re.search(rf"{EXAMPLES} passed", told.stdout), told.stdout[-2000:]
