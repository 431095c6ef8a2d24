"""`deploy.yml` puts one commit live on a stand-in of Render, and what was live comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rendered.conftest import Render as RenderStarter
from tests.rendered.render_host import KEY, SERVICE, Render, serving
from tests.rendered.workflow_jobs import Job

OLD, NEW = "a" * 40, "b" * 40
LOOK = "Right commit, one real answer"
BUILD = "Build and start the commit"


@pytest.fixture
def repository(each: RenderStarter) -> Path:
    return each(deploy_target="render")


@pytest.fixture
def host() -> Iterator[Render]:
    with serving(Render()) as started:
        yield started


def job(name: str, repository: Path, temporary: Path, host: Render, **knows: str) -> Job:
    known = {
        "secrets.RENDER_API_KEY": KEY,
        "secrets.API_KEY": "",
        "vars.RENDER_SERVICE_ID": SERVICE,
        "inputs.commit": "",
        "github.event.workflow_run.head_sha": NEW,
        "github.sha": "c" * 40,
    }
    return Job(
        repository / ".github/workflows/deploy.yml",
        name,
        repository,
        temporary,
        known | knows,
        {"RENDER_API": f"{host.url}/v1", "POLL_SECONDS": "0"},
    )


def deploy(repository: Path, temporary: Path, host: Render) -> tuple[bool, Job]:
    made = job("deploy", repository, temporary, host)
    return made.run(), made


def test_the_commit_that_passed_ci_goes_live(
    repository: Path, tmp_path: Path, host: Render
) -> None:
    succeeded, made = deploy(repository, tmp_path, host)
    assert succeeded, made.said
    assert host.running == NEW
    assert host.asked_for == [f'/deploys {{"commitId": "{NEW}"}}']
    assert made.knows["steps.before.outputs.url"] == host.url
    assert host.probes == 1, "the look at the live address is stored as a real prediction"


def test_a_commit_that_answers_wrongly_makes_way_for_the_one_before(
    repository: Path, tmp_path: Path, host: Render
) -> None:
    host.answer_wrongly = frozenset({NEW})
    succeeded, made = deploy(repository, tmp_path, host)
    assert not succeeded
    assert made.outcomes[LOOK] == "failure"
    assert made.outcomes["Go back"] == "success", made.said
    assert host.asked_for[1:] == ['/rollback {"deployId": "dep-0"}']
    assert host.running == OLD
    assert "Rolled back" in made.said


def test_a_commit_that_does_not_build_leaves_the_live_one_alone(
    repository: Path, tmp_path: Path, host: Render
) -> None:
    host.fail_to_build = frozenset({NEW})
    succeeded, made = deploy(repository, tmp_path, host)
    assert not succeeded
    assert (made.outcomes[BUILD], made.outcomes["Go back"]) == ("failure", "skipped")
    assert len(host.asked_for) == 1
    assert host.running == OLD


def test_a_deploy_that_never_ends_is_cancelled(
    repository: Path, tmp_path: Path, host: Render
) -> None:
    host.never_ready = frozenset({NEW})
    succeeded, _ = deploy(repository, tmp_path, host)
    assert not succeeded
    assert host.deploys[0].status == "canceled"
    assert host.running == OLD


def test_the_first_deploy_has_nothing_to_go_back_to(repository: Path, tmp_path: Path) -> None:
    with serving(Render(live_commit=None, answer_wrongly=frozenset({NEW}))) as host:
        succeeded, made = deploy(repository, tmp_path, host)
    assert not succeeded
    assert "Nothing to go back to" in made.said
    assert not [asked for asked in host.asked_for if asked.startswith("/rollback")]


def test_two_do_not_deploy_the_same_commit(repository: Path, tmp_path: Path, host: Render) -> None:
    host.auto_deploy = "yes"
    succeeded, made = deploy(repository, tmp_path, host)
    assert not succeeded
    assert 'set autoDeployTrigger to "off"' in made.said
    assert host.asked_for == []


def test_a_commit_chosen_by_hand_wins(repository: Path, tmp_path: Path, host: Render) -> None:
    made = job("deploy", repository, tmp_path, host, **{"inputs.commit": "d" * 40})
    assert made.run(), made.said
    assert host.running == "d" * 40


@pytest.mark.parametrize(
    ("key", "service", "goes"), [(KEY, SERVICE, "yes"), ("", SERVICE, ""), (KEY, "", "")]
)
def test_without_key_or_service_nothing_is_deployed_and_nothing_is_red(
    repository: Path, tmp_path: Path, host: Render, key: str, service: str, goes: str
) -> None:
    knows = {"secrets.RENDER_API_KEY": key, "vars.RENDER_SERVICE_ID": service}
    made = job("ready", repository, tmp_path, host, **knows)
    assert made.run()
    assert made.knows.get("steps.look.outputs.go", "") == goes
    assert ("::notice title=Not deployed from here" in made.said) is (goes == "")


def test_a_commit_that_is_not_of_main_is_refused(
    repository: Path, tmp_path: Path, host: Render
) -> None:
    made = job("deploy", repository, tmp_path, host, **{"inputs.commit": "d" * 40})
    made.strange = "d" * 40
    assert not made.run()
    assert "Not a commit of main" in made.said
    assert host.asked_for == []


def test_who_cancels_the_look_gets_what_was_live_before(
    repository: Path, tmp_path: Path, host: Render
) -> None:
    made = job("deploy", repository, tmp_path, host)
    made.cancelled_in = LOOK
    assert not made.run()
    assert made.outcomes["Go back"] == "success", made.said
    assert host.running == OLD


def test_the_key_is_never_printed(repository: Path, tmp_path: Path, host: Render) -> None:
    _, made = deploy(repository, tmp_path, host)
    assert KEY not in made.said
