"""`app evaluate` and `app report`: numbers that follow from rows, and what makes them fail."""

import gzip
import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from app.cli import main
from app.evidence.readme import at
from app.evidence.report import read_report, write_report
from app.index.opening import open_index
from app.proving import evaluation, tables
from app.proving.claims import claims
from app.proving.collect import MODES, add_encoder
from app.proving.evaluate import FILE, evaluate
from app.proving.measures import measured
from app.retrieval.fusion import fuse
from app.retrieval.retriever import Retriever
from app.service.errors import UserError

from .small_project import NEAR_MISS, OFF_TOPIC, SECTIONS, WORDS, Small, small_project, write_lines

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module", autouse=True)
def _one_embedder() -> Iterator[None]:
    """Its weights are read once, and not by every command anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.proving.evaluate.load_embedder", lambda _: WORDS)
        yield


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """A small project that was measured, and accepted. Not to be changed."""
    small = small_project(tmp_path_factory.mktemp("small") / "project")
    evaluate(small.settings, lambda _: None, accept=True)
    return small


@pytest.fixture
def small(evaluated: Small, tmp_path: Path) -> Small:
    """A copy to change."""
    folder = tmp_path / "project"
    shutil.copytree(evaluated.folder, folder)
    paths = {"reports_dir": "reports", "project_file": "project.toml", "answers_file": "none.yml"}
    changes: dict[str, Any] = {name: folder / path for name, path in paths.items()}
    changes["database_url"] = f"sqlite:///{(folder / 'index.db').as_posix()}"
    return Small(folder, evaluated.settings.model_copy(update=changes))


@pytest.fixture
def report(evaluated: Small) -> dict[str, Any]:
    return read_report(evaluated.settings.reports_dir / FILE)


@pytest.fixture
def rows(evaluated: Small, report: dict[str, Any]) -> Rows:
    packed = (evaluated.settings.reports_dir / report["rows"]["file"]).read_bytes()
    return [json.loads(line) for line in gzip.decompress(packed).splitlines()]


def numbers(content: dict[str, Any]) -> list[dict[str, Any]]:
    found: Rows = []
    for part in content.values():
        if isinstance(part, dict):
            found += [part] if "recipe" in part else numbers(part)
    return found


def test_every_number_is_the_mean_that_its_recipe_says(report: dict[str, Any], rows: Rows) -> None:
    found = numbers(report)
    assert len(found) > 60
    for one in found:
        recipe = one["recipe"]
        fits = [r for r in rows if all(r.get(k[1:]) == v for k, v in recipe["where"].items())]
        values = [at(row, recipe["of"]) for row in fits]
        if "minus" in recipe:
            values = [v - at(r, recipe["minus"]) for v, r in zip(values, fits, strict=True)]
        assert one["n"] == len(fits)
        assert one["value"] == pytest.approx(mean(map(float, values)))
        assert one["low"] <= one["value"] <= one["high"]


def test_the_measures_of_a_row_are_those_of_its_places(rows: Rows) -> None:
    golden = [row for row in rows if row["set"] == "golden"]
    assert len(golden) == len(SECTIONS)
    for row in golden:
        assert list(row["places"]) == sorted(MODES)  # JSON with sorted keys
        for way, places in row["places"].items():
            for measure, value in measured(places, row["golden_sections"]).items():
                assert row[measure][way] == value


def test_places_are_those_of_a_search(evaluated: Small, rows: Rows) -> None:
    with closing(open_index(evaluated.settings.database_url)) as index:
        retriever = Retriever(index, WORDS, evaluated.project)
        title, heading, _, question = SECTIONS[5]
        found = retriever.search(question, k=50, mode="hybrid").found
    sections = list(dict.fromkeys((f.passage.source, f.passage.heading) for f in found))
    place = sections.index((f"{title.lower()}.md", heading)) + 1
    assert rows[5]["places"]["hybrid"] == ([place] if place <= 10 else [])


def test_kinds_and_held_out_questions_are_told_apart(report: dict[str, Any]) -> None:
    served = report["served"]["mode"]
    parts = report["kinds"]["keyword"][served], report["kinds"]["paraphrase"][served]
    assert [part["recall_at_5"]["n"] for part in parts] == [11, 11]
    assert report["held_out"][served]["recall_at_5"]["n"] == 8
    assert report["retrieval"][served]["recall_at_5"]["n"] == 22


def test_each_search_is_held_against_lexical_and_the_served_one_against_each(
    report: dict[str, Any],
) -> None:
    assert report["minus_lexical"].keys() == {"vector", "hybrid", "rerank"}
    assert report["served_minus"].keys() == {"lexical", "vector", "rerank"}
    ours, lexical = report["retrieval"]["hybrid"], report["retrieval"]["lexical"]
    found = report["minus_lexical"]["hybrid"]["mrr_at_10"]["value"]
    assert found == pytest.approx(ours["mrr_at_10"]["value"] - lexical["mrr_at_10"]["value"])


def test_questions_without_an_answer_are_counted_by_whether_they_are_refused(
    report: dict[str, Any], rows: Rows
) -> None:
    threshold = report["served"]["threshold"]
    for kind, asked in (("off_topic", OFF_TOPIC), ("near_miss", NEAR_MISS)):
        found = [row for row in rows if row["set"] == kind]
        assert [row["refused"] for row in found] == [r["similarity"] < threshold for r in found]
        assert report["refusal"][f"{kind}_refused"]["n"] == len(asked)
    assert report["refusal"]["off_topic_refused"]["value"] > 0.5


def test_measured_again_nothing_differs(small: Small) -> None:
    before = (small.settings.reports_dir / FILE).read_bytes()
    evaluate(small.settings, lambda _: None, check=True)
    assert (small.settings.reports_dir / FILE).read_bytes() == before


def test_documents_that_come_in_another_order_change_nothing(small: Small) -> None:
    with closing(open_index(small.settings.database_url)) as index:
        index.clear()
    hidden = small.folder / "hidden"
    hidden.mkdir()
    # Those first in the alphabet get the last ids.
    for name in ("bicycles.md", "bread.md", "cats.md"):
        (small.folder / "documents" / name).rename(hidden / name)
    small.ingest()
    for file in hidden.iterdir():
        file.rename(small.folder / "documents" / file.name)
    small.ingest()
    evaluate(small.settings, lambda _: None, check=True)


def test_a_number_that_was_edited_is_named(
    small: Small, report: dict[str, Any], rows: Rows
) -> None:
    report["retrieval"]["hybrid"]["recall_at_5"]["value"] -= 0.01
    write_report(small.settings.reports_dir / FILE, report, rows)
    with pytest.raises(UserError) as refusal:
        evaluate(small.settings, lambda _: None, check=True)
    assert "/retrieval/hybrid/recall_at_5/value" in refusal.value.problem
    assert "/lexical" not in refusal.value.problem


def test_an_index_older_than_the_documents_is_not_measured(small: Small) -> None:
    file = small.folder / "documents" / "cats.md"
    file.write_text("# Cats\n\nThey left.\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"older than the documents: cats\.md"):
        evaluate(small.settings, lambda _: None)
    file.unlink()
    with pytest.raises(UserError, match=r"cats\.md"):
        evaluate(small.settings, lambda _: None)


def test_a_document_that_is_not_in_the_index_is_told(small: Small) -> None:
    (small.folder / "documents" / "new.md").write_text("# New\n\nNews.\n", encoding="utf-8")
    said: list[str] = []
    evaluate(small.settings, said.append)
    assert any("Not in the index: new.md." in line for line in said)


def test_an_empty_index_is_not_measured(small: Small) -> None:
    with closing(open_index(small.settings.database_url)) as index:
        index.clear()
    with pytest.raises(UserError) as refusal:
        evaluate(small.settings, lambda _: None)
    assert "app ingest" in refusal.value.remedy


def test_a_broken_search_falls_below_the_accepted_state(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.retrieval.retriever.fuse", lambda *given: fuse(*given)[::-1])
    with pytest.raises(UserError, match="Gate `drop` failed: on 22 questions recall@5"):
        evaluate(small.settings, lambda _: None)


def test_a_state_below_a_floor_is_not_accepted(small: Small) -> None:
    before = (small.folder / "golden" / "baseline.json").read_bytes()
    small.edit_project("[evaluation]", "[gates]\nrecall_at_5 = 1.0\nanswered = 1.0\n[evaluation]")
    small.edit_project("similarity = 0.2", "similarity = 0.9")
    with pytest.raises(UserError, match="Gate `answered` failed"):
        evaluate(small.settings, lambda _: None, accept=True)
    assert (small.folder / "golden" / "baseline.json").read_bytes() == before


def test_without_a_baseline_it_says_that_only_floors_hold(small: Small) -> None:
    (small.folder / "golden" / "baseline.json").unlink()
    said: list[str] = []
    evaluate(small.settings, said.append)
    assert "only the floors" in said[-1]


def test_drafts_are_told_as_such(small: Small) -> None:
    lines = [json.loads(line) for line in small.golden.read_text(encoding="utf-8").splitlines()]
    write_lines(small.golden, [line | {"kind": "draft"} for line in lines])
    said: list[str] = []
    evaluate(small.settings, said.append)
    assert any("22 of 22 golden questions are drafts" in line for line in said)


def test_without_questions_that_have_no_answer_refusal_is_unknown(small: Small) -> None:
    (small.folder / "golden" / "off_topic.jsonl").unlink()
    said: list[str] = []
    evaluate(small.settings, said.append)
    found = read_report(small.settings.reports_dir / FILE)["refusal"]["off_topic_refused"]
    assert (found["value"], found["n"]) == (None, 0)
    assert any("off-topic refused" in line and "unknown" in line for line in said)


def test_the_tables_fit_80_columns_and_show_where_the_served_search_loses(
    report: dict[str, Any],
) -> None:
    for part in (report["retrieval"], report["held_out"], *report["kinds"].values()):
        part |= {f"encoder_{mode}": part[mode] for mode in ("vector", "hybrid")}
    for part in (report["minus_lexical"], report["served_minus"]):
        part |= {f"encoder_{mode}": part["rerank"] for mode in ("vector", "hybrid")}
    lost = report["served_minus"]["vector"]["recall_at_5"]
    lost |= {"value": -0.25, "low": -0.5, "high": -0.0}
    lines = list(tables.text(report))
    assert max(map(len, lines)) <= 80
    assert any("vector" in line and "-0.250 (-0.500 to +0.000)" in line for line in lines)
    assert any(line.startswith("  hybrid *") for line in lines)


def test_the_same_tables_are_added_to_a_page_of_ci(small: Small, report: dict[str, Any]) -> None:
    page = small.folder / "summary.md"
    page.write_text("Before\n", encoding="utf-8")
    evaluate(small.settings, lambda _: None, check=True, markdown=page)
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "Before"
    shown = f"{report['retrieval']['hybrid']['recall_at_5']['value']:.3f}"
    assert any(line.startswith(rf"| hybrid \* | {shown} |") for line in lines)
    for line, after in pairwise(lines):
        if line.startswith("|") and after.startswith("|"):
            assert line.count("|") == after.count("|")


def test_the_encoder_can_be_measured_beside_what_is_served(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its weights are 80 MB and optional: here its place is taken by the embedder that is there.
    monkeypatch.setattr("app.proving.collect.load_embedder", lambda _: WORDS)
    evaluate(small.settings, lambda _: None, encoder=True)
    report = read_report(small.settings.reports_dir / FILE)
    assert report["retrieval"]["encoder_vector"] != {}
    same = report["retrieval"]["vector"]["ndcg_at_10"]["value"]
    assert report["retrieval"]["encoder_vector"]["ndcg_at_10"]["value"] == same
    assert "encoder_rerank" not in report["retrieval"]


def test_an_encoder_that_is_served_is_not_measured_twice(small: Small) -> None:
    served = small.settings.model_copy(update={"embeddings": "encoder"})
    with pytest.raises(UserError, match="measured already"):
        add_encoder(served, small.project, [], [])


def test_the_commands_measure_and_then_write_the_readme(
    small: Small, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(small.folder)
    monkeypatch.setenv("DATABASE_URL", small.settings.database_url)
    monkeypatch.setenv("EMBEDDINGS", "words")
    readme = small.folder / "README.md"
    readme.write_text("<!-- numbers -->\n<!-- /numbers -->\n", encoding="utf-8")
    assert main(["evaluate"]) == 0
    assert "Held against the baseline on 22 questions." in capsys.readouterr().out
    assert main(["report", "--check"]) == 1
    assert main(["report"]) == 0
    assert "README.md" in capsys.readouterr().out
    text = readme.read_text(encoding="utf-8")
    assert "evaluation.json#/retrieval/hybrid/recall_at_5)" in text
    assert "n = 22" in text
    assert "| not measured yet | `uv run app bench` |" in text
    assert main(["report", "--check"]) == 0


def test_an_interval_is_drawn_by_question() -> None:
    assert evaluation.draws(3).shape == (1000, 3)
    assert evaluation.draws(3, 8).tolist() != evaluation.draws(3).tolist()


def test_the_readme_says_which_numbers_are_of_drafts(small: Small) -> None:
    reports = small.settings.reports_dir
    assert not any("drafts" in one.words for one in claims(small.project, reports))
    content = read_report(reports / FILE)
    content["kinds"]["draft"] = content["kinds"]["keyword"]
    (reports / FILE).write_text(json.dumps(content), encoding="utf-8")
    told = [one.pointer for one in claims(small.project, reports) if "drafts" in one.words]
    assert len(told) == 5
    assert not any("off_topic" in pointer for pointer in told)
