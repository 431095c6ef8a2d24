"""Cutting releases: the same everywhere, refused with a reason, and nothing left on failure."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.errors import AnswerIsNoError, OutsideError, RequestError
from scaffold.pack.history import read_history, read_releases
from scaffold.pack.lint import lint
from scaffold.pack.plumbing import Entry
from scaffold.pack.rehearse import Rehearsal, rehearse
from scaffold.pack.release import cut
from scaffold.pack.state import State
from scaffold.pack.tree import PackTree, read_working
from scaffold.releases import join, shipped
from tests.packs import RENDERED, STARTER, TEMPLATE, edit, minimal_pack, released, write

HOST = ".".join(("pythonhosted", "org"))  # in pieces, so that this file does not name it
README = f"{RENDERED}/README.md.jinja"
CHANGELOG = f"{STARTER}/CHANGELOG.md"
HOSTILE = """\
[core]
    autocrlf = true
    safecrlf = true
    abbrev = 4
    excludesFile = ~/ignore
    attributesFile = ~/attributes
[commit]
    gpgSign = true
[i18n]
    commitEncoding = latin1
[user]
    name = Somebody Else
[init]
    defaultBranch = trunk
    defaultObjectFormat = sha256
"""


def tree_of(root: Path) -> dict[str, bytes]:
    """Every file and folder below `root`."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in root.rglob("*")
    }


def next_state(root: Path) -> None:
    """Change the pack as a release may: a question in between, a pin, a new file."""
    edit(root, CHANGELOG, "## 0.1.0", "## Unreleased\n\n- A newer pin.\n\n## 0.1.0")
    edit(root, "templates/_shared/pins.jinja", "v7.0.1", "v7.0.2")
    question = "<!-- signal:PF3 -->\n**And then?**\n\n_PF3: replace this line._\n\n<!-- signal:PF2"
    edit(root, README, "<!-- signal:PF2", question)
    edit(root, README, "**Whose decision does it change?**", "**Whose decision is it?**")
    edit(root, "copier.yml", "---", "region: {type: str, default: europe}\n---")
    write(root, f"{RENDERED}/app/new.py", '"""New."""\n')
    write(root, f"{RENDERED}/data/new.csv", "a,b\n5,6\n")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return minimal_pack(tmp_path)


@pytest.fixture
def releases(pack: Path) -> Path:
    return pack / "scaffold" / "releases"


def git(*arguments: str | Path) -> str:
    return subprocess.run(
        ["git", *map(str, arguments)], check=True, capture_output=True, text=True
    ).stdout


def test_two_releases_follow_each_other_and_a_plain_clone_reads_both(
    pack: Path, releases: Path, tmp_path: Path
) -> None:
    first = cut(pack, releases, "v0.1.0")
    assert first.rehearsals == ()
    assert first.changelogs == (pack / CHANGELOG,)
    assert "## 0.1.0\n" in (pack / CHANGELOG).read_text(encoding="utf-8")
    next_state(pack)
    seen: list[Rehearsal] = []
    second = cut(pack, releases, "v0.1.1", seen.append)

    assert [(it.old, it.learner, it.tool, it.problems) for it in second.rehearsals] == [
        ("v0.1.0", "untouched", "copier", ()),
        ("v0.1.0", "at work", "copier", ()),
        ("v0.1.0", "untouched", "scaffold", ()),
        ("v0.1.0", "at work", "scaffold", ()),
    ]
    assert tuple(seen) == second.rehearsals
    assert second.bundle.stat().st_size < first.bundle.stat().st_size
    assert {path.name for path in releases.iterdir()} == {"v0.1.0.bundle", "v0.1.1.bundle"}
    assert lint(pack, releases) == ()

    join(shipped(releases), tmp_path / "joined.bundle")
    git("clone", "--quiet", tmp_path / "joined.bundle", tmp_path / "clone")
    log = git("-C", tmp_path / "clone", "log", "--format=%H %an %ae %at %s")
    assert [line.split(" ")[0] for line in log.splitlines()] == [second.commit, first.commit]
    assert git("-C", tmp_path / "clone", "tag").split() == ["v0.1.0", "v0.1.1"]
    tops = {line.split("/")[0] for line in git("-C", tmp_path / "clone", "ls-files").splitlines()}
    assert tops == {"copier.yml", "templates"}


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        ("v1.0", "is not a release version"),
        ("v1.0.0+local", "is not a release version"),
        ("v1.0.0rc1", "is not a release version"),
        ("rag-app-v1.0.0", "is not a release version"),
        ("v0.2.0", "is released already"),
        ("v0.1.9", "is not higher than v0.2.0"),
        ("v0.1.9.post1", "is not higher than v0.2.0"),
    ],
)
def test_a_version_that_cannot_follow_is_refused(
    version: str, problem: str, pack: Path, releases: Path
) -> None:
    released(pack, "v0.2.0")
    before = tree_of(pack)
    with pytest.raises(RequestError, match=problem):
        cut(pack, releases, version)
    assert tree_of(pack) == before


def test_a_fork_may_release_what_did_not_change(pack: Path, releases: Path) -> None:
    edit(pack, CHANGELOG, "Unreleased", "0.2.0")
    released(pack, "v0.2.0")
    before = (pack / CHANGELOG).read_bytes()
    fork = cut(pack, releases, "0.2.0.post1")
    assert fork.bundle.name == "v0.2.0.post1.bundle"
    assert fork.changelogs == ()
    assert (pack / CHANGELOG).read_bytes() == before


def broken_rule(root: Path) -> None:
    edit(root, "copier.yml", "_exclude", "_tasks: [ls]\n_exclude")


def host_in_a_name(root: Path) -> None:
    write(root, f"{RENDERED}/app/{HOST}.txt", "An innocent file with a telling name.\n")


def update_that_fails(root: Path) -> None:
    edit(root, "copier.yml", "_exclude", '_message_after_update: "~{{ oops }}~"\n_exclude')
    write(root, f"{RENDERED}/app/new.py", '"""New."""\n')
    edit(root, CHANGELOG, "## 0.1.0", "## Unreleased\n\n- A fault.\n\n## 0.1.0")


def change_without_a_word(root: Path) -> None:
    write(root, f"{RENDERED}/app/new.py", '"""New."""\n')


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (broken_rule, "breaks QS03"),
        (change_without_a_word, "breaks CT12"),
        (update_that_fails, r"from v0\.1\.0 \(untouched, by copier\) to v0\.2\.0 fails: .*oops"),
    ],
)
def test_a_pack_that_may_not_be_released_is_refused(
    spoil: object, problem: str, pack: Path, releases: Path
) -> None:
    edit(pack, CHANGELOG, "Unreleased", "0.1.0")
    released(pack, "v0.1.0")
    assert callable(spoil)
    spoil(pack)
    before = tree_of(pack)
    with pytest.raises(AnswerIsNoError, match=problem):
        cut(pack, releases, "v0.2.0")
    assert tree_of(pack) == before


def test_a_host_in_any_object_of_the_release_is_refused(pack: Path, releases: Path) -> None:
    host_in_a_name(pack)
    before = tree_of(pack)
    with pytest.raises(AnswerIsNoError, match="package index's host"):
        cut(pack, releases, "v0.1.0")
    assert tree_of(pack) == before


def test_a_released_bundle_that_was_edited_is_noticed(pack: Path, releases: Path) -> None:
    released(pack, "v0.1.0")
    (releases / "v0.1.0.bundle").rename(releases / "v0.1.1.bundle")
    with pytest.raises(OutsideError, match=r"v0\.1\.1\.bundle is broken: it holds v0\.1\.0"):
        cut(pack, releases, "v0.2.0")


def test_a_missing_release_is_noticed(pack: Path, releases: Path) -> None:
    released(pack, "v0.1.0")
    write(pack, f"{RENDERED}/app/new.py", '"""New."""\n')
    released(pack, "v0.1.1")
    (releases / "v0.1.0.bundle").unlink()
    with pytest.raises(OutsideError, match=r"v0\.1\.1\.bundle is broken: a release that it builds"):
        read_releases(releases)


def test_an_interrupted_cut_leaves_nothing(pack: Path, releases: Path) -> None:
    edit(pack, CHANGELOG, "Unreleased", "0.1.0")
    released(pack, "v0.1.0")
    next_state(pack)
    before = tree_of(pack)

    def interrupt(_: Rehearsal) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut(pack, releases, "v0.1.1", interrupt)
    assert tree_of(pack) == before


def test_a_second_cut_at_the_same_time_is_refused_and_disturbs_nothing(
    pack: Path, releases: Path
) -> None:
    edit(pack, CHANGELOG, "Unreleased", "0.1.0")
    released(pack, "v0.1.0")
    next_state(pack)
    refused: list[str] = []

    def meanwhile(_: Rehearsal) -> None:
        with pytest.raises(RequestError, match="Another command is cutting") as caught:
            cut(pack, releases, "v0.1.1")
        refused.append(caught.value.remedy)

    done = cut(pack, releases, "v0.1.1", meanwhile)
    assert len(refused) == len(done.rehearsals) > 0
    assert sorted(path.name for path in releases.iterdir()) == ["v0.1.0.bundle", "v0.1.1.bundle"]


def test_what_a_killed_cut_left_is_swept(pack: Path, releases: Path) -> None:
    write(pack, "scaffold/releases/.scaffold-pack-x1/git/HEAD", "")
    write(pack, "scaffold/releases/.scaffold-pack-lock", "")
    cut(pack, releases, "v0.1.0")
    assert [path.name for path in releases.iterdir()] == ["v0.1.0.bundle"]


CUT_WITH_LITTLE_ROOM = """
import resource, signal, sys
from pathlib import Path
from scaffold.errors import OutsideError
from scaffold.pack.release import cut
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    cut(Path(sys.argv[1]), Path(sys.argv[1]) / "scaffold" / "releases", "v0.1.0")
except OutsideError as error:
    print(error.problem)
    sys.exit(error.exit_code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a file-size limit needs POSIX")
@pytest.mark.parametrize("bytes_left", [100, 3000])
def test_a_disk_that_takes_no_more_leaves_nothing(pack: Path, bytes_left: int) -> None:
    before = tree_of(pack)
    done = subprocess.run(
        [sys.executable, "-c", CUT_WITH_LITTLE_ROOM, str(pack), str(bytes_left)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 3, done.stderr
    assert len(done.stdout.splitlines()) == 1
    assert tree_of(pack) == before


def rehearse_by_hand(root: Path, tmp_path: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    """Rehearse v0.1.0 -> v0.1.1 of a pack that no rule was asked about, by either tool."""
    releases = released(root, "v0.1.1")
    states = read_releases(releases)
    join(shipped(releases), tmp_path / "joined.bundle")
    work = tmp_path / "work"
    work.mkdir()
    found = rehearse(tmp_path / "joined.bundle", states[:-1], states[-1], work)
    return {(it.learner, it.tool): it.problems for it in found}


def test_a_rehearsal_notices_an_answer_that_moves(pack: Path, tmp_path: Path) -> None:
    for name in ("PF1", "PF2"):
        edit(pack, README, f"_{name}: replace this line by", "_Replace this line by")
    released(pack, "v0.1.0")
    question = "<!-- signal:PF3 -->\n**And?**\n\n_Replace this line by two to six sentences"
    edit(pack, README, "<!-- signal:PF2", f"{question} and a link._\n\n<!-- signal:PF2")
    edit(pack, README, "**Whose decision does it change?**", "**Whose decision is it?**")
    problems = rehearse_by_hand(pack, tmp_path)
    moved = "the answer to PF1 is no longer under its question"
    assert moved in problems["at work", "copier"]
    assert problems["at work", "scaffold"] == ()  # it knows questions by their anchors


def test_a_rehearsal_notices_a_conflict(pack: Path, tmp_path: Path) -> None:
    released(pack, "v0.1.0")
    edit(pack, README, "_PF2: replace this line", "_PF2: put something here")
    problems = rehearse_by_hand(pack, tmp_path)
    assert problems["untouched", "copier"] == problems["untouched", "scaffold"] == ()
    assert "conflict in README.md" in problems["at work", "copier"]
    assert "conflict in README.md" in problems["at work", "scaffold"]


def test_a_rehearsal_notices_that_seeded_files_change(pack: Path, tmp_path: Path) -> None:
    edit(pack, "copier.yml", "    /data\n", "")
    released(pack, "v0.1.0")
    write(pack, f"{RENDERED}/data/new.csv", "a,b\n5,6\n")
    problems = rehearse_by_hand(pack, tmp_path)
    assert "the update changed the seeded data/new.csv" in problems["at work", "copier"]
    assert problems["at work", "scaffold"] == ()  # it asks the owners, not `_exclude`


def test_a_rehearsal_notices_what_an_update_does_not_bring(pack: Path, tmp_path: Path) -> None:
    released(pack, "v0.1.0")
    edit(pack, "copier.yml", "    /data\n", "    /data\n    /app\n")
    write(pack, f"{RENDERED}/app/new.py", '"""New."""\n')
    problems = rehearse_by_hand(pack, tmp_path)
    assert problems["untouched", "copier"] == ("app/new.py differs from a fresh v0.1.1",)
    assert problems["untouched", "scaffold"] == ()


NAMES = st.text("abcé ü~{}'-", min_size=1, max_size=8).filter(lambda it: it.strip() == it)
FILES = st.dictionaries(
    NAMES.map("templates/x/{}".format), st.tuples(st.binary(max_size=40), st.booleans()), min_size=1
)


def commits_of(states: list[dict[str, tuple[bytes, bool]]], folder: Path) -> list[str]:
    history = read_history([], folder / "git")
    for number, files in enumerate(states):
        entries = {
            path: Entry(path, "100755" if runs else "100644", data)
            for path, (data, runs) in files.items()
        }
        history = history.add(f"v0.{number}.0", PackTree(entries))
    return list(history.commits.values())


@settings(max_examples=8, deadline=None)
@given(st.lists(FILES, min_size=1, max_size=2), st.sampled_from(["UTC", "Asia/Kolkata"]))
def test_commit_ids_depend_on_content_only(
    states: list[dict[str, tuple[bytes, bool]]], zone: str
) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        here, there = Path(name) / "here", Path(name) / "there"
        there.mkdir()
        here.mkdir()
        plain = commits_of(states, here)
        write(there, ".gitconfig", HOSTILE)
        write(there, "ignore", "*\n")
        write(there, "attributes", "* text=auto eol=crlf\n")
        for variable, value in {
            "HOME": str(there),
            "XDG_CONFIG_HOME": str(there),
            "TZ": zone,
            "LC_ALL": "de_DE.UTF-8",
            "GIT_AUTHOR_NAME": "Somebody",
            "GIT_COMMITTER_DATE": "@1 +0000",
            "GIT_DIR": str(there / "elsewhere"),
            "GIT_INDEX_FILE": str(there / "index"),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "core.autocrlf",
            "GIT_CONFIG_VALUE_0": "true",
        }.items():
            patch.setenv(variable, value)
        assert commits_of(states, there) == plain


def test_a_hostile_configuration_changes_no_release(
    pack: Path, releases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(pack, f"{RENDERED}/data/windows.csv", b"a,b\r\n1,2\r\n")
    state = read_working(pack)
    first = released(pack, "v0.1.0").joinpath("v0.1.0.bundle").read_bytes()
    (releases / "v0.1.0.bundle").unlink()
    write(tmp_path, ".gitconfig", HOSTILE)
    write(tmp_path, "git/ignore", "*.md\n")
    write(tmp_path, "git/attributes", "* text eol=crlf\n")
    monkeypatch.setenv("HOME", os.fspath(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", os.fspath(tmp_path))
    monkeypatch.setenv("TZ", "America/St_Johns")
    assert read_working(pack) == state
    assert released(pack, "v0.1.0").joinpath("v0.1.0.bundle").read_bytes() == first


def test_a_release_is_read_back_as_it_was(pack: Path) -> None:
    state = read_working(pack)
    (back,) = read_releases(released(pack, "v0.1.0"))
    assert back == State("v0.1.0", PackTree(state.entries))
    assert (
        back.renders[TEMPLATE][0].files["app/cli.py"]
        == (pack / RENDERED / "app" / "cli.py").read_bytes()
    )
