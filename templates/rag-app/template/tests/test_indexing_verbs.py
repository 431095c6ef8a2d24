"""`app ingest` and `app reset`, as a person meets them."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from app.answer_log import AnswerLog
from app.cli import main
from app.index.opening import open_index
from app.service.store import open_store
from app.settings import Settings

from .hashing import HashingEmbedder
from .test_answer_log import record


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small project in the working folder, whose vectors need no model."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    (tmp_path / "project.toml").write_text('[corpus]\nfolder = "docs"\n', encoding="utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# A\n\ntext\n", encoding="utf-8")
    choosing = ModuleType("app.embedding.choosing")
    choosing.load_embedder = lambda _: HashingEmbedder()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "app.embedding.choosing", choosing)


def count() -> int:
    return open_index(Settings(_env_file=None).database_url).count()


def test_ingest_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    Path("docs/b.txt").write_bytes(b"")
    Path("docs/c.docx").write_bytes(b"x")
    assert main(["ingest"]) == 0
    out, err = capsys.readouterr()
    assert "documents: 1 added, 0 changed, 0 removed, 0 unchanged, 1 skipped\n" in out
    passages, left = out.splitlines()[-2:]
    assert passages.startswith("passages: 1 made in ")
    assert passages.endswith(f"1 in {Path('var/app.db')}")
    assert left == "left out: 1 .docx"
    assert err == "skipped b.txt: it is empty\n"  # and no bar, which is for terminals
    Path("docs/b.txt").unlink()
    Path("docs/c.docx").unlink()
    assert main(["ingest"]) == 0
    again = capsys.readouterr().out
    assert "0 added, 0 changed, 0 removed, 1 unchanged\n" in again
    assert "left out" not in again


def test_ingest_says_that_everything_was_made_anew(capsys: pytest.CaptureFixture[str]) -> None:
    main(["ingest"])
    with Path("project.toml").open("a", encoding="utf-8") as file:
        file.write("[chunks]\nwords = 50\n")
    assert main(["ingest"]) == 0
    assert "everything was made anew: chunks: " in capsys.readouterr().out


def test_ingest_without_documents_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    Path("docs/a.md").unlink()
    assert main(["ingest"]) == 1
    assert "project.toml" in capsys.readouterr().err


def test_reset_deletes_only_when_meant(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["ingest"])
    assert main(["reset"]) == 1  # nobody can be asked
    assert count() == 1
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    for answer, left in (("no", 1), ("yes", 0)):
        monkeypatch.setattr("builtins.input", lambda _, said=answer: said)
        assert main(["reset"]) == 0
        assert count() == left
    out = capsys.readouterr().out
    assert "nothing was deleted" in out
    assert "1 passages deleted in" in out


def test_reset_need_not_ask(capsys: pytest.CaptureFixture[str]) -> None:
    main(["ingest"])
    assert main(["reset", "--yes"]) == 0
    assert count() == 0
    assert "1 passages deleted" in capsys.readouterr().out
    assert main(["ingest"]) == 0
    assert count() == 1


def test_reset_forgets_what_was_asked_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    log = AnswerLog(open_store(Settings(_env_file=None).database_url))
    log.add(record("a"))
    log.add_feedback("a", "down", "I wanted a number")
    assert main(["reset", "--yes"]) == 0
    assert "1 answers and their feedback deleted" in capsys.readouterr().out
    assert log.summary().answers == 0
    assert log.newest_feedback(5) == []
    log.close()
