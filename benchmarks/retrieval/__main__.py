"""The search of `rag-app` beside Chroma and LangChain: quality, latency, memory, size.

    make bench-retrieval

docs/retrieval-benchmark.md says what is compared. Rounds are interleaved, so all see the same
machine; what is ours stands in seconds and megabytes, what is others' as a multiple of it in the
same round. The multiples are what to quote.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.retrieval import corpus, environments, scale, tables

QUICK = (1_000, 10_000)
WHOLE = (*QUICK, 100_000)


def main() -> None:
    """Make the environments, let all run, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="without 100,000 passages")
    parser.add_argument("--no-postgres", action="store_true", help="only stores without a server")
    given = parser.parse_args()
    starter = environments.render()
    ours = environments.of_starter(starter)
    chroma, langchain = map(environments.of_requirements, ("chroma", "langchain"))
    postgres = None if given.no_postgres else environments.of_requirements("postgres")
    with tempfile.TemporaryDirectory(prefix="scaffold-bench-") as name:
        # As root the server of Postgres runs as another user, who must pass through.
        folder = Path(name)
        folder.chmod(0o755)
        contestants = [("ours", ours), ("chroma", chroma), ("langchain", langchain)]
        outcomes = corpus.compare(contestants, starter, folder, given.rounds)
        stores = [
            scale.Store("rag-app, SQLite", "ours", ours),
            scale.Store("Chroma", "chroma", chroma),
        ]
        sizes = QUICK if given.quick else WHOLE
        found = scale.compare(stores, postgres, starter, folder, sizes, given.rounds)
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} processors, {given.rounds} rounds; "
        f"{outcomes[0].passages} passages, {outcomes[-1].passages} chunks of LangChain"
    )
    for lines in (tables.quality(outcomes), tables.prices(outcomes), tables.many(found)):
        print()
        print("\n".join(lines))


if __name__ == "__main__":
    main()
