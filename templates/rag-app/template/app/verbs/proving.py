"""Verbs that measure, and write down what they measured."""

import argparse
import sys
from functools import partial
from pathlib import Path

from app.service.errors import UserError
from app.verbs.parsing import Verbs

MOST_DRAFTS = 1000


def _evaluate(arguments: argparse.Namespace) -> None:
    from app.proving.evaluate import evaluate
    from app.settings import read_settings

    evaluate(
        read_settings(),
        check=arguments.check,
        accept=arguments.accept,
        encoder=arguments.encoder,
        markdown=arguments.markdown,
    )


def _calibrate(arguments: argparse.Namespace) -> None:
    from app.proving.calibrate import calibrate
    from app.settings import read_settings

    calibrate(read_settings(), write=arguments.write)


def _draft(arguments: argparse.Namespace) -> None:
    from app.proving.drafting import draft_golden
    from app.settings import read_settings

    draft_golden(read_settings(), arguments.to, arguments.count)


def _bench(arguments: argparse.Namespace) -> None:
    from app.proving.bench import bench
    from app.settings import read_settings

    bench(read_settings(), quick=arguments.quick)


def _compare(arguments: argparse.Namespace) -> None:
    from tqdm import tqdm

    from app.proving.compare_prompts import Comparison, Hands, compare_prompts
    from app.settings import read_settings

    def agreed() -> bool:
        if arguments.yes:
            return True
        if not sys.stdin.isatty():
            raise UserError("Nothing was asked.", "Add --yes to spend that much.")
        return input("Ask? Type yes: ").strip() == "yes"

    names, questions = (arguments.first, arguments.second), arguments.questions
    bar = partial(tqdm, unit="question", disable=None, leave=False)
    compare_prompts(
        read_settings(), Comparison(*names, questions, arguments.seed), Hands(print, agreed, bar)
    )


def _report(arguments: argparse.Namespace) -> None:
    from app.evidence.readme import refresh
    from app.project import read_project
    from app.proving.claims import claims
    from app.settings import read_settings

    settings = read_settings()
    folder = settings.project_file.resolve().parent
    reports = settings.reports_dir.as_posix()
    lines = claims(read_project(settings.project_file), folder / settings.reports_dir)
    changed = refresh(folder, reports, lines, check=arguments.check)
    print(f"Written: {', '.join(changed)}." if changed else "Every number is up to date.")


def _count(text: str) -> int:
    count = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= count <= MOST_DRAFTS:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 1 to {MOST_DRAFTS}")
    return count


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 0 on")
    return int(text)


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
    _add_evaluate(verbs)
    verb = verbs.add_parser(
        "calibrate",
        help="propose the similarity below which there is no answer",
        description="Reads the index, the golden, off-topic and near-miss questions that "
        "project.toml names; prints what each threshold would answer and refuse, and a proposal. "
        "Held-out golden questions only test it.",
    )
    verb.add_argument(
        "--write",
        action="store_true",
        help="put it into project.toml, where only its digits change",
    )
    verb.set_defaults(run=_calibrate)

    verb = verbs.add_parser(
        "draft-golden",
        help="draft golden questions from your documents, for you to correct",
        description="Reads the documents that project.toml names, without a language model; "
        "writes JSON lines, each marked as a draft, with the section that it was made from. Read "
        "every line: delete what nobody would ask, and say the others as people would.",
    )
    verb.add_argument(
        "--to", type=Path, metavar="FILE", help="where to write; else where golden questions are"
    )
    verb.add_argument("--count", type=_count, default=60, help="how many at most (60)")
    verb.set_defaults(run=_draft)

    _add_compare(verbs)
    verb = verbs.add_parser(
        "bench",
        help="measure what ingest and search cost at 1,000, 10,000 and 100,000 passages",
        description="Writes made-up documents into a folder of its own and indexes them, in "
        "SQLite and, where DATABASE_URL names one, in a schema of its own in Postgres; both are "
        "removed at the end. Writes reports/benchmark.json with its rows. Leave the machine alone "
        "meanwhile.",
    )
    verb.add_argument("--quick", action="store_true", help="without 100,000, and less exact")
    verb.set_defaults(run=_bench)

    verb = verbs.add_parser(
        "report",
        help="write the numbers of the reports into README.md and docs/",
        description="Reads reports/; writes the digits of links such as [recall 0.812]"
        "(reports/evaluation.json#/retrieval/hybrid/recall_at_5), and the table of numbers in "
        "README.md. Ends with 1 when such a link leads nowhere.",
    )
    verb.add_argument(
        "--check", action="store_true", help="write nothing; end with 1 when a number is old"
    )
    verb.set_defaults(run=_report)


def _add_evaluate(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "evaluate",
        help="measure each way of searching on golden questions, and what is refused",
        description="Reads project.toml, the index and the questions in data/golden; writes "
        "reports/evaluation.json with its rows and prints the numbers. Ends with 1 when a gate "
        "of project.toml does not hold, or the served search fell below the baseline.",
    )
    either = verb.add_mutually_exclusive_group()
    either.add_argument(
        "--check",
        action="store_true",
        help="write no report; end with 1 when a number differs from the one that is there",
    )
    either.add_argument(
        "--accept",
        action="store_true",
        help="write data/golden/baseline.json: later states are held against this one",
    )
    verb.add_argument(
        "--encoder",
        action="store_true",
        help="a second time with the sentence encoder, in a temporary index (minutes)",
    )
    verb.add_argument(
        "--markdown", type=Path, metavar="FILE", help="add the tables to a file, as CI shows them"
    )
    verb.set_defaults(run=_evaluate)


def _add_compare(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "compare-prompts",
        help="ask golden questions with two versions of the prompt, and say which is better",
        description="Reads project.toml, the index, the questions in data/golden and two files of "
        "app/answering/prompts; sends questions and passages to MODEL, within the day's budget. "
        "Says first what that may cost. Writes reports/prompts.json with its rows, in which every "
        "answer stands.",
    )
    verb.add_argument("first", help="name of a version, such as answer-1")
    verb.add_argument("second", help="name of the version that is held against it")
    verb.add_argument(
        "--questions",
        type=_count,
        default=40,
        metavar="N",
        help="golden questions (40); of near misses and off-topic ones half as many each, at most",
    )
    verb.add_argument("--seed", type=_seed, default=7, metavar="S", help="chooses them (7)")
    verb.add_argument("--yes", action="store_true", help="don't ask before money is spent")
    verb.set_defaults(run=_compare)
