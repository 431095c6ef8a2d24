"""Repositories for the tests of `check`: a starter as it was given, and one that was finished.

The finished one works on data of its own, drawn here; its report follows from its rows, as the
format asks. No model was trained: what the rules read is there, and what they cannot tell is not.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import re
import subprocess
import tomllib
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.check.config import Choice
from scaffold.check.examine import Online, Verdict, look
from scaffold.check.facts.given import Starters, Wanted
from scaffold.evidence.reading import Report
from scaffold.evidence.recompute import Recipe, _drawn
from scaffold.project import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
STARTERS = ("supervised-api", "rag-app", "multi-agent")
ANSWERS = {
    "project_name": "Bike demand",
    "description": "Says whether a bicycle station runs empty.",
    "author": "Ada Lovelace",
    "github_owner": "ada",
    "license": "MIT",
    "deploy_target": "render",
    "region": "europe",
}
HERE = Wanted(str(ROOT), "HEAD")
_shared = Starters(HERE)


def given(template: str) -> Mapping[str, bytes]:
    """What a starter of this checkout gives."""
    return _shared.given(
        Origin(Path(), template, "HEAD", str(ROOT), ANSWERS | {"template": template})
    ).files


def untouched(folder: Path, template: str) -> Path:
    """A repository as `scaffold new` makes it, with its one commit."""
    for path, content in given(template).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "From the starter")
    return folder


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "core.autocrlf=false")
    done = subprocess.run(
        ("git", *who, *words), cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"git {words}: {done.stderr}"
    return done.stdout.strip()


def commit(folder: Path, message: str) -> str:
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def seen(
    folder: Path, *, url: str | None = None, online: bool = False, select: str = ""
) -> Verdict:
    """What `check` says of it."""
    asked = Online(url) if online or url else None
    chosen = Choice(tuple(select.split(",")) if select else ())
    return look(folder, _shared, chosen, asked)


def outcome(verdict: Verdict, rule: str) -> str:
    return next(one.outcome.state for one in verdict.results if one.rule == rule)


def why(verdict: Verdict, rule: str) -> str:
    found = next(one.outcome for one in verdict.results if one.rule == rule)
    return "\n".join(f"{one.place} {one.message}" for one in found.findings)


def edit(folder: Path, path: str, old: str, new: str) -> None:
    """Replace what stands there exactly once, so that a change of the starter shows here."""
    file = folder / path
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path} holds {old!r} {text.count(old)} times"
    file.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def write(folder: Path, path: str, text: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")


def finished(folder: Path) -> Path:
    """A supervised-api that somebody made their own, measured and committed."""
    untouched(folder, "supervised-api")
    make_own(folder)
    made = commit(folder, "Bicycle stations in place of doctors")
    write(folder, "app/stations.py", STATIONS.replace("limit = 3", "limit = 4"))
    mended = commit(folder, "A station of one dock is no station")
    write_reports(folder)
    write(folder, "docs/decisions/0005-no-weather.md", DECISION)
    value = evaluation(rows(folder))["champion"]["ap"]["value"]
    edit(folder, "docs/decisions/0005-no-weather.md", "AP 0.000", f"AP {value:.3f}")
    write(folder, "docs/stations.png", "")
    (folder / "docs/stations.png").write_bytes(picture(800, 500))
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for question, answer in ANSWERED.items():
        said = answer.format(made=made[:10], mended=mended[:10], worst=_worst(folder))
        readme, times = re.subn(rf"^_{question}: .*$", lambda _, s=said: s, readme, flags=re.M)
        assert times == 1, question
    readme = readme.replace("**Live:** _not deployed yet_", "**Live:** <https://bikes.ada.dev>")
    readme = readme.replace("## Evidence", "![The page](docs/stations.png)\n\n## Evidence", 1)
    readme = readme.replace(
        "registry --> predictor",
        'stations["app/stations.py<br/>empty docks"] --> routes\n    registry --> predictor',
        1,
    )
    write(folder, "README.md", fill(folder, readme))
    commit(folder, "Measured and answered")
    return folder


def _worst(folder: Path) -> str:
    """The sentence about the worst district, whichever the draw made it."""
    parts = evaluation(rows(folder))["slices"]["district"]
    name = min(parts, key=lambda one: parts[one]["ap"]["value"])
    link = f"[AP 0.000](reports/evaluation.json#/slices/district/{name}/ap)"
    return f"Worst in the {name} with {link}, {parts[name]['ap']['n']} rows of that part."


def make_own(folder: Path) -> None:
    draw = random.Random(7)  # noqa: S311 - the same draw each time
    lines = ["station,week,docks,bikes_before,rain_mm,district,empty"]
    for station in range(400):
        docks, district = draw.randint(8, 40), draw.choice(["harbour", "hill", "centre"])
        for week in range(1, 4):
            bikes, rain = draw.randint(0, docks), round(draw.random() * 30, 1)
            chance = 0.75 - 0.9 * bikes / docks + (0.1 if district == "hill" else 0)
            lines.append(
                f"{station},{week},{docks},{bikes},{rain},{district},{int(draw.random() < chance)}"
            )
    write(folder, "data/stations.csv", "\n".join(lines) + "\n")
    for name in ("rand_hie.csv.gz", "prepare.py"):
        (folder / "data" / name).unlink()
    write(
        folder,
        "data/README.md",
        "# Stations\n\n`stations.csv`: one row a station and week.\n\n"
        "- **Source**: counted by the author at 400 stations, 2026.\n- **Licence**: CC BY 4.0.\n",
    )
    settings = (folder / "project.toml").read_text(encoding="utf-8")
    for old, new in (
        ('path = "data/rand_hie.csv.gz"', 'path = "data/stations.csv"'),
        ('target = "high_use"', 'target = "empty"'),
        ('entity = "person"', 'entity = "station"'),
        ('time = "year"', 'time = "week"'),
        ('slices = ["sex", "race", "site"]', 'slices = ["district"]'),
        ("false_alarm = 1 ", "false_alarm = 2 "),
        ("miss = 3 ", "miss = 9 "),
        ("gain_over_baseline = 0.02", "gain_over_baseline = 0.05"),
        ("psi = 0.1 ", "psi = 0.13 "),
    ):
        assert settings.count(old) == 1, old
        settings = settings.replace(old, new)
    write(folder, "project.toml", settings)
    write(folder, "app/stations.py", STATIONS)
    write(folder, "tests/test_stations.py", STATIONS_TEST)
    write(folder, "uv.lock", lock(folder))


def lock(folder: Path) -> str:
    """A lock that holds what `pyproject.toml` asks for, at its lowest version."""
    text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    found = re.findall(r'^ +"([\w.-]+)(?:\[[\w,]+\])?([<>=]{1,2})([\d.]+)"', text, re.MULTILINE)
    packages = (
        f'[[package]]\nname = "{name.lower()}"\nversion = "{version if sign != "<" else "6.30"}"\n'
        for name, sign, version in found
    )
    return "version = 1\n\n" + "\n".join(packages)


def rows(folder: Path) -> list[dict[str, Any]]:
    """Test rows of the third week: a model that is right more often than the rule."""
    draw = random.Random(11)  # noqa: S311
    found = []
    lines = (folder / "data/stations.csv").read_text(encoding="utf-8").splitlines()[1:]
    for number, line in enumerate(lines, start=2):
        station, week, docks, bikes, _, district, empty = line.split(",")
        if week != "3":
            continue
        label = float(empty)
        champion = min(max(0.72 - 0.8 * int(bikes) / int(docks) + 0.2 * (label - 0.5), 0.01), 0.99)
        champion = round(champion + 0.2 * (draw.random() - 0.5), 6)
        baseline = round(1 - int(bikes) / int(docks), 6)
        found.append(
            {
                "id": f"{station}/{number}",
                "unit": station,
                "unseen": int(station) % 4 == 0,
                "label": label,
                "outputs": {"champion": champion, "baseline": baseline},
                "decisions": {"champion": champion >= 0.2, "baseline": baseline >= 0.5},
                "slices": {"district": district},
            }
        )
    return found


COSTS = {"false_alarm": 2.0, "miss": 9.0}


def number(
    metric: str, of: str, where: dict[str, Any], rows: list[dict[str, Any]]
) -> dict[str, Any]:
    """A number as its recipe gives it."""
    recipe = {"metric": metric, "of": of, "where": where}
    made = Recipe(recipe)
    chosen = made.selected(rows)
    value = made.value(made.samples(chosen, rows))
    return {"value": value, "unit": "", "n": len(chosen), "recipe": recipe}


def interval(made: Recipe, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A bootstrap of a number, as a starter writes it, of two hundred draws."""
    how = {"method": "bootstrap", "resamples": 200, "seed": 7, "level": 0.95}
    low, high = _drawn(made, Report("", {"kind": "evaluation"}), how, rows)
    return {"low": low, "high": high, "interval": how}


def evaluation(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The numbers of an evaluation, each as its recipe gives it."""

    def number(metric: str, of: str, where: dict[str, Any], **more: Any) -> dict[str, Any]:
        recipe = {"metric": metric, "of": of, "where": where, **more}
        made = Recipe(recipe)
        selected = made.selected(found)
        value = made.value(made.samples(selected, found))
        numbered = {"value": value, "unit": "", "n": len(selected), "recipe": recipe}
        return numbered | (interval(made, found) if "minus" in more else {})

    districts = sorted({row["slices"]["district"] for row in found})
    return {
        "champion": {"ap": number("ap", "/outputs/champion", {})},
        "baseline": {"ap": number("ap", "/outputs/baseline", {})},
        "difference": {
            "ap": number("ap", "/outputs/champion", {}, minus="/outputs/baseline"),
        },
        "threshold": {
            "served": 0.2,
            "cheapest": number("cheapest_threshold", "/outputs/champion", {}, costs=COSTS),
        },
        "slices": {
            "district": {
                one: {"ap": number("ap", "/outputs/champion", {"/slices/district": one})}
                for one in districts
            }
        },
    }


def benchmark_rows() -> list[dict[str, Any]]:
    return [
        {
            "service": "predict",
            "callers": 8,
            "round": one,
            "requests": 300,
            "cpu_us": 500.0 + one,
            "per_second": 1200.0 + one,
            "memory_mb": 118.0,
            "latency_us": [600, 640, 700 + one, 9000],
        }
        for one in range(3)
    ]


def benchmark(found: list[dict[str, Any]]) -> dict[str, Any]:
    def number(field: str, unit: str, q: float) -> dict[str, Any]:
        recipe = {"metric": "quantile", "of": f"/{field}", "where": {"/service": "predict"}, "q": q}
        made = Recipe(recipe)
        samples = made.samples(made.selected(found), found)
        n = sum(map(len, samples))
        return {"value": made.value(samples), "unit": unit, "n": n, "recipe": recipe}

    cpu = number("cpu_us", "us", 0.5)
    return {
        "predict": {
            "cpu_us": cpu,
            "busy_p99_us": number("latency_us", "us", 0.99),
            "p50_us": number("latency_us", "us", 0.5),
            "per_second": number("per_second", "/s", 0.5),
            "memory_mb": number("memory_mb", "MB", 0.5),
            "cost_per_million": {"value": cpu["value"] * 0.04 / 3600, "unit": "dollars", "n": 3},
        },
        "price": {
            "price_per_cpu_hour": 0.04,
            "price_source": "https://host.dev/prices",
            "price_date": "2030-01-02",
        },
    }


def write_reports(folder: Path) -> None:
    """Both reports with their rows, of what is committed now."""
    made = rows(folder)
    save(folder, "evaluation", evaluation(made), made)
    measured = benchmark_rows()
    save(folder, "benchmark", benchmark(measured), measured)


def save(folder: Path, kind: str, numbers: dict[str, Any], found: list[dict[str, Any]]) -> None:
    """Write a report as a starter does, and the rows beside it."""
    lines = "".join(json.dumps(row, sort_keys=True) + "\n" for row in found).encode()
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, filename="") as file:
        file.write(lines)
    (folder / "reports").mkdir(exist_ok=True)
    (folder / "reports" / f"{kind}.rows.jsonl.gz").write_bytes(packed.getvalue())
    trees = {
        name: git(folder, "rev-parse", f"HEAD:{name}")
        for name in ("app", "data", "project.toml", "uv.lock")
    }
    content = {
        "schema": 1,
        "kind": kind,
        "template": {"name": "supervised-api", "version": "HEAD"},
        "date": "2030-02-03T04:05:06+00:00",
        "machine": {"system": "Linux", "architecture": "x86_64", "cpus": 2, "python": "3.12.1"},
        "inputs": {
            "commit": git(folder, "rev-parse", "HEAD"),
            "trees": trees,
            "dirty": False,
            "model": "3f2a74ddc5ad",
            "data_sha256": None,
        },
        "demo_data": False,
        "rows": {
            "file": f"{kind}.rows.jsonl.gz",
            "n": len(found),
            "sha256": hashlib.sha256(lines).hexdigest(),
        },
        **numbers,
    }
    write(folder, f"reports/{kind}.json", json.dumps(content, indent=2, sort_keys=True) + "\n")


def fill(folder: Path, text: str, path: str = "README.md") -> str:
    """Write the digits of every evidence link, as `app report` does."""
    from scaffold.evidence.links import evidence_links, shown
    from scaffold.evidence.reading import at, read_report

    for link in evidence_links(path, text):
        found = at(read_report(folder, link.file).content, link.pointer)
        value = found["value"] if isinstance(found, dict) else found
        end = rf"\]\(((?:\.\./)*{re.escape(link.file)}#{re.escape(link.pointer)})\)"
        digits = shown(link.text, value)
        text = re.sub(rf"\[{re.escape(link.text)}{end}", rf"[{digits}](\1)", text)
    return text


def picture(width: int, height: int, *, blank: bool = False) -> bytes:
    """A PNG, grey, with something on it unless it is blank."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return len(content).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    lines = b"".join(
        b"\0" + bytes(255 if blank else (x * y // 7) % 256 for x in range(width))
        for y in range(height)
    )
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND", b"")
    )


STATIONS = '''"""Which stations are too small to be said anything about."""

SMALLEST = {"harbour": 9, "hill": 6, "centre": 12}


def is_large_enough(docks: int, district: str, bikes: int) -> bool:
    """Whether a station has enough docks in its district to speak of."""
    limit = 3
    if district not in SMALLEST:
        return docks > limit * 5
    for name, least in SMALLEST.items():
        if name == district and docks - bikes // 2 >= least - limit:
            return True
    return docks * 7 % 5 == 11 and bikes > 13


def share_of_large(stations: list[tuple[int, str, int]]) -> float:
    """Share of stations that are large enough."""
    kept = [docks for docks, district, bikes in stations if is_large_enough(docks, district, bikes)]
    total = sum(docks**2 + 17 for docks, _, _ in stations)
    return sum(docks**2 + 17 for docks in kept) / total if total else 0.25
'''
STATIONS_TEST = """from app.stations import is_large_enough, share_of_large


def test_small_stations_are_left_out() -> None:
    assert is_large_enough(20, "hill", 4)
    assert not is_large_enough(1, "centre", 1)
    assert share_of_large([(20, "hill", 4), (1, "centre", 1)]) > 0.9
"""
DECISION = """# 5. No weather forecast among the columns

- Date: 2026-05-01
- Status: accepted

## Question

Rain empties stations on the hill, so a paid forecast of the evening looked worth its monthly
fee to the
dispatchers whom I asked; one of them already pays for an app on her own phone.

## Options

With the forecast the ranking gained less than its own interval on the same stations, measured
against
[AP 0.000](../../reports/evaluation.json#/champion/ap) without it; the subscription costs more
than the whole host.

## Decision

No forecast. An alert from PSI 0.13 on, which is what ten quiet weeks stayed below.
"""
WRITTEN = tomllib.loads(Path(__file__).with_name("bikes.toml").read_text(encoding="utf-8"))
ANSWERED: dict[str, str] = WRITTEN["answers"]
