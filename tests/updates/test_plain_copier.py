"""A starter that its owner made their own takes an update by plain copier, and loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tests.losses import check, files_of, losses
from tests.updates import mini_pack
from tests.updates.releases import BUNDLE, Started, mini_pair, start

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updates.plain import Plain


def test_check_update_and_update_work_from_a_bundle_and_lose_nothing(
    started: Started, tmp_path: Path
) -> None:
    mine = started.made_mine(tmp_path)
    answers = yaml.safe_load((mine.project / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert (answers["_src_path"], answers["_commit"]) == (BUNDLE, started.pair.old)
    assert mine.plain.newest_version(mine.project) == (True, started.pair.new.removeprefix("v"))

    mine.update().ok()

    check(mine.project, mine.deeds, new=started.new_release())
    mine.plain.commit("Update", cwd=mine.project)
    assert not mine.plain.newest_version(mine.project)[0]
    mine.update().ok()
    assert mine.plain.git("status", "--porcelain", cwd=mine.project) == ""


def test_renovate_updates_to_a_named_version_and_loses_nothing(
    started: Started, tmp_path: Path
) -> None:
    mine = started.made_mine(tmp_path)
    mine.update("--skip-answered", "--vcs-ref", started.pair.new).ok()
    check(mine.project, mine.deeds, new=started.new_release())


@pytest.mark.parametrize("seed", [1, 2])
def test_learners_who_do_other_things_lose_nothing_either(
    seed: int, started: Started, tmp_path: Path
) -> None:
    mine = started.made_mine(tmp_path, seed=seed)
    mine.update().ok()
    check(mine.project, mine.deeds, new=started.new_release())


def test_an_update_that_never_ran_does_not_pass(started: Started, tmp_path: Path) -> None:
    mine = started.made_mine(tmp_path)
    check(mine.project, mine.deeds)
    with pytest.raises(AssertionError, match=r"arrival: \.copier-answers\.yml is not"):
        check(mine.project, mine.deeds, new=started.new_release())


def test_a_common_placeholder_moves_an_answer_under_another_question(
    copier_executable: Path, tmp_path: Path
) -> None:
    mine = start(mini_pair(mini_pack.common_placeholder), copier_executable, tmp_path)
    lost = _losses_of(mine, tmp_path / "mine")
    assert "answer: PF2 is no longer under its own question" in lost
    assert "answer: PF4 holds the answer to PF2" in lost
    assert not [line for line in lost if line.startswith("conflict")]  # nobody is told


def test_a_seeded_path_that_is_not_excluded_loses_the_learners_data(
    copier_executable: Path, tmp_path: Path
) -> None:
    lost = _losses_of(
        start(mini_pair(mini_pack.seeded_path_dropped), copier_executable, tmp_path),
        tmp_path / "mine",
    )
    assert "seeded: data/scaler.bin changed or is gone" in lost
    assert "seeded: data/holdout.csv appeared" in lost


def test_a_seeded_list_by_include_deletes_a_file_that_it_gains(
    copier_executable: Path, tmp_path: Path
) -> None:
    bent = start(mini_pair(mini_pack.seeded_by_include), copier_executable, tmp_path)
    mine = bent.made_mine(tmp_path / "mine")
    mine.update().ok()
    with pytest.raises(AssertionError, match=r"arrival: docs/runbook\.md is missing"):
        check(mine.project, mine.deeds, new=bent.new_release())


def test_a_templated_skip_list_stops_updates_once_a_file_was_deleted(
    copier_executable: Path, tmp_path: Path
) -> None:
    bent = start(mini_pair(mini_pack.templated_skip), copier_executable, tmp_path)
    done = bent.made_mine(tmp_path / "mine").update()
    assert done.code == 1
    assert "'template' is undefined" in done.err


def _losses_of(bent: Started, folder: Path) -> list[str]:
    mine = bent.made_mine(folder)
    mine.update().ok()
    return list(losses(mine.project, mine.deeds))


def test_a_plain_folder_with_release_data_gives_what_the_bundle_gives(
    plain: Plain, tmp_path: Path
) -> None:
    assert _copied_from_a_folder(plain, tmp_path, None) == {
        "_src_path": BUNDLE,
        "_commit": "v0.1.0",
    }


def test_an_answers_template_without_release_records_no_source_to_update_from(
    plain: Plain, tmp_path: Path
) -> None:
    recorded = _copied_from_a_folder(plain, tmp_path, mini_pack.release_ignored)
    assert recorded["_src_path"] != BUNDLE
    assert "_commit" not in recorded


def _copied_from_a_folder(
    plain: Plain, tmp_path: Path, bend: mini_pack.Bend | None
) -> dict[str, str]:
    """Copy release v0.1.0 as a plain folder, as a program that passes `release` does."""
    folder = mini_pack.build(tmp_path / "releases", bend)["v0.1.0"]
    data = tmp_path / "release.yml"
    release = {"_src_path": BUNDLE, "_commit": "v0.1.0"}
    data.write_text(yaml.safe_dump({"template": "tiny-api", "release": release}), encoding="utf-8")
    project = tmp_path / "project"
    given = ["--defaults", "--quiet", "--data-file", str(data)]
    plain.run("copy", *given, str(folder), str(project), cwd=tmp_path).ok()
    assert "app/problems.py" in files_of(project)
    recorded = yaml.safe_load((project / ".copier-answers.yml").read_text(encoding="utf-8"))
    return {key: value for key, value in recorded.items() if key.startswith("_")}
