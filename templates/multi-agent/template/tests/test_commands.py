"""The commands, as somebody types them."""

import json
import re
from pathlib import Path

import pytest

from app.cli import main
from app.feedback import FeedbackLog
from app.service.store import open_store
from app.settings import read_settings

from .conftest import ROOT
from .small import QUESTION, UNKNOWN, small


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every command works on the small domain, and in a folder of its own."""
    made = small(tmp_path)
    for name in ("project_file", "desk_file", "database_url"):
        monkeypatch.setenv(name.upper(), str(getattr(made.settings, name)))
    monkeypatch.setenv("REPORTS_DIR", str(tmp_path / "reports"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_id(text: str) -> str:
    found = re.search(r"app resume (\w+) --approve", text)
    assert found
    return found.group(1)


def test_ask_tells_what_waits_and_how_to_decide(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", QUESTION]) == 0
    out = capsys.readouterr().out
    assert "analyst     run_sql" in out
    assert "The balance 012 was calibrated 402 days ago.  [analyst.1]" in out
    assert "waits for your decision" in out
    assert main(["resume", run_id(out), "--approve"]) == 0
    assert "Published, with 3 exceptions on record." in capsys.readouterr().out


def test_ask_can_be_told_to_approve_unseen_and_to_print_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["ask", QUESTION, "--approve", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["outcome"] == "published"
    assert told["spent"]["dollars"] == 0


def test_a_question_that_is_not_in_the_playbook_is_refused_and_that_is_no_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["ask", UNKNOWN]) == 0
    assert "Refused: My playbook has lending" in capsys.readouterr().out


def test_reject_needs_a_reason_and_keeps_it(capsys: pytest.CaptureFixture[str]) -> None:
    main(["ask", QUESTION])
    waits = run_id(capsys.readouterr().out)
    assert main(["resume", waits, "--reject"]) == 2
    capsys.readouterr()
    assert main(["resume", waits, "--reject", "Wrong year."]) == 0
    assert "Rejected: Wrong year." in capsys.readouterr().out
    assert main(["resume", waits, "--approve"]) == 1
    assert "waits for no decision: it is rejected" in capsys.readouterr().err


def test_edit_takes_the_memo_of_show(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["ask", QUESTION, "--json"])
    told = json.loads(capsys.readouterr().out)
    memo = told["memo"] | {"lines": told["memo"]["lines"][:1], "exceptions": []}
    (place / "memo.json").write_text(json.dumps(memo), encoding="utf-8")
    assert main(["resume", told["run_id"], "--edit", "memo.json"]) == 0
    assert "Published, with 0 exceptions" in capsys.readouterr().out


@pytest.mark.parametrize(("text", "said"), [("{", "is no JSON"), ('{"title": "x"}', "no decision")])
def test_an_edit_that_is_no_memo_is_refused_and_the_run_waits_on(
    place: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    main(["ask", QUESTION])
    waits = run_id(capsys.readouterr().out)
    (place / "memo.json").write_text(text, encoding="utf-8")
    assert main(["resume", waits, "--edit", "memo.json"]) == 1
    assert said in capsys.readouterr().err
    assert main(["resume", waits, "--approve"]) == 0


def test_show_has_the_evidence_and_every_call(capsys: pytest.CaptureFixture[str]) -> None:
    main(["ask", QUESTION])
    waits = run_id(capsys.readouterr().out)
    assert main(["show", waits]) == 0
    out = capsys.readouterr().out
    assert "[analyst.1] run_sql(query=SELECT code" in out
    assert out.count("model") >= 8
    assert main(["show", waits, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["calls"]) == 13


def test_what_strangers_write_does_not_steer_the_terminal(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steering = "\x1b[2J\x9b31m\u202e"
    loans = place / "domain" / "tables" / "loans.csv"
    loans.write_text(f"code,borrower,days\n031,Eve{steering},40\n", encoding="utf-8")
    main(["ask", f"Who is late? {steering}"])
    out = capsys.readouterr().out
    waits = run_id(out)
    for words in (["show", waits], ["runs"], ["resume", waits, "--approve"]):
        assert main(words) == 0
    out += capsys.readouterr().out
    assert "Eve" in out
    assert not {"\x1b", "\x9b", "\u202e"} & set(out)


def test_runs_are_listed_newest_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0
    assert "No runs yet" in capsys.readouterr().out
    main(["ask", UNKNOWN])
    main(["ask", QUESTION])
    capsys.readouterr()
    assert main(["runs"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert "waiting" in first
    assert "refused" in second


@pytest.mark.parametrize("verb", ["show", "resume"])
def test_a_run_that_does_not_exist_is_named(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "nothing"]) == 1
    assert "There is no run nothing." in capsys.readouterr().err


def test_reset_forgets_every_run_and_what_it_left(capsys: pytest.CaptureFixture[str]) -> None:
    main(["ask", QUESTION, "--approve"])
    assert main(["reset"]) == 1  # nobody is there to say yes
    assert main(["reset", "--yes"]) == 0
    assert "1 runs deleted" in capsys.readouterr().out
    main(["runs"])
    assert "No runs yet" in capsys.readouterr().out


def test_feedback_shows_what_was_said_without_steering_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["feedback"]) == 0
    assert "no feedback yet" in capsys.readouterr().out
    main(["ask", UNKNOWN, "--json"])
    asked = json.loads(capsys.readouterr().out)["run_id"]
    store = open_store(read_settings().database_url)
    FeedbackLog(store).add(asked, "down", "I wanted \x1b[31mbeauty.")
    store.close()
    assert main(["feedback"]) == 0
    out = capsys.readouterr().out
    assert f"down  refused    {UNKNOWN}" in out
    assert "I wanted  [31mbeauty." in out
    assert main(["feedback", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["run_id"], told["thumb"]) == (asked, "down")


def test_the_demo_publishes_refuses_and_says_what_to_do_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["demo"]) == 0
    out = capsys.readouterr().out
    assert "Published, with 3 exceptions on record." in out
    assert "Refused: My playbook" in out
    assert 'uv run app ask "your question"' in out
    assert "Nobody thinks here" in out


def test_evaluate_writes_a_report_and_holds_the_gate(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    markdown = place / "summary.md"
    assert main(["evaluate", "--markdown", str(markdown)]) == 0
    out = capsys.readouterr().out
    assert "Share of tasks that pass" in out
    report = json.loads((place / "reports" / "evaluation.json").read_text(encoding="utf-8"))
    assert report["several"]["passed"]["value"] == report["single"]["passed"]["value"] == 1
    assert report["several"]["passed"]["n"] == 8
    assert report["demo_data"] is False
    assert "| all |" in markdown.read_text(encoding="utf-8")
    assert main(["evaluate", "--check"]) == 0


def test_evaluate_fails_when_a_task_does(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = place / "domain" / "playbook.toml"
    text = tables.read_text(encoding="utf-8")
    tables.write_text(text.replace("for {days} days.", "for long."), encoding="utf-8")
    assert main(["evaluate"]) == 1
    told = capsys.readouterr()
    assert "late, several: the memo does not say 40" in told.out
    assert "the gate is 1" in told.err


def test_bench_measures_every_way_and_writes_a_report(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from app.proving.bench import Size, bench
    from app.settings import read_settings

    bench(read_settings(), quick=True, size=Size(rounds=1, runs=1, many=1))
    assert "/graph/ratio" in capsys.readouterr().out
    report = json.loads((place / "reports" / "benchmark.json").read_text(encoding="utf-8"))
    assert 0 < report["sqlite"]["checkpoints"]["value"] <= 22
    assert report["sqlite"]["kilobytes"]["value"] > 1
    assert report["process"]["memory_mb"]["value"] > 50


def test_report_writes_the_numbers_into_the_readme(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = place / "domain" / "README.md"
    readme.write_text("<!-- numbers -->\n<!-- /numbers -->\n", encoding="utf-8")
    main(["evaluate"])
    (place / "reports").rename(place / "domain" / "reports")
    monkeypatch.setenv("REPORTS_DIR", "reports")
    assert main(["report"]) == 0
    assert "[1.000](reports/evaluation.json#/several/passed)" in readme.read_text(encoding="utf-8")


def test_the_graph_in_the_readme_is_the_one_in_the_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["graph"]) == 0
    drawing = capsys.readouterr().out
    assert "plan -.-> work" in drawing
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.exists() else ""
    if "<!-- graph -->" in text:  # a README of your own need not have it
        assert drawing in text


def test_collect_writes_tables_of_another_environment(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    info = place / "site-packages" / "thing-1.0.dist-info"
    info.mkdir(parents=True)
    metadata = "Name: Thing\nVersion: 1.0\nLicense-Expression: MIT\nRequires-Dist: other>1\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    assert main(["collect", "--from", str(info.parent), "--to", str(place / "out")]) == 0
    packages = (place / "out" / "packages.csv").read_text(encoding="utf-8")
    assert packages.splitlines()[1].startswith("thing,1.0,MIT,0,0,,1")
    requires = (place / "out" / "requirements.csv").read_text(encoding="utf-8")
    assert requires.splitlines()[1] == "thing,other,"
    assert main(["collect", "--from", str(place)]) == 1
    assert "There are no packages in" in capsys.readouterr().err


def test_an_unknown_verb_is_wrong_usage() -> None:
    assert main(["nonsense"]) == 2


def test_a_missing_key_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MODEL", "openai:gpt-5-mini")
    assert main(["ask", QUESTION]) == 1
    assert capsys.readouterr().err == (
        "error: MODEL=openai:gpt-5-mini needs a key.\n"
        "   do: Set OPENAI_API_KEY, or MODEL=offline, which needs none.\n"
    )
