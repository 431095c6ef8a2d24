"""`app compare-prompts`: which of two prompts makes a model answer better, and at what price."""

import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from app.answering.finding import find
from app.answering.grounding import Checked
from app.budget import Budget
from app.cli import main
from app.evidence.readme import at
from app.index.opening import open_index
from app.proving.evaluation import GOLDEN
from app.proving.golden import Question, Section, read_golden, read_unanswerable
from app.proving.prompt_answers import MOST_FAILURES, outcome
from app.proving.prompt_measures import MEASURES, numbers, verdict
from app.proving.prompt_questions import Chosen, Pool, choose, quotas
from app.retrieval.retriever import Retriever
from app.service.errors import UserError
from app.service.store import open_store

from .comparing import A, B, Compared, badly, by_prompt, passages_of, settings_of, well
from .language.model_server import Asked, Reply
from .language.openai_server import OpenAIServer, openai_server
from .small_project import NEAR_MISS, WORDS, Small, small_project


@pytest.fixture(scope="module", autouse=True)
def _one_embedder() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.proving.compare_prompts.load_embedder", lambda _: WORDS)
        yield


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Not to be changed."""
    return small_project(tmp_path_factory.mktemp("small") / "project")


def copied(ingested: Small, folder: Path) -> Small:
    shutil.copytree(ingested.folder, folder)
    changes: dict[str, Any] = {
        "reports_dir": folder / "reports",
        "project_file": folder / "project.toml",
        "database_url": f"sqlite:///{(folder / 'index.db').as_posix()}",
    }
    return Small(folder, ingested.settings.model_copy(update=changes))


@pytest.fixture
def small(ingested: Small, tmp_path: Path) -> Small:
    return copied(ingested, tmp_path / "project")


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with openai_server(by_prompt(badly, well)) as found:
        yield found


@pytest.fixture(scope="module")
def compared(ingested: Small, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """The second prompt made the model answer well, the first one did not."""
    small = copied(ingested, tmp_path_factory.mktemp("compared") / "project")
    with openai_server(by_prompt(badly, well)) as server:
        return Compared(settings_of(small, server), questions=40).run()


def numbers_in(content: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for part in content.values():
        if isinstance(part, dict):
            found += [part] if "recipe" in part else numbers_in(part)
    return found


def holds(row: dict[str, Any], where: dict[str, Any]) -> bool:
    def found(pointer: str) -> object:
        try:
            return at(row, pointer)
        except KeyError:
            return None

    return all(found(pointer) == value for pointer, value in where.items())


def test_the_prompt_that_makes_a_model_keep_to_its_passages_is_told(compared: Compared) -> None:
    report = compared.report
    assert report["prompts"][A]["grounded"]["value"] == 0
    assert report["prompts"][B]["grounded"]["value"] == 1
    assert report["difference"]["grounded"]["value"] == 1
    assert report["prompts"][A]["uncited"]["value"] == 1
    assert report["prompts"][B]["cites_gold"]["value"] == 1
    assert compared.verdict("grounded").endswith("B better")
    assert compared.verdict("uncited").endswith("B better")
    assert compared.verdict("unknown citation").endswith("within chance")


def test_an_honest_no_counts_where_the_documents_have_no_answer(compared: Compared) -> None:
    report = compared.report
    asked = [row for row in compared.rows if row["set"] == "near_miss"]
    assert 0 < len(asked) <= len(NEAR_MISS)
    assert report["prompts"][A]["near_miss_refused"]["value"] == 0
    assert report["prompts"][B]["near_miss_refused"]["value"] == 1
    assert report["difference"]["near_miss_refused"]["n"] == len(asked)
    # Of two questions nobody can tell.
    assert compared.verdict("near miss refused").endswith("within chance")


def test_every_number_follows_from_the_rows_as_its_recipe_says(compared: Compared) -> None:
    found = numbers_in(compared.report)
    assert len(found) > 40
    for one in found:
        recipe = one["recipe"]
        fits = [row for row in compared.rows if holds(row, recipe["where"])]
        values = [float(at(row, recipe["of"])) for row in fits]
        if "minus" in recipe:
            values = [v - at(r, recipe["minus"]) for v, r in zip(values, fits, strict=True)]
        assert one["n"] == len(fits)
        assert one["value"] == pytest.approx(mean(values))
        assert one["low"] - 1e-9 <= one["value"] <= one["high"] + 1e-9


def test_the_report_says_which_prompts_and_which_model(compared: Compared) -> None:
    inputs = compared.report["inputs"]
    assert inputs["model"] == "openai:small"
    assert inputs["prompts"].keys() == {A, B}
    assert all(len(digest) == 12 for digest in inputs["prompts"].values())
    assert compared.report["kind"] == "prompts"


def test_what_was_written_is_there_to_be_read(compared: Compared) -> None:
    row = next(row for row in compared.rows if row["set"] == GOLDEN)
    assert row["prompts"][A]["text"].startswith("I have heard")
    assert row["prompts"][B]["text"] != row["prompts"][A]["text"]


def test_it_fits_80_columns(compared: Compared) -> None:
    shown = [line for line in compared.said if str(compared.settings.reports_dir) not in line]
    assert max(map(len, shown)) <= 80


def test_tokens_and_dollars_are_those_of_all_calls(compared: Compared) -> None:
    report, calls = compared.report, [o for r in compared.rows for o in r["prompts"].values()]
    tokens = sum(one["input_tokens"] + one["output_tokens"] for one in calls)
    assert report["spent"]["tokens"]["value"] == tokens
    dollars = sum(one["dollars"] for one in calls)
    assert report["spent"]["dollars"]["value"] == pytest.approx(dollars)
    assert f"Spent: ${dollars:.4f} and {tokens:,} tokens." in compared.said
    with closing(open_store(compared.settings.database_url)) as store:
        left = Budget(store, 1.0, 1_000_000).left()
    assert left.tokens == 1_000_000 - tokens


def test_two_prompts_that_do_the_same_differ_within_chance(
    small: Small, server: OpenAIServer
) -> None:
    server.answers = well
    said = Compared(settings_of(small, server)).run()
    first, second = (said.report["prompts"][name] for name in (A, B))
    for one in MEASURES:
        if one.name not in {"seconds", "dollars"}:
            assert first[one.name]["value"] == second[one.name]["value"]
            assert said.verdict(one.words).endswith("within chance") or not second[one.name]["n"]
    # But the longer prompt costs more, each time.
    assert said.verdict("$ per 1,000 answers").endswith("B worse")


def test_both_prompts_get_the_same_passages_and_take_turns(
    small: Small, server: OpenAIServer
) -> None:
    seen: list[tuple[str, list[str]]] = []

    def answer(asked: Asked) -> str:
        seen.append((asked.system, passages_of(asked)))
        return well(asked)

    server.answers = answer
    said = Compared(settings_of(small, server)).run()
    assert len(seen) == 2 * len(said.rows)
    pairs = list(zip(seen[::2], seen[1::2], strict=True))
    assert all(one[1] == other[1] for one, other in pairs)
    firsts = ["An example" in one[0] for one, _ in pairs]
    assert firsts[:4] == [False, True, False, True]


def test_the_same_answers_give_the_same_numbers(small: Small, compared: Compared) -> None:
    with openai_server(by_prompt(badly, well)) as server:
        again = Compared(settings_of(small, server), questions=40).run()
    for part in ("prompts", "difference"):
        for one, other in zip(
            numbers_in(compared.report[part]), numbers_in(again.report[part]), strict=True
        ):
            assert one == other or one["unit"] == "s"


def test_what_it_may_cost_is_said_before_anything_is_asked(
    small: Small, server: OpenAIServer
) -> None:
    said = Compared(settings_of(small, server)).run(agreed=False)
    assert server.requests == []
    assert not said.written
    assert "questions, each with two prompts, go to openai:small" in said.text
    assert "At most $" in said.text
    assert said.said[-1] == "Nothing was asked."


def test_an_unknown_price_is_unknown_and_not_nothing(small: Small, server: OpenAIServer) -> None:
    said = Compared(settings_of(small, server, model_price="")).run()
    assert "At most unknown dollars" in said.text
    assert said.report["prompts"][A]["dollars"]["value"] is None
    assert said.report["spent"]["dollars"]["value"] is None
    assert said.report["spent"]["tokens"]["value"] > 0
    assert "Spent: unknown dollars" in said.text


def test_when_the_budget_is_spent_whole_questions_are_compared(
    small: Small, server: OpenAIServer
) -> None:
    # A provider that does not tell what it billed: what was set aside stays.
    server.answers = lambda asked: Reply((well(asked),), usage=None)
    said = Compared(settings_of(small, server, daily_tokens=20_000)).run()
    rows, planned = said.rows, said.report["compared"]["planned"]
    assert 0 < len(rows) < planned
    assert all(row["prompts"].keys() == {A, B} for row in rows)
    assert f"stopped after {len(rows)} of {planned} questions" in said.text
    assert len(rows) == len(server.requests) // 2
    assert said.report["prompts"][A]["output_tokens"]["value"] is None


def test_a_budget_that_is_spent_already_asks_nothing(small: Small, server: OpenAIServer) -> None:
    said = Compared(settings_of(small, server, daily_tokens=10))
    with pytest.raises(UserError, match="budget for models is spent"):
        said.run()
    assert server.requests == []
    assert not said.written


def test_a_call_that_fails_counts_against_its_prompt_and_is_not_the_end(
    small: Small, server: OpenAIServer
) -> None:
    def second(asked: Asked) -> str | Reply:
        fails = "violin" in asked.question.rpartition("<question-")[2].lower()
        return Reply(status=400, message="too long") if fails else well(asked)

    server.answers = by_prompt(well, second)
    said = Compared(settings_of(small, server)).run()
    failed = [row for row in said.rows if row["prompts"][B]["failed"]]
    assert len(failed) > 0
    planned = said.report["compared"]["planned"]
    assert len(said.rows) == planned
    assert said.report["prompts"][A]["failed"]["value"] == 0
    assert said.report["prompts"][B]["failed"]["value"] == len(failed) / planned
    assert said.report["prompts"][B]["seconds"]["n"] == planned - len(failed)
    assert said.report["difference"]["seconds"]["n"] == planned - len(failed)
    assert f"{B} failed, the last time because:" in said.text
    assert "too long" in said.text


def test_a_prompt_that_always_fails_is_not_a_provider_that_is_away(
    small: Small, server: OpenAIServer
) -> None:
    server.answers = by_prompt(well, lambda _: Reply(status=400, message="too long"))
    said = Compared(settings_of(small, server)).run()
    assert len(said.rows) == said.report["compared"]["planned"] > MOST_FAILURES
    assert said.report["prompts"][B]["failed"]["value"] == 1
    assert said.verdict("calls failed").endswith("B worse")
    assert said.report["difference"]["grounded"]["value"] is None


def test_a_provider_that_went_away_ends_it_and_what_came_before_is_compared(
    small: Small, server: OpenAIServer
) -> None:
    def answer(asked: Asked) -> str | Reply:
        return well(asked) if len(server.requests) <= 7 else Reply(status=400, message="gone")

    server.answers = answer
    said = Compared(settings_of(small, server)).run()
    # The fourth question was answered with one prompt; those behind it were not at all.
    assert len(said.rows) == 4
    assert sum(one["failed"] for one in said.rows[-1]["prompts"].values()) == 1
    assert len(server.requests) == 7 + MOST_FAILURES
    assert f"{MOST_FAILURES} calls in a row failed." in said.text
    assert "stopped after 4 of" in said.text


def test_a_provider_that_never_answers_leaves_no_report(small: Small, server: OpenAIServer) -> None:
    server.answers = lambda _: Reply(status=400, message="wrong")
    said = Compared(settings_of(small, server))
    with pytest.raises(UserError, match=r"Nothing can be compared\..*wrong"):
        said.run()
    assert not said.written
    assert said.said[-1].startswith("No report is written. Spent: $0.0000 and 0 tokens")


@pytest.mark.posix
def test_interrupted_it_leaves_no_report_and_says_what_was_spent(
    small: Small, server: OpenAIServer
) -> None:
    person = threading.main_thread().ident
    assert person is not None

    def answer(asked: Asked) -> str:
        if len(server.requests) == 5:
            signal.pthread_kill(person, signal.SIGINT)
        return well(asked)

    server.answers = answer
    said = Compared(settings_of(small, server))
    # Begun with `&` in a script, the tests are deaf to Ctrl+C.
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            said.run()
    finally:
        signal.signal(signal.SIGINT, inherited)
    assert not said.written
    assert said.said[-1].startswith("No report is written. Spent: $0.00")
    assert len(server.requests) <= 6


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (("answer-1", "answer-99"), "There is no prompt 'answer-99'"),
        (("answer-1", "../answer-2"), "There is no prompt"),
        (("answer-1", "answer-1"), "named twice"),
        (("condense-1", "answer-1"), "answers no question"),
    ],
)
def test_prompts_that_cannot_be_compared_are_refused(
    small: Small, server: OpenAIServer, names: tuple[str, str], problem: str
) -> None:
    with pytest.raises(UserError, match=problem):
        Compared(settings_of(small, server)).run(*names)
    assert server.requests == []


def test_without_a_model_it_says_which_two_lines_are_missing(small: Small) -> None:
    with pytest.raises(UserError) as refusal:
        Compared(small.settings.model_copy(update={"model": ""})).run()
    assert "MODEL=" in refusal.value.remedy
    assert "OPENAI_API_KEY=" in refusal.value.remedy


def test_where_all_questions_are_refused_before_there_is_nothing_to_ask(
    small: Small, server: OpenAIServer
) -> None:
    small.edit_project("similarity = 0.2", "similarity = 0.99")
    with pytest.raises(UserError, match="No question reaches a model"):
        Compared(settings_of(small, server)).run()


@pytest.fixture
def command(small: Small, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(small.folder)
    for name, value in {
        "DATABASE_URL": small.settings.database_url,
        "EMBEDDINGS": "words",
        "MODEL": "openai:small",
        "MODEL_PRICE": "1,2",
        "OPENAI_BASE_URL": server.address,
        "OPENAI_API_KEY": "a-key",
    }.items():
        monkeypatch.setenv(name, value)
    return ["compare-prompts", A, B, "--questions", "4"]


def test_where_nobody_can_agree_money_is_only_spent_when_told(
    command: list[str], server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 1
    printed = capsys.readouterr()
    assert "At most $" in printed.out
    assert "--yes" in printed.err
    assert server.requests == []


@pytest.mark.parametrize(("typed", "asked"), [("yes", True), ("y", False), ("", False)])
def test_at_a_terminal_a_person_is_asked(
    typed: str,
    asked: bool,  # noqa: FBT001 - pytest gives it
    command: list[str],
    server: OpenAIServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: typed)
    assert main(command) == 0
    assert bool(server.requests) is asked


def test_drafts_are_told_as_such(small: Small, server: OpenAIServer) -> None:
    text = small.golden.read_text(encoding="utf-8").replace('"keyword"', '"draft"')
    small.golden.write_text(text, encoding="utf-8")
    said = Compared(settings_of(small, server)).run(agreed=False)
    assert "4 of the questions are drafts that nobody has read." in said.said


def test_the_command_compares_and_writes(
    command: list[str], small: Small, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--yes"]) == 0
    printed = capsys.readouterr().out
    assert "Both on the same passages of 4 golden, 2 near-miss, " in printed
    assert "prompts.json is written." in printed
    assert (small.folder / "reports" / "prompts.rows.jsonl.gz").is_file()


@pytest.mark.parametrize("option", ["--questions=0", "--questions=many", "--seed=-1", "--seed=x"])
def test_numbers_that_cannot_be_are_refused(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare-prompts", A, B, option]) == 2
    assert "whole number" in capsys.readouterr().err


def test_questions_are_shared_out_in_proportion() -> None:
    assert quotas({"keyword": 60, "number": 30, "situation": 10}, 10) == {
        "keyword": 6,
        "number": 3,
        "situation": 1,
    }
    assert quotas({"a": 1, "b": 1, "c": 1}, 2) == {"a": 1, "b": 1, "c": 0}
    assert quotas({"a": 2, "b": 1}, 50) == {"a": 2, "b": 1}


def chosen_of(small: Small, count: int, seed: int) -> list[Chosen]:
    files = small.project.evaluation
    pool = Pool(
        read_golden(files.golden),
        read_unanswerable(files.off_topic),
        read_unanswerable(files.near_miss),
    )
    with closing(open_index(small.settings.database_url)) as index:
        retriever = Retriever(index, WORDS, small.project)
        return choose(pool, lambda text: find(retriever, small.project, text), count, seed)


def test_a_seed_chooses_the_questions(ingested: Small) -> None:
    ids = [one.question.id for one in chosen_of(ingested, 10, 7)]
    assert ids == [one.question.id for one in chosen_of(ingested, 10, 7)]
    assert ids != [one.question.id for one in chosen_of(ingested, 10, 8)]


def test_only_questions_that_reach_a_model_are_chosen_of_each_kind_alike(ingested: Small) -> None:
    chosen = chosen_of(ingested, 10, 7)
    assert all(one.found.result.similarity >= 0.2 for one in chosen)
    kinds = [one.question.kind for one in chosen if isinstance(one.question, Question)]
    assert sorted(kinds) == ["keyword"] * 5 + ["paraphrase"] * 5
    # In an order by chance: a budget that ends in the middle ends no kind.
    assert kinds != sorted(kinds)


@pytest.fixture
def bread(ingested: Small) -> Chosen:
    """A question with two golden sections, of which the search found both."""
    relevant = tuple(Section(source="bread.md", heading=one) for one in ("Kneading", "Rising"))
    question = Question(
        id="b",
        question="How long do I knead the dough, and where does a loaf rise?",
        relevant=relevant,
    )
    with closing(open_index(ingested.settings.database_url)) as index:
        retriever = Retriever(index, WORDS, ingested.project)
        return Chosen(question, GOLDEN, find(retriever, ingested.project, question.question))


def number_of(chosen: Chosen, heading: str) -> int:
    headings = [found.passage.heading for found in chosen.found.usable.found]
    return headings.index(heading) + 1


def test_citations_are_held_against_the_golden_sections(bread: Chosen) -> None:
    right = number_of(bread, "Kneading")
    wrong = next(n for n in range(1, 6) if n not in {right, number_of(bread, "Rising")})
    checked = [Checked("One.", (right, wrong), None), Checked("Two.", (99,), None)]
    found = outcome(bread, "One. Two.", checked)
    assert found["cites_gold"] is True
    assert found["citation_precision"] == 0.5
    assert found["citation_recall"] == 0.5
    none = outcome(bread, "One.", [Checked("One.", (), "uncited")])
    assert none["cites_gold"] is False
    assert none["citation_precision"] == none["citation_recall"] == 0


def test_problems_are_shares_of_an_answers_sentences(bread: Chosen) -> None:
    checked = [Checked("One.", (1,), None), Checked("Two.", (), "uncited")]
    found = outcome(bread, "One. Two.", checked)
    assert found["problems"]["uncited"] == 0.5
    assert sum(found["problems"].values()) == 0.5
    assert found["grounded"] is False


def test_a_text_without_a_sentence_is_no_grounded_answer(bread: Chosen) -> None:
    found = outcome(bread, "", [])
    assert (found["written"], found["grounded"], found["checked"]) == (True, False, False)


def rows_with(*grounded: tuple[bool, bool]) -> list[dict[str, Any]]:
    def prompt(*, yes: bool) -> dict[str, Any]:
        return {"failed": False, "written": True, "grounded": yes, "seconds": 1.0}

    return [
        {"unit": str(n), "prompts": {A: prompt(yes=a), B: prompt(yes=b)}}
        for n, (a, b) in enumerate(grounded)
    ]


@pytest.mark.parametrize(
    ("changed", "expected"), [(5, "within chance"), (6, "B better"), (-6, "B worse"), (0, "")]
)
def test_six_questions_must_differ_before_anything_is_beyond_chance(
    changed: int, expected: str
) -> None:
    rows = rows_with(*[(changed < 0, changed > 0)] * abs(changed))
    content = numbers(rows, A, B) | {"compared": {"first": A, "second": B}}
    grounded = next(one for one in MEASURES if one.name == "grounded")
    assert verdict(rows, grounded, content) == expected
