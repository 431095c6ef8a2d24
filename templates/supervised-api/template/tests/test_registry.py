"""The folder of models: complete or not there, and never served when it does not fit."""

from pathlib import Path

import pytest

from app.predictor import load_champion
from app.registry import CHAMPION, METADATA, Metadata, champion_folder, read_metadata, save
from app.service.errors import UserError


def test_the_last_saved_model_is_the_one_to_serve(trained: Metadata, tmp_path: Path) -> None:
    save(tmp_path, b"one", trained.model_copy(update={"version": "one"}))
    save(tmp_path, b"two", trained.model_copy(update={"version": "two"}))
    assert champion_folder(tmp_path).name == "two"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [CHAMPION, "one", "two"]


def test_saving_the_same_model_again_leaves_one_folder(trained: Metadata, tmp_path: Path) -> None:
    for _ in range(2):
        folder = save(tmp_path, b"same", trained)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted([CHAMPION, folder.name])
    assert read_metadata(folder) == trained


def test_no_model_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        load_champion(tmp_path)
    assert "app train" in caught.value.remedy


def test_a_champion_that_is_gone_is_named(tmp_path: Path) -> None:
    (tmp_path / CHAMPION).write_text("lost\n", encoding="utf-8")
    with pytest.raises(UserError, match="lost"):
        champion_folder(tmp_path)


def test_a_model_of_other_columns_is_refused(trained: Metadata, tmp_path: Path) -> None:
    folder = save(tmp_path, b"", trained.model_copy(update={"contract_sha256": "other"}))
    with pytest.raises(UserError, match="other columns"):
        read_metadata(folder)


def test_damaged_metadata_is_refused(trained: Metadata, tmp_path: Path) -> None:
    folder = save(tmp_path, b"", trained)
    (folder / METADATA).write_text("{}", encoding="utf-8")
    with pytest.raises(UserError, match="can't be read"):
        read_metadata(folder)
