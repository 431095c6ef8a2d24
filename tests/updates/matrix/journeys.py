"""The updates that the matrix makes: from which release of which template to which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.updates import wide_pack
from tests.updates.bundles import release_bundles
from tests.updates.matrix.parts import Parts, Pin, Place

if TYPE_CHECKING:
    from collections.abc import Callable

#: The bundles that scaffold ships.
EMBEDDED = Path(__file__).resolve().parents[3] / "scaffold" / "releases"


@dataclass(frozen=True)
class Journey:
    """An update from one release to the newest, or to one that is asked for by `--to`.

    Attributes:
        pack: `every-change` for the pack of these tests, `embedded` for the one that is shipped.
        template: Id of the starter.
        old: The release a repository was made from.
        new: The release it is updated to.
        parts: What changes in between.
        seeded: Seeded paths, as in `owners.yml`.
        takes_all: Whether it takes every state that applies, or the common ones.
        by_name: Whether `--to` names the new release.
    """

    pack: str
    template: str
    old: str
    new: str
    parts: Parts
    seeded: tuple[str, ...]
    takes_all: bool = True
    by_name: bool = False

    @property
    def name(self) -> str:
        """A short name: `tiny-api-v0.1.0`."""
        return f"{self.template}-{self.old}" + (f"-to-{self.new}" if self.by_name else "")

    def is_seeded(self, path: str) -> bool:
        """Whether no update may ever add, change or remove `path`."""
        return any(f"/{path}" == one or f"/{path}".startswith(f"{one}/") for one in self.seeded)


def bundles(pack: str, work: Path) -> tuple[Path, ...]:
    """Make or find the release bundles of a pack, oldest first."""
    return _BUNDLES[pack](work)


def version(tag: str) -> tuple[int, ...]:
    """The numbers of a release tag, to sort by."""
    return tuple(int(part) for part in tag.removeprefix("v").split("."))


def _shipped(_: Path) -> tuple[Path, ...]:
    return tuple(sorted(EMBEDDED.glob("v*.bundle"), key=lambda one: version(one.stem)))


_BUNDLES: dict[str, Callable[[Path], tuple[Path, ...]]] = {
    "every-change": lambda work: release_bundles(wide_pack.build(work), work),
    "embedded": _shipped,
}

_SETUP_V5 = "        uses: actions/checkout@{} # {}"

_FROM_MIDDLE = Parts(
    contested=Place("app/scoring.py", "    return min(HIGHEST, visits / 11)"),
    far='    return f"{score:.0%} of such members come again"',
    quiet=Place("docs/runbook.md", "Start the container again."),
    added="docs/oncall.md",
    added_below=("ops", "ops/alerts.yml"),
    folder="docs",
    seeded=("data/visits.csv", "data/README.md"),
    seeded_new="data/extra.csv",
    section=("## Limits", "The data are of the 1970s: old.", "## The 4 Signals"),
    reworded=(
        (
            "PF2",
            "What rule would a person use, what does it score, and by how much do you beat it?",
            "Which rule do people follow today, and by how much is yours better?",
        ),
    ),
    renamed=(
        Place("app/evidence.py", '    path = Path("reports") / f"{name}.json"'),
        "app/proofs.py",
    ),
    renamed_contested='    path.write_text(json.dumps({"schema": 1, **numbers}), encoding="utf-8")',
    dropped=Place("docs/faq.md", "Yes, by `PORT`."),
    emptied="app/py.typed",
    binary="docs/diagram.bin",
    still_binary="docs/seal.bin",
    switched="tools/start.sh",
    program="tools/check.sh",
    dependency=Pin(
        "pyproject.toml",
        '    "fastapi>=0.166",',
        '    "fastapi>=0.170",',
        '    "fastapi>=0.168",',
        '    "fastapi>=0.171.2",',
    ),
    action=Pin(
        ".github/workflows/ci.yml",
        _SETUP_V5.format("3" * 40, "v6.0.1"),
        _SETUP_V5.format("4" * 40, "v6.1.0"),
        _SETUP_V5.format("5" * 40, "v6.0.9"),
        _SETUP_V5.format("6" * 40, "v6.10.0"),
    ),
    image=Pin(
        "Dockerfile",
        "FROM python:3.12.2-slim AS base",
        "FROM python:3.12.4-slim AS base",
        "FROM python:3.12.3-slim AS base",
        "FROM python:3.12.10-slim AS base",
    ),
    questions=(("plan", "free"),),
    notes=("v0.1.2",),
)

_FROM_OLDEST = replace(
    _FROM_MIDDLE,
    contested=Place("app/scoring.py", "    return min(HIGHEST, visits / 10)"),
    section=("## Limits", "The data are of the 1970s.", "## The 4 Signals"),
    reworded=(
        (
            "PF2",
            "What rule would a person use without a model, and by how much do you beat it?",
            "Which rule do people follow today, and by how much is yours better?",
        ),
    ),
    renamed=(
        Place("app/report.py", '    path = Path("reports") / f"{name}.json"'),
        "app/proofs.py",
    ),
    dependency=Pin(
        "pyproject.toml",
        '    "fastapi>=0.165",',
        '    "fastapi>=0.170",',
        '    "fastapi>=0.168",',
        '    "fastapi>=0.171.2",',
    ),
    action=Pin(
        ".github/workflows/ci.yml",
        _SETUP_V5.format("1" * 40, "v6.0.0"),
        _SETUP_V5.format("4" * 40, "v6.1.0"),
        _SETUP_V5.format("5" * 40, "v6.0.9"),
        _SETUP_V5.format("6" * 40, "v6.10.0"),
    ),
    image=Pin(
        "Dockerfile",
        "FROM python:3.12.1-slim AS base",
        "FROM python:3.12.4-slim AS base",
        "FROM python:3.12.3-slim AS base",
        "FROM python:3.12.10-slim AS base",
    ),
    questions=(("region", "europe"), ("plan", "free")),
    notes=("v0.1.2", "v0.1.1"),
)

_FROM_OLDEST_TO_MIDDLE = replace(
    _FROM_OLDEST,
    added="docs/monitoring.md",
    added_below=None,
    seeded_new="data/holdout.csv",
    section=("## Limits", "The data are of the 1970s.", "## The 4 Signals"),
    reworded=(
        (
            "PF2",
            "What rule would a person use without a model, and by how much do you beat it?",
            "What rule would a person use, what does it score, and by how much do you beat it?",
        ),
    ),
    renamed=(
        Place("app/report.py", '    path = Path("reports") / f"{name}.json"'),
        "app/evidence.py",
    ),
    renamed_contested=None,
    dropped=Place("docs/hosting-by-hand.md", "Copy the folder to a server."),
    emptied=None,
    switched=None,
    dependency=None,
    action=None,
    image=None,
    questions=(("region", "europe"),),
    notes=("v0.1.1",),
)

_API_FROM_0_1_1 = Parts(
    contested=Place(
        "app/service/logs.py", "        return json.dumps(line, ensure_ascii=False, default=str)"
    ),
    far='            "level": record.levelname,',
    quiet=Place(".github/dependabot.yml", "    open-pull-requests-limit: 3"),
    added="docs/costs.md",
    added_below=("monitoring", "monitoring/prometheus.yml"),
    folder="app/service",
    seeded=("project.toml", "data/prepare.py"),
    section=(
        "## Decisions",
        (
            "why the model is served as [ONNX and not as a pickle]"
            "(docs/decisions/0001-onnx-instead-of-pickle.md)."
        ),
        "## Limits",
    ),
    notes=("v0.5.0", "v0.4.0", "v0.3.0", "v0.2.1", "v0.2.0"),
)

_BUILDER = "        uses: docker/setup-buildx-action@{} # {}"

_API_FROM_0_1_0 = replace(
    _API_FROM_0_1_1,
    reworded=(
        (
            "RC1",
            (
                "What is the p99 latency, at which load, on which machine, and what do a million "
                "predictions cost?"
            ),
            (
                "How long does the slowest answer of a hundred take (p99), at which load and on "
                "which machine, and what do a million answers cost?"
            ),
        ),
    ),
    unlinked=(
        Place("docs/operations.md", "## Is it well?"),
        "docs/runbook.md",
    ),
    action=Pin(
        ".github/workflows/ci.yml",
        _BUILDER.format("bb05f3f5519dd87d3ba754cc423b652a5edd6d2c", "v4.2.0"),
        _BUILDER.format("37fe631027851001ddb9b187196cc803df7f5f0e", "v4.3.0"),
        _BUILDER.format("5" * 40, "v4.2.1"),
        _BUILDER.format("6" * 40, "v4.10.0"),
    ),
    questions=(("region", "europe"),),
    notes=("v0.5.0", "v0.4.0", "v0.3.0", "v0.2.1", "v0.2.0", "v0.1.1"),
)

_API_FROM_0_2_0 = Parts(
    contested=Place(
        "app/replay.py",
        '        cases = [table.features(int(row)).model_dump(mode="json") for row in part]',
    ),
    far="def replay(",
    quiet=Place(".github/dependabot.yml", "    open-pull-requests-limit: 3"),
    added="app/output_counts.py",
    folder="app/training",
    seeded=("project.toml", "data/prepare.py"),
    renamed=(Place("app/proving/numbers.py", "BINS = 10"), "app/numbers.py"),
    notes=("v0.5.0", "v0.4.0", "v0.3.0", "v0.2.1"),
)

_API_FROM_0_2_1 = Parts(
    contested=Place(
        "app/service/store.py",
        "                cursor.execute(grouped, [value for row in group for value in row])",
    ),
    far="def open_store(url: str) -> Store:",
    quiet=Place(".github/dependabot.yml", "    open-pull-requests-limit: 3"),
    added=None,
    folder="app/service",
    seeded=("project.toml", "data/prepare.py"),
    notes=("v0.5.0", "v0.4.0", "v0.3.0"),
)

_API_FROM_0_3_0 = Parts(
    contested=Place(
        "tests/test_cli.py",
        r'CASE = re.compile(r"^ +\S.* \(what happened: .+\)$", re.MULTILINE)',
    ),
    far="def test_the_demo_takes_the_model_that_is_there(",
    quiet=Place(".github/dependabot.yml", "    open-pull-requests-limit: 3"),
    added="tests/service/test_json_route.py",
    folder="tests/evidence",
    seeded=("project.toml", "data/prepare.py"),
    notes=(
        "v0.5.0",
        "v0.4.0",
    ),
)

_RAG_FROM_0_3_0 = Parts(
    contested=Place(
        "app/answering/refusal.py",
        'Why = Literal["empty question", "empty index", "nothing found", "too far"]',
    ),
    far="def refusal(result: Result, threshold: float) -> Refusal | None:",
    quiet=Place(".github/dependabot.yml", "    open-pull-requests-limit: 3"),
    added="docs/costs.md",
    added_below=("monitoring", "monitoring/prometheus.yml"),
    folder="app/answering",
    seeded=("project.toml", "data/README.md"),
    notes=(
        "v0.5.0",
        "v0.4.0",
    ),
)

_API_FROM_0_4_0 = Parts(
    contested=Place(
        "app/evidence/report.py", "    beside.write_bytes(gzip.compress(packed, mtime=0))"
    ),
    far="def read_report(file: Path) -> Json:",
    quiet=Place(".github/dependabot.yml", "    open-pull-requests-limit: 3"),
    added="app/evidence/writing.py",
    folder="tests/evidence",
    seeded=("project.toml", "data/prepare.py"),
    notes=("v0.5.0",),
)

_RAG_FROM_0_4_0 = Parts(
    contested=Place(
        "app/answers.py",
        '        {"source": one.source, "heading": one.breadcrumb.rpartition(" > ")[2]}',
    ),
    far="class Answers:",
    quiet=Place(".github/dependabot.yml", "    open-pull-requests-limit: 3"),
    added="app/evidence/writing.py",
    folder="app/answering",
    seeded=("project.toml", "data/README.md"),
    seeded_stand_still=True,
    dropped=Place("app/proving/writing.py", "    file.parent.mkdir(parents=True, exist_ok=True)"),
    notes=("v0.5.0",),
)

_TINY_SEEDED = ("/app/schema.py", "/data", "/project.toml")
_RAG_SEEDED = ("/data", "/project.toml")
_API_SEEDED = ("/app/own.py", "/app/schema.py", "/data", "/project.toml")

TINY_OLDEST = Journey("every-change", "tiny-api", "v0.1.0", "v0.1.2", _FROM_OLDEST, _TINY_SEEDED)
TINY = Journey("every-change", "tiny-api", "v0.1.1", "v0.1.2", _FROM_MIDDLE, _TINY_SEEDED)

#: The oldest release and the two before the newest take every state that applies, others the
#: common ones.
JOURNEYS: tuple[Journey, ...] = (
    TINY_OLDEST,
    TINY,
    Journey(
        "every-change",
        "tiny-api",
        "v0.1.0",
        "v0.1.1",
        _FROM_OLDEST_TO_MIDDLE,
        _TINY_SEEDED,
        takes_all=False,
        by_name=True,
    ),
    Journey("embedded", "supervised-api", "v0.1.0", "v0.5.0", _API_FROM_0_1_0, _API_SEEDED),
    Journey(
        "embedded",
        "supervised-api",
        "v0.1.1",
        "v0.5.0",
        _API_FROM_0_1_1,
        _API_SEEDED,
        takes_all=False,
    ),
    Journey(
        "embedded",
        "supervised-api",
        "v0.2.0",
        "v0.5.0",
        _API_FROM_0_2_0,
        _API_SEEDED,
        takes_all=False,
    ),
    Journey(
        "embedded",
        "supervised-api",
        "v0.2.1",
        "v0.5.0",
        _API_FROM_0_2_1,
        _API_SEEDED,
        takes_all=False,
    ),
    Journey("embedded", "supervised-api", "v0.3.0", "v0.5.0", _API_FROM_0_3_0, _API_SEEDED),
    Journey("embedded", "supervised-api", "v0.4.0", "v0.5.0", _API_FROM_0_4_0, _API_SEEDED),
    Journey("embedded", "rag-app", "v0.3.0", "v0.5.0", _RAG_FROM_0_3_0, _RAG_SEEDED),
    Journey("embedded", "rag-app", "v0.4.0", "v0.5.0", _RAG_FROM_0_4_0, _RAG_SEEDED),
)
