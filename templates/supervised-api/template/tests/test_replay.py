"""Replay: real rows reach a real service, and the drifted ones are another kind."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar

import numpy as np
import pytest

from app.cli import main
from app.metadata import Metadata
from app.prediction_log import read_window
from app.project import Project
from app.replay import Replay, choose, replay
from app.service.errors import UserError
from app.settings import Settings
from app.training.split import split_rows
from app.training.table import Table

from .live import served
from .traffic import store_of


class Refusing(BaseHTTPRequestHandler):
    """Says "too many" to each first request, then answers; notes what it was sent."""

    seen: ClassVar[list[tuple[str, dict[str, Any], str | None]]] = []
    turn: ClassVar[int] = 0

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Refusing.turn += 1
        if Refusing.turn % 2:
            self.send_response(429)
            self.send_header("Retry-After", "0")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.seen.append((self.path, body, self.headers["X-API-Key"]))
        answers = [{"prediction_id": str(number)} for number in range(len(body.get("cases", [])))]
        text = json.dumps({"answers": answers}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def refusing() -> Iterator[str]:
    Refusing.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def some_slice(table: Table, project: Project) -> str:
    if not project.data.slices:
        pytest.skip("project.toml names no slices")
    name = project.data.slices[0]
    values = table.frame.loc[split_rows(table, project).test, name].dropna().astype(str)
    return f"{name}={values.iloc[0]}"


def test_rows_and_outcomes_reach_the_real_service(
    settings: Settings, project: Project, trained: Metadata, tmp_path: str
) -> None:
    assert trained.version
    own = {"database_url": f"sqlite:///{tmp_path}/app.db", "rate_limit_per_minute": 0}
    mine = settings.model_copy(update=own)
    said: list[str] = []
    with served(mine) as address:
        replay(address, mine, project, Replay(120, None, labels=True, seed=1), said.append)
    window = read_window(store_of(mine), since=0)
    assert len(window.at) == 120
    assert not np.isnan(window.actual).any()
    assert said[-1] == "sent, and 120 outcomes told"


def test_it_waits_when_it_was_too_much_and_sends_the_key(
    settings: Settings, project: Project, refusing: str
) -> None:
    keyed = settings.model_copy(update={"api_key": type(settings.api_key)("secret")})
    replay(refusing, keyed, project, Replay(130, None, labels=False, seed=1), lambda _: None)
    assert [len(body["cases"]) for _, body, _ in Refusing.seen] == [65, 65]
    assert {key for *_, key in Refusing.seen} == {"secret"}


def test_what_the_service_said_when_it_refused_is_told(
    settings: Settings, project: Project, trained: Metadata
) -> None:
    assert trained.version
    guarded = Settings(**settings.model_dump() | {"api_key": "right"}, _env_file=None)
    order = Replay(1, None, labels=False, seed=1)
    with served(guarded) as address, pytest.raises(UserError, match=r"401.*X-API-Key"):
        replay(address, settings, project, order, lambda _: None)


def test_plain_rows_are_test_rows(table: Table, project: Project) -> None:
    rows, source = choose(table, project, Replay(500, None, labels=False, seed=1))
    assert split_rows(table, project).test[rows].all()
    assert len(rows) == 500
    assert "test" in source


def test_named_values_are_the_only_ones_sent(table: Table, project: Project) -> None:
    wanted = some_slice(table, project)
    rows, source = choose(table, project, Replay(50, wanted, labels=False, seed=1))
    name, _, value = wanted.partition("=")
    assert set(table.frame[name].iloc[rows].astype(str)) == {value}
    assert source == wanted


def test_without_a_name_it_says_which_slice_it_took(table: Table, project: Project) -> None:
    some_slice(table, project)
    try:
        rows, source = choose(table, project, Replay(50, "", labels=False, seed=1))
    except UserError as error:
        assert "no slice with enough" in error.problem  # noqa: PT017 - small data of yours
        return
    name, _, value = source.partition("=")
    assert name in project.data.slices
    assert set(table.frame[name].iloc[rows].astype(str)) == {value}


@pytest.mark.parametrize("drift", ["nothing=1", "{slice}=no such value"])
def test_what_is_not_in_the_data_is_refused(drift: str, table: Table, project: Project) -> None:
    name = some_slice(table, project).partition("=")[0]
    order = Replay(10, drift.format(slice=name), labels=False, seed=1)
    with pytest.raises(UserError):
        choose(table, project, order)


@pytest.mark.usefixtures("at_root")
def test_nobody_there_is_said_in_two_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "http://127.0.0.1:9", "--rows", "1"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 2
    assert "Errno" not in said


def test_a_number_of_rows_below_one_is_wrong_usage() -> None:
    assert main(["replay", "--rows", "0"]) == 2
