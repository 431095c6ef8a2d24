"""The whole job once: plan, look up, write, review, approve, publish; and an honest refusal."""

from collections.abc import Callable

from app.agents import telling
from app.project import Project, read_project
from app.runs.loops import run_to_end
from app.runs.opening import open_runner
from app.runs.run_log import Run
from app.runs.runner import Runner
from app.runs.wording import printable
from app.service.errors import UserError
from app.settings import Settings

Say = Callable[[str], None]


def demo(settings: Settings, say: Say = print) -> None:
    """Asks the example question, approves the memo, and asks one that the desk can't answer.

    Args:
        settings: Where everything is.
        say: Gets each line for people.

    Raises:
        UserError: A part of it can't work.
    """
    project = read_project(settings.project_file)
    say(f"{project.words.title}: {project.words.summary}\n")
    if settings.model == "offline":
        say("Nobody thinks here: without a key, a playbook (data/playbook.toml) says what to do.")
        say("Graph, tools, ledger, checkpoints and approval are the real ones.\n")
    run_to_end(_demo(settings, project, say))
    say(
        '\nAsk it yourself:  uv run app ask "your question"'
        "\nOpen:  data/tables and data/documents, what it looks at, and project.toml, who works."
        "\nMake it yours:  put your tables and documents there, then data/playbook.toml."
    )


async def _demo(settings: Settings, project: Project, say: Say) -> None:
    async with open_runner(settings, project) as runner:
        runner.observer = telling.Steps(say)
        run = await _asked(runner, project.words.example, say)
        if run.status != "waiting":
            raise UserError(
                f"The example did not come to a memo: {run.reason}",
                "Does project.toml ask something that the playbook or the model knows?",
            )
        say("\nIt waits for approval; the demo approves. `app ask` lets you decide.")
        for line in telling.ending(await runner.decide(run.run_id, {"type": "approve"})):
            say(printable(line))
        if project.words.unknown:
            await _asked(runner, project.words.unknown, say)


async def _asked(runner: Runner, question: str, say: Say) -> Run:
    say(f"> {question}")
    run = await runner.start(question)
    say("")
    for lines in (telling.memo(run.memo) if run.memo else (), telling.ending(run)):
        for line in lines:
            say(printable(line))
    say("")
    return run
