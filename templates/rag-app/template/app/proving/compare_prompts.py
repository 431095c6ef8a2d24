"""`app compare-prompts`: two versions of a prompt, the same questions, the same passages."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from app.answering.condensing import CONDENSE
from app.answering.finding import find
from app.answering.paid_model import BudgetSpentError
from app.answering.wording import Wording, read_wording
from app.budget import Budget
from app.embedding.choosing import load_embedder
from app.evidence.report import Json, describe, write_report
from app.index.opening import open_index
from app.language.choosing import load_model
from app.language.model import LanguageModel
from app.language.prices import Prices, load_prices
from app.project import Project, read_project
from app.proving import prompt_tables
from app.proving.contents import check_fresh, headings, passages_of
from app.proving.demo_data import DEMO_DATA, digest_of
from app.proving.golden import DRAFT, check_sections, read_golden, read_unanswerable
from app.proving.prompt_answers import MOST_FAILURES, Bar, Collected
from app.proving.prompt_measures import numbers
from app.proving.prompt_questions import Chosen, Pool, at_most, choose, plan
from app.proving.prompt_spending import Calls, Spent, told
from app.retrieval.retriever import Retriever
from app.service.errors import UserError
from app.service.store import open_store
from app.service.version import read_template_facts
from app.settings import Settings

FILE = "prompts.json"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Comparison:
    """What is compared.

    Attributes:
        first: Name of a prompt.
        second: Name of another one, from which the first is subtracted.
        questions: How many golden questions.
        seed: Which ones: the same seed chooses the same.
    """

    first: str
    second: str
    questions: int
    seed: int


@dataclass(frozen=True)
class Hands:
    """What the command lends: the core neither prints nor asks.

    Attributes:
        say: Gets each line for people.
        agreed: Asks whether to spend what was just said; may raise `UserError`.
        bar: Shows how far it is.
    """

    say: Say
    agreed: Callable[[], bool]
    bar: Bar


def _wordings(comparison: Comparison) -> tuple[Wording, Wording]:
    names = (comparison.first, comparison.second)
    if names[0] == names[1]:
        raise UserError(f"The prompt {names[0]} is named twice.", "Name two versions.")
    for name in names:
        if name.rpartition("-")[0] == CONDENSE.rpartition("-")[0]:
            raise UserError(f"The prompt {name} answers no question.", "Name one that does.")
    return read_wording(names[0]), read_wording(names[1])


def _model(settings: Settings) -> tuple[LanguageModel, Prices]:
    model, prices = load_model(settings), load_prices(settings)
    if model is None or prices is None:
        raise UserError(
            "No MODEL is set, and without one no prompt is used.",
            "Write two lines into .env: MODEL=openai:gpt-5-mini and OPENAI_API_KEY=your key",
        )
    return model, prices


def _choose(
    settings: Settings, project: Project, comparison: Comparison, say: Say
) -> tuple[list[Chosen], Json]:
    """Searches once for each question that is chosen.

    Returns:
        They, and what the report says before its numbers.

    Raises:
        UserError: The index or a file of questions can't be used, or no question reaches a model.
    """
    files = project.evaluation
    golden = read_golden(files.golden)
    pool = Pool(golden, read_unanswerable(files.off_topic), read_unanswerable(files.near_miss))
    with closing(open_index(settings.database_url)) as index:
        check_fresh(index, project, say)
        check_sections(golden, headings(passages_of(index)), files.golden)
        embedder = load_embedder(settings)
        search = partial(find, Retriever(index, embedder, project), project)
        chosen = choose(pool, search, comparison.questions, comparison.seed)
        documents = digest_of(sorted(index.digests().items()))
    if not chosen:
        raise UserError(
            "No question reaches a model, all are refused before.",
            "`uv run app calibrate` proposes another threshold.",
        )
    if drafts := sum(getattr(one.question, "kind", "") == DRAFT for one in chosen):
        say(f"{drafts} of the questions are drafts that nobody has read.")
    questions = digest_of([one.model_dump(mode="json") for one in golden])
    template = read_template_facts(settings.answers_file)
    folder = settings.project_file.resolve().parent
    # Before anything is asked, because the state of the code that asks is what counts.
    demo_data = bool({documents, questions} & DEMO_DATA)
    content = describe("prompts", folder, template, demo_data=demo_data)
    content["inputs"] |= {"model": settings.model, "data_sha256": documents}
    content["served"] = {
        "mode": project.retrieval.mode,
        "embedder": embedder.name,
        "threshold": project.refusal.similarity,
        "prompt": project.answers.prompt,
    }
    return chosen, content


def _stopped(collected: Collected, planned: int) -> str:
    after = f"It stopped after {len(collected.rows)} of {planned} questions, and compares those."
    error = collected.stopped
    assert error is not None  # noqa: S101 - who calls has looked
    if isinstance(error, BudgetSpentError):
        return f"{error.problem} {after} {error.remedy}"
    return f"{MOST_FAILURES} calls in a row failed. {error.problem} {after} {error.remedy}"


def _asked(calls: Calls, ask: Callable[[], Collected], say: Say) -> Collected:
    """Asks everything, and says what it has cost where that is in vain.

    Raises:
        UserError: No question was answered, or the store is away.
    """
    try:
        collected = ask()
    except (KeyboardInterrupt, UserError):
        say(_in_vain(calls.spent()))
        raise
    if collected.rows:
        return collected
    say(_in_vain(calls.spent()))
    error = collected.stopped
    assert error is not None  # noqa: S101 - there were questions
    raise UserError(f"Nothing can be compared. {error.problem}", error.remedy)


def _in_vain(spent: Spent) -> str:
    return f"No report is written. Spent: {spent}."


def _show(content: Json, collected: Collected, spent: Spent, planned: int, say: Say) -> None:
    for line in prompt_tables.text(content, collected.rows):
        say(line)
    say("")
    for name, error in collected.failed.items():
        say(f"{name} failed, the last time because: {error.problem} {error.remedy}")
    if collected.stopped is not None:
        say(_stopped(collected, planned))
    say(f"Spent: {spent}.")


def compare_prompts(settings: Settings, comparison: Comparison, hands: Hands) -> None:
    """Asks, measures, and writes `prompts.json` with its rows; nothing where it is interrupted.

    Args:
        settings: Where everything is.
        comparison: What is compared.
        hands: What speaks with a person.

    Raises:
        UserError: A prompt is not there, no MODEL is set, or nothing could be compared.
    """
    project = read_project(settings.project_file)
    wordings = _wordings(comparison)
    model, prices = _model(settings)
    chosen, content = _choose(settings, project, comparison, hands.say)
    planned = plan(chosen, wordings, project.answers.most_tokens)
    content["inputs"]["prompts"] = {one.name: one.digest for one in wordings}
    with closing(open_store(settings.database_url)) as store:
        budget = Budget(store, settings.daily_dollars, settings.daily_tokens)
        hands.say(f"{len(planned)} questions, each with two prompts, go to {settings.model}.")
        hands.say(told(at_most(planned, prices), budget))
        if not hands.agreed():
            hands.say("Nothing was asked.")
            return
        calls = Calls(model, prices, budget, settings.model_seconds)
        ask = partial(calls.run, planned, project.corpus.language, hands.bar)
        collected = _asked(calls, ask, hands.say)
    spent = calls.spent()
    content["compared"] = vars(comparison) | {"planned": len(planned)}
    content["spent"] = spent.as_json(len(collected.rows) * len(wordings))
    content |= numbers(collected.rows, comparison.first, comparison.second)
    _show(content, collected, spent, len(planned), hands.say)
    file = settings.reports_dir / FILE
    write_report(file, content, collected.rows)
    _written(content, str(file), hands.say)


def _written(content: Json, file: str, say: Say) -> None:
    say(f"{file} is written{', from the demo data' if content['demo_data'] else ''}.")
    if content["inputs"]["dirty"]:
        say("It is marked dirty: commit app/, data/ and project.toml first, then compare.")
