"""`app bench`: what one answer costs, beside an empty service and a plain one, in the same run."""

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.columns import example
from app.demo import START_SECONDS, free_port
from app.evidence.intervals import Cases, bootstrap
from app.evidence.load import drive, post
from app.evidence.report import Drawn, Json, as_lines, describe, number, write_report
from app.predictor import load_champion
from app.project import Project, read_project
from app.proving.evaluate import DEMO_DATA
from app.service.smoke import wait_until_ready
from app.service.version import read_template_facts
from app.settings import Settings

FILE = "benchmark.json"
NAMES = ("empty", "bare", "predict", "plain")
BATCH_ROWS = 1000
CALLERS = 8
SETTLE_SECONDS = 0.3  # records are written in the background, and that time counts too
FEWEST_ROUNDS = 3  # with fewer, nothing can be said about chance
# What the starter promises; the ratios hardly depend on the machine.
BUDGETS = {
    ("ratios", "predict_by_empty"): 3.5,
    ("ratios", "bare_by_empty"): 1.8,
    ("batch", "cpu_us"): 10.0,
    ("predict", "ready_s"): 1.5,
    # About 115 with single answers, 127 after batches of a thousand rows, whose space is kept for
    # the next ones; the rest is room for other systems and versions of Python.
    ("predict", "memory_mb"): 140.0,
}


@dataclass(frozen=True)
class Size:
    """How much is measured: rounds, and requests in each of them."""

    rounds: int
    requests: int
    slow_requests: int  # of the plain service, and of batches


KEY = "bench"
WHOLE, QUICK = Size(9, 1500, 60), Size(3, 150, 6)


@contextlib.contextmanager
def _running(name: str, settings: Settings, store: Path) -> Iterator[tuple[int, float]]:
    """Runs a contestant; yields its port and the seconds until it was ready."""
    port = free_port()
    environment = os.environ | {
        "MODELS_DIR": str(settings.models_dir.resolve()),
        "PROJECT_FILE": str(settings.project_file.resolve()),
        "DATABASE_URL": f"sqlite:///{(store / name).as_posix()}.db",
        "RATE_LIMIT_PER_MINUTE": "100000000",  # counted, and never reached
        "LOG_LEVEL": "INFO",
        "API_KEY": KEY,
        "CHALLENGER_MODE": "off",
        "OMP_NUM_THREADS": "1",  # for single rows, more threads only wait for each other
    }
    started = time.monotonic()
    command = [sys.executable, "-m", "app.proving.contestants", name, str(port)]
    server = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", START_SECONDS)
        yield port, time.monotonic() - started
    finally:
        server.terminate()
        server.wait()


def _usage(port: int) -> Json:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/bench/usage", timeout=60) as answer:
        found: Json = json.load(answer)
    return found


def _round(service: str, port: int, requests: int, callers: int) -> Json:
    """Measures one service once; returns the row for the report."""
    case, times = example(), 1
    request = post("/predict", json.dumps(case).encode("utf-8"), KEY)
    if service == "batch":
        times, cases = BATCH_ROWS, json.dumps({"cases": [case] * BATCH_ROWS})
        request = post("/predict/batch", cases.encode("utf-8"), KEY)
    drive(port, request, callers, callers)  # connections and caches are warm, then it counts
    before = _usage(port)
    seconds, took = drive(port, request, requests, callers)
    time.sleep(SETTLE_SECONDS)
    after = _usage(port)
    row = {
        "service": service,
        "callers": callers,
        "requests": requests,
        "cpu_us": (after["cpu"] - before["cpu"]) / requests / times * 1e6,
        "per_second": requests * times / seconds,
        "memory_mb": after["memory"] / 1e6,
    }
    return row | ({"latency_us": took} if service == "predict" else {})


def collect(settings: Settings, size: Size, say: Callable[[str], None]) -> list[Json]:
    """Runs every contestant at the same time and measures them in turns.

    Returns:
        The rows of the report: one for each start, and one for each service and round.
    """
    names = [name for name in NAMES if name != "plain" or importlib.util.find_spec("sklearn")]
    if names != list(NAMES):
        say("Without the packages for training there is no plain service to compare with.")
    rows: list[Json] = []
    with tempfile.TemporaryDirectory() as store, contextlib.ExitStack() as servers:
        for start in range(size.rounds):
            with _running("predict", settings, Path(store)) as (_, seconds):
                rows.append({"service": "predict", "round": start, "ready_s": seconds})
        ports = {n: servers.enter_context(_running(n, settings, Path(store)))[0] for n in names}
        turns = [(name, ports[name], CALLERS) for name in names]
        turns += [("predict", ports["predict"], 1), ("batch", ports["predict"], 1)]
        for number_of_round in range(size.rounds):
            for name, port, callers in turns:
                is_slow = name in {"plain", "batch"}
                requests = size.slow_requests if is_slow else size.requests
                row = _round(name, port, requests, callers)
                rows.append(row | {"round": number_of_round})
            say(f"round {number_of_round + 1} of {size.rounds}")
    return rows


def quantile(rows: list[Json], unit: str, recipe: Json) -> Json:
    """Returns a number over rounds.

    Args:
        rows: Of the report.
        unit: Of the number.
        recipe: `of` names the field, `where` the rows, `q` the quantile; `by`: each value is
            divided by that of these rows in the same round; `times` multiplies at the end.
    """
    field = recipe["of"].removeprefix("/")
    times: float = recipe.get("times", 1)

    def select(where: Json) -> dict[int, np.ndarray]:
        fits = [r for r in rows if all(r.get(k[1:]) == v for k, v in where.items()) and field in r]
        return {row["round"]: np.atleast_1d(row[field]) for row in fits}

    found = select(recipe["where"])
    if "by" in recipe:
        base = select(recipe["by"])
        found = {key: values / base[key] for key, values in found.items()}
    values = list(found.values())

    def statistic(cases: Cases) -> float:
        return times * float(np.quantile(np.concatenate([values[i] for i in cases]), recipe["q"]))

    everything = np.arange(len(values))
    enough = len(values) >= FEWEST_ROUNDS
    drawn = Drawn(bootstrap(list(found), statistic), "round") if enough else None
    n = sum(map(len, values))
    return number(statistic(everything), unit, n, {"metric": "quantile"} | recipe, drawn)


def _recipes(price: float | None) -> dict[tuple[str, str], tuple[str, Json]]:
    """Returns how each number of a report follows from its rows, with its unit."""

    def median(of: str, service: str, callers: int = CALLERS, **more: object) -> Json:
        where = {"/service": service, "/callers": callers}
        return {"of": f"/{of}", "where": where, "q": 0.5} | more

    empty = {"/service": "empty", "/callers": CALLERS}
    served = {"/service": "predict", "/callers": CALLERS}
    found = {
        ("empty", "cpu_us"): ("us", median("cpu_us", "empty")),
        ("bare", "cpu_us"): ("us", median("cpu_us", "bare")),
        ("predict", "cpu_us"): ("us", median("cpu_us", "predict")),
        ("predict", "p50_us"): ("us", median("latency_us", "predict", 1)),
        ("predict", "p99_us"): ("us", median("latency_us", "predict", 1, q=0.99)),
        ("predict", "busy_p50_us"): ("us", median("latency_us", "predict")),
        ("predict", "busy_p99_us"): ("us", median("latency_us", "predict", q=0.99)),
        ("predict", "per_second"): ("/s", median("per_second", "predict")),
        ("predict", "memory_mb"): ("MB", median("memory_mb", "predict", q=1)),
        ("predict", "ready_s"): ("s", {"of": "/ready_s", "where": {}, "q": 0.5}),
        ("batch", "cpu_us"): ("us", median("cpu_us", "batch", 1)),
        ("plain", "cpu_us"): ("us", median("cpu_us", "plain")),
        ("ratios", "plain_by_predict"): ("", median("cpu_us", "plain", by=served)),
        ("ratios", "predict_by_empty"): ("", median("cpu_us", "predict", by=empty)),
        ("ratios", "bare_by_empty"): ("", median("cpu_us", "bare", by=empty)),
    }
    if price is not None:
        # Microseconds an answer are seconds a million answers.
        cost = median("cpu_us", "predict", times=price / 3600)
        found["predict", "cost_per_million"] = ("dollars", cost)
    return found


def measure(rows: list[Json], price: float | None) -> Json:
    """Returns every number of the report."""
    measured = {row["service"] for row in rows}
    content: Json = {"predict": {"cost_per_million": number(None, "dollars", 0)}}
    for (group, name), (unit, recipe) in _recipes(price).items():
        parts = (recipe["where"], recipe.get("by", {}))
        if not {part.get("/service", "predict") for part in parts} <= measured:
            continue
        found = quantile(rows, unit, recipe)
        if (limit := BUDGETS.get((group, name))) is not None:
            found |= {"budget": limit, "kept": found["value"] <= limit}
        content.setdefault(group, {})[name] = found
    return content


def broken_promises(content: Json) -> list[str]:
    """Returns where a report's numbers are over their budget, such as `/predict/memory_mb`."""
    return [
        f"/{group}/{name}"
        for group, name in BUDGETS
        if not content.get(group, {}).get(name, {}).get("kept", True)
    ]


def bench(settings: Settings, say: Callable[[str], None] = print, *, quick: bool) -> None:
    """Measures, and writes `benchmark.json` with its rows.

    A promise that is not kept is shown and is no failure: the machine may have been busy.

    Raises:
        UserError: There is no model, or a service did not answer.
    """
    project: Project = read_project(settings.project_file)
    metadata = load_champion(settings.models_dir).metadata
    template = read_template_facts(settings.answers_file)
    folder = settings.project_file.resolve().parent
    demo_data = metadata.data_sha256 in DEMO_DATA
    # Before, because the state of the code when it was measured is what counts.
    content = describe("benchmark", folder, template, demo_data=demo_data)
    content["inputs"] |= {"model": metadata.version, "data_sha256": metadata.data_sha256}
    content |= {"quick": quick, "price": project.bench.model_dump(mode="json")}
    rows = collect(settings, QUICK if quick else WHOLE, say)
    content |= measure(rows, project.bench.price_per_cpu_hour)
    for line in as_lines(content):
        say(line)
    if broken := broken_promises(content):
        say(
            f"OVER what the starter promises: {', '.join(broken)}. That is no failure. Measure "
            "again and leave the machine alone; if it stays, look at what you added and when it "
            "came (app/own.py, packages, a larger model), or say beside the number why it is fine."
        )
    if content["predict"]["cost_per_million"]["value"] is None:
        say("Cost is unknown: price_per_cpu_hour is missing under [bench] in project.toml.")
    write_report(settings.reports_dir / FILE, content, rows)
    say(f"{settings.reports_dir / FILE} is written.")
