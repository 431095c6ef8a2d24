"""Whatever somebody set in git, an update does the same, and is taken back exactly."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.machine import listing
from tests.small_pack import write
from tests.updating.conftest import ALL
from tests.updating.learner import resolve
from tests.updating.state import State, leftovers, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updating.conftest import Workshop
    from tests.updating.quick import Quick

SETTINGS = {
    "autocrlf": "[core]\n\tautocrlf = true\n\tsafecrlf = true\n",
    "autocrlf in": "[core]\n\tautocrlf = input\n\teol = crlf\n",
    "no modes": "[core]\n\tfileMode = false\n",
    "no links": "[core]\n\tsymlinks = false\n\tignoreCase = true\n\tprecomposeUnicode = true\n",
    "signing": (
        "[commit]\n\tgpgSign = true\n[tag]\n\tgpgSign = true\n[gpg]\n\tprogram = /bin/false\n"
        "[user]\n\tsigningKey = none\n"
    ),
    "no identity": "[user]\n\tuseConfigOnly = true\n[core]\n\tlogAllRefUpdates = always\n",
    "status": (
        "[status]\n\tshowUntrackedFiles = no\n\tbranch = true\n\tshort = true\n"
        "\trelativePaths = false\n\trenames = copies\n\tshowStash = true\n"
    ),
    "all untracked": "[status]\n\tshowUntrackedFiles = all\n",
    "diff": (
        "[diff]\n\tnoprefix = true\n\tmnemonicPrefix = true\n\texternal = /bin/false\n"
        "\trenames = copies\n\talgorithm = histogram\n[color]\n\tui = always\n"
    ),
    "merge": (
        "[merge]\n\tconflictStyle = diff3\n\ttool = nothing\n\trenames = false\n"
        "[rerere]\n\tenabled = true\n\tautoUpdate = true\n"
    ),
    "hooks": "[core]\n\thooksPath = {home}/hooks\n",
    "index 4": "[index]\n\tversion = 4\n\tthreads = true\n",
    "split index": "[core]\n\tsplitIndex = true\n[splitIndex]\n\tmaxPercentChange = 0\n",
    "untracked cache": "[core]\n\tuntrackedCache = true\n",
    "many files": "[feature]\n\tmanyFiles = true\n\texperimental = true\n",
    "monitor": "[core]\n\tfsmonitor = {home}/hooks/monitor\n\tfsmonitorHookVersion = 2\n",
    "alias": (
        '[alias]\n\tstatus = "!touch {home}/ran"\n\tls-files = "!touch {home}/ran"\n'
        '\tupdate-index = "!touch {home}/ran"\n\tmerge-file = "!touch {home}/ran"\n'
    ),
    "quoting": "[core]\n\tquotePath = true\n\tpager = /bin/false\n\teditor = /bin/false\n",
    "filter": (
        "[core]\n\tattributesFile = {home}/attributes\n"
        '[filter "stamp"]\n\tclean = sed s/@@/@/\n\tsmudge = sed s/@/@@/\n\trequired = true\n'
    ),
    "protocols": "[protocol]\n\tallow = never\n",
    "housekeeping": "[gc]\n\tauto = 1\n[maintenance]\n\tauto = true\n[fetch]\n\tprune = true\n",
    "submodules": "[submodule]\n\trecurse = true\n[push]\n\trecurseSubmodules = check\n",
    "sync": "[core]\n\tfsync = all\n\tfsyncMethod = fsync\n\ttrustctime = false\n",
}


TOGETHER = (
    *("no links", "no identity", "status", "diff", "hooks", "alias", "quoting", "protocols"),
    *("housekeeping", "submodules", "sync", "signing"),
)
"""Settings that are tried one by one only where there is time."""

if not ALL:
    together = "".join(SETTINGS.pop(name) for name in TOGETHER)
    SETTINGS["a dozen of others"] = together

INDEXES = {
    "index 4": b"DIRC\0\0\0\4",
    "split index": b"link",
    "untracked cache": b"UNTR",
    "many files": b"UNTR",
}
"""What stands in an index that these settings made."""


def set_up(machine: Quick, folder: Path, settings: str) -> None:
    """Write settings for a user and a repository, with hooks that fail and tell that they ran."""
    hook = '#!/bin/sh\ntouch "$HOME/ran"\nexit 1\n'
    for name in (
        *("monitor", "pre-commit", "post-index-change", "reference-transaction", "post-checkout"),
        *("post-merge", "pre-auto-gc", "commit-msg", "pre-applypatch", "post-rewrite"),
    ):
        write(machine.home, f"hooks/{name}", hook)
        (machine.home / "hooks" / name).chmod(0o755)
    write(machine.home, "attributes", "*.csv filter=stamp\n")
    who = "" if "useConfigOnly" in settings else "[user]\n\tname = Ada\n\temail = ada@example.org\n"
    settings = settings.replace("{home}", os.fspath(machine.home))
    machine.configure(who + settings)
    with (folder / ".git/config").open("a", encoding="utf-8") as own:  # `git init` set some there
        own.write(settings)


def whole_life(machine: Quick, folder: Path, **env: str) -> tuple[State, State, State]:
    """Preview, update, finish and take back; the states before, with conflicts, and finished."""
    before = state(machine, folder)
    assert machine.run("update", "project", "--preview", env={**env}).code == 1
    assert not state(machine, folder).differs(before)
    said = machine.run("update", "project", "--no-lock", env={**env})
    assert said.code == 1, said
    conflicts = state(machine, folder)
    resolve(folder)
    said = machine.run("update", "project", "--finish", "--no-lock", env={**env})
    assert said.code == 0, said
    finished = state(machine, folder)
    assert machine.run("update", "project", "--undo", env={**env}).code == 0
    assert not state(machine, folder).differs(before)
    assert leftovers(folder) == []
    return before, conflicts, finished


def alike(one: State, other: State) -> None:
    """Two states are the same but for what a setting makes git say of them."""
    assert one.files == other.files
    assert one.index == other.index


@pytest.fixture(scope="module")
def plain_life(
    workshop: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> tuple[State, State, State]:
    """What an update does where nothing is set."""
    machine = workshop.machine(tmp_path_factory.mktemp("plain"))
    return whole_life(machine, workshop.lay("colliding", machine.work / "project"))


@pytest.mark.parametrize("what", SETTINGS)
def test_settings_of_git_change_nothing(
    workshop: Workshop, quick: Quick, plain_life: tuple[State, State, State], what: str
) -> None:
    folder = workshop.lay("colliding", quick.work / "project")
    set_up(quick, folder, SETTINGS[what])
    # Let git write its index as these settings want it.
    (folder / ".git/index").unlink()
    quiet = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false")
    quick.git(folder, *quiet, "reset", "-q")
    quick.git(folder, *quiet, "status")
    assert INDEXES.get(what, b"DIRC") in (folder / ".git/index").read_bytes()
    (quick.home / "ran").unlink(missing_ok=True)
    for mine, plain in zip(whole_life(quick, folder), plain_life, strict=True):
        alike(mine, plain)
    assert not (quick.home / "ran").exists()


@pytest.fixture
def no_modes(workshop: Workshop, quick: Quick) -> Path:
    """A repository on a disk that knows no modes, where everything seems executable."""
    folder = workshop.lay("colliding", quick.work / "project")
    quick.git(folder, "config", "core.fileMode", "false")
    for path in folder.rglob("*"):
        if path.is_file() and ".git" not in path.parts:
            path.chmod(0o755)
    return folder


def modes(machine: Quick, folder: Path) -> dict[str, str]:
    """The modes of all files in git's index."""
    rows = machine.git(folder, "ls-files", "-s").splitlines()
    return {row.partition("\t")[2]: row.split()[0] for row in rows}


def test_modes_go_their_way_in_git_where_the_disk_knows_none(quick: Quick, no_modes: Path) -> None:
    before = modes(quick, no_modes)
    assert set(before.values()) == {"100644"}
    quick.git(no_modes, "update-index", "--chmod=+x", "app/rule.py", "settings.yml")
    quick.git(no_modes, "commit", "-qm", "Modes")

    def refuse_modes() -> None:
        kind = type(no_modes)
        chmod = kind.chmod

        def refuse(path: Path, mode: int) -> None:
            if path.is_relative_to(no_modes):
                raise PermissionError(mode)
            chmod(path, mode)

        kind.chmod = refuse  # type: ignore[assignment,method-assign]

    said = quick.fork("update", "project", "--no-lock", prepare=refuse_modes)
    assert said.code == 1, said
    resolve(no_modes)
    said = quick.fork("update", "project", "--finish", "--no-lock", prepare=refuse_modes)
    assert said.code == 0, said
    after = modes(quick, no_modes)
    executable = {path for path, mode in after.items() if mode == "100755"}
    assert executable == {"app/rule.py", "settings.yml", "run.sh"}
    assert quick.fork("update", "project", "--undo", prepare=refuse_modes).code == 0
    assert modes(quick, no_modes) == {
        path: "100755" if path in {"app/rule.py", "settings.yml"} else "100644" for path in before
    }


def test_line_ends_of_windows_stay_in_the_tree_and_out_of_git(
    workshop: Workshop, quick: Quick
) -> None:
    """`core.autocrlf` in a repository that says nothing of line ends itself."""
    folder = workshop.lay("colliding", quick.work / "project")
    write(folder, ".gitattributes", "*.bin binary\n")
    quick.git(folder, "commit", "-qam", "No line ends")
    quick.git(folder, "config", "core.autocrlf", "true")
    quick.git(folder, "config", "core.safecrlf", "true")
    for name in quick.git(folder, "ls-files").splitlines():
        (folder / name).unlink()
    quick.git(folder, "checkout", "-q", "--", ".")
    assert b"\r\n" in (folder / "app/work.py").read_bytes()
    before, conflicts, finished = whole_life(quick, folder)
    texts = {path: file for path, file in conflicts.files.items() if b"\n" in file[1]}
    mixed = {path for path, (_, data) in texts.items() if data.count(b"\n") != data.count(b"\r\n")}
    assert mixed <= {"logo.bin", ".env", "notes.txt"}
    assert before.status == "?? notes.txt\n!! .env\n"
    for row in finished.index.splitlines():
        blob = quick.git(folder, "cat-file", "blob", row.split()[1]) if ".bin" not in row else ""
        assert "\r" not in blob, row


VARIABLES = {
    "GIT_DIR": "{other}/.git",
    "GIT_WORK_TREE": "{other}",
    "GIT_INDEX_FILE": "{other}/.git/index",
    "GIT_OBJECT_DIRECTORY": "{other}/.git/objects",
    "GIT_COMMON_DIR": "{other}/.git",
    "GIT_NAMESPACE": "other",
    "GIT_PREFIX": "app/",
    "GIT_CEILING_DIRECTORIES": "{project}",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_GLOB_PATHSPECS": "1",
    "GIT_NOGLOB_PATHSPECS": "1",
    "GIT_ICASE_PATHSPECS": "1",
    "GIT_OPTIONAL_LOCKS": "1",
    "GIT_INDEX_VERSION": "4",
    "GIT_TRACE": "2",
    "GIT_EXTERNAL_DIFF": "/bin/false",
    "GIT_ATTR_SOURCE": "HEAD",
    "GIT_CONFIG_PARAMETERS": "'core.bare'='true'",
    "GIT_QUARANTINE_PATH": "{other}/.git/objects",
    "GIT_DEFAULT_HASH": "sha256",
    "GIT_MERGE_VERBOSITY": "5",
    "GIT_PAGER": "/bin/false",
    "GIT_EDITOR": "/bin/false",
}


@pytest.mark.parametrize("names", [[one] for one in VARIABLES] if ALL else [list(VARIABLES)])
def test_variables_of_whoever_starts_us_change_nothing(
    workshop: Workshop, quick: Quick, plain_life: tuple[State, State, State], names: list[str]
) -> None:
    other = quick.root / "other"
    other.mkdir()
    quick.git(other, "init", "-q")
    folder = workshop.lay("colliding", quick.work / "project")
    env = {name: VARIABLES[name].format(other=other, project=folder) for name in names}
    known = listing(other)
    for mine, plain in zip(whole_life(quick, folder, **env), plain_life, strict=True):
        alike(mine, plain)
    assert listing(other) == known


def test_a_folder_for_temporary_files_in_a_repository_lends_no_settings(
    workshop: Workshop, quick: Quick, plain_life: tuple[State, State, State]
) -> None:
    quick.git(quick.temporary, "init", "-q")
    quick.git(quick.temporary, "config", "merge.conflictStyle", "diff3")
    quick.git(quick.temporary, "config", "core.autocrlf", "true")
    write(quick.temporary, ".gitattributes", "* -merge eol=crlf\n")
    folder = workshop.lay("colliding", quick.work / "project")
    for mine, plain in zip(whole_life(quick, folder), plain_life, strict=True):
        alike(mine, plain)
