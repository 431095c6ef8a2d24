"""Sources that cannot be read, are no pack, or mean harm."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.machine import Machine, Said, listing
from tests.small_pack import ANSWERS, RENDERED, bundles, git, release, small_pack, write

if TYPE_CHECKING:
    from pathlib import Path

NAME_ONE = "Name a git URL (https://host/org/repo.git), a .bundle file or a folder of templates."
TOLD = "`scaffold pack lint` names every such place; with --ref you get an older release."


def expect(said: Said, code: int, problem: str, remedy: str) -> None:
    assert (said.code, said.error) == (code, [f"Error: {problem}", remedy])


def nothing_left(machine: Machine) -> None:
    assert listing(machine.work) == {}
    assert listing(machine.temporary) == {}


def test_a_closed_port_is_a_source_that_cannot_be_read(machine: Machine) -> None:
    said = machine.new("x", "--source", "https://127.0.0.1:9/org/repo")
    assert said.code == 3
    assert said.error[0].startswith(
        "Error: The source https://127.0.0.1:9/org/repo.git cannot be read: unable to access "
    )
    assert said.error[1:] == [
        "Check the address and the network; without --source the embedded ones are used."
    ]
    nothing_left(machine)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("nowhere.bundle", "There is no source nowhere.bundle."),
        ("~nobody-of-that-name/x", "There is no source ~nobody-of-that-name/x."),
        ("ext::sh -c 'touch x'", "There is no source ext::sh -c 'touch x'."),
        ("", "The name of the source is empty."),
    ],
)
def test_what_is_no_source_is_refused(machine: Machine, source: str, problem: str) -> None:
    expect(machine.new("x", "--source", source), 2, problem, NAME_ONE)
    nothing_left(machine)


@pytest.mark.parametrize(
    "source", ["https://me:secret@host.example/o/r.git", "https://ghp_token@host.example/o/r"]
)
@pytest.mark.parametrize("given", ["option", "variable", "settings"])
def test_a_source_with_a_secret_is_refused_and_not_repeated(
    machine: Machine, source: str, given: str
) -> None:
    words = ("--source", source) if given == "option" else ()
    env = {"SCAFFOLD_SOURCE": source} if given == "variable" else {}
    if given == "settings":
        write(machine.home, ".config/scaffold/config.toml", f'source = "{source}"\n')
    said = machine.run("list", *words, env=env)
    expect(
        said,
        2,
        "The source holds a password or a token; every repository would record it.",
        "Name the URL without it; git's credential helper knows it.",
    )


@pytest.mark.parametrize(
    ("content", "code", "problem", "remedy"),
    [
        ("source = [", 3, "Your settings {} cannot be read: ", "Mend or remove that file."),
        (
            "source = 5",
            2,
            "`source` in {} is not text.",
            'Write it as source = "https://host/org/repo.git".',
        ),
    ],
)
def test_broken_settings_are_named(
    machine: Machine, content: str, code: int, problem: str, remedy: str
) -> None:
    path = machine.home / ".config/scaffold/config.toml"
    write(machine.home, ".config/scaffold/config.toml", content)
    said = machine.run("list")
    assert said.code == code
    assert said.error[0].startswith(f"Error: {problem.format(path)}")
    assert said.error[1:] == [remedy]


def test_the_option_goes_before_the_variable_and_the_variable_before_the_settings(
    machine: Machine, pack: Path
) -> None:
    write(machine.home, ".config/scaffold/config.toml", 'source = "from-settings"\n')
    assert "from-settings" in machine.run("list").err
    env: dict[str, str | None] = {"SCAFFOLD_SOURCE": "from-variable"}
    assert "from-variable" in machine.run("list", env=env).err
    said = machine.run("list", "--json", "--source", os.fspath(pack), env=env)
    assert said.document["source"] == os.fspath(pack)


def test_a_folder_without_git_says_how_its_present_state_is_used(
    machine: Machine, tmp_path: Path
) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    said = machine.new("x", "--source", os.fspath(plain))
    assert said.code == 3
    assert said.error[0].startswith(f"Error: The source {plain} cannot be read: ")
    assert said.error[1:] == ["Is it a git repository? Its present state needs none: --ref HEAD."]
    said = machine.new("x", "--source", os.fspath(plain), "--ref", "HEAD")
    expect(
        said,
        2,
        f"The source {plain} is not a template pack of scaffold at HEAD.",
        "It needs copier.yml and templates/<id>/starter.yml: see docs/templates.md.",
    )
    nothing_left(machine)


def test_a_repository_without_releases_and_one_without_templates(
    machine: Machine, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet", "-b", "main")
    expect(
        machine.new("x", "--source", os.fspath(other)),
        2,
        f"The source {other} holds no release (a tag such as v1.2.3).",
        "Name a state of it with --ref, for instance --ref HEAD.",
    )
    release(other, "v1.0.0", {"README.md": "nothing\n"})
    expect(
        machine.run("list", "--source", os.fspath(other)),
        2,
        f"The source {other} is not a template pack of scaffold at v1.0.0.",
        "It needs copier.yml and templates/<id>/starter.yml: see docs/templates.md.",
    )
    nothing_left(machine)


@pytest.mark.parametrize("ref", ["v9.9.9", "nonsense", "--upload-pack=touch x"])
def test_a_state_that_does_not_exist_lists_those_that_do(machine: Machine, ref: str) -> None:
    expect(
        machine.new("x", f"--ref={ref}"),
        2,
        f"The source ~/.local/share/scaffold/templates.bundle has no {ref}.",
        "Its releases: v0.1.0, v0.1.1.",
    )
    nothing_left(machine)


def test_an_older_release_can_be_asked_for(machine: Machine) -> None:
    said = machine.new("old", "--ref", "v0.1.0", "--json")
    assert said.code == 0, said.err
    assert said.document["version"] == "v0.1.0"
    assert "region" not in said.document["answers"]


@pytest.mark.parametrize("share", [0.2, 0.6, 0.98])
def test_a_truncated_bundle_cannot_be_read(
    machine: Machine, joined: Path, tmp_path: Path, share: float
) -> None:
    part = tmp_path / "part.bundle"
    content = joined.read_bytes()
    part.write_bytes(content[: int(len(content) * share)])
    said = machine.new("x", "--source", os.fspath(part))
    assert said.code == 3
    assert said.error[0].startswith(f"Error: The source {part} cannot be read: ")
    assert said.error[1:] == ["Is it a whole bundle? `git bundle verify` says so."]
    nothing_left(machine)


def test_a_bundle_elsewhere_is_recorded_so_that_plain_copier_finds_it(
    machine: Machine, joined: Path
) -> None:
    shutil.copy(joined, machine.home / "mine.bundle")
    said = machine.new("x", "--source", os.fspath(machine.home / "mine.bundle"))
    assert said.code == 0, said.err
    answers = yaml.safe_load((machine.work / "x/.copier-answers.yml").read_text(encoding="utf-8"))
    assert (answers["_src_path"], answers["_commit"]) == ("~/mine.bundle", "v0.1.1")


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A pack of the test's own, to be changed."""
    return small_pack(tmp_path / "changed")


def hostile(changed: Path, **files: str) -> str:
    release(changed, "v0.2.0", files)
    return os.fspath(changed)


UNSAFE = (
    "This template wants to run code on your machine; scaffold never lets it.",
    "Use another source. In yours: no tasks, migrations, Jinja extensions or .git files.",
)


@pytest.mark.parametrize(
    "setting",
    [
        "_tasks: ['touch owned']",
        "_migrations: [{version: v0.1.0, command: 'touch owned'}]",
        "_jinja_extensions: [os.path]",
    ],
)
def test_a_template_that_runs_code_is_refused(
    machine: Machine, changed: Path, setting: str
) -> None:
    text = (changed / "copier.yml").read_text(encoding="utf-8")
    source = hostile(changed, **{"copier.yml": f"{setting}\n{text}"})
    expect(machine.new("x", "--source", source), 2, *UNSAFE)
    expect(machine.run("show", "supervised-api", "--source", source), 2, *UNSAFE)
    nothing_left(machine)


@pytest.mark.parametrize(
    "setting",
    [
        "_tasks: ['touch owned']",
        "_migrations: [{version: v0.2.0, command: 'touch owned'}]",
        "_jinja_extensions: [os.path]",
    ],
)
def test_so_is_a_release_of_it_that_begins_to(
    machine: Machine, changed: Path, setting: str
) -> None:
    write(
        machine.work,
        "class/class.toml",
        f'name = "C"\nsource = {json.dumps(os.fspath(changed))}\nwhere = "out/{{username}}"\n'
        '[assignments.one]\ntemplate = "supervised-api"\n',
    )
    roster = "username,name,email\nada,Ada,ada@example.org\n"
    write(machine.work, "class/roster.csv", roster)
    there = ("--class", os.fspath(machine.work / "class"))
    assert machine.new("mine", "--source", os.fspath(changed)).code == 0
    assert machine.run("cohort", "handout", "--no-lock", *there).code == 0
    write(machine.work, "class/roster.csv", f"{roster}bob,Bob,bob@example.org\n")
    text = (changed / "copier.yml").read_text(encoding="utf-8")
    for place in (f"{setting}\n{text}", f"{text}\n---\n{setting}\n"):
        release(changed, "v0.2.0", {"copier.yml": place})
        for words in (
            ("update", "mine"),
            ("cohort", "handout", *there),
            ("new", "one", "other", "--defaults", *there),
        ):
            said = machine.run(*words)
            assert (said.code, said.error[-1]) == (2, UNSAFE[1])
            assert UNSAFE[0] in said.error[-2]
        said = machine.run("cohort", "update", *there)
        assert (said.code, "wants to run code" in said.out) == (1, True)
        git(changed, "tag", "--delete", "v0.2.0")
    assert not list(machine.root.rglob("owned*"))
    assert not list(changed.rglob("owned*"))


@pytest.mark.parametrize("name", [".git", ".GIT", "git~1", ".git ", ".g\u200cit"])
def test_a_rendered_git_folder_is_refused_before_git_sees_it(
    machine: Machine, changed: Path, name: str
) -> None:
    part = f"~{{{{ {name!r} }}}}~"
    source = hostile(
        changed,
        **{
            f"{RENDERED}/{part}/config.jinja": '[filter "x"]\n\tclean = touch owned; cat\n',
            f"{RENDERED}/.gitattributes": "* filter=x\n",
        },
    )
    expect(machine.new("x", "--source", source), 2, *UNSAFE)
    assert not list(machine.root.rglob("owned*"))
    nothing_left(machine)


@pytest.mark.parametrize("place", ["question", "file"])
def test_no_variable_of_the_environment_reaches_a_repository(
    machine: Machine, changed: Path, place: str
) -> None:
    stolen = "~{{ '$MY_TOKEN ${MY_TOKEN}'|expandvars }}~"
    if place == "file":
        source = hostile(changed, **{f"{RENDERED}/loot.txt.jinja": stolen})
    else:
        text = (changed / "copier.yml").read_text(encoding="utf-8")
        source = hostile(changed, **{"copier.yml": f'{text}\n---\nloot: "{stolen}"\n'})
    said = machine.new("x", "--source", source, env={"MY_TOKEN": "hunter2"})
    assert said.code == (0 if place == "file" else 2)
    for file in machine.work.rglob("*"):
        assert not file.is_file() or b"hunter2" not in file.read_bytes()


@pytest.mark.parametrize("place", [f"{RENDERED}/passwd", "templates/_shared/app/text.py"])
def test_a_link_out_of_the_pack_is_refused(machine: Machine, changed: Path, place: str) -> None:
    (changed / place).unlink(missing_ok=True)
    (changed / place).symlink_to("/etc/passwd")
    source = hostile(changed)
    expect(
        machine.new("x", "--source", source),
        2,
        f"The source {source} holds a link or a submodule, {place}.",
        "A pack holds plain files only; ask its maintainer to replace it.",
    )
    nothing_left(machine)


def test_a_file_name_that_leads_out_is_refused(machine: Machine, changed: Path) -> None:
    source = hostile(changed, **{f"{RENDERED}/~{{{{ author }}}}~.txt.jinja": "owned\n"})
    said = machine.new("x", "--source", source, "--data", "author=../../../owned")
    assert said.code == 2
    assert said.error[0].startswith("Error: The template cannot be rendered: ")
    assert said.error[1:] == [TOLD]
    assert not list(machine.root.rglob("owned*"))
    nothing_left(machine)


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("''.__class__.__mro__[1].__subclasses__()", "unsafe"),
        ("cycler.__init__.__globals__.os.system('touch owned')", "unsafe"),
        ("1 // 0", "zero"),
        ("nothing_of_that_name", "undefined"),
        ("range(999999999)|list|length", "Range too big"),
    ],
)
@pytest.mark.parametrize("where", ["file", "question"])
def test_an_expression_cannot_leave_the_sandbox_nor_end_as_a_bug(
    machine: Machine, changed: Path, expression: str, told: str, where: str
) -> None:
    text = f"~{{{{ {expression} }}}}~"
    if where == "file":
        source = hostile(changed, **{f"{RENDERED}/bad.txt.jinja": text})
    else:
        questions = f'bad:\n  type: str\n  default: "{text}"\n'
        source = hostile(changed, **{"templates/supervised-api/questions.yml": questions})
    said = machine.new("x", "--source", source)
    assert said.code == 2, said.err
    subject = "The template cannot be rendered: " if where == "file" else "The pack's questions are"
    assert said.error[0].startswith(f"Error: {subject}")
    assert told in said.error[0]
    assert len(said.error) == 2
    assert not list(machine.root.rglob("owned"))
    nothing_left(machine)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("choices: [MIT, Apache-2.0, none]", "choices: [{a: b}]"),
        ("_envops:", "_envops: 5\n_other:"),
        ("!include templates/supervised-api/questions.yml", "!include ../../etc/*"),
        ("!include templates/supervised-api/questions.yml", "!include /etc/*"),
        ("  trim_blocks: true", "  trim_blocks: true\n  extensions: [a]"),
        ("  trim_blocks: true", "  nonsense: true"),
        ("template:", "5: x\ntemplate: ["),
    ],
)
def test_a_broken_questionnaire_is_the_packs_fault(
    machine: Machine, changed: Path, old: str, new: str
) -> None:
    text = (changed / "copier.yml").read_text(encoding="utf-8")
    assert old in text
    source = hostile(changed, **{"copier.yml": text.replace(old, new)})
    said = machine.new("x", "--source", source)
    assert said.code == 2, said.err
    assert said.error[0].startswith("Error: The pack's copier.yml cannot be understood: ")
    assert said.error[1:] == ["`scaffold pack lint` names every such place."]


def test_a_program_called_git_in_the_present_folder_is_not_run(machine: Machine) -> None:
    write(machine.work, "git", '#!/bin/sh\ntouch "$(dirname "$0")/owned"\nexit 1\n')
    (machine.work / "git").chmod(0o755)
    assert machine.new("x").code == 0
    assert not (machine.work / "owned").exists()


def test_a_pack_that_records_nothing_of_its_source_is_rendered_by_plain_copier(
    machine: Machine, tmp_path: Path
) -> None:
    plain = {ANSWERS: "~{{ _copier_answers|to_nice_yaml -}}~\n"}
    pack = small_pack(tmp_path / "plain", **plain)
    bundle = bundles(pack, tmp_path / "cut", tags=("v0.1.1",)) / "v0.1.1.bundle"
    said = machine.new("x", "--source", os.fspath(bundle))
    assert said.code == 0, said.err
    answers = yaml.safe_load((machine.work / "x/.copier-answers.yml").read_text(encoding="utf-8"))
    assert (answers["_src_path"], answers["_commit"]) == (os.fspath(bundle), "v0.1.1")
    assert "release" not in answers


def test_a_pack_without_an_answers_file_is_refused(machine: Machine, changed: Path) -> None:
    (changed / ANSWERS).unlink()
    source = hostile(changed)
    expect(
        machine.new("x", "--source", source),
        2,
        "The template writes no .copier-answers.yml, so nothing made from it could be updated.",
        "It needs the file `~{{ _copier_conf.answers_file }}~.jinja`: see docs/templates.md.",
    )
    nothing_left(machine)


def test_another_state_of_a_folder_records_the_folder(machine: Machine, changed: Path) -> None:
    git(changed, "branch", "topic")
    said = machine.new("x", "--source", os.fspath(changed), "--ref", "topic")
    assert said.code == 0, said.err
    answers = yaml.safe_load((machine.work / "x/.copier-answers.yml").read_text(encoding="utf-8"))
    assert answers["_src_path"] == os.fspath(changed)


def test_a_working_folder_is_used_as_it_stands(machine: Machine, changed: Path) -> None:
    write(changed, f"{RENDERED}/new.txt", "not committed\n")
    said = machine.new("x", "--source", os.fspath(changed), "--ref", "HEAD")
    assert said.code == 0, said.err
    assert (machine.work / "x/new.txt").read_text(encoding="utf-8") == "not committed\n"
