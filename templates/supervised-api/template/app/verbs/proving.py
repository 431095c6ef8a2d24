"""Verbs that measure, and write down what they measured."""

import argparse

from app.verbs.parsing import Verbs


def _evaluate(arguments: argparse.Namespace) -> None:
    from app.proving.evaluate import evaluate
    from app.settings import read_settings

    evaluate(read_settings(), check=arguments.check)


def _bench(arguments: argparse.Namespace) -> None:
    from app.proving.bench import bench
    from app.settings import read_settings

    bench(read_settings(), quick=arguments.quick)


def _report(arguments: argparse.Namespace) -> None:
    from app.evidence.readme import refresh
    from app.project import read_project
    from app.proving.claims import claims
    from app.settings import read_settings

    settings = read_settings()
    folder = settings.project_file.resolve().parent
    reports = settings.reports_dir.as_posix()
    lines = claims(read_project(settings.project_file), folder / reports)
    changed = refresh(folder, reports, lines, check=arguments.check)
    print(f"Written: {', '.join(changed)}." if changed else "Every number is up to date.")


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
    verb = verbs.add_parser(
        "evaluate",
        help="measure the served model on rows it never saw, beside the rule",
        description="Reads project.toml, the data and models/champion; writes "
        "reports/evaluation.json with its rows and prints the numbers. Ends with 1 when a gate "
        "of project.toml does not hold.",
    )
    verb.add_argument(
        "--check",
        action="store_true",
        help="write nothing; end with 1 when a number differs from the report that is there",
    )
    verb.set_defaults(run=_evaluate)

    verb = verbs.add_parser(
        "bench",
        help="measure what an answer costs, beside an empty and a plain service",
        description="Runs the services on free ports of this machine and measures them in turns; "
        "writes reports/benchmark.json with its rows. Leave the machine alone meanwhile.",
    )
    verb.add_argument("--quick", action="store_true", help="a minute less, and less exact")
    verb.set_defaults(run=_bench)

    verb = verbs.add_parser(
        "report",
        help="write the numbers of the reports into README.md and docs/",
        description="Reads reports/; writes the digits of links such as "
        "[AP 0.579](reports/evaluation.json#/champion/ap), and the table of numbers in README.md. "
        "Ends with 1 when such a link leads nowhere.",
    )
    verb.add_argument(
        "--check", action="store_true", help="write nothing; end with 1 when a number is old"
    )
    verb.set_defaults(run=_report)
