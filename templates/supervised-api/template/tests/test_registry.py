"""The folder of models: complete or not there, and never served when it does not fit."""

import json
from pathlib import Path

import pytest

from app.cli import main
from app.metadata import Metadata
from app.predictor import load_champion
from app.registry import (
    CHALLENGER,
    CHAMPION,
    HISTORY,
    METADATA,
    MODEL,
    challenger_folder,
    champion_folder,
    promote,
    read_metadata,
    rollback,
    save,
    versions,
)
from app.service.errors import UserError


@pytest.fixture
def models(trained: Metadata, tmp_path: Path) -> Path:
    """Three models, none with a role."""
    for version in ("one", "two", "three"):
        save(tmp_path, version.encode(), trained.model_copy(update={"version": version}), None)
    return tmp_path


def champion(models: Path) -> str:
    return champion_folder(models).name


def test_the_last_saved_model_is_the_one_to_serve(trained: Metadata, tmp_path: Path) -> None:
    save(tmp_path, b"one", trained.model_copy(update={"version": "one"}))
    save(tmp_path, b"two", trained.model_copy(update={"version": "two"}))
    assert champion(tmp_path) == "two"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [CHAMPION, HISTORY, "one", "two"]


def test_a_model_file_that_is_not_the_trained_one_is_refused(
    trained: Metadata, tmp_path: Path
) -> None:
    save(tmp_path, b"not what was trained", trained)
    with pytest.raises(UserError, match="is not the file that was trained"):
        load_champion(tmp_path)


def test_saving_the_same_model_again_leaves_one_folder(trained: Metadata, tmp_path: Path) -> None:
    for _ in range(2):
        folder = save(tmp_path, b"same", trained)
    assert {entry.name for entry in tmp_path.iterdir()} == {CHAMPION, HISTORY, folder.name}
    assert len((tmp_path / HISTORY).read_text(encoding="utf-8").splitlines()) == 1
    assert read_metadata(folder) == trained


def test_a_model_can_be_kept_without_a_role(models: Path) -> None:
    assert not (models / CHAMPION).exists()
    assert {metadata.version for metadata in versions(models)} == {"one", "two", "three"}


def test_no_model_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        load_champion(tmp_path)
    assert "app train" in caught.value.remedy


@pytest.mark.parametrize("content", [b"lost\n", b"", b"..", b"../one", b"\xff\xfe"])
@pytest.mark.parametrize("role", [CHAMPION, CHALLENGER])
def test_a_role_without_a_model_is_named(models: Path, role: str, content: bytes) -> None:
    promote(models, "one")
    (models / role).write_bytes(content)
    with pytest.raises(UserError, match=f"{role} names"):
        (champion_folder if role == CHAMPION else challenger_folder)(models)


def test_a_model_of_other_columns_is_refused(trained: Metadata, tmp_path: Path) -> None:
    folder = save(tmp_path, b"", trained.model_copy(update={"contract_sha256": "other"}))
    with pytest.raises(UserError, match="other columns"):
        read_metadata(folder)


def test_damaged_metadata_is_refused(trained: Metadata, tmp_path: Path) -> None:
    folder = save(tmp_path, b"", trained)
    (folder / METADATA).write_text("{}", encoding="utf-8")
    with pytest.raises(UserError, match="can't be read"):
        read_metadata(folder)


def test_promotion_changes_who_serves_and_is_written_down(models: Path) -> None:
    promote(models, "one")
    promote(models, "two")
    assert champion(models) == "two"
    lines = [json.loads(line) for line in (models / HISTORY).read_text("utf-8").splitlines()]
    assert [(line["role"], line["before"], line["version"]) for line in lines] == [
        (CHAMPION, None, "one"),
        (CHAMPION, "one", "two"),
    ]


@pytest.mark.parametrize("version", ["none", "", ".", "..", "../one", CHAMPION])
def test_promoting_what_is_not_there_changes_nothing(models: Path, version: str) -> None:
    promote(models, "one")
    with pytest.raises(UserError, match="not there"):
        promote(models, version)
    assert champion(models) == "one"


def test_a_model_that_does_not_fit_is_not_promoted(models: Path, trained: Metadata) -> None:
    promote(models, "one")
    other = {"version": "other", "contract_sha256": "other"}
    save(models, b"", trained.model_copy(update=other), None)
    for role in (CHAMPION, CHALLENGER):
        with pytest.raises(UserError, match="other columns"):
            promote(models, "other", role)
    assert champion(models) == "one"
    assert challenger_folder(models) is None


def test_a_challenger_stands_beside_the_champion(models: Path) -> None:
    promote(models, "one")
    assert challenger_folder(models) is None
    promote(models, "two", CHALLENGER)
    assert champion(models) == "one"
    assert challenger_folder(models) == models / "two"


def test_the_champion_is_not_its_own_challenger(models: Path) -> None:
    promote(models, "one")
    with pytest.raises(UserError, match="own challenger"):
        promote(models, "one", CHALLENGER)


def test_a_promoted_challenger_leaves_its_role_empty(models: Path) -> None:
    promote(models, "one")
    promote(models, "two", CHALLENGER)
    promote(models, "two")
    assert champion(models) == "two"
    assert not (models / CHALLENGER).exists()


def test_another_champion_leaves_the_challenger_alone(models: Path) -> None:
    promote(models, "one", CHALLENGER)
    promote(models, "two")
    assert challenger_folder(models) == models / "one"


def test_a_rollback_goes_back_and_not_in_a_circle(models: Path) -> None:
    for version in ("one", "two", "three"):
        promote(models, version)
    assert [rollback(models), rollback(models)] == ["two", "one"]
    with pytest.raises(UserError, match="no champion before"):
        rollback(models)
    assert champion(models) == "one"


def test_what_is_promoted_after_a_rollback_goes_back_to_where_that_led(models: Path) -> None:
    for version in ("one", "two"):
        promote(models, version)
    rollback(models)
    promote(models, "three")
    assert rollback(models) == "one"


def test_a_rollback_to_a_model_that_is_gone_is_refused(models: Path) -> None:
    promote(models, "one")
    promote(models, "two")
    (models / "one" / MODEL).unlink()
    with pytest.raises(UserError, match="one, which is not there"):
        rollback(models)
    assert champion(models) == "two"


def test_a_champion_without_history_can_be_gone_back_to(models: Path) -> None:
    (models / CHAMPION).write_text("one\n", encoding="utf-8")
    promote(models, "two")
    (models / CHAMPION).write_text("three\n", encoding="utf-8")  # by hand
    assert [rollback(models), rollback(models)] == ["two", "one"]


def test_a_damaged_history_is_named_and_left_as_it_is(models: Path) -> None:
    promote(models, "one")
    promote(models, "two")
    history = models / HISTORY
    damaged = history.read_text(encoding="utf-8") + '{"at": "2026-'
    history.write_text(damaged, encoding="utf-8")
    with pytest.raises(UserError, match="line 3"):
        rollback(models)
    assert history.read_text(encoding="utf-8") == damaged
    promote(models, "three")  # works all the same, on a line of its own
    assert history.read_text(encoding="utf-8").startswith(damaged + "\n")
    assert champion(models) == "three"


def test_where_no_model_can_be_served_it_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MODELS_DIR", str(tmp_path))
    assert main(["models"]) == 0
    assert "uv run app train" in capsys.readouterr().out


def test_the_verbs_list_choose_and_go_back(
    models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MODELS_DIR", str(models))
    (models / "three" / METADATA).write_text("{}", encoding="utf-8")
    assert main(["promote", "one"]) == 0
    assert main(["promote", "two", "--challenger"]) == 0
    capsys.readouterr()
    assert main(["models"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert CHAMPION in lines["one"]
    assert CHALLENGER in lines["two"]
    assert "can't be served" in lines["three"]
    assert main(["promote", "two"]) == 0
    assert main(["rollback"]) == 0
    assert champion(models) == "one"
    assert main(["rollback"]) == 1
    assert "no champion before" in capsys.readouterr().err
