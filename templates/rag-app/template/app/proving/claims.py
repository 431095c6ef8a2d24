"""What the table of numbers in the README claims; `app report` fills it in."""

from pathlib import Path

from app.evidence.readme import Claim
from app.evidence.report import read_report
from app.project import Project
from app.proving import bench, evaluate
from app.proving.golden import DRAFT
from app.service.errors import UserError


def _drafted(reports: Path) -> bool:
    try:
        return DRAFT in read_report(reports / evaluate.FILE)["kinds"]
    except (KeyError, UserError):
        return False


def claims(project: Project, reports: Path) -> tuple[Claim, ...]:
    """Returns the lines of the table; of drafts that nobody has read, they say so.

    Args:
        project: Says what is served.
        reports: Folder of the reports.
    """
    served = project.retrieval.mode
    of = " (of drafts, in part or all)" if _drafted(reports) else ""
    searches = [
        (f"A golden section is among the first five{of}", f"/retrieval/{served}/recall_at_5"),
        (f"The same on held-out questions{of}", f"/held_out/{served}/recall_at_5"),
        (f"How well golden sections are ranked (nDCG@10){of}", f"/retrieval/{served}/ndcg_at_10"),
    ]
    if served != "lexical":
        place = f"/minus_lexical/{served}/recall_at_5"
        searches.append((f"Recall@5 beyond that of lexical search alone{of}", place))
    searches += [
        (f"Golden questions that are answered{of}", "/refusal/golden_answered"),
        ("Off-topic questions that are refused", "/refusal/off_topic_refused"),
        ("Near misses, which only look answerable, that are refused", "/refusal/near_miss_refused"),
    ]
    costs = [
        (
            "Processor time of a hybrid search in 100,000 passages",
            "/sqlite_100000/hybrid_cpu_ms",
            1,
        ),
        ("Memory with 10,000 passages", "/sqlite_10000/memory_mb", 0),
        ("Time to begin with 10,000 passages", "/sqlite_10000/ready_s", 2),
        ("Passages ingested in a second", "/sqlite_10000/ingest_per_second", 0),
    ]
    return (
        *(Claim(words, evaluate.FILE, at, 3, "uv run app evaluate") for words, at in searches),
        *(Claim(words, bench.FILE, at, digits, "uv run app bench") for words, at, digits in costs),
    )
