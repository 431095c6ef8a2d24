"""What is said by hand of the releases is true, so that no state of the matrix means nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.updates.matrix.bases import Base
from tests.updates.matrix.journeys import JOURNEYS, Journey, bundles, version

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updates.matrix.tree import Tree

BaseOf = Callable[[Journey], Base]

every_journey = pytest.mark.parametrize("journey", JOURNEYS, ids=lambda one: one.name)


def _lines(tree: Tree, path: str) -> list[str]:
    return tree[path].lines


def _differs(base: Base, path: str) -> bool:
    return path in base.old and path in base.new and base.old[path] != base.new[path]


@every_journey
def test_the_contested_line_is_gone_and_the_far_line_stands_apart(
    journey: Journey, base_of: BaseOf
) -> None:
    base, parts = base_of(journey), journey.parts
    path = parts.contested.path
    assert _lines(base.old, path).count(parts.contested.line) == 1
    assert parts.contested.line not in _lines(base.new, path)
    for tree in (base.old, base.new):
        assert _lines(tree, path).count(parts.far) == 1
    around = [_around(tree, path, parts.far) for tree in (base.old, base.new)]
    assert around[0] == around[1]


def _around(tree: Tree, path: str, line: str) -> list[str]:
    lines = tree[path].lines
    at = lines.index(line)
    return lines[at - 2 : at + 3]


@every_journey
def test_quiet_texts_stand_still_and_new_ones_are_new(journey: Journey, base_of: BaseOf) -> None:
    base, parts = base_of(journey), journey.parts
    assert base.old[parts.quiet.path] == base.new[parts.quiet.path]
    assert _lines(base.old, parts.quiet.path).count(parts.quiet.line) == 1
    if parts.added is not None:
        assert parts.added in base.new.keys() - base.old.keys()
    if parts.added_below is not None:
        folder, added = parts.added_below
        assert not [path for path in base.old if path.startswith(f"{folder}/")]
        assert added in base.new
        assert added.startswith(f"{folder}/")


@every_journey
def test_a_folder_holds_changes_and_nothing_seeded(journey: Journey, base_of: BaseOf) -> None:
    base, folder = base_of(journey), journey.parts.folder
    inside = [path for path in base.old if path.startswith(f"{folder}/")]
    assert [path for path in inside if _differs(base, path)]
    assert not [path for path in inside if journey.is_seeded(path)]


@every_journey
def test_files_are_renamed_and_dropped_as_is_said(journey: Journey, base_of: BaseOf) -> None:
    base, parts = base_of(journey), journey.parts
    for moved in filter(None, (parts.renamed, parts.unlinked)):
        place, to = moved
        assert place.path in base.old.keys() - base.new.keys()
        assert to in base.new.keys() - base.old.keys()
        assert place.line in _lines(base.old, place.path)
        assert place.line in _lines(base.new, to)
    if parts.renamed is not None and parts.renamed_contested is not None:
        assert parts.renamed_contested in _lines(base.old, parts.renamed[0].path)
        assert parts.renamed_contested not in _lines(base.new, parts.renamed[1])
    if parts.dropped is not None:
        assert parts.dropped.path in base.old.keys() - base.new.keys()
        assert parts.dropped.line in _lines(base.old, parts.dropped.path)
    if parts.emptied is not None:
        assert base.old[parts.emptied].content == b""
        assert parts.emptied not in base.new
        assert [p for p in base.new.keys() - base.old.keys() if base.new[p].content == b""]


@every_journey
def test_bytes_and_modes_change_as_is_said(journey: Journey, base_of: BaseOf) -> None:
    base, parts = base_of(journey), journey.parts
    if parts.binary is not None:
        assert _differs(base, parts.binary)
        assert not base.old[parts.binary].is_text
    if parts.still_binary is not None:
        assert base.old[parts.still_binary] == base.new[parts.still_binary]
        assert not base.old[parts.still_binary].is_text
    if parts.switched is not None:
        modes = base.old[parts.switched].kind, base.new[parts.switched].kind
        assert modes == ("file", "program")
    if parts.program is not None:
        assert _differs(base, parts.program)
        assert base.old[parts.program].kind == base.new[parts.program].kind == "program"


@every_journey
def test_what_is_seeded_moves_on_for_those_who_start_now(journey: Journey, base_of: BaseOf) -> None:
    base, parts = base_of(journey), journey.parts
    changed, gone = parts.seeded
    assert _differs(base, changed) != parts.seeded_stand_still
    assert gone in base.old
    assert {journey.is_seeded(path) for path in parts.seeded} == {True}
    if parts.seeded_new is not None:
        assert parts.seeded_new in base.new.keys() - base.old.keys()
        assert journey.is_seeded(parts.seeded_new)


@every_journey
def test_pins_are_raised_as_is_said(journey: Journey, base_of: BaseOf) -> None:
    base, parts = base_of(journey), journey.parts
    pins = [pin for pin in (parts.dependency, parts.action, parts.image) if pin is not None]
    for pin in pins:
        assert _lines(base.old, pin.path).count(pin.old) == 1
        assert _lines(base.new, pin.path).count(pin.new) == 1
        assert len({pin.old, pin.new, pin.lower, pin.higher}) == 4


@every_journey
def test_the_readme_changes_as_is_said(journey: Journey, base_of: BaseOf) -> None:
    base, parts = base_of(journey), journey.parts
    old, new = _lines(base.old, "README.md"), _lines(base.new, "README.md")
    assert old != new or not (parts.reworded or parts.section)
    for signal, before, after in parts.reworded:
        assert old[old.index(f"<!-- signal:{signal} -->") + 1] == f"**{before}**"
        assert new[new.index(f"<!-- signal:{signal} -->") + 1] == f"**{after}**"
    asked = {line for line in old if line.startswith("<!-- signal:")}
    reworded = {line for line in asked if old[old.index(line) + 1] != new[new.index(line) + 1]}
    assert reworded == {f"<!-- signal:{signal} -->" for signal, _, _ in parts.reworded}
    if parts.section is not None:
        heading, line, above = parts.section
        below = next(i for i in range(old.index(heading) + 1, len(old) + 1) if _ends(old, i))
        assert line in old[old.index(heading) : below]
        assert line not in new
        assert old.index(above) < old.index(heading)


def _ends(lines: list[str], at: int) -> bool:
    return at == len(lines) or lines[at].startswith("## ")


@every_journey
def test_questions_are_added_as_is_said(journey: Journey, base_of: BaseOf) -> None:
    base = base_of(journey)
    answers = [yaml.safe_load(tree[".copier-answers.yml"].content) for tree in (base.old, base.new)]
    added = {name: answers[1][name] for name in answers[1].keys() - answers[0].keys()}
    assert added == dict(journey.parts.questions)


def test_every_released_template_is_updated_to_the_newest_release(tmp_path: Path) -> None:
    shipped = bundles("embedded", tmp_path)
    repository = tmp_path / "all.git"
    subprocess.run(["git", "init", "--quiet", "--bare", repository], check=True)
    for bundle in shipped:
        fetch = ["git", "fetch", "--quiet", str(bundle), "+refs/*:refs/*"]
        subprocess.run(fetch, cwd=repository, check=True)
    newest = shipped[-1].stem
    wanted = {
        (template, bundle.stem, newest)
        for bundle in shipped[:-1]
        for template in _templates(repository, bundle.stem)
    }
    ours = {(j.template, j.old, j.new) for j in JOURNEYS if j.pack == "embedded"}
    assert ours == wanted


def _templates(repository: Path, tag: str) -> list[str]:
    listing = subprocess.run(
        ["git", "ls-tree", "-r", "--name-only", tag, "templates/"],
        cwd=repository,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [line.split("/")[1] for line in listing.splitlines() if line.endswith("/owners.yml")]


def test_the_oldest_release_and_the_newest_but_one_take_every_state() -> None:
    templates = {(journey.pack, journey.template) for journey in JOURNEYS}
    for pack, template in templates:
        ours = [j for j in JOURNEYS if (j.pack, j.template) == (pack, template) and not j.by_name]
        in_order = sorted(ours, key=lambda one: version(one.old))
        assert in_order[0].takes_all
        assert in_order[-1].takes_all
