"""Tasks in as many processes as are wanted, one of which may die without stopping the others.

Spawned, not forked: copier and git of the parent have threads. Each worker has a pipe of its own,
so it is known which task a dead one had, and the parent is told before any task begins. Workers
are in a session of their own: a Ctrl-C reaches the parent alone, which then ends them and the git
that they started. A worker whose parent was killed ends itself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from multiprocessing import connection
from typing import TYPE_CHECKING, Any, Protocol

from scaffold import git
from scaffold.cohort import outcome as outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from multiprocessing.connection import Connection
    from pathlib import Path

    from scaffold.cohort.layout import Task
    from scaffold.cohort.outcome import Outcome

    Do = Callable[[Task], Outcome]

GRACE_SECONDS = 5.0
"""So long a task may go on after a Ctrl-C before it is killed."""


class Work(Protocol):
    """What is done with each task. It travels to the workers, so it can be pickled."""

    def open(self) -> AbstractContextManager[Do]:
        """What a worker does with one task after another, until it ends."""
        ...


@dataclass(frozen=True)
class Watch:
    """Who is told of the tasks, in the parent.

    Attributes:
        begins: Before a task is begun.
        ends: When it has ended.
        wait: For how many seconds a task has to wait for its turn; 0 when it may begin.
    """

    begins: Callable[[Task], None]
    ends: Callable[[Outcome], None]
    wait: Callable[[Task], float] = lambda task: 0.0  # noqa: ARG005


class _Worker:
    """One process, and the task that it has."""

    def __init__(self, work: Work, room: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.task: Task | None = None
        self.process = context.Process(target=_serve, args=(theirs, work, room), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, task: Task) -> None:
        self.task = task
        with suppress(OSError):  # it is dead, which its end of the pipe tells
            self.pipe.send(task)

    def take(self) -> Outcome | None:
        """What came of its task; None when the worker died of it."""
        try:
            found: Outcome = self.pipe.recv()
        except (EOFError, OSError):
            return None
        self.task = None
        return found

    def end(self) -> None:
        """Let it go; it ends itself when its pipe is closed."""
        self.pipe.close()
        self.process.join(GRACE_SECONDS)
        if self.process.is_alive():
            self.kill()

    def kill(self) -> None:
        """End it, and the programs that it started."""
        pid = self.process.pid
        with suppress(OSError, AttributeError):
            if pid is not None and os.getpgid(pid) == pid:
                os.killpg(pid, signal.SIGKILL)
        with suppress(OSError):
            self.process.kill()
        self.process.join(GRACE_SECONDS)


def run(tasks: Sequence[Task], work: Work, room: Path, jobs: int, watch: Watch) -> None:
    """Do all tasks, in no certain order.

    Args:
        tasks: What there is to do.
        work: How.
        room: Where workers put what lives for a moment; the caller empties it.
        jobs: Processes at the most.
        watch: Is told of each.
    """
    waiting = list(reversed(tasks))
    workers: list[_Worker] = []
    try:
        workers += [_Worker(work, room) for _ in range(min(jobs, len(waiting)))]
        while waiting or any(one.task for one in workers):
            pause = _hand_out(waiting, workers, watch)
            busy = {one.pipe: one for one in workers if one.task is not None}
            if not busy:
                time.sleep(pause)
                continue
            ready: list[Any] = connection.wait(list(busy), timeout=pause or None)
            for pipe in ready:
                worker = busy[pipe]
                task = worker.task
                found = worker.take()
                if found is None and task is not None:
                    workers.remove(worker)
                    worker.kill()
                    watch.ends(_died(task, worker.process.exitcode))
                    if waiting:
                        workers.append(_Worker(work, room))
                elif found is not None:
                    watch.ends(found)
        for one in workers:
            one.end()
    except BaseException:
        _let_end(workers, watch)
        raise
    finally:
        for one in workers:
            one.kill()


def _hand_out(waiting: list[Task], workers: list[_Worker], watch: Watch) -> float:
    """Give idle workers their next task; how many seconds the next one has to wait, if it has."""
    for worker in workers:
        if worker.task is None and waiting:
            pause = watch.wait(waiting[-1])
            if pause > 0:
                return pause
            task = waiting.pop()
            watch.begins(task)
            worker.give(task)
    return 0.0


def _let_end(workers: list[_Worker], watch: Watch) -> None:
    """After a Ctrl-C: let the tasks that were begun come to their end, if that is soon."""
    until = time.monotonic() + GRACE_SECONDS
    with suppress(KeyboardInterrupt):  # a second one: no more patience
        while busy := {one.pipe: one for one in workers if one.task is not None}:
            ready: list[Any] = connection.wait(list(busy), timeout=until - time.monotonic())
            if not ready:
                return
            for pipe in ready:
                found = busy[pipe].take()
                busy[pipe].task = None
                if found is not None:
                    watch.ends(found)


def _died(task: Task, code: int | None) -> Outcome:
    return outcomes.Outcome(
        task.key,
        "failed",
        f"Its process was ended (code {code}); memory may be short: --jobs 1 --only-failed.",
    )


def _serve(pipe: Connection, work: Work, room: Path) -> None:
    """A worker's life."""
    if hasattr(os, "setsid"):
        with suppress(OSError):
            os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    git.forget_parent()
    os.environ["TMPDIR"] = tempfile.tempdir = os.fspath(room)
    with ExitStack() as opened:
        do: Do | None = None
        while True:
            try:
                task: Task = pipe.recv()
            except (EOFError, OSError):
                return
            try:
                do = do or opened.enter_context(work.open())
                pipe.send(do(task))
            except Exception as error:
                if os.environ.get("SCAFFOLD_TRACEBACK"):
                    raise
                said = f"scaffold fails: {type(error).__name__}: {error} (please report it)"
                pipe.send(outcomes.Outcome(task.key, "failed", said))


def _end_with_parent() -> None:
    """End this process and its git when the parent is gone, killed perhaps."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    connection.wait([parent.sentinel])
    with suppress(OSError, AttributeError):
        if os.getpgid(0) == os.getpid():
            os.killpg(0, signal.SIGKILL)
    os._exit(1)
