"""The live address: right, stale, somebody else's, dead, slow, moved, untrusted, private."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.check.live import addresses, asking, attesting, remote
from tests.check import growing
from tests.check.growing import git, outcome, seen, why
from tests.check.service import Service, certificate, serving

if TYPE_CHECKING:
    from pathlib import Path

ONLINE = "DP201,DP202,DP203,MO103,RC103"


@pytest.fixture
def service(done: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The very application of the repository, as far as anybody can ask."""
    monkeypatch.setattr(asking, "COLD_SECONDS", 1.0)
    monkeypatch.setattr(asking, "SECONDS", 1.0)
    data = (done / "data/stations.csv").read_text(encoding="utf-8").splitlines()
    answers = {}
    for row in growing.rows(done):
        station, _, _, bikes, *_ = data[int(row["id"].rpartition("/")[2]) - 1].split(",")
        answers[station, bikes] = row["outputs"]["champion"]
    return Service(git(done, "rev-parse", "HEAD"), answers=answers)


def asked(folder: Path, service: Service) -> dict[str, str]:
    with serving(service) as url:
        verdict = seen(folder, url=url, select=ONLINE)
    return {one.rule: one.outcome.state for one in verdict.results}


def test_the_service_of_the_repository_is_live(done: Path, service: Service) -> None:
    states = asked(done, service)
    assert (states["DP201"], states["DP202"], states["MO103"]) == ("pass", "pass", "pass")


def test_an_older_commit_of_the_history_is_live_too(done: Path, service: Service) -> None:
    service.commit = git(done, "rev-parse", "HEAD~2")[:12]
    assert asked(done, service)["DP201"] == "pass"


def test_a_commit_of_another_history_is_not_it(done: Path, service: Service) -> None:
    service.commit = "0123456789abcdef0123456789abcdef01234567"
    states = asked(done, service)
    assert (states["DP201"], states["DP202"]) == ("fail", "unknown")


def test_far_behind_is_said_so(done: Path, service: Service, tmp_path: Path) -> None:
    mine = shutil.copytree(done, tmp_path / "bikes")
    for number in range(21):
        growing.commit(mine, str(number))
    with serving(service) as url:
        verdict = seen(mine, url=url, select="DP201")
    assert "21 commits behind" in why(verdict, "DP201")


def test_another_starters_service_is_not_it(done: Path, service: Service) -> None:
    service.template = "rag-app"
    assert asked(done, service)["DP201"] == "fail"


def test_who_copies_the_version_does_not_have_the_answers(done: Path, service: Service) -> None:
    service.off_by = 0.07
    states = asked(done, service)
    assert (states["DP201"], states["DP202"]) == ("pass", "fail")


def test_a_counter_that_does_not_move_is_seen(done: Path, service: Service) -> None:
    service.counts = False
    assert asked(done, service)["MO103"] == "fail"


def test_a_service_that_asks_for_a_key_is_not_judged(done: Path, service: Service) -> None:
    service.key = True
    states = asked(done, service)
    assert (states["DP202"], states["MO103"]) == ("unknown", "unknown")


def test_a_service_that_was_asleep_gets_time(done: Path, service: Service) -> None:
    service.ready_after = 0.5
    assert asked(done, service)["DP201"] == "pass"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ready_after": 60.0}, "says 503 at /health/ready"),
        ({"seconds": 3.0}, "did not answer /health/ready within 1 s"),
        ({"drips": True}, "did not answer /health/ready within 1 s"),
        ({"redirect": "https://elsewhere.dev/"}, "sends its visitors to https://elsewhere.dev/"),
        ({"redirect": "http://169.254.169.254/latest"}, "sends its visitors to http://169.254"),
    ],
    ids=["never ready", "slow", "drop by drop", "moved", "moved inside"],
)
def test_what_keeps_it_from_answering_is_said(
    change: dict[str, Any], words: str, done: Path, service: Service
) -> None:
    for name, value in change.items():
        setattr(service, name, value)
    with serving(service) as url:
        verdict = seen(done, url=url, select="DP201")
    assert outcome(verdict, "DP201") == "fail"
    assert words in why(verdict, "DP201")


def test_a_dead_address_is_dead(done: Path, service: Service) -> None:
    with serving(service) as url:
        pass
    verdict = seen(done, url=url, select="DP201")
    assert "did not answer" in why(verdict, "DP201")


def test_a_certificate_that_nobody_trusts_is_refused(
    done: Path, service: Service, tmp_path: Path
) -> None:
    both = certificate(tmp_path, "localhost")
    with serving(service, both) as url:
        verdict = seen(done, url=url, select="DP201")
    assert "no valid certificate" in why(verdict, "DP201")


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1",
        "https://localhost",
        "https://10.0.0.5",
        "https://192.168.1.1",
        "https://169.254.169.254",
        "https://[::1]",
        "https://[::ffff:127.0.0.1]",
        "https://metadata.google.internal",
        "https://2130706433",
        "https://0x7f.1",
        "http://bikes.ada.dev",
        "https://bikes.ada.dev:8443",
        "https://ada:secret@bikes.ada.dev",
        "file:///etc/passwd",
        "https://",
        "https://[",
    ],
)
def test_a_readme_leads_to_public_addresses_only(address: str) -> None:
    with pytest.raises(addresses.RefusedError):
        addresses.resolve(address, trusted=False)


def test_a_public_name_that_leads_inside_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = [(2, 1, 6, "", ("10.1.2.3", 443))]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: inside)
    with pytest.raises(addresses.RefusedError, match="private"):
        addresses.resolve("https://bikes.ada.dev", trusted=False)


def test_a_private_address_of_a_readme_is_refused_and_not_asked(
    done: Path, service: Service, tmp_path: Path
) -> None:
    mine = shutil.copytree(done, tmp_path / "bikes")
    with serving(service) as url:
        growing.edit(mine, "README.md", "<https://bikes.ada.dev>", url)
        verdict = seen(mine, online=True, select="DP201")
    assert outcome(verdict, "DP201") == "fail"
    assert service.asked == []


def test_what_the_reader_names_may_be_private() -> None:
    assert addresses.resolve("http://127.0.0.1:8000/", trusted=True).url == "http://127.0.0.1:8000"


# GitHub itself was not asked: a program of the same name stands in for its own.


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = tmp_path / "bin" / "gh"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


def pushed(done: Path, folder: Path, address: str) -> Path:
    """A copy of the finished repository with a remote."""
    mine = shutil.copytree(done, folder / "bikes")
    if address:
        growing.git(mine, "remote", "add", "origin", address)
    return mine


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_an_attested_report_lifts_its_numbers(
    done: Path, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, f'echo "$@" > {tmp_path}/asked; exit 0')
    mine = pushed(done, tmp_path, "git@github.com:ada/night-van.git")
    with serving(service) as url:
        verdict = seen(mine, url=url)
    assert outcome(verdict, "DP203") == "pass"
    rungs = {one.target: one.rung for one in verdict.numbers}
    assert rungs["reports/evaluation.json#/champion/ap"] == "attested"
    assert rungs["reports/benchmark.json#/predict/memory_mb"] == "consistent"
    words = (tmp_path / "asked").read_text()
    assert "--repo ada/night-van --signer-workflow ada/night-van/.github/workflows/ci.yml" in words


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_a_report_without_attestation_stays_what_it_is(
    done: Path, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, "echo 'Error: no attestations found' >&2; exit 1")
    mine = pushed(done, tmp_path, "https://github.com/ada/bikes")
    with serving(service) as url:
        verdict = seen(mine, url=url)
    assert outcome(verdict, "DP203") == "fail"
    assert {one.rung for one in verdict.numbers} == {"consistent", "recorded", "typed"}


def test_without_the_program_nobody_knows(
    done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attesting.shutil, "which", lambda _: None)
    mine = pushed(done, tmp_path, "https://github.com/ada/bikes")
    verdict = seen(mine, url="http://127.0.0.1:9", select="DP203")
    assert outcome(verdict, "DP203") == "unknown"
    assert "gh is not on this machine" in growing.why(verdict, "DP203")


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
@pytest.mark.parametrize("address", ["", "https://gitlab.com/ada/bikes.git", "../bikes.git"])
def test_without_a_remote_on_github_nobody_is_asked(
    address: str, done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, f"touch {tmp_path}/asked; exit 0")
    mine = pushed(done, tmp_path, address)
    verdict = seen(mine, url="http://127.0.0.1:9", select="DP203")
    assert outcome(verdict, "DP203") == "unknown"
    assert "`origin` is no repository on GitHub" in growing.why(verdict, "DP203")
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("https://github.com/ada/bikes", ("ada", "bikes")),
        ("https://github.com/ada/bikes.git", ("ada", "bikes")),
        ("https://ada@github.com/ada/bikes.git/", ("ada", "bikes")),
        ("http://www.github.com/Ada-L/night.van", ("Ada-L", "night.van")),
        ("git@github.com:ada/bikes.git", ("ada", "bikes")),
        ("github.com:ada/bikes", ("ada", "bikes")),
        ("ssh://git@github.com/ada/bikes.git", ("ada", "bikes")),
        ("ssh://git@ssh.github.com:443/ada/bikes.git", ("ada", "bikes")),
        ("git://github.com/ada/bikes.git", ("ada", "bikes")),
        ("https://github.com.evil.dev/ada/bikes", None),
        ("https://evil.dev/github.com/ada/bikes", None),
        ("git@notgithub.com:ada/bikes.git", None),
        ("https://github.com/ada", None),
        ("https://github.com/ada/bikes/tree/main", None),
        ("https://github.com/--hostname=evil/bikes", None),
        ("https://github.com/ada/..", None),
    ],
)
def test_whose_a_repository_is_follows_from_its_remote(
    address: str, whose: tuple[str, str] | None
) -> None:
    assert remote.on_github(address) == whose


def test_only_the_remote_called_origin_counts(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(
        '[remote "upstream"]\n\turl = https://github.com/other/bikes\n[core]\n\turl = none\n'
        '[Remote "origin"] url = "https://github.com/ada/bikes" ; mine\n\turl = second\n',
        encoding="utf-8",
    )
    assert remote.on_github(remote.origin(tmp_path)) == ("ada", "bikes")
    assert not remote.origin(tmp_path / "nowhere")
    assert not remote.origin(None)


def test_an_owner_that_is_no_name_is_not_handed_to_a_program(tmp_path: Path) -> None:
    found, why_not = attesting.attested(
        tmp_path, "--hostname=evil", "x", ["reports/evaluation.json"]
    )
    assert found == frozenset()
    assert why_not
