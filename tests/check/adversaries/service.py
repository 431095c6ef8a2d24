"""Cheats with alerts, containers, locks, settings and the quickstart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.check.adversaries.changing import commit, read, sub, told
from tests.check.adversaries.registry import adversary
from tests.check.growing import write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.check.adversaries.registry import Git

ALERT = """
      - alert: {name}
        expr: {expr}
        for: 10m
        labels:
          severity: warning
        annotations:
          summary: Something happens too often.
          runbook: docs/runbook.md#{anchor}
"""
ALERT_TEST = """
  - name: {name}
    interval: 1m
    input_series:
      - series: {series}
        values: 0+50x60
    alert_rule_test:
      - eval_time: 50m
        alertname: {name}
        exp_alerts:
          - exp_labels: {{severity: warning, job: app}}
            exp_annotations:
              summary: Something happens too often.
              runbook: docs/runbook.md#{anchor}
"""
ENTRY = """
### {name}

Vans come back with full racks more often than the depot can unload them before the evening
shift begins.
See: the count of the last ten hours beside that of the same weekday in May.
Do: call the depot, then send the next two vans to the harbour; write the hour into the log book.
"""


def alert(folder: Path, name: str, metric: str, *, entry: str = ENTRY) -> None:
    """An alert of one's own, with its unit test and its entry in the runbook."""
    series = f'{metric}{{job="app"}}'
    expr = f"increase({series}[10m]) > 100"
    anchor = name.lower()
    for path, more in (
        ("monitoring/alerts.yml", ALERT.format(name=name, expr=expr, anchor=anchor)),
        ("monitoring/alerts_test.yml", ALERT_TEST.format(name=name, series=series, anchor=anchor)),
        ("docs/runbook.md", entry.format(name=name)),
    ):
        write(folder, path, read(folder, path).rstrip("\n") + "\n" + more)


@adversary("alert-of-no-metric", "supervised-api", "finished", "MO101")
def alert_of_no_metric(folder: Path, git: Git) -> None:
    """Adds an alert with test and runbook entry for a metric that nothing makes."""
    alert(folder, "RacksFull", "depot_full_racks_total")
    commit(folder, git, "An alert")


@adversary("metric-in-a-comment", "rag-app", "untouched", "MO101")
def metric_in_a_comment(folder: Path, git: Git) -> None:
    """Adds an alert for a metric that stands in a docstring and in a comment, and nowhere else."""
    alert(folder, "RacksFull", "depot_full_racks_total")
    text = read(folder, "app/your_routes.py")
    note = '# depot_full_racks_total: Counter("depot_full_racks", "Full racks")\n'
    doc = 'COUNTED = """depot_full_racks_total counts full racks."""\n'
    write(folder, "app/your_routes.py", f"{text}\n{note}{doc}")
    commit(folder, git, "An alert")


@adversary("dashboard-of-no-metric", "multi-agent", "untouched", "MO101")
def dashboard_of_no_metric(folder: Path, git: Git) -> None:
    """Points a panel of the dashboard at a metric with a better name, which is not made."""
    path = "monitoring/grafana/dashboards/service.json"
    sub(folder, path, r"agent_runs_total", "agent_happy_customers_total")
    commit(folder, git, "Dashboard")


@adversary("entry-without-text", "supervised-api", "finished", "MO102")
def entry_without_text(folder: Path, git: Git) -> None:
    """Adds an alert of a metric that exists, whose runbook entry is a heading and nothing else."""
    alert(folder, "ManyRows", "predictions_total", entry="\n### {name}\n")
    commit(folder, git, "An alert")


@adversary("alert-without-test", "rag-app", "untouched", "MO102")
def alert_without_test(folder: Path, git: Git) -> None:
    """Adds an alert whose unit test is a comment with its name."""
    tests = read(folder, "monitoring/alerts_test.yml")
    alert(folder, "ManyAnswers", "rag_answers_total")
    write(folder, "monitoring/alerts_test.yml", f"{tests}\n# alertname: ManyAnswers\n")
    commit(folder, git, "An alert")


@adversary("entries-emptied", "multi-agent", "untouched", "MO102")
def entries_emptied(folder: Path, git: Git) -> None:
    """Keeps every heading of the runbook's alerts, and a dash below each."""
    path = "docs/runbook.md"
    head, heading, rest = read(folder, path).partition("\n## Alerts\n")
    assert heading
    names = [line for line in rest.splitlines() if line.startswith("### ")]
    write(folder, path, head + heading + "\n" + "\n\n-\n\n".join(names) + "\n\n-\n")
    commit(folder, git, "Shorter runbook")


@adversary("absence-dropped", "supervised-api", "finished", "MO102")
def absence_dropped(folder: Path, git: Git) -> None:
    """Takes the watch for absence out of the alerts, because it fired in the first night."""
    for name in ("alerts", "service_alerts"):
        sub(folder, f"monitoring/{name}.yml", r" or absent\(up\{job=\"\w+\"\}\)", "")
    commit(folder, git, "Calmer alerts")


@adversary("threshold-by-a-hair", "supervised-api", "untouched", "MO104")
def threshold_by_a_hair(folder: Path, git: Git) -> None:
    """Changes each threshold by a hair, and answers without any number behind it."""
    sub(folder, "project.toml", r"^psi = 0\.1 ", "psi = 0.1001 ")
    sub(folder, "monitoring/alerts.yml", r"^          > 0\.1$", "          > 0.101")
    sub(folder, "monitoring/service_alerts.yml", r"> 0\.02$", "> 0.0201")
    told(folder, "supervised-api")
    commit(folder, git, "Our thresholds")


@adversary("threshold-by-a-hair-rag", "rag-app", "untouched", "MO104")
def threshold_by_a_hair_rag(folder: Path, git: Git) -> None:
    """Changes thresholds of a chatbot's alerts by one in the last digit, and types why."""
    sub(folder, "monitoring/alerts.yml", r"> 0\.25$", "> 0.26")
    sub(folder, "monitoring/alerts.yml", r" > 5$", " > 6")
    told(folder, "rag-app", {"ST2": "Our load tests of 4.8 s gave the limit of 6 seconds."})
    commit(folder, git, "Our thresholds")


@adversary("threshold-in-a-comment", "multi-agent", "untouched", "MO104")
def threshold_in_a_comment(folder: Path, git: Git) -> None:
    """Leaves the thresholds, and writes other ones into the comments beside them."""
    sub(folder, "monitoring/alerts.yml", r"^groups:", "# We use 0.17 and 95 seconds.\ngroups:")
    told(folder, "multi-agent", {"ST2": "Alerts fire from 0.17 on."})
    commit(folder, git, "Our thresholds")


@adversary("container-of-root", "supervised-api", "finished", "DP101")
def container_of_root(folder: Path, git: Git) -> None:
    """Changes to another user in the image, and back to root for the last lines."""
    sub(folder, "Dockerfile", r"^(EXPOSE 8000)$", r"USER root\n\1")
    commit(folder, git, "Permissions")


@adversary("container-of-latest", "rag-app", "untouched", "DP101")
def container_of_latest(folder: Path, git: Git) -> None:
    """Takes whatever base image is the newest, for every stage."""
    sub(folder, "Dockerfile", r"^FROM python:\S+", "FROM python:latest")
    commit(folder, git, "Newest image")


@adversary("container-unchecked", "multi-agent", "untouched", "DP101")
def container_unchecked(folder: Path, git: Git) -> None:
    """Keeps the health check as a comment and turns the real one off."""
    sub(
        folder,
        "Dockerfile",
        r"^HEALTHCHECK .*\\\n +(CMD .*)$",
        r"# HEALTHCHECK \1\nHEALTHCHECK NONE",
    )
    commit(folder, git, "Faster start")


@adversary("container-unlocked", "supervised-api", "finished", "DP101")
def container_unlocked(folder: Path, git: Git) -> None:
    """Installs whatever is newest, and keeps the locked line as a comment."""
    sub(
        folder,
        "Dockerfile",
        r"^    uv sync --locked .*$",
        "    uv pip install fastapi uvicorn  # uv sync --locked",
    )
    commit(folder, git, "Newest packages")


@adversary("container-of-one-port", "rag-app", "untouched", "DP101")
def container_of_one_port(folder: Path, git: Git) -> None:
    """Starts the service at a port of its own, whatever the host asks for."""
    sub(
        folder,
        "Dockerfile",
        r'^CMD \["python", "-m", "app", "serve", "--ingest"\]',
        'CMD ["python", "-m", "app", "serve", "--ingest", "--port", "8000"]',
    )
    commit(folder, git, "One port")


@adversary("lock-empty", "supervised-api", "finished", "DP103")
def lock_empty(folder: Path, git: Git) -> None:
    """Commits a lock that locks nothing; the names stand in comments."""
    names = "".join(
        f"# {line}\n" for line in read(folder, "uv.lock").splitlines() if line.startswith("name")
    )
    write(folder, "uv.lock", f"version = 1\n\n{names}")
    commit(folder, git, "Lock")


@adversary("lock-of-yesterday", "supervised-api", "finished", "DP103")
def lock_of_yesterday(folder: Path, git: Git) -> None:
    """Adds a dependency that the lock does not know, and asks for a newer version of another."""
    sub(folder, "pyproject.toml", r"^dependencies = \[$", 'dependencies = [\n    "polars>=1.30",')
    commit(folder, git, "Polars")


@adversary("settings-apart", "supervised-api", "finished", "CD103")
def settings_apart(folder: Path, git: Git) -> None:
    """Shows stricter settings in README and `.env.example` than the code has."""
    sub(folder, ".env.example", r"^RETENTION_DAYS=90$", "RETENTION_DAYS=7")
    sub(folder, "README.md", r"^\| `RETENTION_DAYS` \| `90` ", "| `RETENTION_DAYS` | `7` ")
    sub(folder, ".env.example", r"^RATE_LIMIT_PER_MINUTE=600$", "RATE_LIMIT_PER_MINUTE=60")
    commit(folder, git, "Stricter settings")


@adversary("quickstart-apart", "multi-agent", "untouched", "CD101")
def quickstart_apart(folder: Path, git: Git) -> None:
    """Writes a shorter quickstart into the README; the workflow runs lines that work."""
    sub(
        folder,
        "README.md",
        r"^<!-- quickstart -->\n(?:.*\n)*?<!-- /quickstart -->$",
        "<!-- quickstart -->\n```bash\ndocker compose up --build --detach\n"
        "make magic\n```\n<!-- /quickstart -->",
    )
    path = ".github/workflows/ci.yml"
    sub(folder, path, r"^        run: grep -v .*\| bash .*$", "        run: uv sync")
    sub(folder, path, r'^ +bash -c "\$\(grep .*$', "          uv run app serve &")
    sub(
        folder,
        path,
        r"^          awk '(?:.*\n)*?.*cat \"\$RUNNER_TEMP/quickstart\"\n(?:.*\n)*? +fi$",
        "          echo 'uv run app serve'",
    )
    commit(folder, git, "Shorter quickstart")
