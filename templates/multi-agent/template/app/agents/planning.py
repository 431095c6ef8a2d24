"""The planner: who finds out what; or why this can't be answered here."""

from app.agents.asking import ask
from app.agents.crew import Crew, RunContext
from app.agents.memo import Plan
from app.agents.state import Json, RunState

OUTSIDE = "None of the workers here can find that out."


async def plan(crew: Crew, context: RunContext, state: RunState) -> RunState:
    """Hands the question out, one task for each worker at most."""
    workers = {name: one.does for name, one in crew.project.workers.items()}
    content: Json = {"question": state["question"], "workers": workers}
    given = await ask(crew, context, "planner", Plan, content)
    if given.value is None:
        return RunState(tasks=[], refusal=given.problem)
    tasks = one_each(given.value, workers)
    if not tasks:
        return RunState(tasks=[], refusal=given.value.refusal.strip() or OUTSIDE)
    return RunState(tasks=tasks, refusal="")


def one_each(plan: Plan, workers: Json) -> list[Json]:
    """Returns the tasks of workers that exist; several for one become one, in the plan's order."""
    goals: dict[str, list[str]] = {}
    for task in plan.tasks:
        if task.worker in workers and task.goal.strip():
            goals.setdefault(task.worker, []).append(task.goal.strip())
    return [{"worker": name, "goal": "\n".join(texts)} for name, texts in goals.items()]
