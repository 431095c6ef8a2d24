"""`uptime.yml` keeps one issue while the live address is not well."""

import socket
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rendered.conftest import Render as RenderStarter
from tests.rendered.render_host import Render, serving
from tests.rendered.workflow_jobs import RECORDING_GH, Job, on_path

OLD = "a" * 40


@dataclass(frozen=True)
class Hour:
    """How the service is, which issue is open, and what the workflow should ask of GitHub."""

    service: str
    open_issue: str
    asks_github_to: tuple[str, ...]


HOURS = {
    "well": Hour("well", "", ()),
    "well again": Hour("well", "7 URL is down", ("issue close 7",)),
    "down": Hour("down", "", ("label create", "issue create --label uptime --title URL is down")),
    "still down": Hour("down", "7 URL is down", ()),
    "wrong answers": Hour(
        "wrong", "", ("label create", "issue create --label uptime --title URL answers wrongly")
    ),
    "first down, now wrong": Hour(
        "wrong", "7 URL is down", ("issue edit 7 --title URL answers wrongly", "issue comment 7")
    ),
}


def look(repository: Path, temporary: Path, url: str, open_issue: str) -> tuple[Job, list[str]]:
    record = temporary / "record"
    knows = {
        "vars.LIVE_URL": url,
        "secrets.API_KEY": "",
        "github.token": "x",
        "github.repository": "ada/visits",
        "github.server_url": "https://github.com",
        "github.run_id": "1",
    }
    environment = on_path(temporary / "bin", gh=RECORDING_GH) | {
        "RECORD": str(record),
        "OPEN_ISSUE": open_issue,
        "PAUSE_SECONDS": "0",
        "WAIT_SECONDS": "1",
    }
    workflow = repository / ".github/workflows/uptime.yml"
    made = Job(workflow, "probe", repository, temporary, knows, environment)
    assert made.run(), made.said
    return made, record.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("hour", HOURS.values(), ids=HOURS)
def test_one_issue_is_open_while_it_is_not_well(
    each: RenderStarter, tmp_path: Path, hour: Hour
) -> None:
    wrong = frozenset({OLD} if hour.service == "wrong" else ())
    with serving(Render(answer_wrongly=wrong)) as host:
        url = host.url
        if hour.service == "down":
            with socket.create_server(("127.0.0.1", 0)) as taken:
                url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        _, (asked, *acted) = look(each(), tmp_path, url, hour.open_issue.replace("URL", url))
    assert asked.startswith("issue list --state open --label uptime")
    assert len(acted) == len(hour.asks_github_to)
    for did, wanted in zip(acted, hour.asks_github_to, strict=True):
        assert did.startswith(wanted.replace("URL", url))


def test_the_issue_says_what_the_look_said(each: RenderStarter, tmp_path: Path) -> None:
    with serving(Render(answer_wrongly=frozenset({OLD}))) as host:
        look(each(), tmp_path, host.url, "")
    body = (tmp_path / "body.md").read_text(encoding="utf-8")
    assert "does not answer as it should: HTTP 500" in body
    assert "https://github.com/ada/visits/actions/runs/1" in body


def test_looking_leaves_no_prediction_behind(each: RenderStarter, tmp_path: Path) -> None:
    with serving(Render()) as host:
        look(each(), tmp_path, host.url, "")
    assert host.probes == 1
