"""What is printed: to pipes, files, narrow windows, old code pages and programs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import copied_package
from tests.machine import Machine
from tests.small_pack import RENDERED, bundles, release, small_pack

if TYPE_CHECKING:
    from pathlib import Path

READING = [("list",), ("show", "supervised-api"), ("doctor",), ("--help",), ("--version",)]


def shell(machine: Machine, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", script, "bash", *machine.command()],
        cwd=machine.work,
        env=machine.env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        *READING,
        *((*words, "--json") for words in READING[:3]),
        ("new", "supervised-api", "x", "--defaults", "--no-lock"),
    ],
    ids=" ".join,
)
def test_a_reader_that_goes_away_is_no_error(machine: Machine, words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        machine.command(*words),
        cwd=machine.work,
        env=machine.env,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 0 or words[0] == "doctor", done.stderr
    assert [line for line in done.stderr.splitlines() if not line.endswith(" ...")] == []
    if words[0] == "new":
        assert (machine.work / "x/README.md").is_file()


def test_a_closed_output_and_a_full_one(machine: Machine) -> None:
    assert shell(machine, '"$@" list >&-').returncode == 0
    assert shell(machine, '"$@" show nothing >&- 2>&-').returncode == 2
    done = shell(machine, '"$@" list > /dev/full')
    assert (done.returncode, done.stderr.splitlines()) == (
        3,
        [
            "Error: This machine refused to go on: No space left on device.",
            "Mend that and run it again; `scaffold doctor` looks at what is needed.",
        ],
    )


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--json"),
        ("show", "supervised-api", "--json"),
        ("doctor", "--json"),
        ("new", "supervised-api", "x", "--defaults", "--no-lock", "--json"),
    ],
    ids=" ".join,
)
def test_json_is_one_document_and_nothing_else(machine: Machine, words: tuple[str, ...]) -> None:
    said = machine.run(*words)
    assert said.document["schema"] == 1
    assert said.err == ""
    if words[0] == "new":
        status = machine.run("status", "x", "--json").document["repositories"][0]
        assert (status["version"], status["outdated"], status["edited"], status["trouble"]) == (
            "v0.1.1",
            False,
            [],
            "",
        )


@pytest.mark.parametrize("words", [("list",), ("show", "supervised-api"), ("doctor",)])
@pytest.mark.parametrize("width", [40, 80])
def test_no_line_is_wider_than_the_window(
    machine: Machine, words: tuple[str, ...], width: int
) -> None:
    said = machine.run(*words, env={"COLUMNS": str(width), "NO_COLOR": "1"})
    paths = (os.fspath(machine.root), "templates.bundle")
    lines = [line for line in said.out.splitlines() if not any(one in line for one in paths)]
    assert lines
    assert max(map(len, lines)) <= width, said.out
    assert "\x1b" not in said.out


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C", "PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "C.ISO-8859-1", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=["code page", "ascii", "latin-1"],
)
def test_an_old_encoding_changes_nothing_that_is_written(
    machine: Machine, env: dict[str, str | None]
) -> None:
    (machine.work / "a.yml").write_bytes(
        "\ufeffproject_name: Größe 日本 🎉\r\nauthor: Zoë\r\n".encode()
    )
    words = ("--answers", "a.yml", "--data", "description=plain")
    odd, plain = machine.new("odd", *words, env=env), machine.new("plain", *words)
    assert (odd.code, plain.code) == (0, 0), odd.err
    names = [path.relative_to(machine.work / "plain") for path in _files(machine.work / "plain")]
    for name in names:
        assert (machine.work / "odd" / name).read_bytes() == (
            machine.work / "plain" / name
        ).read_bytes(), name
    readme = (machine.work / "odd/README.md").read_text(encoding="utf-8")
    assert readme.startswith("# Größe 日本 🎉\n")
    status = machine.run("status", "odd", "--json", env=env).document["repositories"][0]
    assert (status["edited"], status["trouble"]) == ([], "")


def _files(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file() and ".git" not in one.parts]


@pytest.mark.parametrize("words", [*READING, ("new", "supervised-api", "x", "--defaults")])
def test_no_warning_is_ours(machine: Machine, words: tuple[str, ...]) -> None:
    more = ("--no-lock",) if "new" in words else ()
    said = machine.run(*words, *more, python=("-W", "always"))
    ours = [line for line in said.err.splitlines() if f"{machine.site}/scaffold" in line]
    assert ours == []


def test_a_new_module_is_a_new_verb_and_a_new_folder_a_new_template(
    tmp_path: Path,
) -> None:
    pack = small_pack(tmp_path / "pack")
    text = (pack / "copier.yml").read_text(encoding="utf-8")
    starter = (pack / "templates/supervised-api/starter.yml").read_text(encoding="utf-8")
    release(
        pack,
        "v0.2.0",
        {
            "copier.yml": text.replace("- supervised-api", "- supervised-api\n    - rag-app"),
            "templates/rag-app/starter.yml": starter.replace('"1-2"', '"2-3"').replace(
                "live API", "live chatbot"
            ),
            "templates/rag-app/owners.yml": "owned: [/README.md]\n",
            "templates/rag-app/template/README.md.jinja": "# ~{{ project_name }}~\n",
            RENDERED.replace("supervised-api", "rag-app")
            + "/~{{ _copier_conf.answers_file }}~.jinja": (
                "~{{ dict(_copier_answers, **(release|default({})))|to_nice_yaml -}}~\n"
            ),
        },
    )
    cut = bundles(pack, tmp_path / "cut", ("v0.1.0", "v0.1.1", "v0.2.0"))
    site = copied_package(tmp_path / "site", cut)
    (site / "scaffold/cli/verbs/greet.py").write_text(
        "import typer\nverb = typer.Typer()\n\n"
        '@verb.command()\ndef greet() -> None:\n    """Say good day."""\n    print("Good day")\n',
        encoding="utf-8",
    )
    machine = Machine(tmp_path / "machine", site)
    assert "greet" in machine.run("--help").out
    assert "Say good day." in machine.run("--help").out
    assert machine.run("greet").out == "Good day\n"
    starters = machine.run("list", "--json").document["starters"]
    assert [(one["id"], one["month"]) for one in starters] == [
        ("supervised-api", "1-2"),
        ("rag-app", "2-3"),
    ]
    assert "live chatbot" in machine.run("list").out
    said = machine.run("new", "rag-app", "chat", "--defaults", "--no-lock")
    assert said.code == 0, said.err
    assert (machine.work / "chat/README.md").read_text(encoding="utf-8") == "# chat\n"
    completed = machine.run(
        env={
            "_SCAFFOLD_COMPLETE": "complete_bash",
            "COMP_WORDS": "scaffold new ",
            "COMP_CWORD": "2",
        }
    )
    assert completed.out.split() == ["supervised-api", "rag-app"]


def test_where_nothing_can_be_completed_a_shell_gets_no_error(fresh: Machine) -> None:
    shutil.rmtree(fresh.home)
    fresh.home.write_text("no folder", encoding="utf-8")
    said = fresh.run(
        env={
            "_SCAFFOLD_COMPLETE": "complete_bash",
            "COMP_WORDS": "scaffold new ",
            "COMP_CWORD": "2",
        }
    )
    assert said.out.split() == []
    assert "Traceback" not in said.err
    assert json.loads(fresh.run("list", "--json").out)["error"]["exit_code"] == 3


VERBS = ("new", "list", "show", "status", "update", "switch", "adopt", "check", "explain")
GROUPS = ("cohort", "pack")


@pytest.mark.parametrize("verb", ["", *VERBS, "roadmap", "doctor", *GROUPS])
def test_help_fits_a_narrow_terminal_and_says_everything_once(machine: Machine, verb: str) -> None:
    said = machine.run(*filter(None, [verb]), "--help", env={"COLUMNS": "60", "NO_COLOR": "1"})
    assert said.code == 0
    assert max(map(len, said.out.splitlines())) <= 60
    assert "..." not in said.out.partition("Commands:")[2]  # no line is cut off
    for twice in ("[[", "[default: .]"):
        assert twice not in said.out


def test_doctor_cuts_nothing_off_on_a_narrow_terminal(machine: Machine) -> None:
    machine.configure("[user]\n\tname = Ada\n\temail = " + "long." * 12 + "ada@example.org\n")
    said = machine.run("doctor", env={"COLUMNS": "60"})
    assert "\N{HORIZONTAL ELLIPSIS}" not in said.out
    assert "ada@example.org" in "".join(said.out.split())
