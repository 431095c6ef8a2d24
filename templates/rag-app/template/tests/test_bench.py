"""`app bench`: what was measured is in the rows, and is held against what was promised."""

import json
from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from app.cli import main
from app.corpus.chunks import cut
from app.corpus.loading import load
from app.evidence.report import Json, read_report
from app.index.opening import open_index
from app.proving import costs, crowd, stores
from app.proving.bench import FILE, Bench, Size, bench, missed
from app.service.errors import UserError
from app.service.store import open_store

from .service.stores import Postgres
from .small_project import SECTIONS, WORDS, Small, small_project

SENTENCES = [[text] for _, _, text, _ in SECTIONS]


def test_as_many_passages_are_made_as_were_asked_for(tmp_path: Path) -> None:
    crowd.write_documents(tmp_path, 50, SENTENCES)
    files = sorted(tmp_path.rglob("*.md"))
    assert len(files) == 3
    documents = [load(file.name, file.read_bytes()) for file in files]
    passages = [one for document in documents for one in cut("x.md", document, 200)]
    assert len(passages) == 50
    assert len({one.heading for one in passages}) == 50


def test_equal_seeds_make_equal_documents(tmp_path: Path) -> None:
    texts = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        crowd.write_documents(tmp_path / name, 20, SENTENCES, seed)
        texts.append((tmp_path / name / "000" / "000000.md").read_text(encoding="utf-8"))
    assert texts[0] == texts[1] != texts[2]


def test_made_up_words_are_unevenly_frequent_as_real_ones_are(tmp_path: Path) -> None:
    crowd.write_documents(tmp_path, 400, [["many " * 30]])
    text = " ".join(file.read_text(encoding="utf-8") for file in tmp_path.rglob("*.md"))
    words = [word for word in text.split() if word.islower() and word != "many"]
    counts = sorted(Counter(words).values(), reverse=True)
    assert counts[0] > 8 * counts[20]
    assert counts.count(1) > len(counts) / 3
    assert 0.25 < len(words) / len(text.split()) < 0.35


def test_each_rank_has_a_word_of_its_own() -> None:
    assert len({crowd.word(rank) for rank in range(10_000)}) == 10_000


def test_only_whole_sentences_are_material(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# A\n\nA sentence that is long enough to be used. Short.\n\n| a | table |\n|---|---|\n",
        encoding="utf-8",
    )
    passages = cut("a.md", load("a.md", (tmp_path / "a.md").read_bytes()), 200)
    assert crowd.material(passages) == [["A sentence that is long enough to be used."]]


def test_what_a_search_did_not_find_is_missed() -> None:
    vectors = np.eye(20, dtype=np.float32)
    query = (np.arange(20, 0, -1) / 100).astype(np.float32)
    cosines = sorted((vectors @ query).tolist(), reverse=True)
    assert missed(cosines[:10], vectors, query) == 0
    assert missed(cosines[1:11], vectors, query) == pytest.approx(0.1)
    assert missed(cosines[:5], vectors, query) == pytest.approx(0.5)
    # Of twelve equally near ones any ten are right.
    assert missed([0.5] * 10, np.ones((12, 1), np.float32), np.full(1, 0.5, np.float32)) == 0


def rows(hybrid_cpu: float) -> list[Json]:
    head: Json = {"store": "sqlite", "passages": 100_000}
    found = [head | {"round": 0, "ingest_us": 10.0, "ingest_per_second": 1e5, "index_mb": 7.0}]
    for at in range(3):
        found.append(head | {"round": at, "ready_s": 1.0 + at, "memory_mb": 90.0 + at})
        for mode in costs.MODES:
            cpu = [hybrid_cpu, hybrid_cpu + at, hybrid_cpu + 100]
            found.append(head | {"round": at, "mode": mode, "latency_ms": [1, 2], "cpu_ms": cpu})
            found[-1] |= {"missed": 0.1 * at} if mode == "vector" else {}
    return found


def test_a_number_is_of_all_rounds_and_a_promise_is_kept_or_not() -> None:
    part = costs.numbers(rows(40.0))["sqlite_100000"]
    assert part["ready_s"]["value"] == 2
    assert part["memory_mb"]["value"] == 92
    assert part["vector_missed"]["value"] == pytest.approx(0.2)  # the worst round
    assert (part["hybrid_p50_ms"]["value"], part["hybrid_p50_ms"]["n"]) == (1.5, 6)
    cpu = part["hybrid_cpu_ms"]
    assert (cpu["value"], cpu["budget"], cpu["kept"]) == (41, 50, True)
    assert cpu["interval"]["unit"] == "round"
    assert "low" not in part["ingest_us"]
    assert not part["vector_missed"]["kept"]
    assert not costs.numbers(rows(50.0))["sqlite_100000"]["hybrid_cpu_ms"]["kept"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return small_project(tmp_path_factory.mktemp("bench") / "project")


def test_the_command_measures_a_store_of_its_own(small: Small) -> None:
    said: list[str] = []
    before = sorted(small.folder.iterdir())
    bench(small.settings, said.append, quick=True, size=Size((60,), 1, 5))
    report = read_report(small.settings.reports_dir / FILE)
    part = report["sqlite_60"]
    assert part["hybrid_p95_ms"]["n"] == 5
    assert part["ready_s"]["value"] > 0
    assert part["vector_missed"]["value"] == 0
    assert part["index_mb"]["value"] > 0.1
    assert part["memory_mb"]["value"] > 20
    assert any("/sqlite_60/hybrid_cpu_ms" in line for line in said)
    assert sorted(small.folder.iterdir()) == sorted([*before, small.settings.reports_dir])
    with closing(open_index(small.settings.database_url)) as index:
        assert index.count() == len(SECTIONS)


def test_without_golden_questions_headings_are_searched_for(small: Small, tmp_path: Path) -> None:
    from app.proving.bench import _prepare

    files = small.project.evaluation.model_copy(update={"golden": tmp_path / "none.jsonl"})
    work = _prepare(small.settings, small.project.model_copy(update={"evaluation": files}), 3)
    assert work.questions == ["Tyres", "Chains", "Kneading"]


def test_a_search_that_fails_is_a_failure(small: Small, tmp_path: Path) -> None:
    from app.proving.bench import _search

    (tmp_path / "questions.json").write_text(json.dumps(["Why?"]), encoding="utf-8")
    place = stores.Place("nothing://", lambda: 0)
    with pytest.raises(UserError, match="A search failed"):
        _search(place, small.settings, tmp_path / "questions.json")


@pytest.mark.postgres
def test_postgres_is_measured_in_a_database_that_is_gone_afterwards(
    small: Small, postgres: Postgres
) -> None:
    url = postgres.new_database()
    settings = small.settings.model_copy(update={"database_url": url})
    assert stores.names(url) == ["sqlite", "postgres"]
    work = Bench(settings, small.project, WORDS, SENTENCES, ["Why?", "Which knot?"], "")
    part = costs.numbers(work.measure("postgres", 40, 1))["postgres_40"]
    assert part["vector_missed"]["value"] == 0
    assert part["index_mb"]["value"] > 1
    with closing(open_store(url)) as store:
        asked = "SELECT count(*) FROM pg_database WHERE datname LIKE 'bench%'"
        assert store.query(asked)[0][0] == 0


@pytest.mark.postgres
def test_who_may_not_make_a_database_is_told_so(postgres: Postgres) -> None:
    url = urlsplit(postgres.new_database())
    with closing(open_store(url.geturl())) as store:
        store.execute("CREATE ROLE poor LOGIN")
    poor = url._replace(netloc=url.netloc.replace("postgres", "poor", 1)).geturl()
    with pytest.raises(UserError) as refusal, stores.postgres(poor):
        pass
    assert "permission denied" in refusal.value.problem


@pytest.mark.parametrize("verb", ["evaluate", "calibrate", "draft-golden", "bench", "report"])
def test_each_verb_says_what_it_reads_and_writes(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, "--help"]) == 0
    said = capsys.readouterr().out
    assert len(said) > 300
    assert "write" in said.lower()
