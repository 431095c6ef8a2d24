"""`app evaluate`: every task, by several agents and by one, and the gate."""

from collections.abc import Callable
from pathlib import Path

from app.desk.tables import build_desk
from app.evidence.report import Json, describe, differences, read_report, write_report
from app.project import Project, read_project
from app.proving import tables
from app.proving.demo_data import DEMO_DATA, digests
from app.proving.evaluation import measure
from app.proving.tasks import expect, read_tasks
from app.proving.trials import SEVERAL, SINGLE, open_trials, try_all
from app.runs.loops import run_to_end
from app.service.errors import UserError
from app.service.version import read_template_facts
from app.settings import Settings

FILE = "evaluation.json"
Say = Callable[[str], None]


def evaluate(
    settings: Settings,
    say: Say = print,
    *,
    repeats: int = 1,
    check: bool = False,
    markdown: Path | None = None,
) -> None:
    """Measures, and writes `evaluation.json` with its rows; or compares with the one that is there.

    Args:
        settings: Where everything is.
        say: Gets each line for people.
        repeats: How often each task is run.
        check: Whether to compare the shares that pass with the report instead of writing it.
        markdown: File to which the tables are added.

    Raises:
        UserError: A gate does not hold; or `check`, and a share differs from the report.
    """
    project = read_project(settings.project_file)
    content, rows = _measure(settings, project, repeats, say)
    for line in tables.text(content):
        say(line)
    if settings.model == "offline":
        say("Without a language model this proves tools, graph and tasks, and nobody's thinking.\n")
    if markdown is not None:
        with markdown.open("a", encoding="utf-8", newline="\n") as stream:
            stream.writelines(f"{line}\n" for line in tables.markdown(content))
    file = settings.reports_dir / FILE
    if check:
        _compare(file, content)
    else:
        write_report(file, content, rows)
        demo = ", from the demo data" if content["demo_data"] else ""
        say(f"{file} is written{demo}.")
        if content["inputs"]["dirty"]:
            say("It is marked dirty: commit app/, data/ and project.toml first, then measure.")
    _gate(content, project)


def _measure(
    settings: Settings, project: Project, repeats: int, say: Say
) -> tuple[Json, list[Json]]:
    desk = build_desk(settings, project)
    expected = [expect(task, desk) for task in read_tasks(project.evaluation.tasks)]
    template = read_template_facts(settings.answers_file)
    data = digests(project)
    folder = settings.project_file.resolve().parent
    demo_data = bool(DEMO_DATA & set(data.values()))
    content = describe("evaluation", folder, template, demo_data=demo_data)
    content["inputs"] |= {"model": settings.model, "data_sha256": data["desk"]}

    async def try_them() -> list[Json]:
        async with open_trials(settings, project) as bench:
            return await try_all(bench, expected, repeats, say)

    rows = run_to_end(try_them())
    content["repeats"] = repeats
    return content | measure(rows), rows


def _shares(content: Json) -> Json:
    """Returns what is the same on every machine; tokens and seconds are not."""
    return {
        way: {name: content[way][name] for name in ("passed", "refused", "kinds")}
        for way in (SEVERAL, SINGLE)
    }


def _compare(file: Path, content: Json) -> None:
    try:
        before = _shares(read_report(file))
    except KeyError as error:
        raise UserError(f"{file} is no report of this project.", "Write it anew.") from error
    if found := list(differences(before, _shares(content))):
        raise UserError(
            f"{file} differs from what was measured now: " + "; ".join(found),
            "Commit the code, then `uv run app evaluate` and `uv run app report`.",
        )


def _gate(content: Json, project: Project) -> None:
    passed = content[SEVERAL]["passed"]["value"]
    if passed < project.gates.passed:
        raise UserError(
            f"{passed:.3f} of the tasks pass, and the gate is {project.gates.passed:g}.",
            "Above is what failed. Mend it, or change [gates] in project.toml, and say why.",
        )
