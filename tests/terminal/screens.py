"""Runs commands in a real terminal of 80 columns and reads what stands on its screen.

python -m tests.terminal.screens        # writes docs/terminal.md again
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pexpect
import pyte

COLUMNS, ROWS = 80, 300
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "terminal.md"
HOME = Path("/tmp/ada")  # noqa: S108 - short and fixed, so that lines wrap alike everywhere
_SECONDS = 60
_HEAD = """# What the terminal shows

Every screen below was printed in a terminal of 80 columns by `python -m tests.terminal.screens`;
a test plays them again and compares.
"""
DOWN, ENTER, STOP = "\x1b[B", "\r", "\x03"


@dataclass(frozen=True)
class Session:
    """One command as a person runs it.

    Attributes:
        title: What it shows.
        words: The command.
        keys: Pairs: text to wait for on the screen, and what is typed then.
        status: The exit code it must end with.
        before: Shell commands that set the scene, not shown.
        without: Programs that are not on PATH.
    """

    title: str
    words: str
    keys: tuple[tuple[str, str], ...] = ()
    status: int = 0
    before: str = ""
    without: tuple[str, ...] = ()


SESSIONS = (
    Session("What can I do?", "scaffold"),
    Session("What is there?", "scaffold list"),
    Session("A closer look", "scaffold show supervised-api"),
    Session(
        "A new project, question by question",
        "scaffold new supervised-api --no-lock",
        (
            ("Name of the project", "Visit forecast" + ENTER),
            ("The problem it solves", ENTER),
            ("Your name", ENTER),
            ("GitHub user", "ada" + ENTER),
            ("Licence", ENTER),
            ("goes live", ENTER),
            ("Where most of its users", ENTER),
        ),
    ),
    Session(
        "A new project, nothing asked",
        "scaffold new supervised-api my-api --defaults",
    ),
    Session("Where does it stand?", "scaffold status my-api"),
    Session(
        "After some work",
        "scaffold status my-api",
        before="""
            cd my-api
            echo '# ours' >> app/api.py
            sed -i '/^_PF[12]: /s/.*/We asked three coordinators./' README.md
            rm -f docs/decisions/README.md
        """,
    ),
    Session(
        "A whole class",
        "scaffold status class/*",
        status=2,
        before="""
            mkdir class
            scaffold new supervised-api class/ada --defaults --no-lock --ref v0.1.1
            for name in alan edsger grace; do cp -r class/ada class/$name; done
            cp -r my-api class/mary
            echo '# ours' >> class/ada/app/api.py
            sed -i '/^_/s/.*/We asked three coordinators./' class/ada/README.md
            rm class/alan/.copier-answers.yml
            mkdir -p class/grace/.git/scaffold/top/pending
        """,
    ),
    Session("What does it show?", "scaffold check my-api", status=1),
    Session("And a whole class?", "scaffold check class/*", status=2),
    Session("Why is that asked?", "scaffold explain PF103"),
    Session("What will I be asked?", "scaffold check my-api --questions", status=1),
    Session("How far am I?", "scaffold roadmap ."),
    Session("Is my machine ready?", "scaffold doctor"),
    Session("No git here", "scaffold new supervised-api x --defaults", status=3, without=("git",)),
    Session("Not this template", "scaffold new supervised-ap my-second", status=2),
    Session("Not this verb", "scaffold nwe", status=2),
    Session(
        "Not this answer",
        "scaffold new supervised-api my-second --defaults -d license=GPL",
        status=2,
    ),
    Session(
        "Not this question",
        "scaffold new supervised-api my-second --defaults -d projectname=x",
        status=2,
    ),
    Session("Something is there already", "scaffold new supervised-api my-api", status=2),
    Session("A name that breaks on Windows", "scaffold new supervised-api aux", status=2),
    Session(
        "No such source",
        "scaffold new supervised-api my-second --source https://127.0.0.1:9/school.git",
        status=3,
    ),
    Session(
        "Not a template pack",
        "scaffold new supervised-api my-second --source my-api --ref HEAD",
        status=2,
    ),
    Session("Not one of ours", "scaffold status .", status=2),
    Session(
        "Ctrl-C in the middle of the questions",
        "scaffold new supervised-api my-second",
        (("Name of the project", STOP),),
        status=130,
    ),
    Session(
        "What would an update change?",
        "scaffold update tiny --to v0.2.0 --preview",
        before=f"""
            make="from pathlib import Path; from tests.updating.pack import changing_pack"
            PYTHONPATH={ROOT} python -c "$make; changing_pack(Path.home() / 'school')"
            scaffold new tiny tiny --defaults --no-lock --source ~/school --ref v0.1.0
            cd tiny
            sed -i 's/^_PF1: .*/Three coordinators decide whom to call./' README.md
            echo 'STEP_0 = 0' > app/mine.py
            git add --all
            git commit --quiet --message "Mine"
        """,
    ),
    Session("An update that merges", "scaffold update tiny --to v0.2.0"),
    Session("And taken back", "scaffold update tiny --undo"),
    Session(
        "Work that is not committed",
        "scaffold update tiny",
        status=2,
        before="echo 'LIMIT = 16' >> tiny/app/rule.py",
    ),
    Session(
        "An update that needs you",
        "scaffold update tiny --to v0.2.0",
        status=1,
        before="""
            cd tiny
            git checkout --quiet -- .
            sed -i 's/^LIMIT = .*/LIMIT = 15/' app/rule.py
            git commit --quiet --all --message "Our limit"
        """,
    ),
    Session("Not finished yet", "scaffold update tiny --finish", status=1),
    Session(
        "Finished",
        "scaffold update tiny --finish",
        before="""
            cd tiny
            sed -i -e '/^<<<<<<< /d' -e '/^=======$/d' -e '/^>>>>>>> /d' app/rule.py
            sed -i '/^LIMIT = 20/d' app/rule.py
        """,
    ),
    Session(
        "An update that was interrupted",
        "scaffold update tiny",
        before="""
            cd tiny
            git commit --quiet --message "Update"
            die="import os, pathlib; pathlib.Path.hardlink_to = lambda *_: os._exit(9)"
            python -c "$die; from scaffold.cli import main; main()" update || true
        """,
    ),
    Session("A source that lacks the release", "scaffold switch embedded tiny", status=2),
    Session("A class begins", "scaffold cohort init ml-2027"),
    Session(
        "What would be handed out?",
        "scaffold cohort handout --class ml-2027 --dry-run",
        before="""
            cd ml-2027
            cat > class.toml <<'END'
            name = "ML engineering, spring 2027"
            id = "ml-2027"
            source = "~/school"
            where = "handed-out/{username}-{name}.git"
            [assignments.first]
            template = "tiny"
            version = "v0.1.0"
            due = 2027-02-01T23:59:00+01:00
            END
            printf 'ada,Ada,\\nalan,Alan,\\ngrace,Grace,grace@example.org\\n' >> roster.csv
        """,
    ),
    Session("Handed out", "scaffold cohort handout --class ml-2027 --no-lock"),
    Session(
        "A roster that will not do",
        "scaffold cohort handout --class ml-2027",
        status=2,
        before="printf 'Ada,Ada,\\n../mary,Mary,=1+1\\n' >> ml-2027/roster.csv",
    ),
    Session(
        "A fix for everybody",
        "scaffold cohort update --class ml-2027 --to v0.2.0",
        status=1,
        before="""
            sed -i '$d' ml-2027/roster.csv
            sed -i '$d' ml-2027/roster.csv
            git clone --quiet ml-2027/handed-out/alan-first.git alan
            cd alan
            sed -i 's/^LIMIT = .*/LIMIT = 15/' app/rule.py
            git commit --quiet --all --message "Our limit"
            git push --quiet
        """,
    ),
    Session(
        "Where does everybody stand?",
        "scaffold cohort report --class ml-2027",
        before="scaffold cohort collect --class ml-2027",
    ),
    Session(
        "Nobody is known to git",
        "scaffold new supervised-api my-third --defaults --no-lock",
        before="rm -f ~/.gitconfig",
    ),
)


def play(session: Session) -> str:
    """Run a session and give back the screen, without the blank rows.

    Raises:
        AssertionError: It ended with another exit code, or never showed what it should.
    """
    environment = _environment(session.without)
    projects = HOME / "projects"
    projects.mkdir(parents=True, exist_ok=True)
    if session.before:
        pexpect.run(
            f"bash -euc {_quoted(textwrap.dedent(session.before))}",
            cwd=str(projects),
            env=environment,
        )
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    child = pexpect.spawn(
        "bash",
        ["-c", session.words],
        cwd=str(projects),
        env=environment,
        dimensions=(ROWS, COLUMNS),
        timeout=_SECONDS,
    )
    seen = 0
    for awaited, typed in session.keys:
        while awaited not in "\n".join(screen.display[seen:]):
            _feed(child, stream)
        rows = enumerate(screen.display[seen:], start=seen + 1)
        seen = next(after for after, line in rows if awaited in line)
        child.send(typed)
    while True:
        try:
            _feed(child, stream)
        except pexpect.EOF:
            break
    child.close()
    shown = "\n".join(line.rstrip() for line in screen.display).strip("\n")
    assert child.exitstatus == session.status, f"{session.words}: {child.exitstatus}\n{shown}"
    return shown


def _feed(child: pexpect.spawn, stream: pyte.ByteStream) -> None:
    stream.feed(child.read_nonblocking(size=65536, timeout=_SECONDS))


def fresh() -> None:
    """An empty home of somebody called Ada, known to git."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    (HOME / ".gitconfig").write_text(
        "[user]\n\tname = Ada Lovelace\n\temail = ada@example.org\n", encoding="utf-8"
    )


def _environment(without: tuple[str, ...]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "SCAFFOLD_", "VIRTUAL_ENV", "NO_COLOR"))
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    if without:
        path = os.fspath(_path_without(path, without))
    return kept | {"HOME": str(HOME), "TERM": "xterm-256color", "PATH": path, "LANG": "C.UTF-8"}


def _path_without(path: str, names: tuple[str, ...]) -> Path:
    """One folder of links to every program on PATH but some."""
    folder = HOME / ".without"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for place in map(Path, path.split(os.pathsep)):
        for program in place.iterdir() if place.is_dir() else ():
            if program.name not in names and not (folder / program.name).exists():
                (folder / program.name).symlink_to(program)
    return folder


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def page() -> str:
    """The whole page, every session played in order in one home."""
    fresh()
    parts = [_HEAD]
    for session in SESSIONS:
        screen = steady(play(session))
        code = f"\n\nExit code {session.status}." if session.status else ""
        parts.append(f"## {session.title}\n\n```\n$ {session.words}\n{screen}\n```{code}\n")
    shutil.rmtree(HOME, ignore_errors=True)
    return "\n".join(parts)


def steady(screen: str) -> str:
    """Without what differs from machine to machine."""
    screen = re.sub(r"after \d+ ms", "after 0 ms", screen)
    screen = re.sub(r"(/[\w.@+-]+)+/python[\d.]*", "/usr/bin/python3", screen)
    return re.sub(r"https?://(?!127\.0\.0\.1)[\w.-]*(py|simple)[\w./-]*", "<index>", screen)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
