"""Each rule passes on the finished repository and fails on the same one after one deed."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from scaffold.check.rules import catalogue
from scaffold.evidence.recompute import Recipe
from tests.check import growing
from tests.check.growing import edit, outcome, seen, why, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scaffold.check.examine import Verdict

    Deed = Callable[[Path], None]

CI = ".github/workflows/ci.yml"
README = "README.md"


@pytest.fixture(scope="module")
def verdict(done: Path) -> Verdict:
    """What it shows."""
    return seen(done)


@pytest.fixture
def mine(done: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return shutil.copytree(done, tmp_path / "bikes")


def checks_become(other: str) -> Deed:
    """What the tests of the gates assert is written another way."""

    def deed(folder: Path) -> None:
        file = folder / "tests/test_gates.py"
        text = file.read_text(encoding="utf-8")
        write(
            folder,
            "tests/test_gates.py",
            re.sub(r"^    assert (.+)$", other, text, flags=re.MULTILINE),
        )

    return deed


def replace(path: str, old: str, new: str) -> Deed:
    return lambda folder: edit(folder, path, old, new)


def answer(question: str, text: str) -> Deed:
    """Another answer below a question."""

    def deed(folder: Path) -> None:
        file = folder / README
        before = file.read_text(encoding="utf-8")
        pattern = rf"(<!-- signal:{question} -->\n.*\n\n)(.*)"
        after, times = re.subn(pattern, lambda found: found[1] + text, before)
        assert times == 1
        file.write_text(after, encoding="utf-8", newline="\n")

    return deed


def committed(deed: Deed) -> Deed:
    def then(folder: Path) -> None:
        deed(folder)
        growing.commit(folder, "later")

    return then


def remove(path: str) -> Deed:
    return lambda folder: (folder / path).unlink()


def report(name: str, change: Callable[[dict[str, object]], None]) -> Deed:
    """Edit a report by hand."""

    def deed(folder: Path) -> None:
        file = folder / "reports" / f"{name}.json"
        content = json.loads(file.read_text(encoding="utf-8"))
        change(content)
        file.write_text(json.dumps(content, indent=2, sort_keys=True), encoding="utf-8")

    return deed


def set_at(pointer: str, value: object) -> Callable[[dict[str, object]], None]:
    def change(content: dict[str, object]) -> None:
        *above, last = pointer.strip("/").split("/")
        place: dict[str, object] = content
        for part in above:
            inner = place[part]
            assert isinstance(inner, dict)
            place = inner
        place[last] = value

    return change


def other_rows(folder: Path) -> None:
    """Rows that were invented, with numbers that follow from them."""
    rows = growing.rows(folder)
    for row in rows:
        row["label"] = float(row["outputs"]["champion"] > 0.4)
    growing.save(folder, "evaluation", growing.evaluation(rows), rows)


def better_by(change: dict[str, object]) -> Deed:
    """Say that it is better, after the difference's interval was changed."""

    def deed(folder: Path) -> None:
        for key, value in change.items():
            report("evaluation", set_at(f"/difference/ap/{key}", value))(folder)
        gain = growing.evaluation(growing.rows(folder))["difference"]["ap"]["value"]
        link = f"[AP {gain:+.3f}](reports/evaluation.json#/difference/ap)"
        answer("RC3", f"It is better than the rule by {link} on rows of one test week.")(folder)

    return deed


def starters_data(folder: Path) -> None:
    """The starter's rows in another order, under another name, with other names of columns."""
    import gzip
    import random

    text = gzip.decompress(growing.given("supervised-api")["data/rand_hie.csv.gz"]).decode()
    names, *lines = text.splitlines()
    random.Random(1).shuffle(lines)  # noqa: S311 - the same order each time
    head = ",".join(f"c{number}" for number in range(names.count(",") + 1))
    write(folder, "data/stations.csv", "\n".join([head, *lines]) + "\n")


def starters_code(folder: Path) -> None:
    """The starter's code, with other names and another format."""
    (folder / "app/stations.py").unlink()
    (folder / "tests/test_stations.py").unlink()
    path = folder / "app/routing.py"
    text = path.read_text(encoding="utf-8")
    write(
        folder, "app/routing.py", re.sub(r"\bself\b", "this", text) + "\n# mine\n\n\n# all mine\n"
    )


KEY = "sk-" + "proj-" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY"


def ignore_gate(folder: Path) -> None:
    file = folder / ".github/workflows/ci.yml"
    text = file.read_text(encoding="utf-8")
    text, times = re.subn(r"(app (?:train|evaluate)[^\n]*)", r"\1 || true", text)
    assert times
    write(folder, ".github/workflows/ci.yml", text)


def costs(folder: Path, false_alarm: str, miss: str) -> None:
    edit(folder, "project.toml", "false_alarm = 2 ", f"false_alarm = {false_alarm} ")
    edit(folder, "project.toml", "miss = 9 ", f"miss = {miss} ")


def drop_line(folder: Path, path: str, words: str) -> None:
    lines = (folder / path).read_text(encoding="utf-8").split("\n")
    kept = [line for line in lines if words not in line]
    assert len(kept) < len(lines), words
    write(folder, path, "\n".join(kept))


def dreams(folder: Path) -> None:
    chart = "flowchart LR\n" + "".join(
        f'  n{i}["Feature Store {i}"] --> n{i + 1}\n' for i in range(9)
    )
    text = (folder / README).read_text(encoding="utf-8")
    after = re.sub(
        r"```mermaid\n.*?```", lambda _: f"```mermaid\n{chart}```", text, flags=re.DOTALL
    )
    write(folder, README, after)


def hollow(folder: Path) -> None:
    name = "test_small_stations_are_left_out"
    write(folder, "tests/test_stations.py", f"def {name}() -> None:\n    assert True\n")


def always_ready(folder: Path) -> None:
    path = "app/service/operations.py"
    text = (folder / path).read_text(encoding="utf-8")
    start = text.index('@router.get("/health/ready"')
    body = re.search(r"async def (\w+)\(", text[start:])
    assert body
    made = (
        '@router.get("/health/ready")\n'
        "    async def ready() -> dict[str, str]:\n        return {}\n\n    "
    )
    end = text.index("@router.get(", start + 10)
    write(folder, path, text[:start] + made + text[end:])


def empty_tests(folder: Path, path: str) -> None:
    text = (folder / path).read_text(encoding="utf-8")
    write(folder, path, re.sub(r"^(\s+)assert .*$", r"\1pass", text, flags=re.MULTILINE))


def fewer_tests(folder: Path) -> None:
    for file in sorted((folder / "tests").glob("test_*.py"))[:12]:
        if file.name != "test_stations.py":
            file.unlink()


def pretend(folder: Path) -> None:
    """Change the code, and write its new id into the report."""
    write(folder, "app/more.py", "LIMIT = 1\n")
    growing.commit(folder, "more")
    tree = growing.git(folder, "rev-parse", "HEAD:app")
    for name in ("evaluation", "benchmark"):
        report(name, set_at("/inputs/trees/app", tree))(folder)


def few_rows(folder: Path, every: int = 9) -> None:
    """Only some of the test rows, and of the data what is left: too few, or a choice of them."""
    rows = [row for row in growing.rows(folder) if int(row["unit"]) % every == 0]
    growing.save(folder, "evaluation", growing.evaluation(rows), rows)


def too_few(folder: Path) -> None:
    """Little data, all of it tested."""
    lines = (folder / "data/stations.csv").read_text(encoding="utf-8").splitlines()
    write(folder, "data/stations.csv", "\n".join(lines[:100]) + "\n")
    rows = growing.rows(folder)
    growing.save(folder, "evaluation", growing.evaluation(rows), rows)


def picked(folder: Path) -> None:
    rows = growing.rows(folder)
    numbers = growing.evaluation(rows)
    for who in ("champion", "baseline"):
        number = numbers[who]["ap"]
        number["recipe"]["where"] = {"/decisions/champion": True}
        made = Recipe(number["recipe"])
        chosen = made.selected(rows)
        number |= {"value": made.value(made.samples(chosen, rows)), "n": len(chosen)}
    growing.save(folder, "evaluation", numbers, rows)


def renamed_metric(folder: Path) -> None:
    rows = growing.rows(folder)
    numbers = growing.evaluation(rows)
    number = numbers["champion"]["ap"]
    number["recipe"]["metric"] = "auc"
    made = Recipe(number["recipe"])
    number["value"] = made.value(made.samples(made.selected(rows), rows))
    growing.save(folder, "evaluation", numbers, rows)


def put(folder: Path, content: bytes) -> None:
    (folder / "docs/stations.png").write_bytes(content)


def best_part(folder: Path) -> None:
    parts = growing.evaluation(growing.rows(folder))["slices"]["district"]
    name = max(parts, key=lambda one: parts[one]["ap"]["value"])
    shown = f"{parts[name]['ap']['value']:.3f}"
    link = f"[AP {shown}](reports/evaluation.json#/slices/district/{name}/ap)"
    answer("RC3", f"Worst in the {name} with {link}.")(folder)


def key_of_the_past(folder: Path) -> None:
    write(folder, "app/key.py", f'KEY = "{KEY}"\n')
    growing.commit(folder, "oops")
    (folder / "app/key.py").unlink()
    growing.commit(folder, "gone")


DEEDS: dict[str, list[tuple[str, Deed]]] = {
    "PF101": [
        ("placeholder", answer("PF2", "_PF2: replace this line by two to six sentences._")),
        ("emptied", answer("ST3", "")),
        ("marker deleted", replace(README, "<!-- signal:CD2 -->\n", "")),
        ("hidden in a comment", answer("RC4", "<!-- Bikes, racks, weeks and counts. -->")),
    ],
    "PF102": [
        ("too short", answer("PF1", "Dispatchers use it every night.")),
        ("filler", answer("PF1", "The model is good and the model works well and is good. " * 8)),
        (
            "echo",
            answer(
                "PF1",
                "Who acts on one prediction, what do they do differently when it is high, and by "
                "when must they have it? They act on one prediction and do things differently "
                "when it is high.",
            ),
        ),
        ("another answer", answer("PF1", growing.ANSWERED["CD1"])),
    ],
    "PF103": [
        ("no link", answer("PF2", "Her loop is far behind, the trees are ahead by a lot.")),
        (
            "one link",
            answer("PF2", "We reach [AP 0.900](reports/evaluation.json#/champion/ap) these days."),
        ),
        (
            "the same twice",
            answer(
                "PF2",
                "[AP 0.900](reports/evaluation.json#/champion/ap) against "
                "[AP 0.900](reports/evaluation.json#/champion/ap), which is more.",
            ),
        ),
    ],
    "PF104": [
        ("no number", answer("PF4", "Nothing is promoted unless it is clearly above her loop.")),
        ("another number", answer("PF4", "Nothing is promoted unless it is 0.31 above her loop.")),
        ("ignored in CI", ignore_gate),
    ],
    "PF105": [
        ("the starter's costs", lambda folder: costs(folder, "1", "3")),
        ("no threshold", answer("PF3", "A stop takes nine minutes and a miss costs nine euros.")),
        ("other costs", lambda folder: costs(folder, "1", "20")),
    ],
    "ST101": [
        ("the starter's", lambda folder: drop_line(folder, README, 'stations["app/stations.py')),
        ("dreams", dreams),
        ("none", replace(README, "```mermaid", "```text")),
    ],
    "ST102": [
        ("nothing named", answer("ST2", "The feed breaks first, and we look at it by hand.")),
        (
            "skipped",
            replace(
                "tests/test_stations.py",
                "def test_small",
                "import pytest\n\n\n@pytest.mark.skip\ndef test_small",
            ),
        ),
        ("asserts nothing", hollow),
        (
            "only the starter's",
            answer("ST2", "Drift, MonitorDown and QualityWorse tell us, in that order."),
        ),
    ],
    "ST103": [
        ("always ready", always_ready),
    ],
    "ST104": [
        ("nothing shown", answer("ST3", "A week in shadow, then the gates, and then promotion.")),
        (
            "no way back",
            lambda folder: drop_line(folder, ".github/workflows/deploy.yml", "/rollback "),
        ),
        (
            "looked at after going back only",
            replace(
                ".github/workflows/deploy.yml",
                "      - name: Right commit, one real answer\n",
                "      - name: Right commit, one real answer\n        if: false\n",
            ),
        ),
    ],
    "ST105": [
        ("a test gone", remove("tests/test_gates.py")),
        ("emptied", lambda folder: empty_tests(folder, "tests/test_gates.py")),
    ],
    "RC101": [
        (
            "one kind",
            answer("RC1", "It holds [118 MB](reports/benchmark.json#/predict/memory_mb) in all."),
        ),
        ("typed", answer("RC1", "It takes 15 us at 1,200 requests a second and 118 MB.")),
    ],
    "RC102": [
        ("digits", replace(README, "[118 MB](", "[88 MB](")),
        ("nowhere", replace(README, "#/predict/memory_mb", "#/predict/memory")),
    ],
    "RC103": [
        ("value edited", report("evaluation", set_at("/champion/ap/value", 0.97))),
        ("n edited", report("evaluation", set_at("/champion/ap/n", 5000))),
        ("rows invented", other_rows),
        ("rows left out", lambda folder: few_rows(folder, every=2)),
        ("rows picked by outcome", picked),
        ("another metric by that name", renamed_metric),
        ("no rows", remove("reports/evaluation.rows.jsonl.gz")),
        ("no report", remove("reports/evaluation.json")),
    ],
    "RC104": [
        ("dirty", report("evaluation", set_at("/inputs/dirty", True))),
        ("code since", committed(lambda folder: write(folder, "app/more.py", "LIMIT = 1\n"))),
        ("ids edited", committed(pretend)),
    ],
    "RC105": [
        (
            "nothing said",
            answer("RC1", "Fast enough, [118 MB](reports/benchmark.json#/predict/memory_mb)."),
        ),
        ("zero", answer("RC1", "A million answers cost $0.00 on our plan.")),
        ("typed", answer("RC1", "A million answers cost $3.40 on our plan.")),
        ("no source", report("benchmark", set_at("/price/price_source", ""))),
        ("old price", report("benchmark", set_at("/price/price_date", "2029-01-01"))),
        ("does not follow", report("benchmark", set_at("/price/price_per_cpu_hour", 0.4))),
    ],
    "RC106": [
        ("none", remove("docs/decisions/0005-no-weather.md")),
        ("not linked", answer("RC2", "The evening forecast: paid, fashionable and within noise.")),
        (
            "the starter's in other words",
            lambda folder: write(
                folder,
                "docs/decisions/0005-no-weather.md",
                growing.given("supervised-api")["docs/decisions/0004-drift-beyond-chance.md"]
                .decode()
                .replace("column", "field"),
            ),
        ),
    ],
    "RC107": [
        (
            "better, with nothing to show",
            answer(
                "RC3",
                "Better at the harbour: [AP 0.900](reports/evaluation.json#/champion/ap) there.",
            ),
        ),
        ("few rows", too_few),
        ("an interval by hand", better_by({"low": 0.001, "high": 0.002})),
        ("an interval of nobody", better_by({"interval": None})),
        ("worse", better_by({"low": -0.3, "high": -0.1})),
    ],
    "RC108": [
        ("no licence", lambda folder: drop_line(folder, "data/README.md", "Licence")),
        ("not named", lambda folder: write(folder, "data/more.csv", "a,b\n" * 5000)),
        (
            "kept for ever",
            replace(".env.example", "RETENTION_DAYS=90", "RETENTION_DAYS=0"),
        ),
    ],
    "CD101": [
        ("marks gone", replace(README, "<!-- quickstart -->", "")),
        (
            "not in CI",
            lambda folder: drop_line(folder, ".github/workflows/ci.yml", "bash -euxo pipefail"),
        ),
    ],
    "CD102": [
        ("file", replace(README, "(docs/stations.png)", "(docs/station.png)")),
        (
            "anchor",
            replace(README, "## Limits", "See [the map](docs/runbook.md#map).\n\n## Limits"),
        ),
    ],
    "CD103": [
        ("only in code", lambda folder: drop_line(folder, ".env.example", "LOG_LEVEL=")),
        ("only documented", replace(".env.example", "LOG_LEVEL=INFO", "LOG_LEVEL=INFO\nMAGIC=1")),
    ],
    "CD104": [
        ("none", replace(README, "![The page](docs/stations.png)", "The page")),
        ("small", lambda folder: put(folder, growing.picture(200, 100))),
        ("blank", lambda folder: put(folder, growing.picture(800, 500, blank=True))),
        ("no picture", lambda folder: put(folder, b"png")),
    ],
    "CD105": [
        ("not linked", answer("RC3", "Worst in the centre, where few racks were counted before.")),
        ("not the worst", best_part),
    ],
    "CD106": [
        (
            "no trail",
            answer("CD3", "My first week scored beautifully and a mechanic laughed at it."),
        ),
        (
            "no such commit",
            answer("CD3", "Commit 0123abc4567 raised the limit, said the mechanic."),
        ),
    ],
    "DP101": [
        ("root", replace("Dockerfile", "USER 10001\n", "")),
        ("root by a number", replace("Dockerfile", "USER 10001\n", "USER 00:0\n")),
        (
            "root by a variable",
            replace("Dockerfile", "USER 10001\n", "ARG WHO=root\nUSER $WHO\n"),
        ),
        ("no base", lambda folder: write(folder, "Dockerfile", "FROM python\nCMD python -m app\n")),
    ],
    "DP102": [
        ("a key", lambda folder: write(folder, "app/key.py", f'KEY = "{KEY}"\n')),
        ("in the history", key_of_the_past),
        ("a .env", committed(lambda folder: write(folder, ".env", "API_KEY=x\n"))),
    ],
    "DP103": [
        ("none", remove("uv.lock")),
        ("lacks one", lambda folder: drop_line(folder, "uv.lock", 'name = "numpy"')),
    ],
    "DP200": [
        ("not deployed", replace(README, "<https://bikes.ada.dev>", "_not deployed yet_")),
        ("an example", replace(README, "<https://bikes.ada.dev>", "https://bikes.example.com")),
        ("private", replace(README, "<https://bikes.ada.dev>", "https://192.168.0.7")),
        ("this machine", replace(README, "<https://bikes.ada.dev>", "https://localhost.")),
        ("an inner name", replace(README, "<https://bikes.ada.dev>", "https://bikes.internal.")),
        ("a web page", replace(README, "<https://bikes.ada.dev>", "https://github.com/ada/bikes")),
    ],
    "MO101": [
        (
            "renamed",
            lambda folder: write(
                folder,
                "monitoring/alerts.yml",
                (folder / "monitoring/alerts.yml")
                .read_text(encoding="utf-8")
                .replace("drift_psi_limit", "drift_limit_of_dreams"),
            ),
        ),
    ],
    "MO102": [
        (
            "no entry",
            replace(
                "monitoring/alerts.yml", "docs/runbook.md#qualityworse", "docs/runbook.md#worse"
            ),
        ),
        ("no test", lambda folder: drop_line(folder, "monitoring/alerts_test.yml", "QualityWorse")),
    ],
    "MO104": [
        ("the starter's", replace("project.toml", "psi = 0.13 ", "psi = 0.1 ")),
        ("nothing behind it", remove("docs/decisions/0005-no-weather.md")),
    ],
    "OW101": [
        ("shuffled and renamed", starters_data),
        ("gone", remove("data/stations.csv")),
    ],
    "OW102": [("reformatted and renamed", starters_code)],
    "OW103": [
        ("a gate", replace("project.toml", "calibration_error = 0.03", "calibration_error = 0.9")),
        ("coverage", replace("pyproject.toml", "fail_under = 90", "fail_under = 20")),
        (
            "types",
            replace("pyproject.toml", "[tool.mypy]\nstrict = true", "[tool.mypy]\nstrict = false"),
        ),
        ("tests", fewer_tests),
        (
            "checks that are let go",
            checks_become(r"    with contextlib.suppress(AssertionError):\n        assert \1"),
        ),
        (
            "checks that are caught",
            checks_become(r"    try:\n        assert \1\n    except Exception:\n        pass"),
        ),
        (
            "tests that a conftest calls passed",
            lambda folder: write(
                folder, "conftest.py", "def pytest_pyfunc_call(pyfuncitem):\n    return True\n"
            ),
        ),
        (
            "tests that pytest is told to collect only",
            replace(CI, "jobs:\n", "env:\n  PYTEST_ADDOPTS: --collect-only\n\njobs:\n"),
        ),
        (
            "a shell that begins with commands of its own",
            replace(CI, "jobs:\n", "env:\n  BASH_ENV: tests/quiet.sh\n\njobs:\n"),
        ),
        (
            "tests of somebody else's repository",
            replace(
                CI,
                "    name: Lint, types, tests\n",
                "    name: Lint, types, tests\n    if: github.repository_owner == 'nobody'\n",
            ),
        ),
        (
            "types, from another file",
            lambda folder: write(folder, "mypy.ini", "[mypy]\nignore_errors = True\n"),
        ),
        (
            "the linter, for the starter's files",
            replace("pyproject.toml", '"app/cli.py" = ["T201"]', '"app/**" = ["ALL"]'),
        ),
        (
            "the linter, past a folder",
            replace("pyproject.toml", "[tool.ruff]\n", '[tool.ruff]\nextend-exclude = ["app"]\n'),
        ),
        (
            "types, of some modules",
            replace(
                "pyproject.toml",
                "ignore_missing_imports = true",
                'ignore_missing_imports = true\n\n[[tool.mypy.overrides]]\nmodule = "app.*"\n'
                "ignore_errors = true",
            ),
        ),
        (
            "types, of fewer files",
            replace(
                "pyproject.toml", 'files = ["."]', 'files = ["app"]\ncheck_untyped_defs = false'
            ),
        ),
        ("types, ignored in CI", replace(CI, "run: uv run mypy\n", "run: uv run mypy || true\n")),
        (
            "the evidence, in CI",
            replace(CI, "run: uv run --locked app evaluate --check", "run: echo fine"),
        ),
        (
            "a plugin",
            lambda folder: write(folder, "conftest.py", 'pytest_plugins = ["tests.quiet"]\n'),
        ),
        (
            "the linter, from another file",
            lambda folder: write(folder, "app/ruff.toml", 'exclude = ["*"]\n'),
        ),
        (
            "looking away",
            lambda folder: write(
                folder,
                "app/routing.py",
                (folder / "app/routing.py").read_text(encoding="utf-8") + "\nx = 1  # noqa\n",
            ),
        ),
    ],
}


CASES = [(rule, name, deed) for rule, deeds in DEEDS.items() for name, deed in deeds]


@pytest.mark.parametrize("rule", [one for one, it in catalogue().items() if it.level == "static"])
def test_the_finished_repository_passes(rule: str, verdict: Verdict) -> None:
    assert outcome(verdict, rule) == "pass", why(verdict, rule)


@pytest.mark.parametrize(("rule", "name", "deed"), CASES, ids=[f"{r}-{n}" for r, n, _ in CASES])
def test_one_deed_fails_its_rule(rule: str, name: str, deed: Deed, mine: Path) -> None:
    deed(mine)
    verdict = seen(mine, select=rule)
    assert outcome(verdict, rule) == "fail", f"{name}: {why(verdict, rule)}"


@pytest.mark.parametrize("deed", ["moved", "a link", "UTF-16"])
def test_a_readme_that_cannot_be_read_is_told_once_and_as_that(deed: str, mine: Path) -> None:
    readme = mine / README
    text = readme.read_text(encoding="utf-8")
    readme.unlink()
    if deed == "a link":
        write(mine, "LIESMICH.md", text)
        readme.symlink_to("LIESMICH.md")
    elif deed == "UTF-16":
        readme.write_bytes(text.encode("utf-16"))
    said = why(seen(mine, select="PF101"), "PF101")
    found = {"moved": "There is no README.md.", "a link": "README.md is a link"}
    assert found.get(deed, "README.md can't be read: it is no UTF-8") in said
    assert "was removed" not in said


@pytest.mark.parametrize(
    "odd",
    [
        "[tool.mypy]\nfollow_imports = [1]\nstrict = {a = 1}\noverrides = [1, {module = 2}]\n",
        '[tool.ruff]\nexclude = 3\nlint = ["x"]\nper-file-ignores = {"[" = 1, "*" = [{}]}\n',
        "[tool]\nmypy = 1\nruff = [1]\n",
    ],
)
def test_settings_of_odd_kinds_are_weaker_and_break_nothing(odd: str, mine: Path) -> None:
    write(mine, "pyproject.toml", odd)
    verdict = seen(mine, select="OW103")
    assert "mypy is not strict any more." in why(verdict, "OW103")


def test_the_linter_may_be_told_about_files_of_ones_own(mine: Path) -> None:
    ours = '"app/stations.py" = ["T201"]\n"app/cli.py" = ["T201"]'
    edit(mine, "pyproject.toml", '"app/cli.py" = ["T201"]', ours)
    edit(mine, "pyproject.toml", 'module = ["', 'module = ["pandas.*", "')
    assert outcome(seen(mine, select="OW103"), "OW103") == "pass"


def test_better_is_believed_with_an_interval_that_its_rows_give(mine: Path) -> None:
    better_by({})(mine)
    verdict = seen(mine, select="RC107")
    assert outcome(verdict, "RC107") == "pass", why(verdict, "RC107")


def test_every_static_rule_has_a_deed() -> None:
    assert DEEDS.keys() == {one for one, rule in catalogue().items() if rule.level == "static"}
