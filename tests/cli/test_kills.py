"""SIGKILL and Ctrl-C at any instant."""

from __future__ import annotations

import os
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scaffold import staging
from scaffold.cli.program import run
from scaffold.generate import finish_interrupted
from tests.cli.test_filling import complete, empty_clone
from tests.machine import Machine, listing, stop

if TYPE_CHECKING:
    from collections.abc import Callable

NEW = ("new", "supervised-api", "x", "--defaults", "--no-lock")
INSTANTS = 24
KILLED, NEVER_KILLED = 9, 77
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes as Linux does")


def duration(machine: Machine) -> float:
    """Seconds that one whole command takes here and now."""
    begin = time.monotonic()
    assert machine.new("timed").code == 0
    shutil.rmtree(machine.work / "timed")
    return time.monotonic() - begin


def machines(machine: Machine, number: int) -> list[Machine]:
    """Copies of a machine, each with its own home and work folder."""
    made = [Machine(machine.root / f"m{one}", machine.site) for one in range(number)]
    for one in made:
        one.embedded.parent.mkdir(parents=True)
        shutil.copy(machine.embedded, one.embedded)
    return made


def test_ctrl_c_at_any_instant_leaves_nothing_behind(machine: Machine) -> None:
    whole = duration(machine) * 1.1

    def interrupt(one: Machine, after: float) -> None:
        process = one.start(*NEW)
        time.sleep(after)
        said = stop(process, signal.SIGINT)
        left = sorted(path.name for path in one.work.iterdir())
        if said.code == 0:  # it was complete before the signal came
            assert left == ["x"], said
            complete(one, one.work / "x")
        else:
            # Python itself dies of the signal while it starts, before it runs a line of ours.
            starting = said.err.startswith("Could not import runpy module")
            assert starting or said.code in {130, -signal.SIGINT}, said
            assert left == [], said
            assert listing(one.temporary) == {}, said
            if said.code == 130:
                assert said.error[-2].removeprefix("Error: ").startswith("Interrupted. Nothing")
                assert "Traceback" not in said.err

    with ThreadPoolExecutor(2) as pool:
        waits = [whole * (number + 1) / INSTANTS for number in range(INSTANTS)]
        list(pool.map(interrupt, machines(machine, INSTANTS), waits))


def signalling(machine: Machine, number: int, whom: str) -> str:
    """A PATH whose git sends SIGINT at its `number`-th start, and then works as ever."""
    folder, real = machine.root / "bin", shutil.which("git")
    folder.mkdir()
    script = (
        "#!/bin/sh\n"
        f'echo >> "{folder}/count"\n'
        f'[ "$(wc -l < "{folder}/count")" = {number} ] && trap "" INT && kill -INT {whom}\n'
        f'exec {real} "$@"\n'
    )
    (folder / "git").write_text(script, encoding="utf-8")
    (folder / "git").chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.parametrize("whom", ["$PPID", "0"], ids=["only us", "the whole group"])
def test_ctrl_c_while_git_runs_leaves_nothing_behind(machine: Machine, whom: str) -> None:
    (counted,) = machines(machine, 1)
    path = signalling(counted, 0, whom)
    assert counted.new("x", env={"PATH": path}).code == 0
    starts = (counted.root / "bin/count").read_text(encoding="utf-8").count("\n")
    assert starts >= 8

    def interrupt(number: int) -> None:
        one = Machine(machine.root / f"at{number}", machine.site)
        one.embedded.parent.mkdir(parents=True)
        shutil.copy(machine.embedded, one.embedded)
        process = one.start(*NEW, PATH=signalling(one, number, whom))
        out, err = process.communicate(timeout=60)
        assert process.returncode == 130, (number, out, err)
        assert listing(one.work) == {}, number
        assert listing(one.temporary) == {}, number

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(interrupt, range(1, starts + 1)))


def test_ctrl_c_while_uv_runs_leaves_nothing_behind(machine: Machine) -> None:
    folder = machine.root / "bin"
    folder.mkdir()
    (folder / "uv").write_text("#!/bin/sh\nkill -INT 0\nsleep 60\n", encoding="utf-8")
    (folder / "uv").chmod(0o755)
    begin = time.monotonic()
    words = ("new", "supervised-api", "x", "--defaults")
    process = machine.start(*words, PATH=f"{folder}:{os.environ['PATH']}")
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert time.monotonic() - begin < 50
    assert listing(machine.work) == {}
    assert listing(machine.temporary) == {}


def test_ctrl_c_with_json_is_one_document(machine: Machine) -> None:
    path = signalling(machine, 3, "0")
    process = machine.start(*NEW, "--json", PATH=path)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b'"exit_code": 130' in out


def test_sigkill_at_any_instant_leaves_the_folder_whole_or_absent(machine: Machine) -> None:
    whole = duration(machine) * 1.1

    def kill(one: Machine, after: float) -> None:
        process = one.start(*NEW)
        time.sleep(after)
        stop(process, signal.SIGKILL)
        if (one.work / "x").exists():
            complete(one, one.work / "x")
        for left in one.work.iterdir():
            assert left.name == "x" or left.name.startswith(".scaffold-new-")
            if left.name != "x":
                os.utime(left, (0, 0))  # one killed before it took its lock counts after a minute
        if round(after / whole * INSTANTS) % 4:
            finish_interrupted(one.work / "y")  # what every `new` begins with
        else:
            one.run("new", "supervised-api", "y")  # sweeps, and then has questions
        assert {path.name for path in one.work.iterdir()} <= {"x"}

    with ThreadPoolExecutor(2) as pool:
        waits = [whole * (number + 1) / INSTANTS for number in range(INSTANTS)]
        list(pool.map(kill, machines(machine, INSTANTS), waits))


def dying(original: Callable[..., Any], number: int, counted: list[int]) -> Callable[..., Any]:
    """A function that ends the process, as SIGKILL would, at its `number`-th call of all."""

    def call(*words: Any, **options: Any) -> Any:
        counted[0] += 1
        if counted[0] == number:
            os._exit(KILLED)
        return original(*words, **options)

    return call


def in_a_child(words: list[str], number: int = 0) -> int:
    """Run a command in a fork that dies at the `number`-th operation of moving; 0 for never."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 99
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        counted = [0]
        move = staging.Stage.move_into

        def moving(self: staging.Stage, target: Path, *, cloned: bool) -> None:
            for name in ("rename", "replace", "unlink"):
                setattr(Path, name, dying(getattr(Path, name), number, counted))
            shutil.rmtree = dying(shutil.rmtree, number, counted)  # type: ignore[assignment]
            move(self, target, cloned=cloned)

        staging.Stage.move_into = moving  # type: ignore[method-assign]
        code = run(words)
        if number > counted[0]:
            code = NEVER_KILLED
    finally:
        os._exit(code)


@pytest.mark.parametrize("cloned", [False, True], ids=["empty folder", "fresh clone"])
def test_a_kill_at_every_operation_of_a_move_is_finished_by_the_next_command(
    machine: Machine, releases: Path, cloned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import copier  # noqa: F401 - once for all forks

    monkeypatch.setattr("scaffold.releases.shipped", lambda: sorted(releases.glob("*.bundle")))
    for name, value in machine.env.items():
        monkeypatch.setenv(name, value)
    words = ["new", "supervised-api", ".", "--defaults", "--no-lock"]
    finished = 0
    for number in range(1, 100):
        here = empty_clone(machine, "trunk") if cloned else machine.work / "here"
        here.mkdir(exist_ok=True)
        monkeypatch.chdir(here)
        code = in_a_child(words, number)
        journal = any(here.glob(".scaffold-new-*/journal.json"))
        if code == NEVER_KILLED:
            break
        assert code == KILLED, number
        whole = not journal and (here / "README.md").exists()
        # Killed after its journal was closed, it left a whole repository, which is not empty.
        assert in_a_child(words) == (2 if whole else 0), number
        complete(machine, here)
        finished += journal
        if cloned:
            assert machine.git(here, "branch", "--show-current").strip() == "trunk"
            assert "remote.git" in machine.git(here, "remote", "-v")
        monkeypatch.chdir(machine.work)
        shutil.rmtree(here)
        shutil.rmtree(machine.root / "remote.git", ignore_errors=True)
    else:
        pytest.fail("the command never ended by itself")
    assert finished >= 8  # at least one for each name that is moved
