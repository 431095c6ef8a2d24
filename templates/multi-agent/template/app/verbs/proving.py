"""Verbs that show the whole job, measure, and write down what they measured."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.verbs.parsing import Verbs

if TYPE_CHECKING:
    from app.runs.runner import Runner

MOST_REPEATS = 100


def _demo(_: argparse.Namespace) -> None:
    from app.demo import demo
    from app.settings import read_settings

    demo(read_settings())


def _evaluate(arguments: argparse.Namespace) -> None:
    from app.proving.evaluate import evaluate
    from app.settings import read_settings

    evaluate(
        read_settings(),
        repeats=arguments.repeat,
        check=arguments.check,
        markdown=arguments.markdown,
    )


def _bench(arguments: argparse.Namespace) -> None:
    from app.proving.bench import bench
    from app.settings import read_settings

    bench(read_settings(), quick=arguments.quick)


def _report(arguments: argparse.Namespace) -> None:
    from app.evidence.readme import refresh
    from app.proving.claims import claims
    from app.settings import read_settings

    settings = read_settings()
    folder = settings.project_file.resolve().parent
    reports = settings.reports_dir.as_posix()
    lines = claims(folder / settings.reports_dir)
    changed = refresh(folder, reports, lines, check=arguments.check)
    print(f"Written: {', '.join(changed)}." if changed else "Every number is up to date.")


def _graph(arguments: argparse.Namespace) -> None:
    from app.agents.drawing import draw, refresh
    from app.verbs.running import with_runner

    async def drawing(runner: "Runner") -> str:
        return draw(runner.graph)

    text = with_runner(drawing, loud=False)
    if arguments.write:
        changed = refresh(Path("README.md"), text)
        print("README.md is written." if changed else "README.md has it already.")
    else:
        print(text, end="")


def _count(text: str) -> int:
    count = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= count <= MOST_REPEATS:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 1 to {MOST_REPEATS}")
    return count


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
    verb = verbs.add_parser(
        "demo",
        help="the whole job once: plan, look up, write, review, approve, publish",
        description="Reads project.toml and everything it names; asks its example question, "
        "approves the memo, and asks a question that can't be answered. Writes two runs into "
        "DATABASE_URL.",
    )
    verb.set_defaults(run=_demo)

    verb = verbs.add_parser(
        "evaluate",
        help="run every task of data/tasks.toml, with several agents and with one",
        description="Reads project.toml, data/tasks.toml and the tables; expected facts are worked "
        "out anew from the tables. Each task is run with the whole graph and with a single agent, "
        "in stores of their own. Writes reports/evaluation.json with its rows. Ends with 1 when a "
        "gate of project.toml does not hold.",
    )
    verb.add_argument(
        "--repeat", type=_count, default=1, metavar="N", help="times that each task is run (1)"
    )
    verb.add_argument(
        "--check",
        action="store_true",
        help="write no report; end with 1 when a number differs from the one that is there",
    )
    verb.add_argument(
        "--markdown", type=Path, metavar="FILE", help="add the tables to a file, as CI shows them"
    )
    verb.set_defaults(run=_evaluate)

    verb = verbs.add_parser(
        "bench",
        help="measure what graph, ledger and checkpoints cost beside plain Python",
        description="Runs the example question with the offline model in stores of its own: as "
        "plain Python, as a graph, and with each kind of checkpoints; also in Postgres where "
        "DATABASE_URL names one. Writes reports/benchmark.json with its rows. Leave the machine "
        "alone meanwhile.",
    )
    verb.add_argument("--quick", action="store_true", help="fewer rounds, less exact")
    verb.set_defaults(run=_bench)

    verb = verbs.add_parser(
        "graph",
        help="draw the graph from the code, as Mermaid",
        description="Reads project.toml and the code; with --write it puts the diagram into "
        "README.md, between <!-- graph --> and <!-- /graph -->.",
    )
    verb.add_argument("--write", action="store_true", help="into README.md")
    verb.set_defaults(run=_graph)

    verb = verbs.add_parser(
        "report",
        help="write the numbers of the reports into README.md and docs/",
        description="Reads reports/; writes the digits of links such as [passed 0.96]"
        "(reports/evaluation.json#/several/passed), and the table of numbers in README.md. Ends "
        "with 1 when such a link leads nowhere.",
    )
    verb.add_argument(
        "--check", action="store_true", help="write nothing; end with 1 when a number is old"
    )
    verb.set_defaults(run=_report)
