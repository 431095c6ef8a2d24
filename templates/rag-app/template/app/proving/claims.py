"""What the table of numbers in the README claims; `app report` fills it in."""

from app.evidence.readme import Claim
from app.project import Project
from app.proving import bench, evaluate


def claims(project: Project) -> tuple[Claim, ...]:
    """Returns the lines of the table."""
    served = project.retrieval.mode
    searches = [
        ("A golden section is among the first five", f"/retrieval/{served}/recall_at_5"),
        ("The same on held-out questions", f"/held_out/{served}/recall_at_5"),
        ("How well golden sections are ranked (nDCG@10)", f"/retrieval/{served}/ndcg_at_10"),
    ]
    if served != "lexical":
        place = f"/minus_lexical/{served}/recall_at_5"
        searches.append(("Recall@5 beyond that of lexical search alone", place))
    searches += [
        ("Golden questions that are answered", "/refusal/golden_answered"),
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
