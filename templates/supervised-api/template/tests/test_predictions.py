"""Batches, reasons, feedback, status, and who answers: champion, challenger, shadow."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from prometheus_client import CollectorRegistry, Counter
from starlette.testclient import TestClient

from app.answers import BODIES
from app.api import create_app
from app.columns import MISSING, columns, encode_all, example
from app.explain import explain
from app.metadata import Metadata
from app.prediction_log import PredictionLog, Window, read_window
from app.predictor import Predictor, load, load_champion
from app.registry import METADATA, champion_folder, promote
from app.routing import Models, load_models
from app.schema import Features
from app.service.store import StoreAwayError, open_store
from app.settings import Settings
from app.training.table import Table


def output_of(answer: dict[str, Any]) -> float:
    return float(answer["probability"] if "probability" in answer else answer["value"])


def metric(client: TestClient, start: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(start))


def stored(client: TestClient, settings: Settings) -> Window:
    """What is in the store once everything that waits is written."""
    client.post("/feedback", json={"prediction_id": "0" * 32, "thumb": "up"})  # waits for it
    return read_window(open_store(settings.database_url), 0)


@pytest.fixture
def cases(table: Table) -> list[dict[str, Any]]:
    return [case.model_dump(mode="json") for case in table.cases(range(20))]


@pytest.fixture
def own_store(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with a store of the test's own."""
    return settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'own.db'}"})


@pytest.fixture
def contest(own_store: Settings, trained: Metadata, tmp_path: Path) -> Settings:
    """A champion, and a challenger that always says something else."""
    models = tmp_path / "models"
    shutil.copytree(own_store.models_dir, models)
    other = models / "challenger-1"
    shutil.copytree(champion_folder(models), other)
    facts = json.loads((other / METADATA).read_text(encoding="utf-8"))
    (other / METADATA).write_text(json.dumps(facts | {"version": other.name}), encoding="utf-8")
    promote(models, other.name, "challenger")
    assert trained.version != other.name
    return own_store.model_copy(update={"models_dir": models})


@pytest.fixture
def failing_challenger(monkeypatch: pytest.MonkeyPatch, trained: Metadata) -> None:
    """Every model but the champion raises."""
    outputs = Predictor.outputs

    def broken(self: Predictor, rows: Any) -> Any:  # noqa: ANN401
        if self.metadata.version != trained.version:
            raise RuntimeError
        return outputs(self, rows)

    monkeypatch.setattr(Predictor, "outputs", broken)


@pytest.fixture
def shadowed(contest: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(contest)) as session:
        yield session


def split(contest: Settings, share: float) -> TestClient:
    change = {"challenger_mode": "split", "challenger_share": share}
    return TestClient(create_app(contest.model_copy(update=change)))


def test_a_batch_gives_each_case_its_own_answer_in_order(
    client: TestClient, cases: list[dict[str, Any]], trained: Metadata
) -> None:
    response = client.post("/predict/batch", json={"cases": cases})
    assert response.status_code == 200
    body = response.json()
    BODIES[trained.task].answers.model_validate(body)
    alone = [output_of(client.post("/predict", json=case).json()) for case in cases]
    assert [output_of(answer) for answer in body["answers"]] == pytest.approx(alone, rel=1e-5)
    assert len({answer["prediction_id"] for answer in body["answers"]}) == len(cases)


def test_each_answer_of_a_batch_is_counted_with_its_output(
    own_store: Settings, cases: list[dict[str, Any]], trained: Metadata
) -> None:
    with TestClient(create_app(own_store)) as session:
        answers = session.post("/predict/batch", json={"cases": cases}).json()["answers"]
        counted = metric(session, "prediction_output_count{")
        summed = metric(session, "prediction_output_sum{")
        assert metric(session, "predictions_total{") == len(cases)
    if trained.threshold is None:  # of values nobody knows the range
        assert (counted, summed) == (0, 0)
    else:
        assert counted == len(cases)
        assert summed == pytest.approx(sum(map(output_of, answers)), rel=1e-5)


def test_many_cases_are_encoded_like_single_ones(table: Table) -> None:
    many = table.cases(range(200))
    single = np.concatenate([encode_all([case]) for case in many])
    np.testing.assert_array_equal(encode_all(many), single)


def test_a_bad_case_of_a_batch_is_named_by_row_and_field(client: TestClient) -> None:
    name = columns()[0].name
    bad = [example(), example() | {name: {"no": "value"}}, example()]
    response = client.post("/predict/batch", json={"cases": bad})
    assert response.status_code == 422
    places = [error["field"].split(".")[:3] for error in response.json()["errors"]]
    assert places[0] == ["cases", "1", name]


@pytest.mark.parametrize("rows", [0, 3])
def test_a_batch_has_at_least_one_case_and_at_most_the_limit(
    own_store: Settings, trained: Metadata, rows: int
) -> None:
    assert trained.version
    with TestClient(create_app(own_store.model_copy(update={"max_batch_rows": 2}))) as client:
        response = client.post("/predict/batch", json={"cases": [example()] * rows})
        assert response.status_code == 422
        assert response.json()["errors"][0]["field"] == "cases"
        most = client.post("/predict/batch", json={"cases": [example()] * 2})
        assert most.status_code == 200


def test_the_largest_batch_is_answered_and_kept(own_store: Settings, trained: Metadata) -> None:
    assert trained.version
    rows = own_store.max_batch_rows
    with TestClient(create_app(own_store)) as client:
        response = client.post("/predict/batch", json={"cases": [example()] * rows})
        assert response.status_code == 200
    assert len(read_window(open_store(own_store.database_url), 0).prediction_id) == rows


NUMBER = next((column.name for column in columns() if column.kind == "number"), None)
HOSTILE = {
    "NaN": b'{"%s": NaN}',
    "infinity": b'{"%s": 1e999}',
    "a huge whole number": b'{"%s": ' + b"9" * 4000 + b"}",
    "half a character": b'{"%s": "\\ud800"}',
    "a name that is half a character": b'{"\\ud800%s": 1}',
    "deep nesting": b'{"%s": ' + b"[" * 100_000 + b"}",
    "not UTF-8": b'{"%s": "\xff"}',
    "null": b"null",
    "a list": b"[1]",
    "nothing": b"",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("path", ["/predict", "/predict/batch", "/explain", "/feedback"])
def test_hostile_bodies_are_refused_as_problems(client: TestClient, path: str, text: bytes) -> None:
    body = text % (NUMBER or "x").encode() if b"%s" in text else text
    response = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["errors"]


@pytest.mark.parametrize("value", [10**400, 1e300])
def test_a_number_beyond_the_models_reach_is_refused_by_name(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, value: float
) -> None:
    """Ranges in the schema usually refuse it before; a schema need not have ranges."""
    if NUMBER is None:
        pytest.skip("no column is a number")
    case = Features.model_validate(example()).model_copy(update={NUMBER: value})
    for cases in ([case], [case, case]):
        assert np.isinf(encode_all(cases)).any()
    monkeypatch.setattr("app.prediction_routes.encode_all", lambda _: encode_all([case]))
    response = client.post("/predict", json=example())
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [NUMBER]


def test_a_number_is_a_number_and_nothing_else(client: TestClient) -> None:
    for column in columns():
        if column.kind == "number" and column.example is not None:
            for wrong in (True, str(column.example)):
                response = client.post("/predict", json=example() | {column.name: wrong})
                assert [error["field"] for error in response.json()["errors"]] == [column.name]
            if column.whole:
                right = client.post("/predict", json=example()).json()
                written = example() | {column.name: float(column.example)}
                answer = client.post("/predict", json=written).json()
                assert output_of(answer) == output_of(right)


def test_a_whole_number_may_be_written_with_a_point_in_a_batch_too(client: TestClient) -> None:
    whole = {column.name for column in columns() if column.whole and column.example is not None}
    if not whole:
        pytest.skip("no column is a whole number")
    pointed = {name: float(value) if name in whole else value for name, value in example().items()}
    response = client.post("/predict/batch", json={"cases": [example(), pointed]})
    assert response.status_code == 200
    plain, other = response.json()["answers"]
    assert output_of(plain) == output_of(other)


def test_the_last_of_two_equal_keys_counts(client: TestClient) -> None:
    text = json.dumps(example())
    first = json.dumps(columns()[0].name)
    response = client.post(
        "/predict",
        content=f'{{{first}: "nonsense", {text[1:]}',
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == 200


def test_text_that_does_not_say_it_is_json_is_refused(client: TestClient) -> None:
    body = json.dumps(example())
    response = client.post("/predict", content=body, headers={"Content-Type": "text/plain"})
    assert response.status_code == 422


def test_refused_values_are_counted_by_field_and_reason(client: TestClient) -> None:
    for column in columns():
        counted = f'prediction_refusals_total{{field="{column.name}"'
        before = metric(client, counted)
        client.post("/predict", json=example() | {column.name: {"no": "value"}})
        assert metric(client, counted) > before
        if column.kind == "category":
            client.post("/predict", json=example() | {column.name: "never seen"})
            assert metric(client, f'{counted},reason="unknown_category"') >= 1
    client.post("/predict", json=example() | {"made_up": 1})
    assert metric(client, 'prediction_refusals_total{field="other",reason="unknown_field"}') >= 1
    assert "made_up" not in client.get("/metrics").text


def test_reasons_say_what_one_field_changes(client: TestClient, table: Table) -> None:
    case = table.cases([3])[0]
    told = client.post("/explain", json=case.model_dump(mode="json")).json()
    answer = client.post("/predict", json=case.model_dump(mode="json")).json()
    assert told["output"] == pytest.approx(output_of(answer), rel=1e-5)
    assert told["model_version"] == answer["model_version"]
    sizes = [abs(reason["difference"]) for reason in told["reasons"]]
    assert sizes == sorted(sizes, reverse=True)
    titles = {column.name: column.title for column in columns()}
    assert all(titles[reason["field"]] in reason["text"] for reason in told["reasons"])


def test_a_reason_is_the_difference_to_the_case_with_the_typical_value(
    settings: Settings, trained: Metadata, table: Table
) -> None:
    predictor = load_champion(settings.models_dir)
    row = encode_all(table.cases([3]))[0]
    for reason in explain(predictor, row).reasons:
        place = trained.features.index(reason.field)
        typical = trained.reference[reason.field].typical
        assert typical is not None
        changed = row.copy()
        changed[place] = round(typical) if columns()[place].whole else typical
        without = float(predictor.outputs(changed[np.newaxis])[0])
        assert reason.difference == pytest.approx(
            float(predictor.outputs(row[np.newaxis])[0]) - without, abs=1e-5
        )


def test_what_is_missing_can_be_explained_and_what_is_typical_is_left_out(
    settings: Settings, trained: Metadata
) -> None:
    typical = [trained.reference[name].typical for name in trained.features]
    row = np.array([MISSING if value is None else value for value in typical], np.float32)
    whole = np.array([column.whole for column in columns()])
    row[whole] = np.round(row[whole])
    predictor = load_champion(settings.models_dir)
    assert explain(predictor, row).reasons == []
    row[0] = MISSING
    (reason,) = explain(predictor, row).reasons
    assert reason.field == columns()[0].name
    assert "known and typical" in reason.text


def test_feedback_belongs_to_the_prediction_that_it_names(own_store: Settings) -> None:
    with TestClient(create_app(own_store)) as client:
        first, second = (client.post("/predict", json=example()).json() for _ in range(2))
        given = {"prediction_id": first["prediction_id"], "actual": 1, "comment": "trying"}
        response = client.post("/feedback", json=given)
        assert (response.status_code, response.json()["stored"]) == (200, True)
        window = stored(client, own_store)
    actual = dict(zip(window.prediction_id, window.actual.tolist(), strict=True))
    assert actual[first["prediction_id"]] == 1
    assert np.isnan(actual[second["prediction_id"]])


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"prediction_id": "0" * 32, "thumb": "up"}, 404),
        ({"prediction_id": "0" * 32}, 422),
        ({"prediction_id": "../x", "thumb": "up"}, 422),
        ({"prediction_id": "0" * 32, "thumb": "sideways"}, 422),
        ({"prediction_id": "0" * 32, "comment": "a\0b"}, 422),
        ({"prediction_id": "0" * 32, "comment": "x" * 2001}, 422),
    ],
)
def test_feedback_that_says_nothing_or_about_nothing_is_refused(
    client: TestClient, given: dict[str, str], status: int
) -> None:
    assert client.post("/feedback", json=given).status_code == status


def test_each_answer_is_kept_with_what_the_model_got(
    own_store: Settings, cases: list[dict[str, Any]], trained: Metadata
) -> None:
    with TestClient(create_app(own_store)) as client:
        sent = client.post("/predict", json=cases[0], headers={"X-Request-ID": "mine"})
        window = stored(client, own_store)
    assert window.prediction_id == [sent.json()["prediction_id"]]
    assert window.model_version.tolist() == [trained.version]
    assert window.role.tolist() == ["champion"]
    row = encode_all([Features.model_validate(cases[0])])
    np.testing.assert_array_equal(window.inputs, row)
    assert window.output.tolist() == pytest.approx([output_of(sent.json())])


def test_who_a_case_is_about_is_kept_without_a_name(own_store: Settings) -> None:
    with TestClient(create_app(own_store)) as client:
        for unit in ("Ada", "Ada", "Bob"):
            client.post("/predict", json=example(), headers={"X-Unit-ID": unit})
        client.post("/predict", json=example())
        client.post("/predict/batch", json={"cases": [example()] * 2})
        window = stored(client, own_store)
    kept = {one: window.unit.count(one) for one in window.unit}
    assert sorted(kept.values()) == [1, 2, 3]  # Bob, Ada, and the case without a name
    assert not kept.keys() & {"Ada", "Bob", ""}


def test_more_batches_than_the_store_takes_lose_no_record(
    own_store: Settings, cases: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.service.writer.CAPACITY", 50)
    monkeypatch.setattr("app.service.writer.PAUSE", 0.02)
    many = 30
    with TestClient(create_app(own_store)) as session:
        for _ in range(many):
            answer = session.post("/predict/batch", json={"cases": cases})
            assert answer.status_code == 200
        assert metric(session, "store_records_dropped_total") == 0
        assert len(stored(session, own_store).output) == many * len(cases)


def test_a_batch_that_can_not_be_stored_in_time_is_sent_away(
    client: TestClient, cases: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.predictions.CATCH_UP_SECONDS", 0.0)
    monkeypatch.setattr(PredictionLog, "is_behind", True)
    refused = client.post("/predict/batch", json={"cases": cases})
    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    assert client.post("/predict", json=cases[0]).status_code == 200


def test_a_probe_is_answered_but_neither_kept_nor_counted(own_store: Settings) -> None:
    with TestClient(create_app(own_store)) as client:
        response = client.post("/predict", json=example(), headers={"X-Probe": "1"})
        assert response.status_code == 200
        assert metric(client, "predictions_total") == 0
        assert stored(client, own_store).prediction_id == []


def test_a_shadow_is_kept_and_counted_but_never_shown(
    shadowed: TestClient, contest: Settings, trained: Metadata
) -> None:
    answer = shadowed.post("/predict", json=example()).json()
    assert answer["model_version"] == trained.version
    window = stored(shadowed, contest)
    assert sorted(window.role.tolist()) == ["champion", "shadow"]
    assert set(window.prediction_id) == {answer["prediction_id"]}
    counted = shadowed.get("/metrics").text.splitlines()
    for role in ("champion", "shadow"):
        for name in ("predictions_total", "model_info"):
            lines = [line for line in counted if line.startswith(name) and f'"{role}"' in line]
            assert sum(float(line.split()[-1]) for line in lines) == 1


def test_a_shadow_that_fails_is_counted_and_changes_nothing(
    shadowed: TestClient, client: TestClient, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("failing_challenger")  # only now: it was loaded well
    right = client.post("/predict", json=example()).json()
    response = shadowed.post("/predict", json=example())
    assert response.status_code == 200
    assert output_of(response.json()) == output_of(right)
    assert metric(shadowed, "challenger_failures_total") == 1


def test_where_a_challenger_fails_the_champion_answers(
    contest: Settings,
    cases: list[dict[str, Any]],
    client: TestClient,
    trained: Metadata,
    request: pytest.FixtureRequest,
) -> None:
    with split(contest, 0.5) as session:
        request.getfixturevalue("failing_challenger")
        answers = session.post("/predict/batch", json={"cases": cases}).json()["answers"]
        failures = metric(session, "challenger_failures_total")
    assert {answer["model_version"] for answer in answers} == {trained.version}
    right = client.post("/predict/batch", json={"cases": cases}).json()["answers"]
    assert [output_of(one) for one in answers] == [output_of(one) for one in right]
    assert 0 < failures < len(cases)


def test_a_unit_is_always_answered_by_the_same_model(contest: Settings, trained: Metadata) -> None:
    with split(contest, 0.5) as client:
        seen: dict[str, set[str]] = {}
        for unit in [f"unit-{number}" for number in range(40)] * 2:
            answer = client.post("/predict", json=example(), headers={"X-Unit-ID": unit}).json()
            seen.setdefault(unit, set()).add(answer["model_version"])
        explained = client.post("/explain", json=example(), headers={"X-Unit-ID": "unit-0"})
        window = stored(client, contest)
    assert all(len(versions) == 1 for versions in seen.values())
    assert set.union(*seen.values()) == {trained.version, "challenger-1"}
    assert {explained.json()["model_version"]} == seen["unit-0"]
    by_role = dict(zip(window.model_version.tolist(), window.role.tolist(), strict=True))
    assert by_role == {trained.version: "champion", "challenger-1": "challenger"}


def test_without_a_unit_the_case_itself_decides(
    contest: Settings, cases: list[dict[str, Any]]
) -> None:
    with split(contest, 0.5) as client:
        batches = [client.post("/predict/batch", json={"cases": cases}).json() for _ in range(2)]
    first, second = ([one["model_version"] for one in batch["answers"]] for batch in batches)
    assert first == second
    assert len(set(first)) == 2


@pytest.mark.parametrize(("share", "challenged"), [(0.0, 0), (1.0, 200), (0.25, 50)])
def test_the_share_of_the_challenger_is_kept(
    contest: Settings, share: float, challenged: int
) -> None:
    champion = load_champion(contest.models_dir)
    challenger = load(contest.models_dir / "challenger-1")
    failures = Counter("x", "x", registry=CollectorRegistry())
    models = Models(champion, challenger, "split", share, failures)
    found = sum(models.is_challenged(f"unit-{number}") for number in range(200))
    assert found == pytest.approx(challenged, abs=20 if 0 < share < 1 else 0)


def test_a_challenger_of_another_task_or_that_is_gone_does_not_serve(contest: Settings) -> None:
    failures = Counter("x", "x", registry=CollectorRegistry())
    folder = contest.models_dir / "challenger-1"
    facts = json.loads((folder / METADATA).read_text(encoding="utf-8"))
    other = {"classification": "regression", "regression": "classification"}[facts["task"]]
    (folder / METADATA).write_text(json.dumps(facts | {"task": other}), encoding="utf-8")
    assert load_models(contest.models_dir, "split", 1, failures).challenger is None
    shutil.rmtree(folder)
    assert load_models(contest.models_dir, "split", 1, failures).challenger is None
    assert load_models(contest.models_dir, "off", 1, failures).challenger is None


def test_version_and_status_name_both_models(shadowed: TestClient, trained: Metadata) -> None:
    shadowed.post("/predict", json=example())
    version = shadowed.get("/version").json()
    assert version["model_version"] == trained.version
    assert version["challenger_version"] == "challenger-1"
    status = shadowed.get("/status").json()
    assert [model["role"] for model in status["models"]] == ["champion", "shadow"]
    assert status["models"][0]["version"] == trained.version
    assert status["store"] == "available"


def test_status_counts_the_last_hours(own_store: Settings) -> None:
    with TestClient(create_app(own_store)) as client:
        client.post("/predict", json=example())
        stored(client, own_store)
        (model,) = client.get("/status").json()["last_hours"]["models"]
        assert model["predictions"] == 1


def test_while_the_store_is_away_answers_go_on_and_status_says_so(
    own_store: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StoreAwayError("The store does not work.", "Wait.")

    with TestClient(create_app(own_store)) as client:
        monkeypatch.setattr(PredictionLog, "summary", away)
        monkeypatch.setattr(PredictionLog, "add_feedback", away)
        answer = client.post("/predict", json=example())
        assert answer.status_code == 200
        status = client.get("/status")
        assert (status.status_code, status.json()["store"]) == (200, "away")
        given = {"prediction_id": answer.json()["prediction_id"], "thumb": "up"}
        refused = client.post("/feedback", json=given)
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0


def test_with_a_key_only_its_owner_is_answered(own_store: Settings) -> None:
    guarded = Settings(**own_store.model_dump() | {"api_key": "right"}, _env_file=None)
    with TestClient(create_app(guarded)) as client:
        for path in ("/predict", "/predict/batch", "/explain", "/feedback"):
            for key in ({}, {"X-API-Key": "righ"}, {"X-API-Key": "wrong"}):
                response = client.post(path, json=example(), headers=key)
                assert response.status_code == 401
                assert response.headers["content-type"] == "application/problem+json"
        right = client.post("/predict", json=example(), headers={"X-API-Key": "right"})
        assert right.status_code == 200
        assert 'id="api-key"' in client.get("/").text
        assert "ApiKey" in client.get("/openapi.json").text
