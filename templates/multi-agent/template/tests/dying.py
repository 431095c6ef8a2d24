"""Processes that work on a run and are killed in the middle of it."""

import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.tools import BaseTool, StructuredTool

from app.agents.state import Json
from app.desk.client import open_tools
from app.desk.tables import build_desk
from app.desk.tools import Desk
from app.model.choosing import load_chat_model
from app.runs.loops import run_to_end
from app.runs.opening import open_runner
from app.runs.register import Register
from app.runs.run_log import Run

from .small import QUESTION, Scripted, Turn, small

LEASE = 0.15
ANSWER_SECONDS = 60


@dataclass(frozen=True)
class Life:
    """What a process does, and where it ends.

    Attributes:
        folder: Of the test; `done.txt` there notes every tool that began and ended.
        url: Of the store.
        action: `start`, `resume` or a decision.
        run_id: For the latter two.
        dies: In the middle of the n-th tool (`tool 3`), when a role is asked (`writer`), before the
            effect (`before publish`) or after it (`after publish`); empty: not at all.
    """

    folder: Path
    url: str
    action: str
    run_id: str = ""
    dies: str = ""


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _note(life: Life, line: str) -> int:
    """Writes a line down for good, and returns how many tools have begun in this process."""
    with (life.folder / "done.txt").open("a", encoding="utf-8") as file:
        file.write(f"{os.getpid()} {line}\n")
    lines = (life.folder / "done.txt").read_text(encoding="utf-8").splitlines()
    return sum(one.startswith(f"{os.getpid()} begun") for one in lines)


def _watched(life: Life, tool: BaseTool) -> BaseTool:
    async def use(**arguments: Any) -> Any:  # noqa: ANN401
        what = f"{tool.name} {json.dumps(arguments, sort_keys=True)}"
        if f"tool {_note(life, f'begun {what}')}" == life.dies:
            _die()
        found = await tool.ainvoke(arguments)
        _note(life, f"ended {what}")
        return found

    return StructuredTool(
        name=tool.name, description=tool.description, args_schema=tool.args_schema, coroutine=use
    )


def _deadly(life: Life, publish: Callable[..., Json]) -> Callable[..., Json]:
    def effect(*given: Any) -> Json:  # noqa: ANN401
        if life.dies == "before publish":
            _die()
        done = publish(*given)
        if life.dies == "after publish":
            _die()
        return done

    return effect


async def _live(life: Life) -> Run:
    place = small(life.folder, life.url)
    offline = load_chat_model(place.settings, place.project)

    def say(turn: Turn) -> AIMessage:
        if turn.role == life.dies:
            _die()
        tools = [{"type": "function", "function": {"name": one}} for one in turn.tools]
        answer = offline.bind(tools=tools).invoke(turn.messages)
        assert isinstance(answer, AIMessage)
        return answer

    desk = Desk(build_desk(place.settings, place.project))
    async with open_tools(desk, 5) as opened:
        tools: Mapping[str, BaseTool] = {name: _watched(life, one) for name, one in opened.items()}
        model = Scripted(say=say)
        async with open_runner(place.settings, place.project, model, tools, LEASE) as runner:
            if life.action == "start":
                return await runner.start(QUESTION)
            if life.action == "resume":
                return await runner.resume(life.run_id)
            return await runner.decide(life.run_id, {"type": life.action})


def _process(life: Life, answer: Any) -> None:  # noqa: ANN401 - a pipe's end
    register: Any = Register
    register.publish = _deadly(life, register.publish)
    run = run_to_end(_live(life))
    answer.send((run.run_id, run.status, run.outcome))
    answer.close()


def live(life: Life) -> tuple[str, str, str] | None:
    """Lets a process live; returns id, status and outcome of its run, or None if it was killed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.dying"])
    mine, its = context.Pipe(duplex=False)
    process = context.Process(target=_process, args=(life, its))
    process.start()
    its.close()
    try:
        found: tuple[str, str, str] = mine.recv()
    except EOFError:
        found = ("", "", "")
    process.join(ANSWER_SECONDS)
    assert process.exitcode == (-signal.SIGKILL if life.dies else 0)
    return found if process.exitcode == 0 else None
